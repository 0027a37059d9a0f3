"""Amendments and terminations of days that were booked, or closed: allowed, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger import codec
from node.services.ledger import backdated
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.services.ledger.making import Written

BOOKED: Final = "2026-11-20"
"""Of two incomes; a third is of the day before."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path_factory.mktemp("backdated")) as world:
        yield world


@pytest.fixture(scope="module")
def agreement(world: LedgerWorld) -> str:
    """Return an agreement with incomes of November and a payment, which is none; it is closed."""
    name = world.open()
    for number, day in enumerate(("2026-11-19", BOOKED, BOOKED), 1):
        world.book(name, number, income_date=day)
    anhui, center = world["anhui"], world["center"]
    said = codec.Payment(
        payer="AH", payee="JS", amount_fen=1, paid_on=BOOKED, evidence_sha256=bytes(32)
    )
    done = anhui.proposing.propose_payment(CLERK, name, said, anhui.party.options())
    world.send()
    paid = anhui.shown.proposals_from(done.ref)[0].name
    world.accept(paid)
    world.settle()
    assert anhui.state(paid) == "FINAL"
    ref = center.shown.agreement(CLERK, name).row.ref
    center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    return name


def propose(world: LedgerWorld, name: str, kind: str, day: str, *, is_check: bool) -> Written:
    anhui = world["anhui"]
    options = anhui.party.options(validate_only=is_check)
    if kind == "version":
        said = paper.agreement(effective_from=day)
        return anhui.proposing.amend(CLERK, name, said, options)
    ended = codec.Termination(effective_to=day, reason="合作结束")
    return anhui.proposing.terminate(CLERK, name, ended, options)


@pytest.mark.parametrize("kind", ["version", "termination"])
@pytest.mark.parametrize(
    ("day", "rules", "count"),
    [
        ("2026-11-19", ["E_INCOMES_BOOKED", "E_MONTH_CLOSED"], "3"),
        (BOOKED, ["E_INCOMES_BOOKED", "E_MONTH_CLOSED"], "2"),
        ("2026-11-21", ["E_MONTH_CLOSED"], ""),
        ("2026-12-01", [], ""),
    ],
)
def test_what_begins_or_ends_before_what_is_booked_or_closed_is_told_and_not_refused(
    world: LedgerWorld, agreement: str, kind: str, day: str, rules: list[str], count: str
) -> None:
    (checked,) = propose(world, agreement, kind, day, is_check=True).checked
    assert [one.rule for one in checked.warnings] == rules
    assert not checked.reason
    for one in checked.warnings:
        assert one.field.startswith(f"{kind}.effective_")
        if one.rule == "E_INCOMES_BOOKED":
            assert f"已有 {count} 笔" in one.text_zh
            assert f"{count} of the incomes" in one.text_en
            assert day in one.text_zh


def test_who_accepts_is_told_too_and_nothing_of_a_first_version_or_of_what_is_decided(
    world: LedgerWorld,
) -> None:
    name = world.open()
    world.book(name, 1, income_date=BOOKED)
    done = propose(world, name, "termination", BOOKED, is_check=False)
    world.send()
    ended = world["anhui"].shown.proposals_from(done.ref)[0].name
    jiangsu = world["jiangsu"].shown
    assert [one.rule for one in jiangsu.proposal(CLERK, ended).warnings] == ["E_INCOMES_BOOKED"]
    world.accept(ended)
    world.settle()
    assert jiangsu.proposal(CLERK, ended).state
    for one in (ended, name):
        assert not jiangsu.proposal(CLERK, one).warnings


def test_of_very_many_incomes_no_more_are_counted_than_is_told(
    world: LedgerWorld, agreement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backdated, "COUNTED_MAX", 2)
    (checked,) = propose(world, agreement, "version", "2026-11-19", is_check=True).checked
    assert "2 or more of the incomes" in checked.warnings[0].text_en
    assert "至少 2 笔" in checked.warnings[0].text_zh
