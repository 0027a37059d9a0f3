"""Postings are asked for by day no more, since there are sums: an index less to keep."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the step."""
    op.drop_index("ix_ledger_posting_value_date", "ledger_posting")
