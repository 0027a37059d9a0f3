"""What is disputed: books are told as nothing final; an income, by whom and until when."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger import codec
from federation.ledger.booking import book
from federation.ledger.books import State
from federation.ledger.closing import close
from federation.log.errors import Refused
from node.services.errors import InvalidFields
from node.services.ledger import deciding, decisions
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def test_a_statement_with_another_digest_is_neither_told_nor_agreed_to(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    world.book(name)
    center, jiangsu = world["center"], world["jiangsu"]
    ref = center.shown.agreement(CLERK, name).row.ref
    center.bookkeeper.close_period(ref, "2026-10", center.party.options())
    world.send()
    found = []

    def lying(*given: Any) -> Any:
        found.append(close(*given))
        return replace(found[0], previous_digest=bytes(32))

    monkeypatch.setattr(deciding, "close", lying)
    center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    assert jiangsu.shown.agreement(CLERK, name).books.disputed == "STATEMENT_DIFFERS"
    _, told = jiangsu.accounts.statements(CLERK, name)
    assert [one.statement.period for one in told] == ["2026-10"]
    size, options = jiangsu.size(), jiangsu.party.options()
    for period, digest in (("2026-10", told[0].digest), ("2026-11", found[0].digest())):
        with pytest.raises(Refused, match="BOOKS_DISPUTED"):
            jiangsu.answering.accept_statement(name, period, digest, options)
    assert jiangsu.size() == size


@contextmanager
def lying_center(world: LedgerWorld) -> Iterator[None]:
    """Let the center book another vector than the agreement gives, by one fen."""

    def lying(*given: Any) -> Any:
        effect, vector = book(*given)
        first, second, *_ = vector
        return effect, vector | {first: vector[first] - 1, second: vector[second] + 1}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(decisions, "book", lying)
        yield
        world.settle()


def test_an_income_whose_outcome_made_the_books_disputed_is_told_as_final_by_nobody(
    world: LedgerWorld,
) -> None:
    name = world.open()
    before, event = world.book(name, 1), world.propose(name, 2)
    with lying_center(world):
        world.accept(event)
    for member in world.members.values():
        assert member.shown.agreement(CLERK, name).books.disputed == "VECTOR_DIFFERS"
        told = member.shown.proposal(CLERK, event)
        assert (told.state, told.reason) == ("DISPUTED", "VECTOR_DIFFERS")
        assert not told.vector
        assert not told.decisions
        assert told.decided_at is not None
        assert member.shown.proposal(CLERK, before).state is State.FINAL


def test_on_disputed_books_the_center_decides_nothing_not_even_that_something_is_late(
    world: LedgerWorld,
) -> None:
    name = world.open()
    event, other = world.propose(name, 1), world.propose(name, 2)
    with lying_center(world):
        world.accept(event)
    center = world["center"]
    size = center.size()
    world.now_s += 366 * 86_400
    assert center.bookkeeper.step() == 0
    assert center.size() == size
    assert center.state(other) == "OPEN"


@pytest.mark.parametrize("amount_fen", [0, 10])
def test_what_a_disputed_reversal_has_taken_back_is_not_told_as_taken_back(
    world: LedgerWorld, amount_fen: int
) -> None:
    name = world.open()
    before, event = world.book(name, 1), world.book(name, 2)
    anhui = world["anhui"]
    said = codec.Reversal(amount_fen=amount_fen, reversal_date="2026-11-09", reason="退款")
    done = anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    world.send()
    back = anhui.shown.proposals_from(done.ref)[0].name
    with lying_center(world):
        world.accept(back)
    _, listed, _ = world["jiangsu"].shown.proposals(CLERK, name, 0, 10, open_only=False)
    states = {one.name: one.state for one in listed}
    assert (states[event], states[back]) == ("DISPUTED", "DISPUTED")
    assert states[before] is State.FINAL


def test_only_a_dispute_of_its_own_that_stands_is_ended_by_a_member(world: LedgerWorld) -> None:
    event = world.book(world.open())
    anhui, jiangsu = world["anhui"], world["jiangsu"]

    def say(why: str, *, is_over: bool) -> None:
        jiangsu.answering.dispute(event, why, jiangsu.party.options(), is_over=is_over)
        jiangsu.fold()

    def check_refused() -> None:
        size = jiangsu.size()
        with pytest.raises(InvalidFields) as caught:
            say("已核对", is_over=True)
        assert [(one.field, one.rule) for one in caught.value.violations] == [
            ("is_over", "NOT_DISPUTED")
        ]
        assert jiangsu.size() == size

    check_refused()
    anhui.answering.dispute(event, "金额不符", anhui.party.options(), is_over=False)
    world.send()
    check_refused()
    say("金额不符", is_over=False)
    say("已更正", is_over=True)
    check_refused()


def test_who_ends_its_dispute_ends_no_other_members(world: LedgerWorld) -> None:
    event = world.book(world.open())
    for name in ("anhui", "jiangsu"):
        member = world[name]
        member.answering.dispute(event, f"{name}：金额不符", member.party.options(), is_over=False)
        world.send()
    jiangsu = world["jiangsu"]
    jiangsu.answering.dispute(event, "已核对", jiangsu.party.options(), is_over=True)
    world.send()
    for member in world.members.values():
        told = member.shown.proposal(CLERK, event)
        assert told.disputes == [("anhui", "anhui：金额不符")]
