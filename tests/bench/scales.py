"""How much is measured: `full` is what the figures are asked for, the others are for developing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Counts of one run, and how many runs a figure has."""

    runs: int = 3
    """At most four: each run of a first sync is another member's."""
    sync: int
    """Listings of the first sync."""
    visible: int
    """Listings published one at a time."""
    incomes: int
    """Incomes that are proposed at once."""
    postings: int
    """Postings of an agreement whose balances are asked for."""
    events: int
    """Incomes of a ledger that is folded in memory."""
    calls: int
    """Calls of PublishListing and of GetListing."""
    batches: int
    """Batches of 500."""
    receipts: int
    large: int
    """Listings of a large node; a tenth of it is what its growth is held against."""
    finding: int
    """Listings that are searched."""
    finding_meanwhile: int
    """Listings that come in while others are searched."""
    searches: int


SCALES: Final = {
    "full": Scale(
        sync=200_000,
        visible=200,
        incomes=4_000,
        postings=1_000_000,
        events=100_000,
        calls=10_000,
        batches=40,
        receipts=20_000,
        large=1_000_000,
        finding=300_000,
        finding_meanwhile=60_000,
        searches=400,
    ),
    "small": Scale(
        sync=20_000,
        visible=30,
        incomes=1_000,
        postings=100_000,
        events=20_000,
        calls=3_000,
        batches=6,
        receipts=5_000,
        large=50_000,
        finding=30_000,
        finding_meanwhile=10_000,
        searches=200,
    ),
    "toy": Scale(
        runs=1,
        sync=600,
        visible=2,
        incomes=16,
        postings=1_000,
        events=150,
        calls=128,
        batches=1,
        receipts=100,
        large=2_000,
        finding=300,
        finding_meanwhile=300,
        searches=20,
    ),
}
