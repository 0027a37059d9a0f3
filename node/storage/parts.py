"""Parts of entries: salt ‖ payload, kept beside the log until an ERASE entry names them.

- What is not held has its reason: erased, void, wanted, or else withheld.
- Erasing takes the bytes out of every reader's way at once; they lie in `erased` until they may be
  destroyed. What was erased once is never taken in again.
- Storage trusts its caller: a part that comes in here was held against its commitment and place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, func, literal_column, select, update

from federation.log.batch import Absence, Facets
from federation.log.entry import MAX_PARTS, Audience
from federation.log.part import SALT_BYTES, parse_header
from federation.log.subject import SUBJECT_BYTES
from federation.records.facets import HIDDEN, RecordState
from node.storage import arrivals, sealed_folding
from node.storage.arrivals import ArrivalKind
from node.storage.lookup import Lookup
from node.storage.positions import LEAF_BITS, PART_BITS, part_id, position, split_part_id
from node.storage.schema import (
    catalogue,
    cited_part,
    erased,
    mirror,
    part,
    void_part,
    wanted_part,
)
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.storage.transaction import Transaction

_LENGTH_BYTES: Final = 4
_HEADER_AT: Final = SALT_BYTES + _LENGTH_BYTES
_ORIGIN_BITS: Final = LEAF_BITS + PART_BITS


@dataclass(frozen=True, slots=True)
class WantedPart:
    """A part that should be here. `attempts` is how often it was asked for in vain.

    `is_cited` where a document that we may read refers to it (see `citing`).
    """

    origin_id: int
    leaf_index: int
    part_number: int
    audience: Audience
    attempts: int
    is_cited: bool = False


_RANGE: Final = Statement(
    select(part.c.id, part.c.audience, part.c.content)
    .where(part.c.id.between(bindparam("first"), bindparam("last")))
    .order_by(part.c.id),
    "first",
    "last",
)
_HELD: Final = Lookup(select(part.c.id, part.c.audience, part.c.content), part.c.id)
_FIND: Final = Statement(
    select(part.c.audience, part.c.content).where(part.c.id == bindparam("id")), "id"
)
_DELETE: Final = Statement(delete(part).where(part.c.id == bindparam("id")), "id")
_ERASED: Final = Statement(
    select(erased.c.part_id).where(erased.c.part_id == bindparam("id")), "id"
)
_ERASED_OF: Final = Statement(
    select(erased.c.audience).where(
        erased.c.part_id.between(bindparam("first"), bindparam("last"))
    ),
    "first",
    "last",
)
_VOID: Final = Statement(
    select(void_part.c.part_id).where(void_part.c.part_id == bindparam("id")), "id"
)
_WANTED: Final = Statement(
    select(wanted_part.c.audience, wanted_part.c.attempts).where(
        wanted_part.c.part_id == bindparam("id")
    ),
    "id",
)
_DELETE_WANTED: Final = Statement(
    delete(wanted_part).where(wanted_part.c.part_id == bindparam("id")), "id"
)
_PUT_OFF: Final = Statement(
    update(wanted_part)
    .where(wanted_part.c.part_id == bindparam("id"))
    .values(attempts=wanted_part.c.attempts + bindparam("more"), next_try_s=bindparam("next")),
    "more",
    "next",
    "id",
)
_SET_WITHHELD: Final = Statement(
    update(wanted_part)
    .where(wanted_part.c.part_id == bindparam("id"))
    .values(is_withheld=literal_column("1")),
    "id",
)
_USE: Final = Statement(
    update(mirror)
    .where(mirror.c.origin_id == bindparam("which"))
    .values(used_bytes=mirror.c.used_bytes + bindparam("more")),
    "more",
    "which",
)
_FROZEN: Final = Statement(
    select(mirror.c.frozen_size).where(mirror.c.origin_id == bindparam("which")), "which"
)
_WANTED_DUE: Final = Statement(
    limited(
        select(
            wanted_part.c.part_id,
            wanted_part.c.audience,
            wanted_part.c.attempts,
            cited_part.c.part_id.is_not(None),
        )
        .select_from(wanted_part)
        .outerjoin(cited_part, cited_part.c.part_id == wanted_part.c.part_id)
        .where(
            wanted_part.c.part_id.between(bindparam("first"), bindparam("last")),
            wanted_part.c.next_try_s <= bindparam("now"),
        )
        .order_by(wanted_part.c.next_try_s, wanted_part.c.part_id)
    ),
    *("first", "last", "now", "limit"),
)
_ORIGIN_ID: Final = wanted_part.c.part_id.op(">>")(literal_column(str(_ORIGIN_BITS)))
_WANTED_COUNTS: Final = Statement(
    select(_ORIGIN_ID, func.count())
    .where(wanted_part.c.audience <= literal_column(str(Audience.MEMBERS.value)))
    .group_by(_ORIGIN_ID)
)
# In the order of the catalogue's columns, as of `Facets`.
_FACETS: Final = (
    "state",
    "listing_kind",
    "title",
    "region",
    "tech_field",
    "trl",
    "valid_until",
    "source_platform",
    "source_id",
)
_SET_FACETS: Final = Statement(
    update(catalogue)
    .where(
        catalogue.c.position == bindparam("place"),
        catalogue.c.state != literal_column(str(RecordState.WITHDRAWN.value)),
    )
    .values({name: bindparam(f"said_{name}") for name in _FACETS}),
    *(f"said_{name}" for name in _FACETS),
    "place",
)


def of_range(tx: Transaction, origin_id: int, first: int, end: int) -> list[tuple[int, int, bytes]]:
    """Return (part id, audience, salt ‖ payload) of all parts held of leaves first to end - 1."""
    return tx.all(_RANGE, (part_id(origin_id, first, 0), part_id(origin_id, end, 0) - 1))


def content_of(wire: bytes) -> bytes:
    """Return the content in salt ‖ payload of a part that was checked when it came."""
    length_at = _HEADER_AT + int.from_bytes(wire[SALT_BYTES:_HEADER_AT])
    start = length_at + _LENGTH_BYTES
    return wire[start : start + int.from_bytes(wire[length_at:start])]


def named_in(wire: bytes) -> frozenset[str]:
    """Return whom the header names of a part that was checked when it came.

    Refuses MALFORMED_PART of one that has rotted.
    """
    header = wire[_HEADER_AT : _HEADER_AT + int.from_bytes(wire[SALT_BYTES:_HEADER_AT])]
    subject_at = len(b"\x0a\0") + int.from_bytes(header[1:2]) + len(b"\x12\x10")
    return _named_around(header[:subject_at], header[subject_at + SUBJECT_BYTES :])


@lru_cache(maxsize=4096)  # the documents of an agreement have headers that differ by the subject
def _named_around(before: bytes, after: bytes) -> frozenset[str]:
    return frozenset(parse_header(before + bytes(SUBJECT_BYTES) + after).named)


def of_entry(tx: Transaction, origin_id: int, leaf_index: int) -> dict[int, bytes]:
    """Return salt ‖ payload by part number of what is held of an entry."""
    rows = of_range(tx, origin_id, leaf_index, leaf_index + 1)
    return {place & 7: content for place, _, content in rows}


def of_entries(
    tx: Transaction, entries: Sequence[tuple[int, int]]
) -> dict[int, list[tuple[int, bytes]]]:
    """Return (audience, salt ‖ payload) of what is held of each entry, by its position.

    Entries are (position, audiences), as the catalogue has them.
    """
    places = [
        place << PART_BITS | number
        for place, audiences in entries
        for number in range(audiences.bit_count())
    ]
    held: dict[int, list[tuple[int, bytes]]] = {}
    for place, audience, content in _HELD.rows(tx, places):
        held.setdefault(place >> PART_BITS, []).append((audience, content))
    return held


def find(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> bytes | None:
    """Return salt ‖ payload of a part, or None if it is not held."""
    row = tx.one(_FIND, (part_id(origin_id, leaf_index, part_number),))
    return None if row is None else row[1]


def absence(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> Absence:
    """Return why a part is not held."""
    place = (part_id(origin_id, leaf_index, part_number),)
    if tx.one(_ERASED, place):
        return Absence.ERASED
    if tx.one(_VOID, place):
        return Absence.VOID
    return Absence.WANTED if tx.one(_WANTED, place) else Absence.WITHHELD


def is_erased(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> bool:
    """Tell whether a verified ERASE entry names a part."""
    return tx.one(_ERASED, (part_id(origin_id, leaf_index, part_number),)) is not None


def erased_audiences(tx: Transaction, origin_id: int, leaf_index: int) -> set[Audience]:
    """Return the audiences of those parts of an entry that a verified ERASE entry names."""
    place = part_id(origin_id, leaf_index, 0)
    return {Audience(row[0]) for row in tx.all(_ERASED_OF, (place, place + MAX_PARTS - 1))}


def erase(tx: Transaction, erasing_position: int, place: int, audience: int) -> None:
    """Do what one line of an ERASE entry says: take a part out of every reader's way."""
    if tx.one(_ERASED, (place,)):
        return
    held = tx.one(_FIND, (place,))
    tx.run(_DELETE, (place,))
    tx.run(_DELETE_WANTED, (place,))
    tx.insert_rows(erased, [(place, erasing_position, audience, held and held[1])])
    if audience == Audience.PUBLIC:
        _set_facets(tx, place >> PART_BITS, HIDDEN)
    elif audience == Audience.NAMED:
        sealed_folding.refold(tx, place >> PART_BITS)


