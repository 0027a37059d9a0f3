"""Pending amounts stay apart from posted ones, and terms can be tried before they are signed."""

from __future__ import annotations

from copy import deepcopy

import pytest

from federation.ledger import codec
from federation.ledger.allocation import Income
from federation.ledger.books import Books
from federation.ledger.decisions import DecidingRule
from federation.ledger.documents import Document
from federation.ledger.preview import SimulatedIncome, pending, simulate
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.paper import Paper, activated, agreement, booked, income, party

YUAN = 100


def active() -> tuple[Paper, Ref]:
    """Return an agreement that is in force."""
    paper = Paper()
    first = paper.write("anhui", agreement=agreement())
    accepted = [paper.accept(member, first, first) for member in ("anhui", "jiangsu")]
    paper.cover()
    paper.decide(first, activated(first, *accepted))
    return paper, first


def documents(paper: Paper, *refs: Ref) -> list[Document]:
    """Return documents by name."""
    found = [paper.document(ref) for ref in refs]
    return [one for one in found if isinstance(one, Document)]


def nets(books: Books) -> dict[str, int]:
    """Return the net positions."""
    return {name: books.net_fen(name) for name in ("AH", "JS", "NETC")}


def payables(books: Books) -> dict[str, int]:
    """Return what each party is owed, gross."""
    return {name: books.payable_fen(name) for name in ("AH", "JS", "NETC")}


def test_pending_is_shown_apart_and_pending_and_posted_are_conserved_when_booked() -> None:
    paper, first = active()
    one = paper.write("anhui", income=income(first))
    two = paper.write("anhui", income=income(first, instalment="2", gross_fen=7))
    before, _ = paper.fold(first)
    kept = deepcopy(before)

    both = pending(before, documents(paper, one, two))

    assert before == kept
    assert both[0].vector == {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
    for each in both:
        for name, fen in each.vector.items():
            assert sum(part.fen for part in each.decisions if part.party == name) == fen

    yes = tuple(paper.accept(member, first, one) for member in ("anhui", "jiangsu"))
    paper.cover()
    paper.decide(first, booked(one, yes, **both[0].vector))
    after, _ = paper.fold(first)
    left = pending(after, documents(paper, two))

    for name in ("AH", "JS", "NETC"):
        shown = payables(before)[name] + sum(each.vector[name] for each in both)
        assert payables(after)[name] + left[0].vector[name] == shown


@pytest.mark.parametrize("rejected", [True, False])
def test_what_is_rejected_or_expires_leaves_pending_and_posts_nothing(rejected: bool) -> None:
    paper, first = active()
    one = paper.write("anhui", income=income(first))
    two = paper.write("anhui", income=income(first, instalment="2"))
    before, _ = paper.fold(first)
    both = pending(before, documents(paper, one, two))
    said = codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_EXPIRED,
        proposal=said_ref(one),
    )
    if rejected:
        no = paper.write(
            "jiangsu",
            rejection=codec.Rejection(
                agreement=said_ref(first), proposal=said_ref(one), reason="金额不符"
            ),
        )
        said = codec.Outcome(
            kind=codec.OutcomeKind.OUTCOME_KIND_REFUSED,
            proposal=said_ref(one),
            rejection=said_ref(no),
        )
    paper.cover()
    paper.decide(first, said)
    books, effects = paper.fold(first)

    assert not effects[-1].void
    assert payables(books) == payables(before)
    assert pending(books, documents(paper, two)) == both[1:]
    decided = pending(books, documents(paper, one))[0]
    assert decided.refused is not None
    assert decided.refused.reason == "ALREADY_DECIDED"


def test_a_refused_proposal_changes_nothing_for_those_after_it() -> None:
    paper, first = active()
    one = paper.write("anhui", income=income(first))
    again = paper.write("anhui", income=income(first, gross_fen=5))
    back = paper.write(
        "jiangsu",
        reversal=codec.Reversal(
            agreement=said_ref(first),
            income=said_ref(one),
            reversal_date="2026-11-09",
            reason="退款",
        ),
    )
    books, _ = paper.fold(first)
    found = pending(books, documents(paper, one, again, back, again))
    assert [each.refused and each.refused.reason for each in found] == [
        None,
        "INSTALMENT_BOOKED",
        None,
        None,
    ]
    assert sum(found[2].vector.values()) == -100_001


