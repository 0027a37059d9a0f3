"""Months of a journal: what was posted in each, and the root of their entries.

- A leaf is a journal entry with all its postings, in the order of the center's outcomes:
  generation u32be ‖ leaf index u64be ‖ number u32be, then each as u32be length ‖ bytes: own date,
  value date, kind, proposal (origin, leaf index u64be, leaf hash), and per posting account and
  amount in fen as i64be. The root is that of RFC 6962, so one entry can be proven to be in a month.
"""

from __future__ import annotations

import re
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Final

from federation.log.hashing import leaf_hash
from federation.log.merkle import CompactRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.ledger.journal import Account, JournalEntry

MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_PLACE: Final = Struct(">IQI")
_PROPOSAL: Final = Struct(">IQI")
_FEN: Final = Struct(">Iq")
_WAITING_MAX: Final = 1024
_DECEMBER: Final = "12"


class Month:
    """What was posted in one month so far. Entries are hashed when their tree is asked for.

    Not more than `_WAITING_MAX` wait for that: a month may have very many.
    """

    __slots__ = ("_entries", "_unhashed", "moved")

    def __init__(
        self, entries: CompactRange | None = None, moved: dict[Account, list[int]] | None = None
    ) -> None:
        """Begin with what was posted, or with nothing."""
        self._entries = entries or CompactRange()
        self._unhashed: list[JournalEntry] = []
        self.moved = moved or {}
        """Account → [debits, credits], both >= 0, in fen."""

    @property
    def entries(self) -> CompactRange:
        """The tree of the entries."""
        if self._unhashed:
            self._hash()
        return self._entries

    def add(self, entry: JournalEntry) -> None:
        """Take in an entry that counts in this month."""
        self._unhashed.append(entry)
        if len(self._unhashed) == _WAITING_MAX:
            self._hash()
        for account, fen in entry.postings:
            moved = self.moved.get(account)
            if moved is None:
                moved = self.moved[account] = [0, 0]
            if fen > 0:
                moved[0] += fen
            else:
                moved[1] -= fen

    def _hash(self) -> None:
        self._entries.extend([entry_hash(one) for one in self._unhashed])
        self._unhashed.clear()


def entry_hash(entry: JournalEntry) -> bytes:
    """Return the leaf hash of an entry."""
    return leaf_hash(entry_bytes(entry))


def entry_bytes(entry: JournalEntry) -> bytes:
    """Return the leaf of an entry, as above."""
    place, days = place_bytes(entry.place), (entry.own_date, entry.value_date)
    return leaf_bytes(place, days, entry.kind, entry.proposal, postings_bytes(entry))


def leaf_bytes(
    place: bytes,
    days: tuple[str, str],
    kind: str,
    proposal: tuple[str, int, bytes],
    postings: Iterable[bytes],
) -> bytes:
    """Return the leaf of an entry by its pieces; `days` are its own date and its value date."""
    own_date, value_date = days
    origin, leaf_index, named_hash = proposal
    return b"".join(
        (
            place,
            _text(own_date),
            _text(value_date),
            _text(kind),
            _text(origin),
            _PROPOSAL.pack(8, leaf_index, len(named_hash)),
            named_hash,
            *postings,
        )
    )


def place_bytes(place: tuple[int, int, int]) -> bytes:
    """Return a place: generation u32be, leaf index u64be, number u32be."""
    return _PLACE.pack(*place)


def posting_bytes(account: str, fen: int) -> bytes:
    """Return a posting as the leaf of its entry has it."""
    return _text(account) + _FEN.pack(8, fen)


def postings_bytes(entry: JournalEntry) -> list[bytes]:
    """Return the postings of an entry, in their order."""
    pack = _FEN.pack
    return [_account(account) + pack(8, fen) for account, fen in entry.postings]


@lru_cache(maxsize=4096)  # looked up by what is there: a name need not be made
def _account(account: Account) -> bytes:
    return _text(str(account))


@lru_cache(maxsize=4096)  # accounts, days and origins come again and again
def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(4) + raw


def next_month(month: str) -> str:
    """Return the month after one, both YYYY-MM."""
    year, number = month.split("-")
    if number == _DECEMBER:
        return f"{int(year) + 1:04}-01"
    return f"{year}-{int(number) + 1:02}"
