"""What the center counts of what is said of a proposal, and how much it decides in one document."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger import codec
from federation.ledger.books import Books, State
from federation.ledger.codec import LedgerDocument, serialise
from federation.ledger.documents import ACCEPTANCES_MAX, Document
from federation.ledger.journal import Place
from federation.log.errors import Refused
from federation.log.subject import new_subject
from federation.records.refs import read_ref, said_ref
from node.services.ledger.decisions import decide
from node.services.log.drafts import SealedDocument
from tests.federation.ledger import paper
from tests.federation.ledger.deal import Deal
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    MEMBERS,
    LedgerWorld,
    income,
    ledger_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView
    from tests.node.services.ledger.ledger_world import LedgerMember

HALVED: Final = [
    codec.AllocationTier(upto_fen=100_001, rate_ppm=1_000_000),
    codec.AllocationTier(rate_ppm=500_000),
]
"""Of what comes after the first income of 100,001 fen one half is shared."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def seal(member: LedgerMember, said: LedgerDocument, *named: str) -> None:
    """Let a member write what its node would not: for these members alone."""

    def make(view: LogView) -> SealedPlace:
        subject = new_subject(1, os.urandom(10))
        return member.party.sealing.add(view, SealedDocument(subject, 1, named, serialise(said)))

    member.party.sealing.write(make)


@pytest.mark.parametrize("lie", ["hides it from a member", "names another agreement", "rejects"])
def test_what_counts_in_no_books_makes_no_outcome_and_leaves_those_after_it_sound(
    world: LedgerWorld, lie: str
) -> None:
    """The center would name it in vain for ever, and book what follows as if it had counted."""
    name = world.open(tiers=HALVED, tier_scope=3)
    other = world.open(title="另一份利益分享协议")
    first, second = world.propose(name, 1), world.propose(name, 2)
    anhui, jiangsu, center = (world[one] for one in ("anhui", "jiangsu", "center"))
    of = other if lie == "names another agreement" else name
    agreement = said_ref(anhui.shown.agreement(CLERK, of).row.ref)
    event = said_ref(anhui.shown.proposal(CLERK, first).document.ref)
    said = LedgerDocument(acceptance=codec.Acceptance(agreement=agreement, proposals=[event]))
    if lie == "rejects":
        rejection = codec.Rejection(agreement=agreement, proposal=event, reason="金额不符")
        said = LedgerDocument(rejection=rejection)
    reached = ("anhui", "center") if lie == "names another agreement" else ("center",)
    seal(jiangsu, said, *reached)
    world.send()
    anhui.answering.accept(APPROVER, [first, second], anhui.party.options())
    jiangsu.answering.accept(APPROVER, [second], jiangsu.party.options())
    assert world.settle() == 1
    for one in MEMBERS:
        assert not world[one].shown.agreement(CLERK, name).books.disputed
        assert [world[one].state(event) for event in (first, second)] == ["OPEN", "FINAL"]
    shown = center.shown.proposal(CLERK, first)
    assert (shown.accepted_by, shown.waits_for, shown.rejections) == (["anhui"], ["jiangsu"], [])
    jiangsu.answering.accept(APPROVER, [first], jiangsu.party.options())
    assert world.settle() == 1
    assert {world[one].state(first) for one in MEMBERS} == {"FINAL"}


def test_what_is_too_much_for_one_document_is_decided_in_several(world: LedgerWorld) -> None:
    """64 parties with the longest names, and as many incomes as one acceptance takes."""
    wide = [
        paper.party(f"{at:040}", ("anhui", "jiangsu", "center")[at % 3], 15_625) for at in range(64)
    ]
    name = world.open(parties=wide)
    anhui, center = world["anhui"], world["center"]
    incomes = [
        (income(at, received_by=wide[0].party, gross_fen=10**9 + at), "") for at in range(200)
    ]
    done = anhui.proposing.propose_incomes(CLERK, name, incomes, anhui.party.options())
    world.send()
    world.accept(*(one.name for one in anhui.shown.proposals_from(done.ref, 200)))
    before = center.size()
    assert world.settle() == 200
    assert center.size() - before < 20
    assert {one.state for one in anhui.shown.proposals_from(done.ref, 200)} == {State.FINAL}


K_OF_N: Final = {"signers": ["anhui", "center", "jiangsu"], "signers_required": 2}


@pytest.mark.parametrize("rejects_first", [True, False])
def test_k_of_n_signers_are_enough_whoever_else_rejects(
    world: LedgerWorld, rejects_first: bool
) -> None:
    event = world.propose(world.open(**K_OF_N))
    jiangsu = world["jiangsu"]
    if rejects_first:
        jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
        assert world.settle() == 0
    world.accept(event, by=("anhui", "center"))
    if not rejects_first:
        jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
    assert world.settle() == 1
    assert {world[one].state(event) for one in MEMBERS} == {"FINAL"}


def test_where_enough_have_accepted_nobody_is_waited_for(world: LedgerWorld) -> None:
    event = world.propose(world.open(signers_required=1))
    shown = world["jiangsu"].shown
    assert list(shown.proposal(CLERK, event).waits_for) == ["anhui", "jiangsu"]
    world.accept(event, by=("anhui",))
    assert list(shown.proposal(CLERK, event).waits_for) == []


def test_what_so_many_reject_that_too_few_are_left_is_refused(world: LedgerWorld) -> None:
    event = world.propose(world.open(**K_OF_N))
    for one, decided in (("jiangsu", 0), ("center", 1)):
        world[one].answering.reject(event, "金额不符", world[one].party.options())
        assert world.settle() == decided
    assert {world[one].state(event) for one in MEMBERS} == {"REJECTED REJECTED"}


