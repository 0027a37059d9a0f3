"""Acceptance by policy: exactly what is allowed, by four eyes, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger import codec
from federation.log.errors import Refused, YdxError
from federation.records.refs import said_ref
from node.services.access import Role
from node.services.document_names import PROPOSALS, DocumentName
from node.services.ledger import accepting, reading
from node.services.log.drafts import SealedDocument
from node.storage.ledger_local import Policy
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    LedgerWorld,
    income,
    ledger_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVIDENCE = bytes(32)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def allow(world: LedgerWorld, name: str, by: str = "jiangsu", **said: Any) -> None:
    values: dict[str, Any] = {"set_by": APPROVER.identity, "incomes": True} | said
    policy = Policy(**values)
    world[by].policies.set(APPROVER, name, policy)


@pytest.mark.parametrize(
    ("policy", "said", "accepted"),
    [
        ({}, {}, 1),
        ({"incomes": False, "reversals": True, "payments": True}, {}, 0),
        ({"gross_max_fen": 100_001}, {}, 1),
        ({"gross_max_fen": 100_000}, {}, 0),
        ({"needs_evidence": True}, {}, 0),
        ({"needs_evidence": True}, {"evidence_sha256": EVIDENCE}, 1),
        ({"needs_contract": True}, {}, 0),
    ],
)
def test_a_policy_accepts_what_all_its_conditions_allow(
    world: LedgerWorld, policy: dict[str, Any], said: dict[str, Any], accepted: int
) -> None:
    name = world.open()
    allow(world, name, **policy)
    world.propose(name, **said)
    size = world["jiangsu"].size()
    assert world["jiangsu"].acceptor.step() == accepted
    assert world["jiangsu"].acceptor.step() == 0
    assert world["jiangsu"].size() == size + accepted


@pytest.mark.parametrize(
    ("gross_max_fen", "back_fen", "accepted"),
    [(100_000, 0, 0), (100_001, 0, 1), (0, 0, 1), (100_000, 100_000, 1), (99_999, 100_000, 0)],
)
def test_a_reversal_of_all_is_as_large_as_what_is_left_of_its_income(
    world: LedgerWorld, gross_max_fen: int, back_fen: int, accepted: int
) -> None:
    name = world.open()
    event = world.book(name)
    allow(world, name, reversals=True, gross_max_fen=gross_max_fen)
    anhui = world["anhui"]
    said = codec.Reversal(amount_fen=back_fen, reversal_date="2026-11-09", reason="退款")
    anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    world.send()
    assert world["jiangsu"].acceptor.step() == accepted


@pytest.mark.parametrize(("evidence", "accepted"), [(b"", 0), (EVIDENCE, 1)])
def test_a_reversal_needs_the_evidence_that_its_policy_does(
    world: LedgerWorld, evidence: bytes, accepted: int
) -> None:
    name = world.open()
    event = world.book(name)
    allow(world, name, reversals=True, needs_evidence=True)
    anhui = world["anhui"]
    said = codec.Reversal(reversal_date="2026-11-09", reason="退款", evidence_sha256=evidence)
    anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    world.send()
    assert world["jiangsu"].acceptor.step() == accepted


def test_what_a_person_here_rejected_is_accepted_by_no_policy(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    jiangsu = world["jiangsu"]
    jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
    allow(world, name)
    assert jiangsu.acceptor.step() == 0


def test_what_a_person_rejects_before_the_policy_has_written_is_not_accepted(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    allow(world, name)
    rejected, other = world.propose(name, 1), world.propose(name, 2)
    jiangsu = world["jiangsu"]
    sealing, size = jiangsu.party.sealing, jiangsu.size()
    write = sealing.write

    def later(make: Any) -> Any:
        monkeypatch.setattr(sealing, "write", write)
        jiangsu.answering.reject(rejected, "金额不符", jiangsu.party.options())
        jiangsu.fold()
        return write(make)

    monkeypatch.setattr(sealing, "write", later)
    assert jiangsu.acceptor.step() == 1
    assert jiangsu.size() == size + 2
    jiangsu.fold()
    found = [jiangsu.shown.proposal(CLERK, one).accepted_by for one in (rejected, other)]
    assert found == [[], ["jiangsu"]]


@pytest.mark.parametrize(
    "changed", [None, Policy(APPROVER.identity, incomes=True, gross_max_fen=1)]
)
def test_nothing_is_accepted_by_a_policy_that_was_changed_before_it_is_written(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch, changed: Policy | None
) -> None:
    name = world.open()
    allow(world, name)
    for number in range(1, 4):
        world.propose(name, number)
    jiangsu = world["jiangsu"]
    write, size, writes = jiangsu.party.sealing.write, jiangsu.size(), []

    def later(make: Any) -> Any:
        jiangsu.policies.set(APPROVER, name, changed)
        writes.append(make)
        return write(make)

    monkeypatch.setattr(jiangsu.party.sealing, "write", later)
    assert jiangsu.acceptor.step() == 0
    assert jiangsu.acceptor.step() == 0
    assert jiangsu.size() == size
    assert len(writes) == 1
    monkeypatch.undo()
    allow(world, name)
    assert jiangsu.acceptor.step() == 3


def test_many_are_accepted_in_one_document_and_never_twice(world: LedgerWorld) -> None:
    name = world.open()
    allow(world, name)
    for number in range(1, 6):
        world.propose(name, number)
    jiangsu = world["jiangsu"]
    size = jiangsu.size()
    assert jiangsu.acceptor.step() == 5
    jiangsu.start()
    assert jiangsu.acceptor.step() == 0
    assert jiangsu.size() == size + 1


@pytest.mark.parametrize(("set_by", "accepted"), [(CLERK.identity, 0), ("somebody else", 1)])
def test_what_its_setter_proposed_waits_for_another_person(
    world: LedgerWorld, set_by: str, accepted: int
) -> None:
    name = world.open()
    allow(world, name, "anhui", set_by=set_by)
    world.propose(name)
    assert world["anhui"].acceptor.step() == accepted


def test_many_that_wait_for_a_person_hide_no_newer_one(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "PROPOSALS_MAX", 2)
    name = world.open()
    allow(world, name, gross_max_fen=100)
    for number in range(1, 4):
        world.propose(name, number)
    world.propose(name, 4, gross_fen=100)
    assert world["jiangsu"].acceptor.step() == 1


def test_one_that_was_decided_meanwhile_does_not_hold_back_the_others(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    allow(world, name)
    bad = world.propose(name, 1)
    world.propose(name, 2)
    jiangsu = world["jiangsu"]
    ref = jiangsu.shown.proposal(CLERK, bad).document.ref
    add = jiangsu.answering.add_acceptance

    def refusing(view: Any, proposals: Any, **more: Any) -> Any:
        if any(one.ref == ref for one in proposals):
            raise Refused("ALREADY_DECIDED", "the center has decided it")
        return add(view, proposals, **more)

    monkeypatch.setattr(jiangsu.answering, "add_acceptance", refusing)
    assert jiangsu.acceptor.step() == 1


def test_a_write_that_fails_is_tried_again(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    allow(world, name)
    world.propose(name)
    jiangsu = world["jiangsu"]

    def failing(*_: Any, **_more: Any) -> Any:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(jiangsu.answering, "add_acceptance", failing)
        with pytest.raises(YdxError):
            jiangsu.acceptor.step()
    assert jiangsu.acceptor.step() == 1


def test_a_policy_that_fails_holds_back_no_other_and_forgets_nothing(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [world.open(), world.open()]
    for number, name in enumerate(names):
        allow(world, name)
        world.propose(name, number)
    jiangsu = world["jiangsu"]
    add, read = jiangsu.answering.add_acceptance, reading.books_of
    failed: list[str] = []

    def failing(view: Any, proposals: Any, **more: Any) -> Any:
        if not failed:
            failed.append("write")
            raise YdxError("DISK_FULL", "the disk is full")
        return add(view, proposals, **more)

    def damaged(*arguments: Any) -> Any:
        if len(failed) == 1:
            failed.append("read")
            raise YdxError("COPY_DAMAGED", "a version has rotted")
        return read(*arguments)

    size = jiangsu.size()
    monkeypatch.setattr(jiangsu.answering, "add_acceptance", failing)
    with pytest.raises(YdxError, match="disk"):
        jiangsu.acceptor.step()
    assert jiangsu.size() == size + 1
    monkeypatch.setattr(reading, "books_of", damaged)
    with pytest.raises(YdxError, match="rotted"):
        jiangsu.acceptor.step()
    monkeypatch.undo()
    jiangsu.acceptor.step()
    assert jiangsu.size() == size + 2
    assert failed == ["write", "read"]


def test_who_proposed_does_not_accept_and_another_person_does(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    anhui = world["anhui"]
    size = anhui.size()
    both = replace(CLERK, roles=frozenset({Role.CLERK, Role.APPROVER}))
    with pytest.raises(Refused) as caught:
        anhui.answering.accept(both, [event], anhui.party.options())
    assert caught.value.reason == "OWN_PROPOSAL"
    assert anhui.size() == size
    first = anhui.answering.accept(APPROVER, [event], anhui.party.options())
    anhui.fold()
    assert anhui.answering.accept(APPROVER, [event, event], anhui.party.options()) == first
    assert anhui.size() == size + 1


def test_what_is_shown_to_some_members_alone_is_no_proposal_that_one_accepts(
    world: LedgerWorld,
) -> None:
    name = world.open()
    first = world["anhui"].shown.agreement(CLERK, name).row.ref
    said = income()
    said.agreement.CopyFrom(said_ref(first))
    said.version.CopyFrom(said_ref(first))
    content = codec.serialise(codec.LedgerDocument(income=said))
    document = SealedDocument(bytes(range(16)), 1, ("anhui",), content)
    world["jiangsu"].party.sealing.seal(document)
    world.send()
    anhui, hidden = world["anhui"], str(DocumentName("jiangsu", PROPOSALS, document.subject))
    size, options = anhui.size(), anhui.party.options()
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        anhui.answering.accept(APPROVER, [hidden], options)
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        anhui.shown.proposal(CLERK, hidden)
    assert anhui.size() == size


def test_the_same_name_twice_is_accepted_once(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    jiangsu = world["jiangsu"]
    size = jiangsu.size()
    jiangsu.answering.accept(APPROVER, [event, event], jiangsu.party.options())
    assert jiangsu.size() == size + 1


def test_disputes_and_agreeing_to_a_statement_are_said_once(world: LedgerWorld) -> None:
    name = world.open()
    event = world.book(name)
    center, jiangsu = world["center"], world["jiangsu"]
    ref = center.shown.agreement(CLERK, name).row.ref
    center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    digest = jiangsu.accounts.statements(CLERK, name)[1][0].digest
    sizes = []
    for is_over in (False, False, True, True):
        jiangsu.answering.dispute(event, "金额不符", jiangsu.party.options(), is_over=is_over)
        jiangsu.fold()
        sizes.append(jiangsu.size())
    for _ in range(2):
        jiangsu.answering.accept_statement(name, "2026-11", digest, jiangsu.party.options())
        jiangsu.fold()
        sizes.append(jiangsu.size())
    start = sizes[0]
    assert sizes == [start, start, start + 1, start + 1, start + 2, start + 2]


@pytest.mark.parametrize(("changes", "reason"), [
    ({"gross_fen": 0}, "INVALID_FIELD"),
    ({"gross_fen": -1}, "INVALID_FIELD"),
    ({"gross_fen": 2**62}, "INVALID_FIELD"),
    ({"income_date": "2027-01-16"}, "INVALID_FIELD"),
    ({"income_date": "2026-02-30"}, "INVALID_FIELD"),
    ({"income_date": "2025-12-31"}, "OUTSIDE_AGREEMENT"),
    ({"received_by": "XX"}, "PARTY_NOT_IN_AGREEMENT"),
    ({"instalment": "1"}, "INSTALMENT_BOOKED"),
    ({"deductions": [codec.Deduction(name="税", amount_fen=200_000)]}, ""),
])  # fmt: skip
def test_an_income_that_is_wrong_has_its_reason_and_writes_nothing(
    world: LedgerWorld, changes: dict[str, Any], reason: str
) -> None:
    name = world.open(base=2)
    world.book(name)
    size = world["anhui"].size()
    with pytest.raises(Refused) as caught:
        try_income(world, name, **{"instalment": "2"} | changes)
    assert reason in {"", caught.value.reason}
    assert world["anhui"].size() == size


def test_a_first_version_is_listed_by_the_name_of_its_agreement(world: LedgerWorld) -> None:
    anhui = world["anhui"]
    done = anhui.proposing.create(CLERK, paper.agreement(), anhui.party.options())
    world.send()
    name = anhui.shown.agreement_at(done.ref).name
    _, (first,), _ = world["jiangsu"].shown.proposals(CLERK, name, 0, 10, open_only=True)
    assert first.name == first.agreement == name
    world.accept(first.name)
    world.settle()
    event = world.propose(name)
    _, listed, _ = world["jiangsu"].shown.proposals(CLERK, name, 0, 10, open_only=False)
    assert [one.name for one in listed] == [name, event]
    assert "/proposals/" in event


def test_nothing_is_taken_back_before_the_day_of_its_income(world: LedgerWorld) -> None:
    event = world.book(world.open())
    anhui = world["anhui"]
    size = anhui.size()
    said = codec.Reversal(reversal_date="2026-11-02", reason="退款")
    with pytest.raises(Refused, match="REVERSAL_BEFORE_INCOME"):
        anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    assert anhui.size() == size
    said.reversal_date = "2026-11-03"
    anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    assert anhui.size() == size + 1


def try_income(world: LedgerWorld, name: str, **changes: Any) -> None:
    said = income()
    for key, value in changes.items():
        if isinstance(value, list):
            getattr(said, key).extend(value)
        else:
            setattr(said, key, value)
    anhui = world["anhui"]
    anhui.proposing.propose_income(CLERK, name, said, anhui.party.options())
