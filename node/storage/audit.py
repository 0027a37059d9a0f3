"""Reading the folded tables as they stand, in the order of the log, for `ydx log verify`.

Rows stream, one stream at a time: a log of a million entries is not held in memory. Nothing is left
out, not even what a freeze hides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, cast, literal_column, null, select, union_all

from node.storage.positions import (
    part_id,
    position,
    split_part_id,
    split_position,
)
from node.storage.schema import (
    arrival,
    catalogue,
    erased,
    invalid_entry,
    part,
    sealed,
    source,
    superseded,
    void_part,
    wanted_part,
)
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Table

    from federation.log.batch import Facets
    from node.storage.transaction import Transaction


class FoldedRow(NamedTuple):
    """What is folded from one entry.

    A row of `catalogue`, of `superseded` (without `latest`), or of `invalid_entry` (a `reason` and
    nothing else).
    """

    leaf_index: int
    reason: str
    subject: bytes
    revision: int
    audiences: int
    leaf_hash: bytes
    latest: LatestRow | None
    origin_id: int
    """The log that the row says it is of; its place says it too."""


class LatestRow(NamedTuple):
    """What only `catalogue` has."""

    kind: int
    recorded_at_ms: int
    facets: Facets


class ErasedRow(NamedTuple):
    """A row of `erased`: the part, and the ERASE entry that names it."""

    leaf_index: int
    part_number: int
    erasing_leaf_index: int
    audience: int


_ADVANCING: Final = ("position", "origin_id", "subject", "revision", "audiences", "leaf_hash")
_LATEST: Final = (
    "kind",
    "recorded_at_ms",
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


def _columns(table: Table) -> Iterator[ColumnElement[Any]]:
    for name in (*_ADVANCING, *_LATEST, "reason"):
        column = table.columns.get(name)
        yield (
            cast(null(), _COLUMN_TYPES[name]).label(name) if column is None else column.label(name)
        )


_COLUMN_TYPES: Final = {
    column.name: column.type for table in (catalogue, invalid_entry) for column in table.columns
}
_FOLDED: Final = Statement(
    union_all(
        *(
            select(*_columns(table)).where(
                table.c.position.between(bindparam(f"first_{i}"), bindparam(f"last_{i}"))
            )
            for i, table in enumerate((catalogue, superseded, invalid_entry))
        )
    ).order_by(literal_column("position")),
    *("first_0", "last_0", "first_1", "last_1", "first_2", "last_2"),
)
_ERASED: Final = Statement(
    select(erased.c.part_id, erased.c.position, erased.c.audience)
    .where(erased.c.part_id.between(bindparam("first"), bindparam("last")))
    .order_by(erased.c.part_id),
    "first",
    "last",
)
_HELD_AND: Final = {
    what: Statement(
        select(table.c.part_id)
        .join(part, part.c.id == table.c.part_id)
        .where(table.c.part_id.between(bindparam("first"), bindparam("last")))
        .order_by(table.c.part_id),
        "first",
        "last",
    )
    for what, table in (("wanted", wanted_part), ("void", void_part))
}
_SEALED: Final = Statement(
    select(sealed.c.position, sealed.c.subject, sealed.c.parts)
    .where(sealed.c.position.between(bindparam("first"), bindparam("last")))
    .order_by(sealed.c.position),
    "first",
    "last",
)
_SOURCES: Final = Statement(select(source.c.source_platform, source.c.source_id, source.c.subject))
_ARRIVALS: Final = Statement(
    select(arrival.c.first_leaf_index, arrival.c.count)
    .where(
        arrival.c.origin_id == bindparam("which"),
        arrival.c.kind == literal_column("1"),  # ArrivalKind.ENTRIES
    )
    .order_by(arrival.c.feed_start),
    "which",
)


def folded_rows(tx: Transaction, origin_id: int) -> Iterator[FoldedRow]:
    """Yield what is folded from the entries of a log, at most one row an entry."""
    span = (position(origin_id, 0), position(origin_id + 1, 0) - 1)
    for row in tx.stream(_FOLDED, span * 3):
        place, of, subject, revision, audiences, leaf_hash, kind, at_ms, *facets, reason = row
        latest = None if kind is None else LatestRow(kind, at_ms, tuple(facets))
        yield FoldedRow(
            split_position(place)[1],
            reason or "",
            subject or b"",
            revision or 0,
            audiences or 0,
            leaf_hash or b"",
            latest,
            origin_id if of is None else of,
        )


def erased_rows(tx: Transaction, origin_id: int) -> Iterator[ErasedRow]:
    """Yield the parts that are erased."""
    span = (part_id(origin_id, 0, 0), part_id(origin_id + 1, 0, 0) - 1)
    for place, erasing, audience in tx.stream(_ERASED, span):
        _, leaf_index, number = split_part_id(place)
        yield ErasedRow(leaf_index, number, split_position(erasing)[1], audience)


def held_and_absent(tx: Transaction, origin_id: int) -> Iterator[tuple[int, int, str]]:
    """Yield (leaf index, part number, "wanted" or "void") of what is held as well."""
    span = (part_id(origin_id, 0, 0), part_id(origin_id + 1, 0, 0) - 1)
    for what, statement in _HELD_AND.items():
        for (place,) in tx.stream(statement, span):
            _, leaf_index, number = split_part_id(place)
            yield leaf_index, number, what


def sealed_rows(tx: Transaction, origin_id: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield (leaf index, subject, parts) of the sealed documents that are listed."""
    span = (position(origin_id, 0), position(origin_id + 1, 0) - 1)
    for place, subject, readable in tx.stream(_SEALED, span):
        yield split_position(place)[1], subject, readable


def source_rows(tx: Transaction) -> Iterator[tuple[str, str, bytes]]:
    """Yield (source_platform, source_id, subject) of the own log."""
    yield from tx.stream(_SOURCES)


def arrived_ranges(tx: Transaction, origin_id: int) -> Iterator[tuple[int, int]]:
    """Yield (first leaf index, count) of a log's entries, in the order of arrival."""
    yield from tx.stream(_ARRIVALS, (origin_id,))
