"""What a lying center, a lying party and a careless one try, and what the books make of it.

Each attack is a sentence, the outcome that it brings about and what the fold says to that; but for
the last table no attack changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from federation.ledger import codec
from federation.ledger.books import State
from federation.ledger.judging import Waits
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import KIND, Deal
from tests.federation.ledger.paper import (
    DOMAIN,
    agreement,
    booked,
    income,
    party,
)

HALF: Final = 1 << 59
Attack = Callable[[Deal], None]


def _balances(deal: Deal) -> dict[str, int]:
    return {str(account): fen for account, fen in deal.books().balances.items() if fen}


def _book_without(deal: Deal) -> None:
    event = deal.income()
    deal.cover()
    deal.decide(deal.first, booked(event, (), AH=50_001, JS=30_000, NETC=20_000))


def _book_with_one(deal: Deal) -> None:
    event = deal.income()
    deal.decide(deal.first, booked(event, deal.agreed(event, "anhui"), AH=1))


def _book_with_one_twice(deal: Deal) -> None:
    event = deal.income()
    one = deal.agreed(event, "anhui")
    deal.decide(deal.first, booked(event, one * 2))


def _book_with_two_of_one(deal: Deal) -> None:
    event = deal.income()
    deal.decide(deal.first, booked(event, deal.agreed(event, "anhui", "anhui")))


def _book_with_the_centers_own(deal: Deal) -> None:
    event = deal.income()
    deal.decide(deal.first, booked(event, deal.agreed(event, "anhui", "center")))


def _book_with_acceptances_of_another(deal: Deal) -> None:
    event = deal.income()
    other = deal.agreed(deal.income(instalment="2"))
    deal.decide(deal.first, booked(event, other))


def _book_with_the_proposal_as_acceptance(deal: Deal) -> None:
    event = deal.income()
    deal.cover()
    deal.decide(deal.first, booked(event, (event, event)))


def _book_with_a_rejection(deal: Deal) -> None:
    event = deal.income()
    rejection = deal.reject("jiangsu", event)
    outcome = booked(event, deal.agreed(event), **deal.vector(event))
    outcome.rejection.CopyFrom(said_ref(rejection))
    deal.decide(deal.first, outcome)


def _book_uncovered(deal: Deal) -> None:
    event = deal.income()
    yes = tuple(deal.accept(one, deal.first, event) for one in ("anhui", "jiangsu"))
    deal.decide(deal.first, booked(event, yes))


def _book_covered_only_later(deal: Deal) -> None:
    _book_uncovered(deal)
    deal.cover()


def _book_what_is_nowhere(deal: Deal) -> None:
    event = deal.income()
    yes = deal.agreed(event)
    deal.decide(deal.first, booked(event._replace(leaf_hash=bytes(32)), yes))


def _book_of_another_federation(deal: Deal) -> None:
    event = deal.income()
    yes = deal.agreed(event)
    deal.decide(deal.first, booked(event._replace(origin="other.example/anhui"), yes))


def _book_above_itself(deal: Deal) -> None:
    log = deal.logs["center"]
    ref = Ref(f"{DOMAIN}/center", len(log) + 1, bytes(32))
    deal.decide(deal.first, booked(ref, ()))


def _book_of_a_later_log_of_the_center(deal: Deal) -> None:
    deal.decide(deal.first, booked(Ref(f"{DOMAIN}/center.2", 0, bytes(32)), ()))


def _book_an_acceptance(deal: Deal) -> None:
    yes = deal.agreed(deal.income())
    deal.decide(deal.first, booked(yes[0], yes))


def _activate_an_income(deal: Deal) -> None:
    deal.activate(deal.income())


def _book_nothing(deal: Deal) -> None:
    deal.decide(deal.first, codec.Outcome(kind=KIND.OUTCOME_KIND_BOOKED))


def _decide_as_another(deal: Deal) -> None:
    event = deal.income()
    yes = deal.agreed(event)
    deal.decide(deal.first, booked(event, yes, **deal.vector(event)), by="jiangsu")


def _leave_a_member_out(deal: Deal) -> None:
    event = deal.income()
    yes = deal.agreed(event)
    outcomes = codec.Outcomes(
        agreement=said_ref(deal.first), outcomes=[booked(event, yes, **deal.vector(event))]
    )
    deal.write("center", frozenset({"anhui"}), outcomes=outcomes)


def _propose_past_a_member(deal: Deal) -> None:
    event = deal.write("anhui", frozenset({"center"}), income=income(deal.first))
    deal.book(event, AH=1)


def _propose_as_a_stranger(deal: Deal) -> None:
    event = deal.write("shanghai", income=income(deal.first))
    deal.book(event, AH=1)


def _another_agreement(deal: Deal) -> None:
    other = deal.write("anhui", agreement=agreement(title="另一份协议"))
    event = deal.write("anhui", income=income(other))
    deal.book(event, AH=1)


def _refuse_for_nothing(deal: Deal) -> None:
    deal.refuse(deal.income())


def _refuse_for_a_false_reason(deal: Deal) -> None:
    deal.refuse(deal.income(), "INSTALMENT_BOOKED")


def _refuse_for_another_reason(deal: Deal) -> None:
    deal.refuse(deal.income(received_by="XX"), "INSTALMENT_BOOKED")


def _refuse_by_no_signer(deal: Deal) -> None:
    event = deal.income()
    deal.refuse(event, rejection=deal.reject("center", event))


def _refuse_by_a_rejection_of_another(deal: Deal) -> None:
    event = deal.income()
    deal.refuse(event, rejection=deal.reject("jiangsu", deal.income(instalment="2")))


def _close_no_month(deal: Deal) -> None:
    deal.decide(deal.first, codec.Outcome(kind=KIND.OUTCOME_KIND_CLOSED, period="2026-13"))


def _close_for_ever(deal: Deal) -> None:
    deal.close("9999-12")


def _close_twice(deal: Deal) -> None:
    deal.close("2026-10")
    deal.close("2026-10")


def _close_backwards(deal: Deal) -> None:
    deal.close("2026-10")
    deal.close("2026-09")


VOID: Final[dict[str, tuple[Attack, str]]] = {
    "an outcome without the required acceptances": (_book_without, "NOT_ACCEPTED"),
    "an outcome that omits one acceptance": (_book_with_one, "NOT_ACCEPTED"),
    "one acceptance named twice": (_book_with_one_twice, "NOT_A_SIGNER"),
    "two acceptances by one member": (_book_with_two_of_one, "NOT_A_SIGNER"),
    "the center accepts for a signer": (_book_with_the_centers_own, "NOT_A_SIGNER"),
    "acceptances of another income": (_book_with_acceptances_of_another, "NOT_AN_ACCEPTANCE"),
    "the proposal as its own acceptance": (
        _book_with_the_proposal_as_acceptance,
        "NOT_AN_ACCEPTANCE",
    ),
    "a booking that names a rejection": (_book_with_a_rejection, "NAMES_TOO_MUCH"),
    "documents that no checkpoint covers": (_book_uncovered, "NOT_COVERED"),
    "documents that are covered only later": (_book_covered_only_later, "NOT_COVERED"),
    "a hash that stands nowhere": (_book_what_is_nowhere, "NO_SUCH_DOCUMENT"),
    "a document of another federation": (_book_of_another_federation, "NOT_COVERED"),
    "a document of the center above the outcome": (_book_above_itself, "NOT_COVERED"),
    "a document of a later log of the center": (
        _book_of_a_later_log_of_the_center,
        "NOT_COVERED",
    ),
    "an acceptance as a proposal": (_book_an_acceptance, "NOT_A_PROPOSAL"),
    "an income that is activated": (_activate_an_income, "NOT_A_PROPOSAL"),
    "no proposal at all": (_book_nothing, "NO_PROPOSAL"),
    "an outcome of somebody else": (_decide_as_another, "NOT_THE_CENTER"),
    "an outcome whose header leaves out a member": (_leave_a_member_out, "NOT_ADDRESSED"),
    "a proposal whose header leaves out a member": (_propose_past_a_member, "NOT_ADDRESSED"),
    "a proposal of a stranger": (_propose_as_a_stranger, "NOT_A_MEMBER"),
    "a proposal of another agreement": (_another_agreement, "OTHER_AGREEMENT"),
    "a refusal for nothing": (_refuse_for_nothing, "REASON_NOT_FOUND"),
    "a refusal for a false reason": (_refuse_for_a_false_reason, "REASON_NOT_FOUND"),
    "a refusal for another reason than ours": (_refuse_for_another_reason, "REASON_NOT_FOUND"),
    "a rejection by who is no signer": (_refuse_by_no_signer, "NOT_A_SIGNER"),
    "a rejection of something else": (_refuse_by_a_rejection_of_another, "NOT_A_REJECTION"),
    "a month that is none is closed": (_close_no_month, "NO_PERIOD"),
    "the end of all months is closed": (_close_for_ever, "NO_PERIOD"),
    "a month is closed twice": (_close_twice, "ALREADY_CLOSED"),
    "an earlier month is closed": (_close_backwards, "ALREADY_CLOSED"),
}


@pytest.mark.parametrize("attack", VOID)
def test_p1_what_is_void_changes_nothing(attack: str) -> None:
    deal = Deal.made()
    act, void = VOID[attack]
    act(deal)
    books, effects = deal.fold(deal.first)
    assert effects[-1].void == void
    assert not books.balances
    assert not books.disputed
    assert {one.state for one in books.rulings.values()} == {State.ACTIVE}


def test_a_proposal_stays_open_after_a_void_outcome() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.decide(deal.first, booked(event, ()))
    deal.book(event, AH=50_001, JS=30_000, NETC=20_000)
    assert deal.books().rulings[event].state is State.FINAL


SHARES: Final = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
ENDS: Final[dict[str, tuple[Callable[[Deal, Ref], None], State]]] = {
    "expire": (lambda deal, event: deal.expire(event), State.EXPIRED),
    "reject": (
        lambda deal, event: deal.refuse(event, rejection=deal.reject("jiangsu", event)),
        State.REJECTED,
    ),
    "book": (lambda deal, event: deal.book(event, **SHARES), State.FINAL),
}


@pytest.mark.parametrize("lower", ENDS)
@pytest.mark.parametrize("higher", ENDS)
def test_p2_of_two_outcomes_the_lower_counts_and_the_second_is_void(
    lower: str, higher: str
) -> None:
    deal = Deal.made()
    event = deal.income()
    act, expected = ENDS[lower]
    act(deal, event)
    balances = _balances(deal)
    ENDS[higher][0](deal, event)
    assert deal.why()[0] == "ALREADY_DECIDED"
    assert deal.books().rulings[event].state is expected
    assert _balances(deal) == balances
    assert bool(balances) == (lower == "book")


def test_what_expires_early_is_visible_and_leaves_the_instalment_free() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.agreed(event)
    deal.expire(event)
    assert deal.books().rulings[event].state is State.EXPIRED
    again = deal.income(gross_fen=7)
    deal.book(again)
    assert deal.books().rulings[again].state is State.FINAL


def test_a_false_vector_disputes_the_books_for_good() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.book(event, AH=50_000, JS=30_001, NETC=20_000)
    assert deal.books().disputed == "VECTOR_DIFFERS"


def test_a_false_digest_disputes_the_books_for_good() -> None:
    deal = Deal.made()
    deal.book(deal.income())
    outcome = codec.Outcome(
        kind=KIND.OUTCOME_KIND_CLOSED, period="2026-11", statement_digest=bytes(32)
    )
    deal.decide(deal.first, outcome)
    assert deal.books().disputed == "STATEMENT_DIFFERS"


def test_an_outcome_of_a_newer_program_stops_the_books() -> None:
    deal = Deal.made()
    deal.decide(deal.first, codec.Outcome(kind=6))  # type: ignore[arg-type]  # not known yet
    assert deal.books().disputed == "UNKNOWN_OUTCOME"


@pytest.mark.parametrize("kind", [0, -1, -(1 << 31)])
def test_an_outcome_that_no_program_will_know_is_void(kind: int) -> None:
    deal = Deal.made()
    deal.decide(deal.first, codec.Outcome(kind=kind))  # type: ignore[arg-type]  # on purpose
    assert deal.why()[0] == "UNKNOWN_OUTCOME"
    assert not deal.books().disputed


def test_an_amendment_under_newer_rules_stops_the_books_once_it_is_activated() -> None:
    deal = Deal.made()
    newer = deal.amendment(rules_version=2)
    assert not deal.books().disputed
    deal.activate(newer)
    assert deal.books().disputed == "UNKNOWN_DOCUMENT"


def test_a_party_is_never_booked_under_an_agreement_that_it_did_not_accept() -> None:
    deal = Deal.made(active=False, signers=["anhui"])
    deal.activate(deal.first, "anhui")
    assert deal.why()[0] == "NOT_ACCEPTED"
    deal.activate(deal.first, "anhui", "jiangsu")
    assert deal.books().versions


def test_a_party_is_never_outvoted_when_its_shares_change() -> None:
    deal = Deal.made(signers_required=1)
    amended = deal.amendment(
        signers_required=1,
        parties=[party("AH", "anhui", 900_000), party("JS", "jiangsu", 100_000)],
        signers=["anhui", "jiangsu", "center"],
    )
    deal.activate(amended, "anhui")
    assert deal.why()[0] == "NOT_ACCEPTED"


def test_an_amendment_never_hands_a_partys_debts_to_another_member() -> None:
    deal = Deal.made()
    swapped = [
        party("AH", "jiangsu", 500_000),
        party("JS", "anhui", 300_000),
        party("NETC", "center", 200_000),
    ]
    deal.activate(deal.amendment(parties=swapped))
    assert deal.why() == ("CANNOT_BE_BOOKED", "MEMBERS_FIXED")


def test_what_may_be_named_and_has_not_come_is_waited_for() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    deal.hidden.add(event)
    with pytest.raises(Waits) as waiting:
        deal.fold(deal.first)
    assert waiting.value.refs == {event}


def test_p9_an_amendment_changes_no_posting_and_a_removed_party_is_still_paid() -> None:
    deal = Deal.made()
    event = deal.income(income_date="2026-08-01")
    deal.book(event)
    before = _balances(deal)
    without = [party("AH", "anhui", 800_000), party("NETC", "center", 200_000)]
    deal.activate(deal.amendment(parties=without))
    assert _balances(deal) == before
    deal.book(deal.payment("AH", "JS", 30_000))
    assert deal.books().net_fen("JS") == 0
    deal.book(deal.reversal(event))
    assert {str(account): fen for account, fen in _nets(deal).items()} == {
        "AH": 30_000,
        "JS": -30_000,
        "NETC": 0,
    }


def _nets(deal: Deal) -> dict[str, int]:
    return {one: deal.books().net_fen(one) for one in ("AH", "JS", "NETC")}
