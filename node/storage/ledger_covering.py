"""Rows of the centers' logs: how far their CHECKPOINT entries are judged, and those that count.

Up to where such a log may be judged at all: below its confirmed size, what is hidden, and the
first document in it that we are named in and do not have yet, for it may be an outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, bindparam, func, literal_column, select

from federation.log.entry import Audience
from node.storage.ledger_tables import ledger_center, ledger_covering
from node.storage.positions import PART_BITS, part_id, position, split_part_id, split_position
from node.storage.rows import put_row
from node.storage.schema import wanted_part
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.transaction import Transaction


class CenterRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_center`, in its order."""

    origin_id: int
    scanned_size: int
    waits_for_registry: int


_NUMBER: Final = wanted_part.c.part_id.op("&")(literal_column(str((1 << PART_BITS) - 1)))
# What its origin withholds does not name us, whatever cites it: it would be waited for in vain.
_FIRST_WANTED: Final = Statement(
    select(func.min(wanted_part.c.part_id)).where(
        and_(
            wanted_part.c.part_id.between(bindparam("first"), bindparam("last")),
            wanted_part.c.audience == literal_column(str(Audience.NAMED.value)),
            literal_column("0") == _NUMBER,
            wanted_part.c.is_withheld == literal_column("0"),
        )
    ),
    "first",
    "last",
)


_CENTERS: Final = select(*ledger_center.columns)
_CENTER: Final = Statement(_CENTERS.where(ledger_center.c.origin_id == bindparam("which")), "which")
_EVERY: Final = Statement(_CENTERS.order_by(ledger_center.c.origin_id))
_OF_LOG: Final = Statement(
    select(*ledger_covering.columns)
    .where(ledger_covering.c.position.between(bindparam("first"), bindparam("last")))
    .order_by(ledger_covering.c.position),
    "first",
    "last",
)


def center(tx: Transaction, origin_id: int) -> CenterRow:
    """Return how far a log's entries are judged."""
    row = tx.one(_CENTER, (origin_id,))
    return CenterRow(origin_id, 0, 0) if row is None else CenterRow(*row)


def keep_center(tx: Transaction, row: CenterRow) -> None:
    """Note how far a log's entries are judged."""
    put_row(tx, ledger_center, row)


def centers(tx: Transaction) -> list[CenterRow]:
    """Return all logs whose entries are judged."""
    return [CenterRow(*row) for row in tx.all(_EVERY)]


def add(tx: Transaction, rows: Sequence[tuple[int, str, int, int]]) -> None:
    """Add (position, origin, tree size, registry version) of entries that count."""
    if rows:
        tx.insert_rows(ledger_covering, rows)


def of_log(tx: Transaction, origin_id: int) -> list[tuple[int, str, int, int]]:
    """Return (leaf index, origin, tree size, registry version) of a log's entries that count."""
    rows = tx.all(_OF_LOG, (position(origin_id, 0), position(origin_id + 1, 0) - 1))
    return [(split_position(row[0])[1], row[1], row[2], row[3]) for row in rows]


def first_wanted(tx: Transaction, origin_id: int) -> int | None:
    """Return the lowest leaf index of a log whose document may be ours and has not come."""
    last = part_id(origin_id + 1, 0, 0) - 1
    row = tx.one(_FIRST_WANTED, (part_id(origin_id, 0, 0), last))
    return None if row is None or row[0] is None else split_part_id(row[0])[1]