def test_the_last_word_of_a_signer_counts(world: LedgerWorld) -> None:
    name = world.open(**K_OF_N)
    first, second = world.propose(name, 1), world.propose(name, 2)
    jiangsu = world["jiangsu"]
    world.accept(first, by=("jiangsu",))
    for event in (first, second):
        jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
    world.accept(second, by=("jiangsu",))
    shown = jiangsu.shown.proposal(CLERK, second)
    assert (shown.accepted_by, shown.rejections) == (["jiangsu"], [])
    world.accept(first, second, by=("anhui",))
    assert world.settle() == 1
    assert [world["anhui"].state(event) for event in (first, second)] == ["OPEN", "FINAL"]
    shown = jiangsu.shown.proposal(CLERK, first)
    assert (shown.accepted_by, shown.waits_for) == (["anhui"], ["center", "jiangsu"])
    world.accept(first, by=("jiangsu",))
    assert world.settle() == 1
    assert world["anhui"].state(first) == "FINAL"


def test_who_rejects_and_then_accepts_has_accepted(world: LedgerWorld) -> None:
    event, jiangsu = world.propose(world.open()), world["jiangsu"]
    jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
    world.accept(event)
    assert world.settle() == 1
    assert {world[one].state(event) for one in MEMBERS} == {"FINAL"}


def test_a_signer_takes_its_own_proposal_back_by_rejecting_it(world: LedgerWorld) -> None:
    event = world.propose(world.open(**K_OF_N))
    anhui = world["anhui"]
    anhui.answering.reject(event, "登记有误", anhui.party.options())
    assert world.settle() == 1
    assert {world[one].state(event) for one in MEMBERS} == {"REJECTED REJECTED"}


def test_a_member_that_keeps_a_party_refuses_alone_what_shares_are_to_be(
    world: LedgerWorld,
) -> None:
    """K of n are enough for incomes; a version needs each that keeps a party."""
    name = world.open(**K_OF_N)
    anhui, jiangsu = world["anhui"], world["jiangsu"]
    later = paper.agreement(effective_from="2026-12-01", **K_OF_N)
    done = anhui.proposing.amend(CLERK, name, later, anhui.party.options())
    world.send()
    version = anhui.shown.proposals_from(done.ref)[0].name
    world.accept(version, by=("anhui", "center"))
    assert world.settle() == 0
    jiangsu.answering.reject(version, "份额不符", jiangsu.party.options())
    assert world.settle() == 1
    assert anhui.state(version) == "REJECTED REJECTED"


def test_a_reversal_that_all_accept_waits_for_its_income() -> None:
    """Its reason may pass: refused, it would have to be proposed and accepted once more."""
    deal = Deal.made()
    event = deal.income()
    back = deal.reversal(event)
    document, *said = (deal.document(one) for one in (back, *deal.agreed(back)))
    assert isinstance(document, Document)
    accepted = [one for one in said if isinstance(one, Document)]
    assert decide(deal.books(), document, accepted, Place(1, 0, 0)) is None
    deal.book(event)
    decided = decide(deal.books(), document, accepted, Place(1, 0, 0))
    assert decided is not None
    assert decided.outcome.kind == codec.OutcomeKind.OUTCOME_KIND_BOOKED


@pytest.mark.parametrize(
    ("signers", "required", "named"),
    [(3, 2, 2), (ACCEPTANCES_MAX, 0, ACCEPTANCES_MAX), (ACCEPTANCES_MAX + 1, 0, None)],
)
def test_an_outcome_names_as_many_acceptances_as_are_required_and_none_that_nobody_can_read(
    signers: int, required: int, named: int | None
) -> None:
    """One acceptance too many, and all outcomes of its document say nothing, again and again."""
    names = [f"member-{at}" for at in range(signers)]
    party = paper.party("ONE", names[-1], 1_000_000)
    said = paper.agreement(
        parties=[party], signers=names[:ACCEPTANCES_MAX], signers_required=required
    )
    deal = Deal()
    deal.first = deal.write(names[0], agreement=said)
    document, *accepted = (
        deal.document(one) for one in (deal.first, *deal.agreed(deal.first, *names))
    )
    assert isinstance(document, Document)
    found = [one for one in accepted if isinstance(one, Document)]
    books = Books(deal.first, "center", frozenset(names), {}, {})
    decided = decide(books, document, found, Place(1, 0, 0))
    assert (decided and len(decided.outcome.acceptances)) == named
    assert decided is None or decided.names[1:] == tuple(map(read_ref, decided.outcome.acceptances))


def test_proposals_of_two_agreements_are_not_accepted_in_one_document(world: LedgerWorld) -> None:
    """It would be of one of them: what it says of the other counts nowhere."""
    events = [world.propose(world.open(title=title)) for title in ("分配协议甲", "分配协议乙")]
    jiangsu = world["jiangsu"]
    size = jiangsu.size()
    with pytest.raises(Refused, match="INVALID_FIELD"):
        jiangsu.answering.accept(APPROVER, events, jiangsu.party.options())
    assert jiangsu.size() == size


def test_a_statement_is_agreed_to_only_as_it_was_read(world: LedgerWorld) -> None:
    name = world.open()
    world.book(name)
    center, jiangsu = world["center"], world["jiangsu"]
    ref = center.shown.agreement(CLERK, name).row.ref
    made = center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    size = jiangsu.size()
    with pytest.raises(Refused, match="STALE_ETAG"):
        jiangsu.answering.accept_statement(name, "2026-11", bytes(32), jiangsu.party.options())
    assert jiangsu.size() == size
    jiangsu.answering.accept_statement(name, "2026-11", made.digest(), jiangsu.party.options())
    assert jiangsu.size() == size + 1
