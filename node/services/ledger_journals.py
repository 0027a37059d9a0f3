"""The journal of an agreement as it is held here, as `federation.ledger.reconcile` compares it.

- An item is what an outcome did: an entry, a ruling that posts nothing, or a closed period, whose
  "entry" is the statement's digest. Its state is the one that the outcome made: what is taken back
  later was FINAL then. So an item never changes while the center's log grows.
- An item is unsound if the outcome or its proposal is not readable here, or not what its log names.
- The copy reaches up to the first outcome that is not judged, and no further than the confirmed
  size of the center's log. The root at a size is computed from the hash tiles here.
- A copy lives as long as one transaction. Of the ranges that are asked it keeps the hashes of the
  last one, so a question costs the items of its ranges once, whatever is asked of them. Only the
  side that asks takes them on, for the one comparison: it compares what it had at its beginning.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeAlias

from federation.ledger.books import Account, AccountKind, EntryKind, JournalEntry, Place, Posting
from federation.ledger.months import entry_bytes
from federation.ledger.ranges import Item, Summary, digest, key_of, place_of_key
from federation.ledger.statement import balances_digest, state_digest
from federation.log.errors import Refused, YdxError
from federation.log.hashing import EMPTY_ROOT
from federation.log.prover import Prover
from federation.records.refs import origin_of
from node.services.ledger_centers import end_of
from node.services.ledger_documents import Documents
from node.storage import ledger_ranges, logs
from node.storage.ledger import DocumentKind
from node.storage.ledger_ranges import BookedRow, ClosedRow, DecidedRow
from node.storage.positions import position, split_position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from federation.records.refs import Ref
    from node.storage.ledger import AgreementRow
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

_Row: TypeAlias = BookedRow | DecidedRow | ClosedRow

_PAGE: Final = 1000
_BOOKED: Final = frozenset({"FINAL", "PARTLY_REVERSED", "REVERSED"})
_FINAL: Final = "FINAL"
_CLOSED: Final = "CLOSED"


@dataclass(slots=True)
class Kept:
    """Keys and hashes of the items from `first` to `end`, which is not in it."""

    first: int
    end: int
    keys: list[int] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Take in the next item."""
        self.keys.append(key_of(item.place))
        self.hashes.append(item.hash())

    def holds(self, first: int, end: int) -> bool:
        """Say whether a range lies within."""
        return self.first <= first <= end <= self.end


