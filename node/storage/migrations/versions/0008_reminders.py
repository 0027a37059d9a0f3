"""Reminders of deadlines, and who wants to be told of them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WHAT: Final = ("subject", "enquirer", "listing_member", "due", "day", "moment")


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "reminder",
        sa.Column("number", _Place, autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("enquirer", sa.String(), nullable=False),
        sa.Column("listing_member", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("owed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reminder"),
        sa.UniqueConstraint(*_WHAT, name=f"uq_reminder_{'_'.join(_WHAT)}"),
    )
    op.add_column(
        "saved_query",
        sa.Column("is_reminders", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
