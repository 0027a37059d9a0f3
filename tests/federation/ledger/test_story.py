"""One agreement from its signatures to its statement, on paper."""

from __future__ import annotations

from federation.ledger import codec
from federation.ledger.books import State
from federation.records.refs import said_ref
from tests.federation.ledger.paper import Paper, activated, agreement, booked, income


def test_an_agreement_is_signed_shared_partly_refunded_paid_and_closed() -> None:
    paper = Paper()
    first = paper.write("anhui", agreement=agreement())
    accepted = [paper.accept(member, first, first) for member in ("anhui", "jiangsu")]
    paper.cover()
    paper.decide(first, activated(first, *accepted))
    event = paper.write("anhui", income=income(first))
    yes = tuple(paper.accept(member, first, event) for member in ("anhui", "jiangsu"))
    paper.cover()
    paper.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
    back = paper.write(
        "jiangsu",
        reversal=codec.Reversal(
            agreement=said_ref(first),
            income=said_ref(event),
            amount_fen=10_000,
            reversal_date="2026-11-09",
            reason="退款",
        ),
    )
    yes = tuple(paper.accept(member, first, back) for member in ("anhui", "jiangsu"))
    paper.cover()
    paper.decide(first, booked(back, yes, AH=-5_000, JS=-3_000, NETC=-2_000))
    paid = paper.write(
        "anhui",
        payment=codec.Payment(
            agreement=said_ref(first),
            payer="AH",
            payee="JS",
            amount_fen=27_000,
            paid_on="2026-11-20",
            evidence_sha256=bytes(32),
        ),
    )
    yes = tuple(paper.accept(member, first, paid) for member in ("anhui", "jiangsu"))
    paper.cover()
    paper.decide(first, booked(paid, yes, AH=27_000, JS=-27_000))

    books, effects = paper.fold(first)

    assert [one.void or one.disputed for one in effects] == [""] * 4
    assert books.rulings[event].state is State.PARTLY_REVERSED
    assert {party: books.net_fen(party) for party in ("AH", "JS", "NETC")} == {
        "AH": -18_000,
        "JS": 0,
        "NETC": 18_000,
    }
