"""What a node keeps of the ledger beside the log: who proposed what here, and its own policies.

Neither is known to any other member, and neither can be rebuilt from a log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, delete, select

from node.storage.caller_tables import ledger_policy, ledger_proposer
from node.storage.lookup import Lookup
from node.storage.rows import put_row
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from node.storage.transaction import Row, Transaction


class Policy(NamedTuple):
    """When this node accepts proposals on an agreement by itself; all conditions must hold."""

    set_by: str
    """A person, as `services.ledger.four_eyes` names it: it never accepts its own proposals."""
    incomes: bool = False
    gross_max_fen: int = 0
    """0: none."""
    needs_evidence: bool = False
    needs_contract: bool = False
    reversals: bool = False
    payments: bool = False


_PROPOSERS: Final = Lookup(select(*ledger_proposer.columns), ledger_proposer.c.leaf_hash)
_POLICIES: Final = select(*ledger_policy.columns)
_ALL_POLICIES: Final = Statement(_POLICIES)
_POLICY: Final = Statement(
    _POLICIES.where(ledger_policy.c.agreement == bindparam("which")), "which"
)


def note_proposer(tx: Transaction, leaf_hashes: Sequence[bytes], person: str) -> None:
    """Note who proposed what stands newly in the own log under leaf hashes."""
    tx.insert_rows(ledger_proposer, [(one, person) for one in leaf_hashes])


def proposers(tx: Transaction, leaf_hashes: Collection[bytes]) -> dict[bytes, str]:
    """Return who proposed what stands under leaf hashes, where that was noted."""
    return dict(_PROPOSERS.rows(tx, leaf_hashes))


def policy(tx: Transaction, agreement: bytes) -> Policy | None:
    """Return the policy for an agreement, by the leaf hash of its first version."""
    row = tx.one(_POLICY, (agreement,))
    return None if row is None else _policy(row)


def policies(tx: Transaction) -> dict[bytes, Policy]:
    """Return the policies, by the leaf hash of the agreement's first version."""
    return {row[0]: _policy(row) for row in tx.all(_ALL_POLICIES)}


def set_policy(tx: Transaction, agreement: bytes, wanted: Policy | None) -> None:
    """Set or drop the policy for an agreement."""
    if wanted is None:
        tx.execute(delete(ledger_policy).where(ledger_policy.c.agreement == agreement))
    else:
        put_row(tx, ledger_policy, (agreement, *wanted))


def _policy(row: Row) -> Policy:
    _, set_by, incomes, gross_max_fen, *flags = row
    return Policy(set_by, bool(incomes), gross_max_fen, *map(bool, flags))
