"""What cannot be booked, has no form or no sound terms: each its reason, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger import codec
from federation.ledger.books import State
from federation.ledger.documents import Unknown, Unreadable, read_document
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import Deal
from tests.federation.ledger.paper import (
    DOMAIN,
    MEMBERS,
    activated,
    agreement,
    booked,
    party,
)
from tests.laws import examples

HALF: Final = 1 << 59


def _balances(deal: Deal) -> dict[str, int]:
    return {str(account): fen for account, fen in deal.books().balances.items() if fen}


def _first_income(deal: Deal) -> Ref:
    return Ref(f"{DOMAIN}/anhui", 2, deal.logs["anhui"][2].ref.leaf_hash)  # type: ignore[union-attr]


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
    "a reversal before its income": (
        lambda d: d.reversal(_first_income(d), 1, "2026-11-02"),
        "REVERSAL_BEFORE_INCOME",
    ),
    "a refund above what is left": (
        lambda d: d.reversal(_first_income(d), 100_002),
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
    "an amendment from the first day on": (
        lambda d: d.amendment(effective_from="2026-01-01"),
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


def test_r5_of_two_full_reversals_that_race_the_lower_counts_and_the_second_is_void() -> None:
    """Both were proposed and accepted while the income stood, and the center books both at once."""
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    one, other = deal.reversal(event), deal.reversal(event, day="2026-11-10")
    vector = deal.vector(one)
    assert vector == deal.vector(other) != {}
    agreed = [(each, deal.agreed(each)) for each in (other, one)]
    deal.decide(deal.first, *(booked(each, yes, **vector) for each, yes in agreed))
    books, effects = deal.fold(deal.first)
    assert [effect.void for effect in effects[-2:]] == ["", "CANNOT_BE_BOOKED"]
    assert effects[-1].why == "ALREADY_REVERSED"
    assert books.rulings[other].state is State.FINAL
    assert one not in books.rulings
    assert _balances(deal) == {}


@settings(deadline=None, max_examples=examples(20))
@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**5), max_size=3))
def test_r4_a_full_reversal_and_its_income_are_zero_on_every_account(
    gross_fen: int, parts: list[int]
) -> None:
    """The recorded postings are negated, in one step or after parts of them were taken back."""
    deal = Deal.made()
    event = deal.income(gross_fen=gross_fen)
    deal.book(event)
    left_fen = gross_fen
    for part_fen in parts:
        if part_fen < left_fen:
            deal.book(deal.reversal(event, part_fen))
            left_fen -= part_fen
    deal.book(deal.reversal(event))
    books, effects = deal.fold(deal.first)
    assert not any(one.void for one in effects)
    entries = [one.entry for one in effects if one.entry is not None]
    if len(entries) == 2:
        taken, back = (dict(one.postings) for one in entries)
        assert back == {account: -fen for account, fen in taken.items()}
    assert _balances(deal) == {}
    assert books.rulings[event].state is State.REVERSED
    assert books.total("").base_fen == 0
    assert not any(books.total("").received_fen.values())


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
