"""What this node did as a witness, and what it may sign as an origin.

- As a witness: the last (size, root) cosigned per origin, and the start id answered last per
  member. Written, synced, before the answer; also kept beside the witness key.
- As an origin: one intent row, the (size, root) signed last or about to be, moved by
  compare-and-swap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select, update

from node.storage.rows import put_row
from node.storage.schema import intent, witness_cosigned, witness_start
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


_COSIGNED: Final = Statement(
    select(
        witness_cosigned.c.tree_size, witness_cosigned.c.root, witness_cosigned.c.cosignature
    ).where(witness_cosigned.c.origin == bindparam("which")),
    "which",
)
_START_ID: Final = Statement(
    select(witness_start.c.start_id).where(witness_start.c.member == bindparam("which")), "which"
)
_INTENT: Final = Statement(select(intent.c.tree_size, intent.c.root))
_THE_ROW: Final = 1
_SWAP_INTENT: Final = Statement(
    update(intent)
    .where(intent.c.tree_size == bindparam("seen_size"), intent.c.root == bindparam("seen_root"))
    .values(tree_size=bindparam("size"), root=bindparam("new_root")),
    *("size", "new_root", "seen_size", "seen_root"),
)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The largest tree that this witness has cosigned for an origin, and its signature line."""

    tree_size: int
    root: bytes
    cosignature: bytes


def cosigned(tx: Transaction, origin: str) -> Cosigned | None:
    """Return what this witness cosigned last for an origin."""
    row = tx.one(_COSIGNED, (origin,))
    return None if row is None else Cosigned(*row)


def set_cosigned(tx: Transaction, origin: str, said: Cosigned) -> None:
    """Keep what this witness is about to answer."""
    put_row(tx, witness_cosigned, (origin, said.tree_size, said.root, said.cosignature))


def start_id(tx: Transaction, member: str) -> bytes:
    """Return the start id that this witness answered last to a member, or nothing."""
    row = tx.one(_START_ID, (member,))
    return b"" if row is None else row[0]


def set_start_id(tx: Transaction, member: str, value: bytes) -> None:
    """Keep the start id that is about to be answered."""
    put_row(tx, witness_start, (member, value))


def find_intent(tx: Transaction) -> tuple[int, bytes] | None:
    """Return the (size, root) signed last or about to be, or None before the first."""
    row = tx.one(_INTENT)
    return None if row is None else (row[0], row[1])


def swap_intent(
    tx: Transaction, expected: tuple[int, bytes] | None, intended: tuple[int, bytes]
) -> bool:
    """Move the intent if it still is what the caller saw; return whether it was."""
    if expected is None:
        if find_intent(tx) is not None:
            return False
        tx.insert_rows(intent, [(_THE_ROW, *intended)])
        return True
    return tx.run(_SWAP_INTENT, (*intended, *expected)) == 1
