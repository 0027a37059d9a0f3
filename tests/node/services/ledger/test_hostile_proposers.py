"""What another member's node wrote that ours would not: no policy accepts it, nor is it booked."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.ledger import codec
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import (
    CLERK,
    MEMBERS,
    LedgerWorld,
    income,
    ledger_world,
)
from tests.node.services.ledger.test_accepting import allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.services.log.view import LogView

TODAY: Final = "2027-01-15"
TOMORROW: Final = "2027-01-16"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def seals(world: LedgerWorld, agreement: str, which: str, said: Any, subject: bytes = b"") -> str:
    """Let anhui's node write a proposal as it is; return its name."""
    anhui = world["anhui"]
    first = anhui.shown.agreement(CLERK, agreement).row.ref
    said.agreement.CopyFrom(said_ref(first))
    if which == "income":
        said.version.CopyFrom(said_ref(first))
    content = codec.serialise(codec.LedgerDocument(**{which: said}))
    named = tuple(one for one in MEMBERS if one != "anhui")
    document = SealedDocument(subject or os.urandom(16), 1, named, content)
    anhui.party.sealing.seal(document)
    anhui.fold()
    world.send()
    return str(DocumentName("anhui", PROPOSALS, document.subject))


def payment(paid_on: str) -> codec.Payment:
    return codec.Payment(
        payer="AH", payee="JS", amount_fen=1, paid_on=paid_on, evidence_sha256=bytes(32)
    )


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ({}, 1),
        ({"income_date": TODAY}, 1),
        ({"income_date": TOMORROW}, 0),
        ({"instalment": "２"}, 0),
        ({"instalment": "2\u200b"}, 0),
        ({"instalment": "2  a"}, 0),
        ({"deductions": [codec.Deduction(name="税", amount_fen=1)] * 2}, 0),
    ],
)
def test_a_policy_accepts_no_income_that_this_node_would_not_have_written(
    world: LedgerWorld, said: dict[str, Any], accepted: int
) -> None:
    name = world.open(base=2, deductions=["税"])
    allow(world, name)
    seals(world, name, "income", income(2, **said))
    assert world["jiangsu"].acceptor.step() == accepted


@pytest.mark.parametrize(
    ("instalment", "rule"), [("２", "E_NOT_NORMAL"), ("2\u200b", "CONTROL_CHARACTER")]
)
def test_an_instalment_that_only_looks_like_another_is_told_to_who_accepts(
    world: LedgerWorld, instalment: str, rule: str
) -> None:
    name = world.open()
    world.book(name, 2)
    event = seals(world, name, "income", income(instalment=instalment))
    rules = [one.rule for one in world["jiangsu"].shown.proposal(CLERK, event).warnings]
    assert rules == [rule, "E_CONTRACT_NOT_HELD"]


def test_a_day_that_has_just_begun_at_the_proposers_has_come_for_a_policy(
    world: LedgerWorld,
) -> None:
    name = world.open()
    allow(world, name)
    world.now_s += 86_400 - (world.now_s + 8 * 3600) % 86_400 - 599
    seals(world, name, "income", income(2, income_date=TOMORROW))
    assert world["jiangsu"].acceptor.step() == 1


@pytest.mark.parametrize(
    ("paid_on", "accepted"), [("2026-12-31", 1), ("2025-12-31", 0), (TOMORROW, 0)]
)
def test_a_policy_accepts_no_payment_of_before_the_agreement_or_of_tomorrow(
    world: LedgerWorld, paid_on: str, accepted: int
) -> None:
    name = world.open()
    world.book(name)
    allow(world, name, payments=True)
    seals(world, name, "payment", payment(paid_on))
    assert world["jiangsu"].acceptor.step() == accepted


@pytest.mark.parametrize(("paid_on", "is_written"), [("2026-01-01", True), ("2025-12-31", False)])
def test_a_payment_may_be_of_the_first_day_of_its_agreement_and_of_none_before(
    world: LedgerWorld, paid_on: str, is_written: bool
) -> None:
    name, anhui = world.open(), world["anhui"]
    world.book(name)
    size = anhui.size()
    with nullcontext() if is_written else pytest.raises(Refused, match="OUTSIDE_AGREEMENT"):
        anhui.proposing.propose_payment(CLERK, name, payment(paid_on), anhui.party.options())
    assert anhui.size() == size + is_written


