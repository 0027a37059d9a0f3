"""What this node did as a witness, and what it may sign as an origin.

- As a witness: the last (size, root) cosigned per origin, and the start id answered last per
  member. Written, synced, before the answer; also kept beside the witness key.
- As an origin: one intent row, the (size, root) signed last or about to be, moved by
  compare-and-swap.
- Cosignature lines of all origins' checkpoints, as they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select, update

from node.storage.rows import put
from node.storage.schema import cosignature, intent, witness_cosigned, witness_start

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The largest tree that this witness has cosigned for an origin, and its signature line."""

    tree_size: int
    root: bytes
    cosignature: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature line on (size, root); `witness` is a member's name."""

    tree_size: int
    root: bytes
    witness: str
    line: bytes
    timestamp_s: int


def cosigned(tx: Transaction, origin: str) -> Cosigned | None:
    """Return what this witness cosigned last for an origin."""
    columns = (
        witness_cosigned.c.tree_size,
        witness_cosigned.c.root,
        witness_cosigned.c.cosignature,
    )
    row = tx.execute(select(*columns).where(witness_cosigned.c.origin == origin)).one_or_none()
    return None if row is None else Cosigned(*row)


def set_cosigned(tx: Transaction, origin: str, said: Cosigned) -> None:
    """Keep what this witness is about to answer."""
    put(
        tx,
        witness_cosigned,
        origin=origin,
        tree_size=said.tree_size,
        root=said.root,
        cosignature=said.cosignature,
    )


def start_id(tx: Transaction, member: str) -> bytes:
    """Return the start id that this witness answered last to a member, or nothing."""
    query = select(witness_start.c.start_id).where(witness_start.c.member == member)
    return tx.execute(query).scalar() or b""


def set_start_id(tx: Transaction, member: str, value: bytes) -> None:
    """Keep the start id that is about to be answered."""
    put(tx, witness_start, member=member, start_id=value)


def find_intent(tx: Transaction) -> tuple[int, bytes] | None:
    """Return the (size, root) signed last or about to be, or None before the first."""
    row = tx.execute(select(intent.c.tree_size, intent.c.root)).one_or_none()
    return None if row is None else (row[0], row[1])


def swap_intent(
    tx: Transaction, expected: tuple[int, bytes] | None, intended: tuple[int, bytes]
) -> bool:
    """Move the intent if it still is what the caller saw; return whether it was."""
    if expected is None:
        if find_intent(tx) is not None:
            return False
        tx.execute(insert(intent).values(id=1, tree_size=intended[0], root=intended[1]))
        return True
    seen = and_(intent.c.tree_size == expected[0], intent.c.root == expected[1])
    moved = update(intent).where(seen).values(tree_size=intended[0], root=intended[1])
    return tx.execute(moved).rowcount == 1


def add_cosignature(tx: Transaction, origin: str, given: Cosignature) -> None:
    """Keep a cosignature, in place of an earlier one of that witness on that (size, root)."""
    put(
        tx,
        cosignature,
        origin=origin,
        tree_size=given.tree_size,
        root=given.root,
        witness=given.witness,
        line=given.line,
        timestamp_s=given.timestamp_s,
    )


def cosignatures(tx: Transaction, origin: str, tree_size: int | None = None) -> list[Cosignature]:
    """Return the cosignatures on an origin's trees, or on one; ascending by size, witness."""
    columns = cosignature.c
    query = (
        select(columns.tree_size, columns.root, columns.witness, columns.line, columns.timestamp_s)
        .where(columns.origin == origin)
        .order_by(columns.tree_size, columns.witness)
    )
    if tree_size is not None:
        query = query.where(columns.tree_size == tree_size)
    return [Cosignature(*row) for row in tx.execute(query)]


def forget_cosignatures(tx: Transaction, origin: str, below_size: int) -> None:
    """Drop the cosignatures on trees smaller than a size (its own are kept in the notes)."""
    old = and_(cosignature.c.origin == origin, cosignature.c.tree_size < below_size)
    tx.execute(delete(cosignature).where(old))
