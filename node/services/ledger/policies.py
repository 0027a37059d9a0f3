"""Setting when this node accepts by itself: an approver's decision, kept beside the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.storage import ledger_local

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.access import Caller
    from node.services.ledger.shown import LedgerShown
    from node.storage.database import Database
    from node.storage.ledger_local import Policy


class LedgerPolicies:
    """Keeps the policies of this node."""

    def __init__(
        self,
        database: Database,
        shown: LedgerShown,
        on_set: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `on_set` after each change: what waits may be accepted now."""
        self._database = database
        self._shown = shown
        self._on_set = on_set

    def set(self, caller: Caller, name: str, policy: Policy | None) -> None:
        """Set or drop the policy for an agreement; refuses as `LedgerShown.agreement`."""
        with self._database.write() as tx:
            shown = self._shown.agreement_in(tx, caller, name)
            ledger_local.set_policy(tx, shown.row.ref.leaf_hash, policy)
        self._on_set()
