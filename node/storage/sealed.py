"""Reading sealed documents: by subject, at a place, and as they arrive.

- Only what is readable here is found: documents of the own log and those that name us. What a
  freeze hides is left out, an erased personal part likewise, both at once.
- What is returned was held against its entry's commitment and its place once more; what has rotted
  since it came is COPY_DAMAGED. What the content means is nothing that this package knows.
- `subjects_after` tells a view that folds by subject which ones to fold anew. It reads no part but
  how each begins, for a view that passes documents of another kind over.
- `after` lets a view follow by feed position (`arrivals`): a document arrives with its entry, again
  when a part of it comes late, and again after a thaw; a freeze is told as `Hidden`. Who drops what
  is hidden and takes in what is told has, at the end of the feed, what a fresh look would find.
  An erasure is not told, for who shows a personal part reads it here when it is shown, and keeps
  no copy. Neither is a grown confirmed size: `is_confirmed` is of the moment of reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select

from federation.log.entry import Audience, scan_entries
from federation.log.errors import Refused, YdxError
from federation.log.hashing import leaf_hash
from federation.log.part import PartHeader, open_named
from federation.records.sealed import DOCUMENT, PERSONAL
from node.storage import arrivals, logs, mirrors, parts, sealed_folding
from node.storage.arrivals import ArrivalKind
from node.storage.lookup import Lookup
from node.storage.positions import PART_BITS, position, split_position
from node.storage.schema import part, sealed
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.storage.arrivals import Arrival
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction


_BEGINNING_BYTES: Final = 1024
"""More than nearly every header has, whoever it names."""


class NamedPart(NamedTuple):
    """One part that was opened: its header, with the members that it names, and its content."""

    header: PartHeader
    content: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is readable here of one SEALED entry: one of the two parts at least.

    Without `document` part 0 has not come (yet). `personal` is there only if it belongs to the same
    document. A reader that folds documents takes those with `document`.
    """

    origin: str
    leaf_index: int
    leaf_hash: bytes
    is_confirmed: bool
    document: NamedPart | None
    personal: NamedPart | None

    @property
    def header(self) -> PartHeader:
        """Return the header that says which document it is."""
        first = self.document or self.personal
        if first is None:
            raise AssertionError("one of two parts is here")
        return first.header


class Hidden(NamedTuple):
    """Leaves first_leaf_index to end - 1 of an origin are not shown any more."""

    origin: str
    first_leaf_index: int
    end: int


_BY_SUBJECT: Final = Statement(
    select(sealed.c.position, sealed.c.parts)
    .where(sealed.c.subject == bindparam("subject"))
    .order_by(sealed.c.position),
    "subject",
)
_BETWEEN: Final = Statement(
    select(sealed.c.position, sealed.c.parts)
    .where(sealed.c.position.between(bindparam("first"), bindparam("last")))
    .order_by(sealed.c.position),
    "first",
    "last",
)
_FIRST: Final = Statement(
    limited(
        select(sealed.c.position).where(
            sealed.c.position.between(bindparam("first"), bindparam("last"))
        )
    ),
    "first",
    "last",
    "limit",
)
_SUBJECTS: Final = Statement(
    select(sealed.c.subject).where(
        sealed.c.position.between(bindparam("first"), bindparam("last"))
    ),
    "first",
    "last",
)


_OF_SUBJECTS: Final = Lookup(
    select(sealed.c.subject, sealed.c.position, sealed.c.parts), sealed.c.subject
)
_BEGINNINGS: Final = Lookup(
    select(
        part.c.id,
        func.substr(part.c.content, literal_column("1"), literal_column(str(_BEGINNING_BYTES))),
    ).where(part.c.audience == literal_column(str(Audience.NAMED.value))),
    part.c.id,
)


def by_subject(tx: Transaction, subject: bytes) -> list[Sealed]:
    """Return all entries of a document's subject, of all origins; each origin's in its order.

    `subject` is the document's own, 16 bytes. Raises COPY_DAMAGED.
    """
    shown = {row.origin_id: row for row in mirrors.every(tx)}
    return list(_read_all(tx, shown, tx.all(_BY_SUBJECT, (subject,))))


def is_any_between(tx: Transaction, origin_id: int, first: int, end: int) -> bool:
    """Say whether anything of a document is readable at leaves first to end - 1 of a log."""
    places = position(origin_id, first), position(origin_id, end) - 1
    return tx.one(_FIRST, (*places, 1)) is not None


def at(tx: Transaction, origin: str, leaf_index: int) -> Sealed | None:
    """Return what is readable at a place; None if nothing is. Raises COPY_DAMAGED."""
    row = mirrors.find(tx, origin)
    if row is None or not 0 <= leaf_index < row.visible_size:
        return None
    place = position(row.origin_id, leaf_index)
    found = tx.all(_BETWEEN, (place, place))
    return next(_read_all(tx, {row.origin_id: row}, found), None)


