"""How far the destruction of erased parts has come."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_HELD: Final = sa.text("content IS NOT NULL")


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "destruction",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("noted_at_s", sa.Float(), nullable=False),
        sa.Column("agreed_at_s", sa.Float(), nullable=True),
        sa.Column("emptied_at_s", sa.Float(), nullable=True),
        sa.Column("destroyed_at_s", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_destruction"),
    )
    op.create_index(
        "ix_erased_position",
        "erased",
        ["position"],
        unique=False,
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
