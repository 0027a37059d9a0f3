"""The last document, place and member that still counts, and the first that does not.

Two members that draw one of these lines differently have two books from there on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from federation.ledger import codec
from federation.ledger.claims import pairs_of
from federation.ledger.coverage import ClosedLog, Coverage, Reach
from federation.ledger.documents import (
    ACCEPTANCES_MAX,
    OUTCOMES_MAX,
    PROPOSALS_MAX,
    Acceptance,
    Document,
    Outcomes,
    Payment,
    Unreadable,
    read_document,
)
from federation.ledger.journal import (
    AccountKind,
    EntryKind,
    JournalEntry,
    Place,
    Posting,
    account_of,
)
from federation.ledger.judging import open_books
from federation.ledger.validation import check_document
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import KIND, Deal
from tests.federation.ledger.paper import DOMAIN, activated, agreement, booked, party

ANHUI = f"{DOMAIN}/anhui"
REF = said_ref(Ref(ANHUI, 0, bytes(32)))
CLOSED = codec.Outcome(kind=KIND.OUTCOME_KIND_CLOSED, period="2026-11")


def _facts(said: codec.LedgerDocument) -> object:
    return read_document(Ref(ANHUI, 1, bytes(32)), frozenset(), codec.serialise(said)).facts


@pytest.mark.parametrize(
    ("count", "facts"),
    [
        (0, Unreadable),
        (1, Acceptance),
        (PROPOSALS_MAX, Acceptance),
        (PROPOSALS_MAX + 1, Unreadable),
    ],
)
def test_an_acceptance_names_so_many_proposals(count: int, facts: type[object]) -> None:
    said = codec.Acceptance(agreement=REF, proposals=[REF] * count)
    assert isinstance(_facts(codec.LedgerDocument(acceptance=said)), facts)


@pytest.mark.parametrize(
    ("count", "facts"),
    [(0, Unreadable), (1, Outcomes), (OUTCOMES_MAX, Outcomes), (OUTCOMES_MAX + 1, Unreadable)],
)
def test_a_document_holds_so_many_outcomes(count: int, facts: type[object]) -> None:
    said = codec.Outcomes(agreement=REF, outcomes=[CLOSED] * count)
    assert isinstance(_facts(codec.LedgerDocument(outcomes=said)), facts)


@pytest.mark.parametrize(
    ("count", "facts"), [(ACCEPTANCES_MAX, Outcomes), (ACCEPTANCES_MAX + 1, Unreadable)]
)
def test_an_outcome_names_so_many_acceptances(count: int, facts: type[object]) -> None:
    outcome = codec.Outcome(proposal=REF, acceptances=[REF] * count)
    said = codec.Outcomes(agreement=REF, outcomes=[outcome])
    assert isinstance(_facts(codec.LedgerDocument(outcomes=said)), facts)


@pytest.mark.parametrize(
    ("day", "facts"),
    [
        ("1900-01-01", Payment),
        ("9999-12-31", Payment),
        ("1899-12-31", Unreadable),
        ("2026-02-29", Unreadable),
    ],
)
def test_no_day_is_before_1900(day: str, facts: type[object]) -> None:
    said = codec.Payment(
        agreement=REF, payer="AH", payee="JS", amount_fen=1, paid_on=day, evidence_sha256=bytes(32)
    )
    assert isinstance(_facts(codec.LedgerDocument(payment=said)), facts)


def test_as_many_signers_may_be_required_as_there_are() -> None:
    for required, rules in ((2, []), (3, ["SIGNERS_REQUIRED"])):
        said = codec.LedgerDocument(agreement=agreement(signers_required=required))
        checked = check_document(said, author="anhui", center="center", today=date(2026, 1, 1))
        assert [one.rule for one in checked.violations] == rules


def test_an_entry_with_many_parties_on_both_sides_names_no_pairs() -> None:
    postings = tuple(
        Posting(account_of(AccountKind.CLEARING, party), fen)
        for party, fen in (("AH", 1), ("JS", 2), ("NETC", -2), ("ZJ", -1))
    )
    entry = JournalEntry(
        Place(1, 0, 0), EntryKind.INCOME, Ref(ANHUI, 0, bytes(32)), None, "", "", postings
    )
    with pytest.raises(ValueError, match="many parties"):
        pairs_of(entry)


def test_who_is_no_member_of_it_opens_no_agreement() -> None:
    deal = Deal()
    ours, theirs = (deal.write(one, agreement=agreement()) for one in ("jiangsu", "shanghai"))
    for ref, is_one in ((ours, True), (theirs, False)):
        document = deal.document(ref)
        assert isinstance(document, Document)
        assert (open_books(document) is not None) == is_one


def test_an_outcome_names_neither_its_own_entry_nor_a_later_log_of_the_center() -> None:
    """Not even one that it has let its log cover."""
    deal = Deal.made()
    successor = f"{DOMAIN}/center.2"
    deal.covered.append((0, successor, 9))
    own = Ref(f"{DOMAIN}/center", len(deal.logs["center"]), bytes(32))
    for named in (own, Ref(successor, 0, bytes(32))):
        deal.decide(deal.first, booked(named, ()))
        assert deal.why()[0] == "NOT_COVERED"


def test_before_an_agreement_is_active_nothing_is_accepted_and_no_month_closes() -> None:
    deal = Deal.made(active=False)
    for proposal in (deal.income(), deal.payment("AH", "JS", 1)):
        deal.cover()
        deal.decide(deal.first, booked(proposal, ()))
        assert deal.why()[0] == "NOT_ACCEPTED"
    deal.close("2026-10")
    assert deal.why()[0] == "NOT_ACTIVE"
    assert deal.books().closed_through == ""


def test_an_end_on_the_day_when_a_version_ends_anyhow_does_not_cut_that_version() -> None:
    """Jiangsu signs what is in force, anhui alone what is to come: only that is cut."""
    deal = Deal.made()
    deal.activate(deal.amendment(effective_from="2027-01-01", signers=["anhui"]))
    end = deal.termination("2027-01-01")
    deal.decide(deal.first, activated(end, *deal.agreed(end, "anhui")))
    assert deal.why()[0] == ""
    assert deal.books().ended_on == "2027-01-01"


def test_a_party_that_comes_back_stays_with_the_member_that_kept_it() -> None:
    deal = Deal.made()
    without = [party("AH", "anhui", 800_000), party("NETC", "center", 200_000)]
    second = deal.amendment(parties=without)
    deal.activate(second)
    for keeper, why in (("anhui", "MEMBERS_FIXED"), ("jiangsu", "")):
        again = [party("AH", "anhui", 700_000), party("JS", keeper, 300_000)]
        third = deal.amendment(
            second, parties=again, effective_from="2026-09-01", signers=["anhui", "jiangsu"]
        )
        deal.activate(third)
        assert deal.why()[1] == why


def test_who_keeps_a_party_is_looked_for_in_each_version_once() -> None:
    """Else whoever amends without end costs all others ever more."""
    deal = Deal.made()
    deal.activate(deal.amendment())
    books = deal.books()
    assert [books.keepers.get(one) for one in ("AH", "XX")] == ["anhui", None]
    books.versions = (*([None] * 2), books.versions[0])  # type: ignore[arg-type]  # not looked at
    assert [books.keepers.get(one) for one in ("JS", "XX")] == ["jiangsu", None]


def test_a_closed_log_and_what_it_covers_end_at_their_sizes() -> None:
    covered = Coverage()
    covered.restore([(3, ANHUI, 7, 1)])
    before = ClosedLog(f"{DOMAIN}/center", 5, covered)
    reach = Reach(Coverage(), (before,))
    for origin, size in ((before.origin, 5), (ANHUI, 7)):
        places = [Ref(origin, at, bytes(32)) for at in (0, size - 1, size)]
        assert [reach.covers(one, 0) for one in places] == [True, True, False]
    assert not replace(reach, earlier=()).covers(Ref(ANHUI, 0, bytes(32)), 100)
