"""Whose acceptance counts for what, and what an outcome may name besides.

Each is a rule of `judging`, `booking` or `preview` that no other test would miss.
"""

from __future__ import annotations

import pytest

from federation.ledger import codec
from federation.ledger.booking import book
from federation.ledger.books import LIFE, State, Total
from federation.ledger.documents import Document, Unreadable
from federation.ledger.journal import Place
from federation.ledger.preview import pending
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import KIND, Deal
from tests.federation.ledger.paper import DOMAIN, activated, booked, party

OWN = [party("AH", "anhui", 700_000), party("NETC", "center", 300_000)]
"""Jiangsu signs and keeps no party."""


def test_an_amendment_asks_the_signers_of_the_version_in_force_whatever_its_own_are() -> None:
    deal = Deal.made(parties=OWN)
    fewer = deal.amendment(parties=OWN, signers_required=1)
    deal.decide(deal.first, activated(fewer, *deal.agreed(fewer, "anhui")))
    assert deal.why()[0] == "NOT_ACCEPTED"
    deal.activate(fewer)
    assert len(deal.books().versions) == 2
    again = deal.amendment(fewer, parties=OWN, effective_from="2026-08-01", signers_required=1)
    deal.decide(deal.first, activated(again, *deal.agreed(again, "anhui")))
    assert len(deal.books().versions) == 3


def test_a_reversal_asks_the_signers_of_the_version_that_booked_its_income() -> None:
    deal = Deal.made(parties=OWN)
    later = deal.amendment(parties=OWN, signers_required=1)
    deal.activate(later)
    old = deal.income(income_date="2026-06-30")
    new = deal.income(instalment="2", version=said_ref(later))
    for one in (old, new):
        deal.book(one)
    for one, void in ((old, "NOT_ACCEPTED"), (new, "")):
        back = deal.reversal(one)
        vector = deal.vector(back)
        deal.decide(deal.first, booked(back, deal.agreed(back, "anhui"), **vector))
        assert deal.why()[0] == void
    assert deal.books().rulings[old].state is State.FINAL
    assert deal.books().rulings[new].state is State.REVERSED


def test_a_signer_that_is_named_twice_is_no_two_signers() -> None:
    deal = Deal.made(active=False, signers=["anhui", "anhui"])
    first = deal.document(deal.first)
    assert isinstance(first, Document)
    assert isinstance(first.facts, Unreadable)


def test_the_center_of_another_federation_is_not_waited_for() -> None:
    deal = Deal.made()
    deal.income()
    elsewhere = Ref("other.example/center", 0, bytes(32))
    deal.decide(deal.first, booked(elsewhere, ()))
    assert deal.why()[0] == "NOT_COVERED"
    assert elsewhere.origin != f"{DOMAIN}/center"


@pytest.mark.parametrize("kind", [KIND.OUTCOME_KIND_REFUSED, KIND.OUTCOME_KIND_EXPIRED])
def test_what_takes_no_effect_names_no_acceptances(kind: codec.OutcomeKind) -> None:
    deal = Deal.made()
    event = deal.income(received_by="XX")
    outcome = booked(event, deal.agreed(event))
    outcome.kind, outcome.refusal_reason = kind, "PARTY_NOT_IN_AGREEMENT"
    deal.decide(deal.first, outcome)
    assert deal.why()[0] == "NAMES_TOO_MUCH"
    assert event not in deal.books().rulings


def test_l10_bases_of_which_nothing_is_shared_add_up_below_2_62() -> None:
    deal = Deal.made(tiers=[codec.AllocationTier(rate_ppm=0)])
    books = deal.books()
    books.totals[LIFE] = Total(base_fen=AMOUNT_MAX_FEN - 6)
    for gross_fen in (6, 7):
        document = deal.document(deal.income(gross_fen=gross_fen))
        assert isinstance(document, Document)
        if gross_fen == 6:
            book(books, document, Place(1, 99, 0))
            continue
        with pytest.raises(Refused, match="AMOUNT_OUT_OF_RANGE"):
            book(books, document, Place(1, 99, 0))


def test_an_instalment_that_is_booked_is_pending_no_more() -> None:
    deal = Deal.made()
    deal.book(deal.income())
    again, other = deal.document(deal.income()), deal.document(deal.income(instalment="2"))
    assert isinstance(again, Document)
    assert isinstance(other, Document)
    first, second = pending(deal.books(), [again, other])
    assert first.refused is not None
    assert first.refused.reason == "INSTALMENT_BOOKED"
    assert second.refused is None
