"""Idempotency keys of own writes, remembered for 30 days (DESIGN section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select

from node.storage.schema import request
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

RETENTION_S: Final = 30 * 24 * 3600.0

_FIND: Final = Statement(
    select(request.c.body_digest, request.c.outcome).where(request.c.request == bindparam("key")),
    "key",
)

_FORGET: Final = Statement(
    delete(request).where(request.c.recorded_at_s < bindparam("time")), "time"
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was asked under a key (a digest) and what came of it (the service's own bytes)."""

    body_digest: bytes
    outcome: bytes


def find(tx: Transaction, key: bytes) -> Remembered | None:
    """Return what is remembered of a 16-byte key."""
    row = tx.one(_FIND, (key,))
    return None if row is None else Remembered(*row)


def remember(tx: Transaction, key: bytes, body_digest: bytes, outcome: bytes, now_s: float) -> None:
    """Remember an outcome, in the transaction that brings it about."""
    tx.insert_rows(request, [(key, body_digest, outcome, now_s)])


def forget_old(tx: Transaction, now_s: float) -> int:
    """Forget what is older than 30 days; return how many."""
    return tx.run(_FORGET, (now_s - RETENTION_S,))
