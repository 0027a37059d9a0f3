"""The newest void outcomes, and who waits for a leaf, are found among however many.

What is waited for is dropped: the ledger is folded anew by the program that has this step.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_Place = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the step."""
    op.drop_index("ix_ledger_void_agreement", "ledger_void")
    op.create_index("ix_ledger_void_newest", "ledger_void", ["agreement", "position", "number"])
    op.drop_table("ledger_awaited")
    op.create_table(
        "ledger_awaited",
        sa.Column("agreement", _Place, autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "ref", name="pk_ledger_awaited"),
    )
    op.create_index("ix_ledger_awaited_leaf", "ledger_awaited", ["leaf"])