@pytest.mark.parametrize("day", ["2025-12-31", "2028-01-01"])
def test_the_center_refuses_an_income_of_a_day_outside_the_agreement_whoever_accepts(
    world: LedgerWorld, day: str
) -> None:
    name = world.open()
    event = seals(world, name, "income", income(2, income_date=day))
    world.accept(event)
    world.settle()
    for member in world.members.values():
        assert member.state(event) == "REJECTED OUTSIDE_AGREEMENT"
        assert member.nets(name) == {}


def test_of_two_proposals_under_one_name_only_the_one_that_it_means_is_told_with_it(
    world: LedgerWorld,
) -> None:
    """Else who reads the one and accepts its name has accepted the other."""
    name, subject = world.open(), os.urandom(16)
    large = seals(world, name, "income", income(2, gross_fen=900_000), subject)
    small = seals(world, name, "income", income(2, gross_fen=1), subject)
    assert small == large
    jiangsu = world["jiangsu"]
    _, listed, _ = jiangsu.shown.proposals(CLERK, name, 0, 10, open_only=True)
    assert [(one.name, one.said.income.gross_fen) for one in listed] == [(large, 900_000), ("", 1)]
    assert "E_NAME_TAKEN" in [one.rule for one in listed[1].warnings]
    assert jiangsu.shown.proposal(CLERK, large).document == listed[0].document


def test_the_name_of_an_agreement_accepts_nothing_else_that_its_author_wrote_under_it(
    world: LedgerWorld,
) -> None:
    name, subject = world.open(), os.urandom(16)
    event = seals(world, name, "income", income(2), subject)
    content = codec.serialise(codec.LedgerDocument(agreement=paper.agreement(title="另一份协议")))
    named = tuple(one for one in MEMBERS if one != "anhui")
    world["anhui"].party.sealing.seal(SealedDocument(subject, 1, named, content))
    world.send()
    other = str(DocumentName("anhui", AGREEMENTS, subject))
    jiangsu = world["jiangsu"]
    assert jiangsu.shown.agreement(CLERK, other).said.title == "另一份协议"
    world.accept(other, by=("jiangsu",))
    assert jiangsu.shown.proposal(CLERK, event).accepted_by == []
    assert jiangsu.shown.agreement(CLERK, other).accepted_by == ["jiangsu"]
    world.accept(event, by=("jiangsu",))
    assert jiangsu.shown.proposal(CLERK, event).accepted_by == ["jiangsu"]


def test_nothing_is_accepted_by_a_name_that_two_proposals_bear(world: LedgerWorld) -> None:
    """The lower one may have come last: who has read the other would accept it unseen."""
    name, subject = world.open(), os.urandom(16)
    seals(world, name, "income", income(2, gross_fen=900_000), subject)
    both = seals(world, name, "income", income(2, gross_fen=1), subject)
    with pytest.raises(Refused, match="STALE_ETAG"):
        world.accept(both, by=("jiangsu",))
    assert world["jiangsu"].shown.proposal(CLERK, both).accepted_by == []


def test_an_agreement_that_names_who_is_no_member_stops_the_center_from_nothing(
    world: LedgerWorld,
) -> None:
    """Its author's node sealed it all the same; no outcome on it can be, before they join."""
    anhui, center = world["anhui"], world["center"]
    said = paper.agreement(
        parties=[paper.party("AH", "anhui", 700_000), paper.party("NETC", "center", 300_000)],
        signers=["anhui", "nobody"],
        signers_required=1,
    )
    content = codec.serialise(codec.LedgerDocument(agreement=said))
    document = SealedDocument(os.urandom(16), 1, ("center", "nobody"), content)

    def make(view: LogView) -> SealedPlace:
        added = view.seal(document)
        return SealedPlace(added.leaf_index, added.leaf_hash)

    place = anhui.party.sealing.write(make)
    first = Ref(anhui.party.origin, place.leaf_index, place.leaf_hash)
    yes = codec.Acceptance(agreement=said_ref(first), proposals=[said_ref(first)])
    content = codec.serialise(codec.LedgerDocument(acceptance=yes))
    document = SealedDocument(os.urandom(16), 1, ("center", "nobody"), content)
    anhui.party.sealing.write(make)
    world.send()
    size = center.size()
    assert center.bookkeeper.step() == 0
    assert center.size() == size
    world.now_s += 366 * 86_400
    assert center.bookkeeper.step() == 0
    event = world.propose(world.open())
    world.accept(event)
    world.settle()
    assert center.state(event) == "FINAL"


