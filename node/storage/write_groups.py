"""What a group of own writes asks for and leaves behind, in one statement each.

A group commit lives from there being few (`lookup`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from node.storage.lookup import Lookup
from node.storage.requests import Remembered
from node.storage.schema import request, source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from node.storage.transaction import Transaction

_REQUESTS: Final = Lookup(
    select(request.c.request, request.c.body_digest, request.c.outcome), request.c.request
)
_SOURCES: Final = Lookup(
    select(source.c.source_id, source.c.subject).where(
        source.c.source_platform == bindparam("platform")
    ),
    source.c.source_id,
    "platform",
)


def find_requests(tx: Transaction, keys: Collection[bytes]) -> dict[bytes, Remembered]:
    """Return what is remembered of those of the keys that are known."""
    return {
        key: Remembered(body_digest, outcome)
        for key, body_digest, outcome in _REQUESTS.rows(tx, keys)
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
        for number, subject in _SOURCES.rows(tx, numbers, (platform,))
    }