def after(tx: Transaction, feed_position: int, limit: int) -> tuple[int, Iterator[Sealed | Hidden]]:
    """Return what the next `limit` leaves of the feed show or hide, and the position to go on from.

    The documents are read one by one as the iterator, which lives as long as the transaction, is
    moved. At the end of the feed the position stays. Raises COPY_DAMAGED while iterating.
    """
    runs = arrivals.after(tx, feed_position, limit)
    shown = {row.origin_id: row for row in mirrors.every(tx)}
    end = runs[-1].position + runs[-1].count - 1 if runs else feed_position
    return end, _steps(tx, shown, runs)


def subjects_after(
    tx: Transaction, feed_position: int, limit: int, passes: Callable[[bytes], bool]
) -> tuple[int, set[bytes], list[Arrival]]:
    """Return the subjects that the next `limit` leaves of the feed show or hide something of.

    With them the position to go on from, as in `after`, and the leaves in runs. Of what is hidden
    all subjects are told, whatever else is visible of them. Left out is a subject of which `passes`
    holds for every document, given the beginning of its content, or b"" where that is not at hand.
    """
    runs = arrivals.after(tx, feed_position, limit)
    found: set[bytes] = set()
    for run in runs:
        first = position(run.origin_id, run.first_leaf_index)
        last = first + run.count - 1
        if run.kind is ArrivalKind.RETRACTED:
            found |= sealed_folding.subjects(tx, first, last)
        else:
            shown = {subject for (subject,) in tx.all(_SUBJECTS, (first, last))}
            found |= _not_passed(tx, shown, passes)
    return (runs[-1].position + runs[-1].count - 1 if runs else feed_position), found, runs


def _not_passed(
    tx: Transaction, subjects: set[bytes], passes: Callable[[bytes], bool]
) -> set[bytes]:
    """Return those of the subjects that have a document of which `passes` does not hold."""
    here: dict[int, bytes] = {}
    bare: set[bytes] = set()
    for subject, place, readable in _OF_SUBJECTS.rows(tx, subjects):
        if readable & 1 << DOCUMENT:
            here[place << PART_BITS | DOCUMENT] = subject
        else:
            bare.add(subject)
    found = set()
    for document, beginning in _BEGINNINGS.rows(tx, list(here)):
        subject = here.pop(document)
        if not passes(parts.content_of(beginning)):
            found.add(subject)
    bare.update(here.values())
    return found if passes(b"") else found | bare


def _steps(
    tx: Transaction, shown: dict[int, Mirror], runs: list[Arrival]
) -> Iterator[Sealed | Hidden]:
    for run in runs:
        end = run.first_leaf_index + run.count
        if run.kind is ArrivalKind.RETRACTED:
            yield Hidden(shown[run.origin_id].origin, run.first_leaf_index, end)
            continue
        first = position(run.origin_id, run.first_leaf_index)
        yield from _read_all(tx, shown, tx.all(_BETWEEN, (first, first + run.count - 1)))


def _read_all(
    tx: Transaction, shown: dict[int, Mirror], rows: list[tuple[int, int]]
) -> Iterator[Sealed]:
    for place, readable in rows:
        origin_id, leaf_index = split_position(place)
        mirror = shown[origin_id]
        if leaf_index < mirror.visible_size:
            yield _read(tx, mirror, leaf_index, readable)


def _read(tx: Transaction, mirror: Mirror, leaf_index: int, readable: int) -> Sealed:
    entry = logs.entry(tx, mirror.origin_id, leaf_index)
    if entry is None:
        raise _damaged(mirror.origin, leaf_index)
    commitments = scan_entries([entry])[0][5]
    wires = parts.of_entry(tx, mirror.origin_id, leaf_index)
    opened = {}
    try:
        for number in (DOCUMENT, PERSONAL):
            if readable >> number & 1:
                opened[number] = NamedPart(
                    *open_named(wires[number], commitments[number][1], mirror.origin, number)
                )
    except (Refused, LookupError) as error:
        raise _damaged(mirror.origin, leaf_index) from error
    return Sealed(
        mirror.origin,
        leaf_index,
        leaf_hash(entry),
        leaf_index < mirror.confirmed_size,
        opened.get(DOCUMENT),
        opened.get(PERSONAL),
    )


def _damaged(origin: str, leaf_index: int) -> YdxError:
    what = f"the sealed document at {leaf_index} of {origin} is not what came"
    return YdxError("COPY_DAMAGED", what, origin=origin, leaf_index=str(leaf_index))