def wanted_due(tx: Transaction, origin_id: int, now_s: float, limit: int) -> list[WantedPart]:
    """Return an origin's parts that are to be asked for now, those that waited longest first."""
    last = part_id(origin_id + 1, 0, 0) - 1
    rows = tx.all(_WANTED_DUE, (part_id(origin_id, 0, 0), last, now_s, limit))
    return [
        WantedPart(*split_part_id(place), Audience(audience), attempts, bool(is_cited))
        for place, audience, attempts, is_cited in rows
    ]


def wanted_counts(tx: Transaction) -> dict[int, int]:
    """Return how many PUBLIC and MEMBERS parts are wanted, by origin id."""
    return dict(tx.all(_WANTED_COUNTS))


def put_off(
    tx: Transaction,
    places: Iterable[tuple[int, int, int]],
    next_try_s: float,
    *,
    was_asked: bool,
) -> None:
    """Note when to ask for (origin id, leaf index, part number)s again; an asking was in vain."""
    tx.run_many(_PUT_OFF, [(int(was_asked), next_try_s, part_id(*place)) for place in places])


def give_up(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> None:
    """Stop asking for a part: its origin withholds it from us, or it is gone."""
    tx.run(_DELETE_WANTED, (part_id(origin_id, leaf_index, part_number),))


def set_withheld(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> None:
    """Note that its origin withholds a part from us that is wanted since a document cites it."""
    tx.run(_SET_WITHHELD, (part_id(origin_id, leaf_index, part_number),))


def arrive(
    tx: Transaction,
    origin_id: int,
    leaf_index: int,
    part_number: int,
    wire: bytes,
    facets: Facets | None,
) -> bool:
    """Take in a wanted part, with the facets of its content where it is a record's PUBLIC part.

    Return whether it was wanted still. It arrives once more in the change feed.
    """
    place = part_id(origin_id, leaf_index, part_number)
    row = tx.one(_WANTED, (place,))
    if row is None:
        return False
    tx.run(_DELETE_WANTED, (place,))
    tx.insert_rows(part, [(place, row[0], wire)])
    tx.run(_USE, (len(wire), origin_id))
    if facets is not None:
        _set_facets(tx, place >> PART_BITS, facets)
    if row[0] == Audience.NAMED and _is_shown(tx, origin_id, leaf_index):
        sealed_folding.refold(tx, position(origin_id, leaf_index))
    arrivals.add(tx, origin_id, leaf_index, 1, ArrivalKind.PART)
    return True


def set_void(tx: Transaction, origin_id: int, leaf_index: int, part_number: int) -> None:
    """Note that a wanted part came, opens, and belongs elsewhere: it is never asked for again."""
    place = part_id(origin_id, leaf_index, part_number)
    tx.run(_DELETE_WANTED, (place,))
    if not tx.one(_VOID, (place,)):
        tx.insert_rows(void_part, [(place,)])


def _is_shown(tx: Transaction, origin_id: int, leaf_index: int) -> bool:
    """Tell whether no freeze hides an entry."""
    row = tx.one(_FROZEN, (origin_id,))
    return row is None or row[0] is None or leaf_index < row[0]


def _set_facets(tx: Transaction, entry_position: int, facets: Facets) -> None:
    """Change what the catalogue shows of the record whose latest entry this is, if it is one."""
    tx.run(_SET_FACETS, (*facets, entry_position))
