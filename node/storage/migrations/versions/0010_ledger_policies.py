"""Who proposed what here, and when this node accepts by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "ledger_proposer",
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("leaf_hash", name="pk_ledger_proposer"),
    )
    op.create_table(
        "ledger_policy",
        sa.Column("agreement", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("incomes", sa.Boolean(), nullable=False),
        sa.Column("gross_max_fen", sa.BigInteger(), nullable=False),
        sa.Column("needs_evidence", sa.Boolean(), nullable=False),
        sa.Column("needs_contract", sa.Boolean(), nullable=False),
        sa.Column("reversals", sa.Boolean(), nullable=False),
        sa.Column("payments", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", name="pk_ledger_policy"),
    )
