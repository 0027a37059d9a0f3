"""What a group of own writes asks for and leaves behind, in one statement each.

A statement is a trip to the server on PostgreSQL, and on SQLite a moment in which other threads
run: a group commit lives from there being few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from node.storage.requests import Remembered
from node.storage.schema import request, source
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from node.storage.transaction import Row, Transaction

_LOOKUP_SIZES: Final = (1, 16, 256)


def _among(column: ColumnElement[bytes] | ColumnElement[str], count: int) -> ColumnElement[bool]:
    return column.in_([bindparam(f"value_{i}") for i in range(count)])


def _names(count: int) -> list[str]:
    return [f"value_{i}" for i in range(count)]


_REQUESTS: Final = {
    count: Statement(
        select(request.c.request, request.c.body_digest, request.c.outcome).where(
            _among(request.c.request, count)
        ),
        *_names(count),
    )
    for count in _LOOKUP_SIZES
}
_SOURCES: Final = {
    count: Statement(
        select(source.c.source_id, source.c.subject).where(
            source.c.source_platform == bindparam("platform"),
            _among(source.c.source_id, count),
        ),
        "platform",
        *_names(count),
    )
    for count in _LOOKUP_SIZES
}


def find_requests(tx: Transaction, keys: Collection[bytes]) -> dict[bytes, Remembered]:
    """Return what is remembered of those of the keys that are known."""
    return {
        key: Remembered(body_digest, outcome)
        for key, body_digest, outcome in _found(tx, _REQUESTS, (), list(keys))
    }


def remember_requests(tx: Transaction, outcomes: Mapping[bytes, Remembered], now_s: float) -> None:
    """Remember outcomes by key, in the transaction that brings them about."""
    if outcomes:
        rows = [(key, one.body_digest, one.outcome, now_s) for key, one in outcomes.items()]
        tx.insert_rows(request, rows)


def find_sources(
    tx: Transaction, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], bytes]:
    """Return the subjects of those of the (platform, number)s that live own records have."""
    by_platform: dict[str, list[str]] = {}
    for platform, number in pairs:
        by_platform.setdefault(platform, []).append(number)
    return {
        (platform, number): subject
        for platform, numbers in by_platform.items()
        for number, subject in _found(tx, _SOURCES, (platform,), numbers)
    }


def _found(
    tx: Transaction, statements: Mapping[int, Statement], first: Row, values: Sequence[object]
) -> Iterator[Row]:
    """Yield the rows of a look-up, a few hundred values at a time."""
    largest = _LOOKUP_SIZES[-1]
    for start in range(0, len(values), largest):
        asked = values[start : start + largest]
        size = next(size for size in _LOOKUP_SIZES if size >= len(asked))
        repeated = [asked[-1]] * (size - len(asked))
        yield from tx.all(statements[size], (*first, *asked, *repeated))
