"""Access tokens: kept as SHA-256, scoped, expiring, revocable. The token itself is never here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select, update

from node.storage.schema import token
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

_COLUMNS: Final = (
    "id",
    "sha256",
    "label",
    "roles",
    "scope",
    "created_at_s",
    "expires_at_s",
    "revoked",
    "last_used_on",
    "holder",
)
_FIND: Final = Statement(
    select(*(token.c[name] for name in _COLUMNS)).where(token.c.id == bindparam("token_id")),
    "token_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token.

    `scope` is a platform token's source_platform or a partner token's organisation; `last_used_on`
    is a day (UTC, YYYY-MM-DD) or empty.
    """

    id: str
    sha256: bytes
    label: str
    roles: frozenset[str]
    scope: str
    created_at_s: float
    expires_at_s: float
    revoked: bool = False
    last_used_on: str = ""
    holder: str = ""
    """The person who uses it; empty: not said."""


def add(tx: Transaction, new: Token) -> None:
    """Keep a new token."""
    row = (
        new.id,
        new.sha256,
        new.label,
        " ".join(sorted(new.roles)),
        new.scope,
        new.created_at_s,
        new.expires_at_s,
        new.revoked,
        new.last_used_on,
        new.holder,
    )
    tx.insert_rows(token, [row])


def find(tx: Transaction, token_id: str) -> Token | None:
    """Return the token with an id, whatever its state."""
    row = tx.one(_FIND, (token_id,))
    return None if row is None else _token(row)


def every(tx: Transaction) -> list[Token]:
    """Return all tokens, oldest first."""
    query = select(*(token.c[name] for name in _COLUMNS)).order_by(token.c.created_at_s, token.c.id)
    return [_token(tuple(row)) for row in tx.execute(query)]


def revoke(tx: Transaction, token_id: str) -> bool:
    """End a token now; return whether there is one with this id."""
    return (
        tx.execute(update(token).where(token.c.id == token_id).values(revoked=True)).rowcount == 1
    )


def set_last_used(tx: Transaction, token_id: str, day: str) -> None:
    """Note the day on which a token was used."""
    tx.execute(update(token).where(token.c.id == token_id).values(last_used_on=day))


def _token(row: tuple[object, ...]) -> Token:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["roles"] = frozenset(str(values["roles"]).split())
    values["revoked"] = bool(values["revoked"])
    return Token(**values)  # type: ignore[arg-type]  # the columns have these types
