"""Runs the steps on the connection, and in the transaction, that `migrating` hands over."""

from __future__ import annotations

from alembic import context

from node.storage import caller_tables, contract_tables, ledger_tables
from node.storage.schema import metadata

__all__ = [
    "caller_tables",
    "contract_tables",
    "ledger_tables",
]  # so that the metadata holds their tables

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