class StoredJournal:
    """A copy within one transaction (a `federation.ledger.ranges.Journal`)."""

    def __init__(self, tx: Transaction, row: AgreementRow, kept: Kept | None = None) -> None:
        """Refuses BOOKS_WAIT where no log of the center is held.

        `kept` goes on with what the same comparison has read of these books.
        """
        self._tx = tx
        self._row = row
        self._documents = Documents(tx)
        self._logs = {
            origin_of(one.origin).generation: one
            for one in self._documents.mirrors()
            if origin_of(one.origin).member == row.center
        }
        if not self._logs:
            raise Refused("BOOKS_WAIT", "no log of the center is held here", center=row.center)
        self.agreement: Ref = row.ref
        self.generation = max(self._logs)
        self._center: Mirror = self._logs[self.generation]
        self.center_origin = self._center.origin
        self.center_size = folded_size(tx, row, self._center)
        self._unposted: list[DecidedRow | ClosedRow] | None = None
        self.kept = Kept(0, 0) if kept is None else kept

    def summary(self, center_size: int) -> Summary:
        """Return the summary at a size; raises COPY_DAMAGED for tiles that give no root."""
        end = key_of(Place(self.generation, center_size, 0))
        kept = Kept(0, end)
        balances: dict[Account, int] = {}

        def entries() -> Iterator[JournalEntry]:
            for item, entry in self._walk(0, end):
                kept.add(item)
                if entry is not None:
                    for account, fen in entry.postings:
                        balances[account] = balances.get(account, 0) + fen
                    yield entry

        state = state_digest(self.agreement, center_size, entries())
        self.kept = kept
        return Summary(
            center_size,
            self._root(center_size),
            len(kept.keys),
            digest(kept.hashes),
            state,
            balances_digest(self.agreement, balances),
        )

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        """Return how many items there are, and their digest."""
        _, hashes = self._hashes(first, end)
        return len(hashes), digest(hashes)

    def bounds(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the least and the greatest key of an item."""
        keys, _ = self._hashes(first, end)
        return (keys[0], keys[-1]) if keys else None

    def items(self, first: int, end: int) -> Sequence[Item]:
        """Return the items in order."""
        return [item for item, _ in self._walk(first, end)]

    def _hashes(self, first: int, end: int) -> tuple[list[int], list[bytes]]:
        if not self.kept.holds(first, end):
            kept = Kept(first, end)
            for item, _ in self._walk(first, end):
                kept.add(item)
            self.kept = kept
        keys = self.kept.keys
        where = slice(bisect_left(keys, first), bisect_left(keys, end))
        return keys[where], self.kept.hashes[where]

    def _walk(self, first: int, end: int) -> Iterator[tuple[Item, JournalEntry | None]]:
        """Yield the items of a range in order, those that post with their entries."""
        if first >= end:
            return
        start, stop = place_of_key(first), place_of_key(end)
        if self._unposted is None:
            agreement = self._row.position
            self._unposted = [
                *ledger_ranges.decided(self._tx, agreement),
                *ledger_ranges.closed(self._tx, agreement),
            ]
            self._unposted.sort(key=_place)
        unposted = (one for one in self._unposted if start <= _place(one) < stop)
        rows: Iterator[_Row] = merge(self._booked(start, stop), unposted, key=_place)
        last = None
        while page := list(islice(rows, _PAGE)):
            sound = self._sound(page)
            for row in page:
                place = _place(row)
                if place != last:  # what is posted goes first
                    yield self._item(row, sound)
                last = place

    def _booked(self, start: Place, stop: Place) -> Iterator[BookedRow]:
        while rows := ledger_ranges.booked(self._tx, self._row.position, start, stop, _PAGE):
            yield from rows
            if len(rows) < _PAGE:
                return
            last = _place(rows[-1])
            start = last._replace(number=last.number + 1)

    def _item(
        self, row: _Row, sound: frozenset[tuple[int, bytes]]
    ) -> tuple[Item, JournalEntry | None]:
        place = _place(row)
        unsound = any(one not in sound for one in self._named(row))
        if isinstance(row, ClosedRow):
            return Item(place, row.digest, _CLOSED, unsound), None
        if not isinstance(row, BookedRow):
            return Item(place, b"", row.state, unsound), None
        entry = JournalEntry(
            place,
            EntryKind(row.entry.kind),
            self._documents.ref_at(row.entry.proposal, row.entry.proposal_hash),
            None,
            row.entry.own_date,
            row.entry.value_date,
            tuple(
                Posting(Account(AccountKind(one.account), one.party), one.amount_fen)
                for one in row.postings
            ),
        )
        state = _FINAL if row.state in _BOOKED else row.state
        return Item(place, entry_bytes(entry), state, unsound), entry

    def _named(self, row: _Row) -> Iterator[tuple[int, bytes]]:
        """Yield position and leaf hash of the documents of an item; b"" is any hash."""
        place = _place(row)
        log = self._logs.get(place.generation)
        yield (-1 if log is None else position(log.origin_id, place.leaf_index), b"")
        if isinstance(row, BookedRow):
            yield row.entry.proposal, row.entry.proposal_hash
        elif not isinstance(row, ClosedRow):
            yield row.position, row.leaf_hash

    def _sound(self, rows: Iterable[_Row]) -> frozenset[tuple[int, bytes]]:
        """Return which of the documents of these items open and are what they are named."""
        named = {*chain.from_iterable(map(self._named, rows))}
        opening = self._documents.opening({place for place, _ in named if place >= 0})
        return frozenset(
            (place, leaf_hash)
            for place, leaf_hash in named
            if place in opening and leaf_hash in {b"", opening[place]}
        )

    def _root(self, tree_size: int) -> bytes:
        if tree_size == 0:
            return EMPTY_ROOT
        try:
            return Prover(_Tiles(self._tx, self._center.origin_id)).subtree_root(0, tree_size)
        except Refused as refusal:
            origin = self.center_origin
            what = f"our copy of {origin} is damaged; run ydx log verify --full"
            raise YdxError("COPY_DAMAGED", what, origin=origin) from refusal


def folded_size(tx: Transaction, row: AgreementRow, center: Mirror) -> int:
    """Return up to where a log of an agreement's center is folded into its books."""
    end = end_of(tx, center)
    if end == 0:
        return 0
    first = position(center.origin_id, 0)
    last = first + end - 1
    waiting = ledger_ranges.first_open(tx, row.key, DocumentKind.OUTCOMES, first, last)
    return end if waiting > last else split_position(waiting)[1]


class _Tiles:
    """The hash tiles of a log as one transaction sees them."""

    def __init__(self, tx: Transaction, origin_id: int) -> None:
        self._tx = tx
        self._origin_id = origin_id

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile."""
        return logs.tile(self._tx, self._origin_id, level, n, width)


def _place(row: _Row) -> Place:
    return Place(*(row.key if isinstance(row, BookedRow) else row[:3]))
