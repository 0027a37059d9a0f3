"""Reports against a count by brute force, on random rows in any order."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration
from node.services.partnership import report_folds as folds
from node.services.partnership.report_folds import (
    EVERY_MONTH,
    INT64_MAX,
    Answers,
    Flow,
    Funnel,
    Managers,
    Months,
    Progress,
    Target,
)
from node.storage.contracts import ContractRow, QuotedEnquiry
from node.storage.enquiries import NO_DAY, EnquiryRow

MEMBERS: Final = ("anhui", "jiangsu", "shanghai")
REGIONS: Final = ("340100", "340200", "320500", "310115", "")
DAYS: Final = ("2026-12-31", "2027-01-01", "2027-01-31", "2027-02-01", "")
SHANGHAI: Final = timezone(timedelta(hours=8))
MONTHS: Final = ("", "2026-12", "2027-01", "2027-02")
START_MS: Final = 1_798_700_000_000
"""Late in December 2026."""

contract = st.builds(
    ContractRow,
    position=st.integers(1, 1 << 40),
    subject=st.binary(min_size=16, max_size=16),
    author=st.sampled_from(MEMBERS),
    buyer=st.sampled_from(MEMBERS),
    seller=st.sampled_from(MEMBERS),
    center=st.just("center"),
    buyer_region=st.sampled_from(REGIONS),
    seller_region=st.sampled_from(REGIONS),
    buyer_organisation=st.just(""),
    seller_organisation=st.just(""),
    seller_nature=st.sampled_from(("021", "022", "100", "")),
    type=st.integers(0, 6),
    signed_on=st.sampled_from(DAYS),
    contract_amount_fen=st.integers(0, 10**12),
    technical_amount_fen=st.integers(0, 10**12),
    registration=st.sampled_from([int(one) for one in Registration]),
    register_number=st.just(""),
    decided_on=st.just(""),
    is_agreed=st.booleans(),
    is_confirmed=st.booleans(),
    is_cancelled=st.booleans(),
    is_waiting=st.booleans(),
)
quoted = st.lists(
    st.builds(QuotedEnquiry, st.just(b""), st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)),
    max_size=3,
)
times = st.integers(START_MS, START_MS + 40 * 86_400_000) | st.just(0)


def enquiry(**said: Any) -> EnquiryRow:
    numbers: dict[str, Any] = dict.fromkeys(EnquiryRow._fields, "")
    numbers |= dict.fromkeys(
        (
            "contracted_at_ms",
            "accepted_at_ms",
            "last_at_ms",
            "enquirer_position",
            "listing_position",
        ),
        0,
    )
    return EnquiryRow(**{**numbers, "subject": b"", "due": NO_DAY, "waits": False, **said})


enquiries = st.builds(
    enquiry,
    enquirer=st.sampled_from(MEMBERS),
    listing_member=st.sampled_from(MEMBERS),
    state=st.integers(0, 10),
    is_ended=st.booleans(),
    reached=st.sets(st.sampled_from(list(StepKind))).map(lambda kinds: sum(1 << k for k in kinds)),
    submitted_at_ms=times,
    answered_at_ms=times,
)
months = st.builds(Months, st.sampled_from(MONTHS), st.sampled_from(MONTHS))
member = st.sampled_from(("", *MEMBERS))


def held(month: str, asked: Months) -> bool:
    if asked == EVERY_MONTH:
        return True
    return bool(month) and month >= asked.first and (not asked.last or month <= asked.last)


def month_of(time_ms: int) -> str:
    if not time_ms:
        return ""
    return f"{datetime.fromtimestamp(time_ms / 1000, SHANGHAI):%Y-%m}"


@given(st.lists(contract), months, member, st.randoms(use_true_random=False))
def test_flows_are_what_counting_one_by_one_gives(
    rows: list[ContractRow], asked: Months, whom: str, order: Any
) -> None:
    expected = []
    provinces = ("340000", "320000", "310000", "")
    for seller, buyer, month, kind in product(provinces, provinces, MONTHS, range(7)):
        there = [
            row
            for row in rows
            if row.is_agreed
            and not row.is_cancelled
            and row.seller_region[:2] == seller[:2]
            and row.buyer_region[:2] == buyer[:2]
            and row.signed_on[:7] == month
            and row.type == kind
            and held(month, asked)
            and whom in ("", row.buyer, row.seller)
        ]
        if there:
            amount = sum(row.contract_amount_fen for row in there)
            technical = sum(row.technical_amount_fen for row in there)
            expected.append(Flow(seller, buyer, month, kind, len(there), amount, technical))
    order.shuffle(rows)
    assert folds.flows(rows, asked, whom) == sorted(expected)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MONTHS)), st.integers(1, 9)
    ),
    st.lists(enquiries),
    st.lists(st.tuples(contract, quoted)),
    months,
    member,
)
def test_the_funnel_is_what_counting_one_by_one_gives(
    listed: dict[tuple[str, str], int],
    asked_for: list[EnquiryRow],
    made: list[tuple[ContractRow, list[QuotedEnquiry]]],
    asked: Months,
    whom: str,
) -> None:
    expected = []
    for name, month in product(MEMBERS, MONTHS):
        mine = [
            row
            for row in asked_for
            if row.state and row.listing_member == name and month_of(row.submitted_at_ms) == month
        ]
        signed = [
            row
            for row, links in made
            if row.is_agreed
            and not row.is_cancelled
            and row.signed_on[:7] == month
            and any(
                link.listing_member == name
                and {link.enquirer, link.listing_member} == {row.buyer, row.seller}
                for link in links
            )
        ]
        reached = [
            sum(bool(row.reached & 1 << kind) for row in mine)
            for kind in (StepKind.SUBMITTED, StepKind.ACCEPTED, StepKind.INTRODUCED)
        ]
        registered = sum(row.registration == Registration.REGISTERED for row in signed)
        row = Funnel._make(
            (name, month, listed.get((name, month), 0), *reached, len(signed), registered)
        )
        if any(row[2:]) and held(month, asked) and whom in ("", name):
            expected.append(row)
    assert folds.funnel(listed, asked_for, made, asked, whom) == expected


def test_a_contract_of_two_adds_nothing_to_the_funnel_of_a_third_whose_enquiry_it_claims() -> None:
    numbers: dict[str, Any] = dict.fromkeys(ContractRow._fields, 0)
    made = ContractRow(
        **{
            **numbers,
            "buyer": "jiangsu",
            "seller": "jiangsu",
            "signed_on": "2027-01-05",
            "is_agreed": True,
        }
    )
    claimed = [QuotedEnquiry(b"", "jiangsu", "shanghai"), QuotedEnquiry(b"", "anhui", "shanghai")]
    assert folds.funnel({}, [], [(made, claimed)], EVERY_MONTH, "") == []


@given(st.lists(enquiries), months, member)
def test_the_answer_times_are_medians_in_whole_hours(
    rows: list[EnquiryRow], asked: Months, whom: str
) -> None:
    expected = []
    for name, month in product(MEMBERS, MONTHS):
        mine = [
            row
            for row in rows
            if row.state
            and row.listing_member == name
            and month_of(row.submitted_at_ms) == month
            and held(month, asked)
            and whom in ("", name)
        ]
        took = [
            Fraction(max(0, row.answered_at_ms - row.submitted_at_ms), 3_600_000)
            for row in mine
            if row.answered_at_ms and row.submitted_at_ms
        ]
        waiting = [row for row in mine if not row.answered_at_ms and not row.is_ended]
        expired = [row for row in mine if not row.answered_at_ms and row.state == StepKind.EXPIRED]
        ignored = [row for row in expired if row.is_ended]
        if took or waiting or ignored:
            hours = statistics.median(took) if took else 0
            expected.append(Answers(name, month, len(took), len(waiting), int(hours), len(ignored)))
    assert folds.answers(rows, asked, whom) == expected


@given(st.lists(st.tuples(st.sampled_from(MEMBERS), st.integers(0, 3), st.integers(1, 4))), member)
def test_managers_are_counted_by_level_and_status(
    rows: list[tuple[str, int, int]], whom: str
) -> None:
    expected = [
        Managers(*key, rows.count(key)) for key in sorted(set(rows)) if whom in ("", key[0])
    ]
    assert folds.managers(rows, whom) == expected


@given(st.lists(contract), months, member, st.integers(1, 10**14), st.sampled_from(DAYS[:4]))
def test_progress_sums_what_was_signed_until_the_day(
    rows: list[ContractRow], asked: Months, whom: str, amount: int, until: str
) -> None:
    def total(which: Any) -> int:
        return sum(
            which(row)
            for row in rows
            if row.is_agreed
            and not row.is_cancelled
            and held(row.signed_on[:7], asked)
            and row.signed_on <= until
            and whom in ("", row.buyer, row.seller)
        )

    reached = {
        "contracts": total(lambda _row: 1),
        "contract_amount_fen": total(lambda row: row.contract_amount_fen),
        "technical_amount_fen": total(lambda row: row.technical_amount_fen),
        "institution_amount_fen": total(
            lambda row: row.contract_amount_fen if row.seller_nature[:2] == "02" else 0
        ),
        "registered_contracts": total(lambda row: row.registration == Registration.REGISTERED),
        "managers": 7,
        "transfer_organisations": 3,
    }
    targets = {name: Target(name, amount, until) for name in folds.MEASURES}
    records = {"managers": 7, "transfer_organisations": 3}
    assert folds.progress(targets, rows, records, asked, whom) == [
        Progress(name, name, amount, until, value, min(value * 1000 // amount, (1 << 32) - 1))
        for name, value in sorted(reached.items())
    ]


@pytest.mark.parametrize(
    ("time_ms", "month"),
    [
        (0, ""),
        (1, "1970-01"),
        (int(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC).timestamp() * 1000), "2026-12"),
        (int(datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC).timestamp() * 1000), "2027-01"),
        (INT64_MAX, ""),
    ],
)
def test_months_are_those_of_shanghai(time_ms: int, month: str) -> None:
    assert folds.month_of_ms(time_ms) == month


def test_sums_beyond_what_the_answer_can_say_end_there() -> None:
    said: dict[str, Any] = dict.fromkeys(ContractRow._fields, "")
    said |= {"position": 1, "subject": b"", "type": 1, "registration": 0, "is_agreed": True}
    said |= {"is_confirmed": True, "is_cancelled": False, "is_waiting": False}
    said |= {"contract_amount_fen": INT64_MAX, "technical_amount_fen": INT64_MAX}
    row = ContractRow(**said)
    (flow,) = folds.flows([row, row._replace(position=2)], EVERY_MONTH, "")
    assert (flow.contracts, flow.contract_amount_fen) == (2, INT64_MAX)
