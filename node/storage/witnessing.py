"""What this node did as a witness, and what it may sign as an origin.

- As a witness: the last (size, root) cosigned per origin, and the start id answered last per
  member. Written, synced, before the answer; also kept beside the witness key.
- As an origin: one intent row, the (size, root) signed last or about to be, moved by
  compare-and-swap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, select, update

from node.storage.rows import put
from node.storage.schema import intent, witness_cosigned, witness_start

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The largest tree that this witness has cosigned for an origin, and its signature line."""

    tree_size: int
    root: bytes
    cosignature: bytes


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
