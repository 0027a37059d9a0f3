"""Saved queries and their webhooks: few rows, each of one owner, its labels unlike each other.

A row's position moves only from where its reader saw it, so that an owner who goes back is not
overtaken by what was under way.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, fields
from typing import TYPE_CHECKING, Final

from sqlalchemy import String, bindparam, delete, literal_column, select, update

from node.storage.caller_tables import saved_query
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """One saved query. Everything from `webhook_url` on speaks of its webhook; "" is none.

    One of reminders (`is_reminders`) has no request, and counts its position in reminders.

    `failures` are those since the last success. Nothing is sent before `next_try_s`, or while
    `paused` holds a reason. `waits_since_s` is since when it has had what failed to be delivered.
    """

    id: str
    owner: str
    token_id: str
    label: str
    request: bytes
    position: int
    created_at_s: float
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    next_try_s: float = 0.0
    failures: int = 0
    last_error: str = ""
    paused: str = ""
    is_reminders: bool = False
    waits_since_s: float = 0.0


_SELECT: Final = select(*(saved_query.c[one.name] for one in fields(SavedQuery))).order_by(
    saved_query.c.created_at_s, saved_query.c.id
)
_FIND: Final = Statement(_SELECT.where(saved_query.c.id == bindparam("which")), "which")
_OF_OWNER: Final = Statement(_SELECT.where(saved_query.c.owner == bindparam("owner")), "owner")
_EMPTY: Final = literal_column("''", String)
_WITH_WEBHOOK: Final = Statement(_SELECT.where(saved_query.c.webhook_url != _EMPTY))
_TO_BE_SENT: Final = Statement(
    _SELECT.where(
        saved_query.c.webhook_url != _EMPTY,
        saved_query.c.paused == _EMPTY,
        saved_query.c.next_try_s <= bindparam("now"),
    ),
    "now",
)


def add(tx: Transaction, new: SavedQuery) -> bool:
    """Keep a new one; return False where its owner has one with this label."""
    return tx.try_insert_rows(saved_query, [astuple(new)])


def find(tx: Transaction, query_id: str) -> SavedQuery | None:
    """Return the one with an id."""
    row = tx.one(_FIND, (query_id,))
    return None if row is None else _read(row)


def of_owner(tx: Transaction, owner: str) -> list[SavedQuery]:
    """Return an owner's, oldest first."""
    return [_read(row) for row in tx.all(_OF_OWNER, (owner,))]


def to_be_sent(tx: Transaction, now_s: float) -> list[SavedQuery]:
    """Return those whose webhook may be called now."""
    return [_read(row) for row in tx.all(_TO_BE_SENT, (now_s,))]


def with_webhook(tx: Transaction) -> list[SavedQuery]:
    """Return all that have a webhook."""
    return [_read(row) for row in tx.all(_WITH_WEBHOOK)]


def remove(tx: Transaction, query_id: str) -> None:
    """Forget one."""
    tx.execute(delete(saved_query).where(saved_query.c.id == query_id))


def move(tx: Transaction, query_id: str, before: int, position: int) -> bool:
    """Set a position that was `before`; return False where it was another one meanwhile."""
    here = (saved_query.c.id == query_id) & (saved_query.c.position == before)
    return tx.execute(update(saved_query).where(here).values(position=position)).rowcount == 1


def set_position(tx: Transaction, query_id: str, position: int) -> None:
    """Set a position, whatever it was."""
    tx.execute(update(saved_query).where(saved_query.c.id == query_id).values(position=position))


def set_state(
    tx: Transaction,
    query_id: str,
    *,
    next_try_s: float = 0.0,
    failures: int = 0,
    last_error: str = "",
    paused: str = "",
    waits_since_s: float = 0.0,
) -> None:
    """Note how the last call of a webhook went."""
    tx.execute(
        update(saved_query)
        .where(saved_query.c.id == query_id)
        .values(
            next_try_s=next_try_s,
            failures=failures,
            last_error=last_error,
            paused=paused,
            waits_since_s=waits_since_s,
        )
    )


def set_waits_since(tx: Transaction, query_id: str, waits_since_s: float) -> None:
    """Set since when a webhook waits, 0 for not at all."""
    tx.execute(
        update(saved_query).where(saved_query.c.id == query_id).values(waits_since_s=waits_since_s)
    )


def set_secret(tx: Transaction, query_id: str, token_id: str, secret: str) -> None:
    """Give a webhook another secret and the token as which it asks."""
    tx.execute(
        update(saved_query)
        .where(saved_query.c.id == query_id)
        .values(token_id=token_id, webhook_secret=secret)
    )


def _read(row: Row) -> SavedQuery:
    names = [one.name for one in fields(SavedQuery)]
    values = dict(zip(names, row, strict=True))
    return SavedQuery(**values | {"is_reminders": bool(values["is_reminders"])})
