"""The journal of an agreement as it is held here, as `federation.ledger.reconcile` compares it.

- An item is what an outcome did: an entry, a ruling that posts nothing, or a closed period, whose
  "entry" is the statement's digest. Its state is the one that the outcome made: what is taken back
  later was FINAL then. So an item never changes while the center's log grows.
- Digests are made of the rows as they stand, each time: a table that was torn or changed is found.
- An item is unsound if the outcome or its proposal is not readable here, or not what its log names.
  Documents are opened for items that are told or counted few at a time, not for whole journals:
  that would read many times as much, and is what `ydx log verify` is for.
- The copy reaches up to the first outcome that is not judged, and no further than the confirmed
  size of the center's log. The root at a size is computed from the hash tiles here. Of a center's
  logs that one counts in which this is: two copies that have come to different ones do not compare.
- A copy lives as long as one transaction. Of the ranges that are asked it keeps the hashes of the
  last one, so a question costs the items of its ranges once, whatever is asked of them. Only the
  side that asks takes them on, for the one comparison: it compares what it had at its beginning.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeAlias

from federation.ledger.journal import Place
from federation.ledger.months import leaf_bytes, place_bytes, posting_bytes
from federation.ledger.ranges import (
    KEY_BYTES,
    LEAF_ITEMS,
    Item,
    Summary,
    digest,
    item_hash,
    key_of,
    place_of_key,
)
from federation.ledger.statement import balances_digest, posted_digest
from federation.log.errors import Refused, YdxError
from federation.log.hashing import EMPTY_ROOT, HASH_BYTES
from federation.log.prover import Prover
from federation.records.refs import origin_of
from node.services.ledger.centers import end_of
from node.services.ledger.documents import Documents
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
_CENTER_FROZEN: Final = "CENTER_FROZEN"


@dataclass(slots=True)
class Kept:
    """Keys and hashes of the items from `first` to `end`, which is not in it.

    A hash says that the documents open, whether they do or not.
    """

    first: int
    end: int
    keys: bytearray = field(default_factory=bytearray)
    hashes: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        """Count the items."""
        return len(self.keys) // KEY_BYTES

    def key(self, number: int) -> int:
        """Return the key of an item."""
        return int.from_bytes(self.keys[number * KEY_BYTES : (number + 1) * KEY_BYTES])

    def within(self, first: int, end: int) -> range:
        """Return the numbers of the items in a range."""
        numbers = range(len(self))
        return range(*(bisect_left(numbers, one, key=self.key) for one in (first, end)))

    def digest(self, numbers: range) -> bytes:
        """Return the digest of some items, in a row."""
        where = slice(numbers.start * HASH_BYTES, numbers.stop * HASH_BYTES)
        return sha256(memoryview(self.hashes)[where]).digest()

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
        self._origins = {one.origin_id: one.origin for one in self._documents.mirrors()}
        self._logs = {
            origin_of(one.origin).generation: one
            for one in self._documents.mirrors()
            if origin_of(one.origin).member == row.center
        }
        folded = folded_log(tx, row, self._logs.values())
        if folded is None:
            raise Refused("BOOKS_WAIT", "no log of the center is held here", center=row.center)
        self.agreement: Ref = row.ref
        self.generation = origin_of(folded.origin).generation
        self._center: Mirror = folded
        self.center_origin = self._center.origin
        self.center_size = folded_size(tx, row, self._center)
        is_frozen = self._center.frozen_size is not None
        self.disputed = row.disputed or (_CENTER_FROZEN if is_frozen else "")
        """Why what is above `center_size` is not to be relied on; empty where nothing is wrong."""
        self._unposted: list[DecidedRow | ClosedRow] | None = None
        self.kept = Kept(0, 0) if kept is None else kept

    def summary(self, center_size: int) -> Summary:
        """Return the summary at a size; raises COPY_DAMAGED for tiles that give no root."""
        end = key_of(Place(self.generation, center_size, 0))
        kept = Kept(0, end)
        balances: dict[str, int] = {}

        def posted() -> Iterator[tuple[bytes, Iterable[bytes]]]:
            for row, place, postings in self._hashed(kept):
                for account, fen in row.postings if isinstance(row, BookedRow) else ():
                    balances[account] = balances.get(account, 0) + fen
                yield place, postings

        state = posted_digest(self.agreement, center_size, posted())
        self.kept = kept
        return Summary(
            center_size,
            self._root(center_size),
            *self.count_and_digest(0, end),
            state,
            balances_digest(self.agreement, balances),
        )

    def state_digest(self) -> bytes:
        """Return the state digest at `center_size`: of a summary the part that costs least."""
        rows = self._booked(Place(0, 0, 0), Place(self.generation, self.center_size, 0))
        posted = ((place_bytes(row[:3]), _postings(row)) for row in rows)
        return posted_digest(self.agreement, self.center_size, posted)

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        """Return how many items there are, and their digest."""
        numbers = self._keep(first, end).within(first, end)
        if len(numbers) > LEAF_ITEMS:
            return len(numbers), self.kept.digest(numbers)
        opened = self.items(first, end) if numbers else ()
        return len(opened), digest(item.hash() for item in opened)

    def bounds(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the least and the greatest key of an item."""
        kept = self._keep(first, end)
        numbers = kept.within(first, end)
        return (kept.key(numbers[0]), kept.key(numbers[-1])) if numbers else None

    def items(self, first: int, end: int) -> Sequence[Item]:
        """Return the items in order."""
        found = []
        rows = self._rows(first, end)
        while page := list(islice(rows, _PAGE)):
            sound = self._sound(page)
            for row in page:
                unsound = any(one not in sound for one in self._named(row))
                entry, state = self._said(row, place_bytes(row[:3]), _postings(row))
                found.append(Item(_place(row), entry, state, unsound))
        return found

    def _keep(self, first: int, end: int) -> Kept:
        """Return what is kept, with the items of a range in it."""
        if not self.kept.holds(first, end):
            kept = Kept(first, end)
            for _ in self._hashed(kept):
                pass
            self.kept = kept
        return self.kept

    def _hashed(self, kept: Kept) -> Iterator[tuple[_Row, bytes, Sequence[bytes]]]:
        """Fill what is to be kept; yield each item's row, place and postings meanwhile."""
        for row in self._rows(kept.first, kept.end):
            place, postings = place_bytes(row[:3]), _postings(row)
            kept.keys += place
            kept.hashes += item_hash(place, *self._said(row, place, postings))
            yield row, place, postings

    def _rows(self, first: int, end: int) -> Iterator[_Row]:
        """Yield the rows of a range in order, one a place: what is posted goes first."""
        if first >= end:
            return
        start, stop = place_of_key(first), place_of_key(end)
        every = self._all_unposted()
        first_at, end_at = (bisect_left(every, one, key=_place) for one in (start, stop))
        unposted = every[first_at:end_at]
        at = 0
        for row in self._booked(start, stop):
            place = row[:3]
            while at < len(unposted) and unposted[at][:3] <= place:
                if unposted[at][:3] != place:
                    yield unposted[at]
                at += 1
            yield row
        yield from unposted[at:]

    def _all_unposted(self) -> Sequence[DecidedRow | ClosedRow]:
        """Return the rows that post nothing, one a place."""
        if self._unposted is None:
            agreement = self._row.position
            rows: dict[Place, DecidedRow | ClosedRow] = {}
            for row in ledger_ranges.closed(self._tx, agreement):
                rows[_place(row)] = row
            for one in ledger_ranges.decided(self._tx, agreement):
                rows[_place(one)] = one  # of two at a place, which cannot be
            self._unposted = [rows[place] for place in sorted(rows)]
        return self._unposted

    def _booked(self, start: Place, stop: Place) -> Iterator[BookedRow]:
        while rows := ledger_ranges.booked(self._tx, self._row.position, start, stop, _PAGE):
            yield from rows
            if len(rows) < _PAGE:
                return
            last = _place(rows[-1])
            start = last._replace(number=last.number + 1)

    def _said(self, row: _Row, place: bytes, postings: Sequence[bytes]) -> tuple[bytes, str]:
        """Return what an item posts, and its state."""
        if isinstance(row, BookedRow):
            proposal = self._proposal(row)
            days = (row.own_date, row.value_date)
            state = _FINAL if row.state in _BOOKED else row.state
            return leaf_bytes(place, days, row.kind, proposal, postings), state
        return (row.digest, _CLOSED) if isinstance(row, ClosedRow) else (b"", row.state)

    def _proposal(self, row: BookedRow) -> tuple[str, int, bytes]:
        """Return what an entry books, by origin, leaf index and leaf hash; "" for no origin."""
        origin_id, leaf_index = split_position(row.proposal)
        return self._origins.get(origin_id, ""), leaf_index, row.proposal_hash

    def _named(self, row: _Row) -> Iterator[tuple[int, bytes]]:
        """Yield position and leaf hash of the documents of an item; b"" is any hash."""
        log = self._logs.get(row.generation)
        yield (-1 if log is None else position(log.origin_id, row.leaf_index), b"")
        if isinstance(row, BookedRow):
            yield row.proposal, row.proposal_hash
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


