"""Listing the sealed documents that are readable here, so that they are found by their subject.

- A row of `sealed` says what `federation.records.sealed` makes of the NAMED parts held of one
  entry, and of nothing else: it is folded again whenever one comes, is erased or comes back.
- What a freeze hides has no row.
- A stored part whose header cannot be read has rotted; it is left out here and told by
  `ydx log verify --full`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, func, literal_column, select

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.log.part import SALT_BYTES, PartHeader, parse_header
from federation.records.sealed import readable
from node.storage.positions import PART_BITS
from node.storage.schema import part, sealed
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

_LENGTH_BYTES: Final = 4
_HEADER_AT: Final = SALT_BYTES + _LENGTH_BYTES
# A part has up to 256 KiB; nearly every header ends within this, whoever it names.
_BEGINNING_BYTES: Final = 1024

_BEGINNINGS: Final = Statement(
    select(
        part.c.id,
        func.substr(part.c.content, literal_column("1"), literal_column(str(_BEGINNING_BYTES))),
    )
    .where(
        part.c.id.between(bindparam("first"), bindparam("last")),
        part.c.audience == literal_column(str(Audience.NAMED.value)),
    )
    .order_by(part.c.id),
    "first",
    "last",
)
_CONTENT: Final = Statement(select(part.c.content).where(part.c.id == bindparam("id")), "id")
_DELETE: Final = Statement(
    delete(sealed).where(sealed.c.position == bindparam("position")), "position"
)


def fold(tx: Transaction, first: int, last: int) -> None:
    """List what is readable of the entries at positions first to last, none of them listed yet."""
    headers: dict[int, dict[int, PartHeader]] = {}
    places = (first << PART_BITS, (last + 1 << PART_BITS) - 1)
    for place, beginning in tx.all(_BEGINNINGS, places):
        header = _header(tx, place, beginning)
        if header is not None:
            headers.setdefault(place >> PART_BITS, {})[place & 7] = header
    rows = []
    for position, held in headers.items():
        found = readable(held)
        if found is not None:
            rows.append((position, *found))
    if rows:
        tx.insert_rows(sealed, rows)


def refold(tx: Transaction, position: int) -> None:
    """List one entry anew, after a part of it has come or gone."""
    tx.run(_DELETE, (position,))
    fold(tx, position, position)


def subjects(tx: Transaction, first: int, last: int) -> set[bytes]:
    """Return the subjects of what is stored at positions first to last, hidden or not."""
    places = (first << PART_BITS, (last + 1 << PART_BITS) - 1)
    headers = [_header(tx, place, beginning) for place, beginning in tx.all(_BEGINNINGS, places)]
    return {header.subject for header in headers if header is not None}


def _header(tx: Transaction, place: int, beginning: bytes) -> PartHeader | None:
    end = _HEADER_AT + int.from_bytes(beginning[SALT_BYTES:_HEADER_AT])
    if end > len(beginning):
        row = tx.one(_CONTENT, (place,))
        beginning = b"" if row is None else row[0]
    try:
        return parse_header(beginning[_HEADER_AT:end])
    except Refused:
        return None
