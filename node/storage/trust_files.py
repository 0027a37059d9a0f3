"""TUF files, byte for byte, each version kept; whoever asks for them checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from node.storage.rows import put
from node.storage.schema import trust_file

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


def add(tx: Transaction, role: str, version: int, content: bytes) -> None:
    """Keep a file that the rules of TUF accepted (a snapshot or timestamp may be renewed as is)."""
    put(tx, trust_file, role=role, version=version, content=content)


def every(tx: Transaction, role: str) -> list[tuple[int, bytes]]:
    """Return (version, file) of a role, ascending: roots are applied one after the other."""
    query = (
        select(trust_file.c.version, trust_file.c.content)
        .where(trust_file.c.role == role)
        .order_by(trust_file.c.version)
    )
    return [(row[0], row[1]) for row in tx.execute(query)]
