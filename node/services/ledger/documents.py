"""Ledger documents as the fold takes them, read from storage.

- A document is what is readable here of part 0 of a SEALED entry, held against its entry once more.
- "Not here" is waited for; "nowhere" is what the logs prove to be no document: another leaf stands
  there, or one that is not SEALED, or whose part 0 is void. A part that is withheld from us, wanted
  or hidden proves nothing. What has rotted here is not here either, and is told in the log.
- `fetch` reads many at once. A bytes' document never changes, so what was read may be kept over
  transactions in a `Shelf`; whether it is shown is asked of every one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from federation.ledger.documents import Document, read_document
from federation.ledger.judging import Missing
from federation.log.batch import Absence
from federation.log.entry import KIND_SEALED, Audience, scan_entries
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.log.part import SALT_BYTES, commitment, open_named
from federation.records.refs import Ref
from federation.records.sealed import DOCUMENT
from node.storage import logs, mirrors, parts, sealed
from node.storage.positions import PART_BITS, position, split_position

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from federation.ledger.books import Books
    from federation.ledger.coverage import Reach
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

_NO_DOCUMENT: Final = frozenset({Absence.VOID, Absence.ERASED})
_GAP_MAX: Final = 64
"""Documents of one log that are no further apart are read together."""
_SKIMMED: Final = 256
"""Leaves that are skimmed at once: each may hold 256 KiB."""

_SHELF_MAX: Final = 10_000
_SHELF_BYTES_MAX: Final = 64 * 2**20
"""Nearly every document has a few hundred bytes; one may have 256 KiB."""

_log = structlog.get_logger(__name__)


class Told(NamedTuple):
    """A document, and whether it stands below the confirmed size of its log."""

    document: Document
    is_confirmed: bool


class Shelf(dict[int, Document]):
    """Documents that were read, by position; emptied when it is full. Safe for many threads."""

    def __init__(self) -> None:
        super().__init__()
        self.books: dict[int, tuple[str, Books]] = {}
        """Position of an agreement → its books as the row keeps them, and as they were parsed."""
        self._content_bytes = 0
        self.rotten: set[int] = set()
        """Positions of which it was told that what is here is not what came."""

    def __setitem__(self, place: int, document: Document) -> None:
        """Keep a document."""
        self._content_bytes += len(document.content)
        super().__setitem__(place, document)

    def clear(self) -> None:
        """Forget all."""
        super().clear()
        self._content_bytes = 0
        self.books.clear()
        self.rotten.clear()

    def make_room(self) -> None:
        """Forget all where there is much."""
        most = max(len(self), len(self.books), len(self.rotten))
        if most > _SHELF_MAX or self._content_bytes > _SHELF_BYTES_MAX:
            self.clear()


class Documents:
    """The documents that one transaction sees."""

    def __init__(self, tx: Transaction, shelf: Shelf | None = None) -> None:
        self._tx = tx
        self.shelf = Shelf() if shelf is None else shelf
        self.shelf.make_room()

    @cached_property  # many ask for nothing
    def _mirrors(self) -> dict[str, Mirror]:
        return {row.origin: row for row in mirrors.every(self._tx)}

    @cached_property
    def _by_id(self) -> dict[int, Mirror]:
        return {row.origin_id: row for row in self._mirrors.values()}

    def place(self, ref: Ref) -> int | None:
        """Return the position that a reference names, of an origin that is held."""
        row = self._mirrors.get(ref.origin)
        if row is None or not 0 <= ref.leaf_index < 1 << 40:
            return None
        return position(row.origin_id, ref.leaf_index)

    def origin_at(self, place: int) -> str:
        """Return the origin of a position."""
        return self._by_id[split_position(place)[0]].origin

    def ref_at(self, place: int, leaf_hash: bytes) -> Ref:
        """Return how documents name a leaf."""
        origin_id, leaf_index = split_position(place)
        return Ref(self._by_id[origin_id].origin, leaf_index, leaf_hash)

    def mirror(self, origin: str) -> Mirror | None:
        """Return the row of an origin."""
        return self._mirrors.get(origin)

    def mirrors(self) -> Collection[Mirror]:
        """Return the rows of all origins."""
        return self._mirrors.values()

    def get(self, ref: Ref) -> Document | Missing:
        """Return a document by its name."""
        place = self.place(ref)
        found = None if place is None else self.at(place)
        if found is not None:
            return found if found.ref == ref else Missing.NOWHERE
        return Missing.NOWHERE if self._is_nowhere(ref) else Missing.NOT_YET

    def is_elsewhere(self, ref: Ref) -> bool:
        """Say whether another leaf stands at a place, or one that is not SEALED."""
        row = self._mirrors.get(ref.origin)
        if row is None or not 0 <= ref.leaf_index < row.visible_size:
            return False
        entry = logs.entry(self._tx, row.origin_id, ref.leaf_index)
        if entry is None:
            return False
        return leaf_hash(entry) != ref.leaf_hash or scan_entries([entry])[0][1] != KIND_SEALED

    def at(self, place: int) -> Document | None:
        """Return the document at a position."""
        origin_id, leaf_index = split_position(place)
        row = self._by_id.get(origin_id)
        if row is None or leaf_index >= row.visible_size:
            return None
        found = self.shelf.get(place)
        if found is None:
            rotten = self.shelf.rotten
            for found in read_run(self._tx, row, leaf_index, leaf_index + 1, rotten=rotten):
                self.shelf[place] = found
        return found

    def told_at(self, place: int) -> Told | None:
        """Return the document at a position, and whether it is confirmed."""
        found = self.at(place)
        if found is None:
            return None
        row = self._mirrors[found.ref.origin]
        return Told(found, found.ref.leaf_index < row.confirmed_size)

    def at_all(self, places: Sequence[int]) -> list[Document]:
        """Return the documents at positions, in that order; what is not readable is left out."""
        self._fetch(places)
        found = map(self.at, places)
        return [one for one in found if one is not None]

    def named(self, refs: Collection[Ref]) -> list[Document]:
        """Read what is named all at once; return what is readable."""
        return self.at_all([place for place in map(self.place, refs) if place is not None])

    def opening(self, places: Collection[int]) -> dict[int, bytes]:
        """Return the leaf hash of each position whose document opens its entry's commitment.

        Several times as fast as reading the documents.
        """
        found = {}
        for run in _runs(sorted(set(places))):
            origin_id, first = split_position(run[0])
            row = self._by_id.get(origin_id)
            end = min(split_position(run[-1])[1] + 1, row.visible_size if row else 0)
            held = {
                place >> PART_BITS: wire
                for place, _, wire in parts.of_range(self._tx, origin_id, first, end)
                if place & ((1 << PART_BITS) - 1) == DOCUMENT
            }
            entries = logs.entries(self._tx, origin_id, first, end)
            for place in held.keys() & set(run):
                entry, wire = entries[split_position(place)[1] - first], held[place]
                if commitment(wire[:SALT_BYTES], wire[SALT_BYTES:]) in entry:
                    found[place] = leaf_hash(entry)
        return found

    def _fetch(self, places: Collection[int]) -> None:
        # Not by `-`: that would look at every key of the shelf.
        for run in _runs(sorted({place for place in places if place not in self.shelf})):
            origin_id, first = split_position(run[0])
            if origin_id not in self._by_id:
                continue
            wanted = {split_position(place)[1] for place in run}
            end = split_position(run[-1])[1] + 1
            row, rotten = self._by_id[origin_id], self.shelf.rotten
            for one in read_run(self._tx, row, first, end, wanted, rotten=rotten):
                self.shelf[position(origin_id, one.ref.leaf_index)] = one

    def _is_nowhere(self, ref: Ref) -> bool:
        row = self._mirrors.get(ref.origin)
        if row is None or not 0 <= ref.leaf_index < row.visible_size:
            return False
        if logs.entry(self._tx, row.origin_id, ref.leaf_index) is None:
            return False
        if self.is_elsewhere(ref):
            return True
        absence = parts.absence(self._tx, row.origin_id, ref.leaf_index, DOCUMENT)
        return absence in _NO_DOCUMENT


class HeldDocuments:
    """What the judge of outcomes in one log may look at (a `judging.Held`)."""

    def __init__(self, documents: Documents, reach: Reach) -> None:
        self._documents = documents
        self._reach = reach

    def document(self, ref: Ref) -> Document | Missing:
        """Return a document by its name."""
        return self._documents.get(ref)

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        """Say whether outcomes may name a place of another log from a leaf of their own."""
        return self._reach.covers(ref, leaf_index)


def read_run(
    tx: Transaction,
    row: Mirror,
    first: int,
    end: int,
    wanted: Collection[int] = (),
    *,
    rotten: set[int] | None = None,
) -> Iterator[Document]:
    """Yield the readable documents at leaves first to end - 1 of a log, those wanted or all.

    What has rotted is told in the log, and noted in `rotten`: what stands there is not told again.
    """
    rotten = set() if rotten is None else rotten
    end = min(end, row.visible_size)
    if first >= end:
        return
    held = {
        place >> PART_BITS: wire
        for place, audience, wire in parts.of_range(tx, row.origin_id, first, end)
        if audience == Audience.NAMED and place & ((1 << PART_BITS) - 1) == DOCUMENT
    }
    if not held:
        return
    entries = logs.entries(tx, row.origin_id, first, end)
    for place, wire in held.items():
        leaf_index = split_position(place)[1]
        if wanted and leaf_index not in wanted:
            continue
        entry = entries[leaf_index - first]
        _, kind, _, _, _, commitments = scan_entries([entry])[0]
        if kind != KIND_SEALED:
            continue
        try:
            header, content = open_named(wire, commitments[DOCUMENT][1], row.origin, DOCUMENT)
        except Refused as refusal:
            if place not in rotten:
                rotten.add(place)
                _log.warning(
                    "a document is not what came",
                    origin=row.origin,
                    leaf_index=leaf_index,
                    reason=refusal.reason,
                )
            continue
        ref = Ref(row.origin, leaf_index, leaf_hash(entry))
        yield read_document(ref, frozenset(header.named), content, header.subject)


def skim_run(tx: Transaction, row: Mirror, first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield (leaf index, salt ‖ payload) of the documents at leaves first to end - 1 of a log.

    They were checked when they came, and are again when they are read: here they are not.
    """
    end = min(end, row.visible_size)
    if first >= end:
        return
    for start in range(first, end, _SKIMMED):
        last = min(start + _SKIMMED, end)
        if not sealed.is_any_between(tx, row.origin_id, start, last):
            continue  # listings, whose parts need not be read for that
        for place, audience, wire in parts.of_range(tx, row.origin_id, start, last):
            if audience == Audience.NAMED and place & ((1 << PART_BITS) - 1) == DOCUMENT:
                yield split_position(place >> PART_BITS)[1], wire


def _runs(places: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for place in places:
        if run and place - run[-1] > _GAP_MAX:
            yield run
            run = []
        run.append(place)
    if run:
        yield run