def trial(day: str, yuan: int, number: int = 1) -> SimulatedIncome:
    """Return an income to try."""
    return SimulatedIncome(day, Income("contract", str(number), "SERVICE_FEE", yuan * YUAN))


def jiangsu(**changes: object) -> codec.Agreement:
    """Return the output-side subsidy: three bands of a turnover, at most 300,000 yuan."""
    tier = codec.AllocationTier
    return agreement(
        parties=[
            party("AGENCY", "jiangsu", 1_000_000, cap_fen=300_000 * YUAN),
            party("FUND", "center", 0),
        ],
        tiers=[
            tier(upto_fen=10_000_000 * YUAN, rate_ppm=0),
            tier(upto_fen=100_000_000 * YUAN, rate_ppm=600),
            tier(upto_fen=1_000_000_000 * YUAN, rate_ppm=400),
            tier(upto_fen=6_000_000_000 * YUAN, rate_ppm=150),
            tier(rate_ppm=0),
        ],
        excess_to="FUND",
        **changes,
    )


def test_the_jiangsu_schedule_is_worked_out_band_by_band_up_to_its_cap() -> None:
    amounts = (9_000_000, 60_000_000, 500_000_000, 6_000_000_000)
    found = simulate([jiangsu()], [trial("2026-03-01", yuan) for yuan in amounts])
    shares = [dict(row.allocated.shares) for row in found.rows if row.allocated]
    assert shares == [
        {"AGENCY": 0, "FUND": 0},
        {"AGENCY": 30_000 * YUAN, "FUND": 0},
        {"AGENCY": 214_000 * YUAN, "FUND": 0},
        {"AGENCY": 300_000 * YUAN, "FUND": 864_000 * YUAN},
    ]
    last = found.rows[-1].allocated
    assert last is not None
    assert [(one.party, one.rule) for one in last.decisions] == [
        ("AGENCY", DecidingRule.SHARE),
        ("AGENCY", DecidingRule.CAP),
        ("FUND", DecidingRule.EXCESS),
    ]


def test_bands_of_a_calendar_year_add_up_and_begin_anew_with_the_next() -> None:
    trials = [
        trial("2026-03-01", 10_000_000),
        trial("2026-04-01", 50_000_000, 2),
        trial("2026-02-30", 1, 3),
        trial("2027-01-01", 10_000_000, 4),
    ]
    found = simulate([jiangsu(tier_scope=2, limit_scope=2)], trials)
    given = [row.allocated.amount_fen if row.allocated else None for row in found.rows]
    assert given == [0, 30_000 * YUAN, None, 0]
    assert found.rows[2].refused is not None


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2025-12-31", "OUTSIDE_AGREEMENT"),
        ("2026-01-01", ""),
        ("2027-12-31", ""),
        ("2028-01-01", "OUTSIDE_AGREEMENT"),
    ],
)
def test_a_simulation_refuses_a_day_on_which_nothing_could_be_booked(day: str, reason: str) -> None:
    (row,) = simulate([agreement()], [trial(day, 1)]).rows
    assert (row.refused.reason if row.refused else "") == reason
    assert (row.allocated is None) == bool(reason)
    unfinished = agreement(effective_to="")
    assert simulate([unfinished], [trial(day, 1)]).rows[0].allocated is not None


def test_a_simulation_refuses_what_no_books_could_hold() -> None:
    amounts = [(1 << 60) - 1, 1, (1 << 62) - 1]
    incomes = [
        SimulatedIncome("2026-03-01", Income("", str(number), "", fen))
        for number, fen in enumerate(amounts)
    ]
    rows = simulate([agreement()], incomes).rows
    assert [one.refused.reason if one.refused else "" for one in rows] == [
        "", "AMOUNT_OUT_OF_RANGE", "AMOUNT_OUT_OF_RANGE",
    ]  # fmt: skip


def test_unsound_terms_give_every_finding_with_its_field_and_no_row() -> None:
    unsound = agreement(parties=[party("AH", "anhui", 1)], remainder_to="WHO", excess_to="NOBODY")
    found = simulate([unsound], [trial("2026-03-01", 1)])
    assert {one.field for one in found.findings} == {
        "agreement.parties",
        "agreement.remainder_to",
        "agreement.excess_to",
    }
    assert found.rows == ()