def test_an_agreement_under_another_center_than_the_registrys_is_accepted_by_nobody(
    world: LedgerWorld,
) -> None:
    """Its author's node named itself: it would order the books of which it keeps a part."""
    anhui, jiangsu = world["anhui"], world["jiangsu"]
    said = paper.agreement(
        parties=[paper.party("AH", "anhui", 700_000), paper.party("JS", "jiangsu", 300_000)],
        center="anhui",
    )
    content = codec.serialise(codec.LedgerDocument(agreement=said))
    document = SealedDocument(os.urandom(16), 1, ("center", "jiangsu"), content)
    anhui.party.sealing.seal(document)
    world.send()
    size = jiangsu.size()
    with pytest.raises(Refused, match="NO_CENTER") as refused:
        world.accept(str(DocumentName("anhui", AGREEMENTS, document.subject)), by=("jiangsu",))
    assert refused.value.metadata["found"] == "anhui"
    assert jiangsu.size() == size


def test_what_a_stranger_says_of_an_agreement_is_no_proposal_and_holds_nothing_up(
    world: LedgerWorld,
) -> None:
    """Jiangsu is no member of it, and names all who are."""
    anhui, jiangsu = world["anhui"], world["jiangsu"]
    said = paper.agreement(
        parties=[paper.party("AH", "anhui", 700_000), paper.party("NETC", "center", 300_000)],
        signers=["anhui"],
    )
    made = anhui.proposing.create(CLERK, said, anhui.party.options())
    world.send()
    name = anhui.shown.agreement_at(made.ref).name
    world.accept(name, by=("anhui",))
    world.settle()
    event = income(1)
    for field in (event.agreement, event.version):
        field.CopyFrom(said_ref(made.ref))
    content = codec.serialise(codec.LedgerDocument(income=event))
    foreign = SealedDocument(os.urandom(16), 1, ("anhui", "center"), content)
    jiangsu.party.sealing.seal(foreign)
    own = world.propose(name, 1)
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        anhui.shown.proposal(CLERK, str(DocumentName("jiangsu", PROPOSALS, foreign.subject)))
    _, listed, _ = anhui.shown.proposals(CLERK, name, 0, 10, open_only=True)
    assert [(one.name, [rule.rule for rule in one.warnings]) for one in listed] == [
        (own, ["E_CONTRACT_NOT_HELD"])
    ]
    allow(world, name, "anhui")
    assert anhui.acceptor.step() == 1
    assert world.settle() == 1
    assert anhui.state(own) == "FINAL"
    said_again = payment("2026-12-01")
    said_again.payee = "NETC"
    said_again.agreement.CopyFrom(said_ref(made.ref))
    content = codec.serialise(codec.LedgerDocument(payment=said_again))
    jiangsu.party.sealing.seal(SealedDocument(os.urandom(16), 1, ("anhui", "center"), content))
    world.send()
    said_again.ClearField("agreement")
    done = anhui.proposing.propose_payment(CLERK, name, said_again, anhui.party.options())
    anhui.fold()
    assert anhui.shown.proposals_from(done.ref)[0].warnings == ()


def test_who_signs_nothing_takes_not_even_its_own_proposal_back(world: LedgerWorld) -> None:
    """An outcome that names its rejection would be void, and be written again for ever."""
    jiangsu, center = world["jiangsu"], world["center"]
    name = world.open(signers=["anhui"])
    event = world.propose(name, by="jiangsu")
    said = jiangsu.shown.proposal(CLERK, event).document
    no = codec.Rejection(
        agreement=said_ref(jiangsu.shown.agreement(CLERK, name).row.ref),
        proposal=said_ref(said.ref),
        reason="撤回",
    )
    content = codec.serialise(codec.LedgerDocument(rejection=no))
    jiangsu.party.sealing.seal(SealedDocument(os.urandom(16), 1, ("anhui", "center"), content))
    size = center.size()
    assert world.settle() == 0
    assert center.size() == size
    world.accept(event, by=("anhui",))
    world.settle()
    assert center.state(event) == "FINAL"


def test_what_another_member_proposed_alike_is_no_proposal_of_ours(world: LedgerWorld) -> None:
    anhui = world["anhui"]
    name = world.open()
    theirs = world.propose(name, by="jiangsu")
    size = anhui.size()
    ours = world.propose(name)
    assert anhui.size() == size + 1
    assert [one.split("/")[1] for one in (theirs, ours)] == ["jiangsu", "anhui"]
