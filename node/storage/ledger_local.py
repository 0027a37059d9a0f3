"""What a node keeps of the ledger beside the log: who proposed what here, and its own policies.

Neither is known to any other member, and neither can be rebuilt from a log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, select

from node.storage.caller_tables import ledger_policy, ledger_proposer
from node.storage.rows import put

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

_FLAGS: Final = ("incomes", "needs_evidence", "needs_contract", "reversals", "payments")


class Policy(NamedTuple):
    """When this node accepts proposals on an agreement by itself; all conditions must hold."""

    set_by: str
    """The caller's identity: what it proposes itself is not accepted by its own policy."""
    incomes: bool = False
    gross_max_fen: int = 0
    """0: none."""
    needs_evidence: bool = False
    needs_contract: bool = False
    reversals: bool = False
    payments: bool = False


def note_proposer(tx: Transaction, leaf_hash: bytes, identity: str) -> None:
    """Note who proposed what stands in the own log under a leaf hash."""
    put(tx, ledger_proposer, leaf_hash=leaf_hash, identity=identity)


def proposer(tx: Transaction, leaf_hash: bytes) -> str:
    """Return who proposed it; "" where that was not noted."""
    query = select(ledger_proposer.c.identity).where(ledger_proposer.c.leaf_hash == leaf_hash)
    return tx.execute(query).scalar() or ""


def policy(tx: Transaction, agreement: bytes) -> Policy | None:
    """Return the policy for an agreement, by the leaf hash of its first version."""
    return policies(tx, agreement).get(agreement)


def policies(tx: Transaction, agreement: bytes | None = None) -> dict[bytes, Policy]:
    """Return the policies, by the leaf hash of the agreement's first version."""
    query = select(ledger_policy.c.agreement, *(ledger_policy.c[one] for one in Policy._fields))
    if agreement is not None:
        query = query.where(ledger_policy.c.agreement == agreement)
    found = {}
    for row in tx.execute(query):
        said = dict(zip(Policy._fields, row[1:], strict=True))
        found[bytes(row[0])] = Policy(**said | {one: bool(said[one]) for one in _FLAGS})
    return found


def set_policy(tx: Transaction, agreement: bytes, wanted: Policy | None) -> None:
    """Set or drop the policy for an agreement."""
    if wanted is None:
        tx.execute(delete(ledger_policy).where(ledger_policy.c.agreement == agreement))
    else:
        put(tx, ledger_policy, agreement=agreement, **wanted._asdict())
