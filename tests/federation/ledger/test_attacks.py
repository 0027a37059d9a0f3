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
from federation.ledger.documents import Unknown, Unreadable, read_document
from federation.ledger.judging import Waits
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import KIND, Deal
from tests.federation.ledger.paper import (
    DOMAIN,
    MEMBERS,
    activated,
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


def test_p2_of_two_outcomes_the_lower_counts_and_the_second_is_void() -> None:
    for lower in ("expire", "book"):
        deal = Deal.made()
        event = deal.income()
        if lower == "expire":
            deal.expire(event)
            deal.book(event, AH=50_001, JS=30_000, NETC=20_000)
        else:
            deal.book(event)
            deal.expire(event)
        expected = State.EXPIRED if lower == "expire" else State.FINAL
        assert deal.why()[0] == "ALREADY_DECIDED"
        assert deal.books().rulings[event].state is expected


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


BAD: Final[dict[str, tuple[Callable[[Deal], Ref], str]]] = {
    "an unknown receiver": (lambda d: d.income(received_by="XX"), "PARTY_NOT_IN_AGREEMENT"),
    "an unknown payer": (lambda d: d.payment("XX", "JS", 1), "PARTY_NOT_IN_AGREEMENT"),
    "an unknown payee": (lambda d: d.payment("AH", "XX", 1), "PARTY_NOT_IN_AGREEMENT"),
    "a day before the agreement": (
        lambda d: d.income(income_date="2025-12-31"),
        "OUTSIDE_AGREEMENT",
    ),
    "the day after the last": (lambda d: d.income(income_date="2028-01-01"), "OUTSIDE_AGREEMENT"),
    "a version that is not active": (
        lambda d: d.income(version=said_ref(d.amendment())),
        "AGREEMENT_NOT_ACTIVE",
    ),
    "an instalment that is booked": (lambda d: d.income(gross_fen=7), "INSTALMENT_BOOKED"),
    "a deduction that is not agreed": (
        lambda d: d.income(instalment="2", deductions=[codec.Deduction(name="x", amount_fen=1)]),
        "DEDUCTION_NOT_ALLOWED",
    ),
    "a base of zero": (
        lambda d: d.income(
            instalment="2", deductions=[codec.Deduction(name="税", amount_fen=100_001)]
        ),
        "DEDUCTIONS_EXCEED_GROSS",
    ),
    "a base below zero": (
        lambda d: d.income(
            instalment="2", deductions=[codec.Deduction(name="税", amount_fen=100_002)]
        ),
        "DEDUCTIONS_EXCEED_GROSS",
    ),
    "a reversal of what is not booked": (
        lambda d: d.reversal(d.income(instalment="2")),
        "INCOME_NOT_BOOKED",
    ),
    "a refund above what is left": (
        lambda d: d.reversal(Ref(f"{DOMAIN}/anhui", 2, d.logs["anhui"][2].ref.leaf_hash), 100_002),  # type: ignore[union-attr]
        "REFUND_EXCEEDS_OUTSTANDING",
    ),
    "a settlement above the balance": (
        lambda d: d.payment("AH", "JS", 30_001),
        "PAYMENT_EXCEEDS_BALANCE",
    ),
    "a settlement by who is owed": (
        lambda d: d.payment("JS", "NETC", 1),
        "PAYMENT_EXCEEDS_BALANCE",
    ),
    "a payment to oneself": (lambda d: d.payment("AH", "AH", 1), "CLAIM_ON_ITSELF"),
    "an amendment of a version that is not the last": (
        lambda d: d.amendment(previous=d.income(instalment="9")),
        "AMENDMENT_DOES_NOT_FIT",
    ),
    "an amendment that leaves a gap": (
        lambda d: d.amendment(effective_from="2028-01-02", effective_to="2029-01-01"),
        "AMENDMENT_DOES_NOT_FIT",
    ),
    "an amendment with another member": (
        lambda d: d.amendment(signers=["anhui", "jiangsu", "zhejiang"]),
        "MEMBERS_FIXED",
    ),
    "an end before the beginning": (
        lambda d: d.termination("2026-01-01"),
        "TERMINATION_DOES_NOT_FIT",
    ),
    "an end that is no end": (lambda d: d.termination("2028-01-01"), "TERMINATION_DOES_NOT_FIT"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_booked_has_its_reason_and_changes_nothing(bad: str) -> None:
    make, reason = BAD[bad]
    deal = Deal.made(deductions=["税"])
    deal.book(deal.income())
    before = _balances(deal)
    proposal = make(deal)
    facts = deal.logs[proposal.member][proposal.leaf_index]
    kind = type(facts.facts).__name__ if facts is not None else ""
    if kind in {"Version", "Termination"}:
        deal.activate(proposal, "anhui", "jiangsu")
    else:
        deal.book(proposal, AH=1)
    void, why = deal.why()
    assert (void, why) == ("CANNOT_BE_BOOKED", reason) or void in {"NOT_A_SIGNER", "NOT_ACCEPTED"}
    assert _balances(deal) == before
    deal.refuse(proposal, reason)
    assert deal.books().rulings[proposal].reason == reason
    assert _balances(deal) == before


def test_nothing_is_booked_before_the_agreement_is_active() -> None:
    deal = Deal.made(active=False)
    deal.book(deal.payment("AH", "JS", 1), AH=1, JS=-1)
    assert deal.why()[0] == "NOT_A_SIGNER"
    event = deal.income()
    deal.refuse(event, "AGREEMENT_NOT_ACTIVE")
    assert deal.books().rulings[event].reason == "AGREEMENT_NOT_ACTIVE"


def test_an_event_on_a_terminated_agreement_is_outside_and_earlier_ones_still_count() -> None:
    deal = Deal.made()
    deal.activate(deal.termination("2026-11-03"))
    late, early = deal.income(), deal.income(income_date="2026-11-02")
    deal.book(late, AH=1)
    assert deal.why() == ("CANNOT_BE_BOOKED", "OUTSIDE_AGREEMENT")
    deal.book(early)
    assert deal.books().rulings[early].state is State.FINAL


def test_r5_a_second_full_reversal_is_refused() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    deal.book(deal.reversal(event))
    before = _balances(deal)
    second = deal.reversal(event, day="2026-11-10")
    deal.book(second, AH=-50_001, JS=-30_000, NETC=-20_000)
    assert deal.why() == ("CANNOT_BE_BOOKED", "ALREADY_REVERSED")
    assert _balances(deal) == before == {}


def test_r4_a_full_reversal_and_its_income_are_zero_on_every_account() -> None:
    deal = Deal.made()
    event = deal.income(gross_fen=99_999)
    deal.book(event)
    deal.book(deal.reversal(event))
    assert _balances(deal) == {}
    assert deal.books().total("").base_fen == 0


def test_l10_incomes_that_add_up_to_2_62_are_refused_alike() -> None:
    deal = Deal.made()
    for instalment in ("1", "2"):
        event = deal.income(gross_fen=HALF, instalment=instalment)
        deal.book(event)
    assert deal.why() == ("CANNOT_BE_BOOKED", "AMOUNT_OUT_OF_RANGE")
    deal.refuse(event, "AMOUNT_OUT_OF_RANGE")
    assert deal.books().rulings[event].reason == "AMOUNT_OUT_OF_RANGE"
    deal.close("2026-11")
    assert not deal.books().disputed


def test_l10_all_that_an_agreement_ever_debits_stays_below_2_62() -> None:
    deal = Deal.made()
    for _ in range(2):
        last = deal.income(gross_fen=HALF)
        deal.book(last)
        if deal.last().void:
            break
        deal.book(deal.reversal(last))
    assert deal.last().void == "CANNOT_BE_BOOKED"
    assert deal.last().why == "AMOUNT_OUT_OF_RANGE"
    deal.close("2026-11")
    deal.book(deal.income(gross_fen=HALF, instalment="large"))
    assert deal.last().why == "AMOUNT_OUT_OF_RANGE"
    deal.book(deal.income(gross_fen=100_000, instalment="small"))
    assert not deal.last().void
    assert not deal.books().disputed


FORMS: Final[dict[str, dict[str, object]]] = {
    "an amount of 2^62": {"gross_fen": 1 << 62},
    "an amount of zero": {"gross_fen": 0},
    "an amount below zero": {"gross_fen": -1},
    "the least amount that fits": {"gross_fen": -(1 << 63)},
    "a kind of a newer program": {"kind": 99},
    "a kind below zero": {"kind": -1},
    "a blank before the instalment": {"instalment": " 1"},
    "a wide blank after the instalment": {"instalment": "1\u3000"},
    "a line break in the instalment": {"instalment": "1\n2"},
    "no instalment": {"instalment": ""},
    "a day that is none": {"income_date": "2026-02-30"},
    "a day in other digits": {"income_date": "２０２６-11-03"},
    "a reference without a hash": {"contract": codec.DocumentRef(origin=f"{DOMAIN}/anhui")},
    "a reference beyond every log": {
        "contract": codec.DocumentRef(
            origin=f"{DOMAIN}/anhui", leaf_index=(1 << 64) - 1, leaf_hash=bytes(32)
        )
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_what_breaks_its_form_is_no_proposal(form: str) -> None:
    deal = Deal.made()
    event = deal.income(**FORMS[form])
    document = deal.document(event)
    assert isinstance(getattr(document, "facts", None), Unreadable)
    deal.decide(deal.first, booked(event, deal.agreed(event), AH=1))
    assert deal.why()[0] == "OTHER_AGREEMENT"


TERMS: Final[dict[str, dict[str, object]]] = {
    "shares that sum to less": {"parties": [party("AH", "anhui", 999_999)]},
    "shares that sum to more": {"parties": [party("AH", "anhui", 1_000_001)]},
    "a party twice": {"parties": [party("AH", "anhui", 500_000)] * 2},
    "another currency": {"currency": "USD"},
    "rules of nobody": {"rules_version": 0},
    "no signer": {"signers": []},
    "more signers than there are": {"signers_required": 3},
    "a scope of a newer program": {"tier_scope": 9},
    "a scope below zero": {"tier_scope": -1},
    "a role below zero": {"parties": [party("AH", "anhui", 1_000_000, role=-1)]},
    "an end before the beginning": {"effective_to": "2026-01-01"},
}


@pytest.mark.parametrize("terms", TERMS)
def test_terms_that_are_not_sound_are_no_agreement(terms: str) -> None:
    content = codec.LedgerDocument(agreement=agreement(**TERMS[terms])).SerializeToString()
    ref = Ref(f"{DOMAIN}/anhui", 0, bytes(32))
    document = read_document(ref, frozenset(MEMBERS), content)
    assert isinstance(document.facts, Unreadable)


def test_no_document_at_all_is_unknown() -> None:
    document = read_document(Ref(f"{DOMAIN}/anhui", 0, bytes(32)), frozenset(), b"")
    assert isinstance(document.facts, Unknown)


def test_two_activations_of_one_version_count_once() -> None:
    deal = Deal.made()
    deal.decide(deal.first, activated(deal.first, *deal.agreed(deal.first)))
    assert deal.why()[0] == "ALREADY_DECIDED"