def folded_log(tx: Transaction, row: AgreementRow, logs: Iterable[Mirror]) -> Mirror | None:
    """Return the log of an agreement's center up to which its books are folded; None without any.

    Outcomes are judged log by log: so that is the first with one that is not judged, and else the
    newest of which something may be.
    """
    of_center = [one for one in logs if origin_of(one.origin).member == row.center]
    found: Mirror | None = None
    for one in sorted(of_center, key=lambda log: origin_of(log.origin).generation):
        if found is not None and end_of(tx, one) == 0:
            break
        found = one
        last = position(one.origin_id + 1, 0) - 1
        if _first_open(tx, row, one, last) <= last:
            break
    return found


def folded_size(tx: Transaction, row: AgreementRow, center: Mirror) -> int:
    """Return up to where a log of an agreement's center is folded into its books."""
    end = end_of(tx, center)
    if end == 0:
        return 0
    last = position(center.origin_id, 0) + end - 1
    waiting = _first_open(tx, row, center, last)
    return end if waiting > last else split_position(waiting)[1]


def _first_open(tx: Transaction, row: AgreementRow, center: Mirror, last: int) -> int:
    """Return where the first outcomes of a log stand that are not judged; `last` + 1 if none is."""
    first = position(center.origin_id, 0)
    return ledger_ranges.first_open(tx, row.key, DocumentKind.OUTCOMES, first, last)


class _Tiles:
    """The hash tiles of a log as one transaction sees them."""

    def __init__(self, tx: Transaction, origin_id: int) -> None:
        self._tx = tx
        self._origin_id = origin_id

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile."""
        return logs.tile(self._tx, self._origin_id, level, n, width)


def _place(row: _Row) -> Place:
    return Place(*row[:3])


def _postings(row: _Row) -> Sequence[bytes]:
    if not isinstance(row, BookedRow):
        return ()
    return [posting_bytes(account, fen) for account, fen in row.postings]
