"""Months of a journal: what was posted in each, and the root of their entries.

- A leaf is a journal entry with all its postings, in the order of the center's outcomes:
  generation u32be ‖ leaf index u64be ‖ number u32be, then each as u32be length ‖ bytes: own date,
  value date, kind, proposal (origin, leaf index u64be, leaf hash), and per posting account and
  amount in fen as i64be. The root is that of RFC 6962, so one entry can be proven to be in a month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.log.hashing import leaf_hash
from federation.log.merkle import CompactRange

if TYPE_CHECKING:
    from federation.ledger.books import Account, JournalEntry

MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_AMOUNT_HEAD: Final = (8).to_bytes(4)
_DECEMBER: Final = "12"


@dataclass(slots=True)
class Month:
    """What was posted in one month so far."""

    entries: CompactRange = field(default_factory=CompactRange)
    moved: dict[Account, list[int]] = field(default_factory=dict)
    """Account → [debits, credits], both >= 0, in fen."""

    def add(self, entry: JournalEntry) -> None:
        """Take in an entry that counts in this month."""
        self.entries.extend((entry_hash(entry),))
        for account, fen in entry.postings:
            moved = self.moved.setdefault(account, [0, 0])
            moved[fen < 0] += abs(fen)


def entry_hash(entry: JournalEntry) -> bytes:
    """Return the leaf hash of an entry."""
    return leaf_hash(entry_bytes(entry))


def entry_bytes(entry: JournalEntry) -> bytes:
    """Return the leaf of an entry, as above."""
    place, proposal = entry.place, entry.proposal
    pieces = [
        place.generation.to_bytes(4) + place.leaf_index.to_bytes(8) + place.number.to_bytes(4),
        _piece(entry.own_date.encode()),
        _piece(entry.value_date.encode()),
        _piece(entry.kind.encode()),
        _piece(proposal.origin.encode()),
        _piece(proposal.leaf_index.to_bytes(8)),
        _piece(proposal.leaf_hash),
    ]
    for account, fen in entry.postings:
        pieces += (_piece(str(account).encode()), _AMOUNT_HEAD, fen.to_bytes(8, signed=True))
    return b"".join(pieces)


def next_month(month: str) -> str:
    """Return the month after one, both YYYY-MM."""
    year, number = month.split("-")
    if number == _DECEMBER:
        return f"{int(year) + 1:04}-01"
    return f"{year}-{int(number) + 1:02}"


def _piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw
