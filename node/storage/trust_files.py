"""TUF files, byte for byte, each version kept; whoever asks for them checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from node.storage.rows import put
from node.storage.schema import trust_file

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


def add(tx: Transaction, role: str, version: int, content: bytes) -> None:
    """Keep a file that the rules of TUF accepted (a snapshot or timestamp may be renewed as is)."""
    put(tx, trust_file, role=role, version=version, content=content)


def find(tx: Transaction, role: str, version: int = 0) -> bytes | None:
    """Return a version of a role's file; 0 means the newest."""
    query = select(trust_file.c.content).where(trust_file.c.role == role)
    if version:
        query = query.where(trust_file.c.version == version)
    return tx.execute(query.order_by(trust_file.c.version.desc()).limit(1)).scalar()


def newest_versions(tx: Transaction) -> dict[str, int]:
    """Return the newest version held of each role."""
    query = select(trust_file.c.role, func.max(trust_file.c.version)).group_by(trust_file.c.role)
    return {row[0]: row[1] for row in tx.execute(query)}


def every(tx: Transaction, role: str) -> list[tuple[int, bytes]]:
    """Return (version, file) of a role, ascending: roots are applied one after the other."""
    query = (
        select(trust_file.c.version, trust_file.c.content)
        .where(and_(trust_file.c.role == role))
        .order_by(trust_file.c.version)
    )
    return [(row[0], row[1]) for row in tx.execute(query)]
