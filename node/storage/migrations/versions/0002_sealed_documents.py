"""The sealed documents that are readable here, and the parts that they cite."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the step; the fold's new version fills the table."""
    op.create_table(
        "sealed",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_sealed"),
    )
    op.create_index("ix_sealed_subject", "sealed", ["subject"], unique=False)
    op.create_table(
        "cited_part",
        sa.Column("part_id", _Place, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("part_id", name="pk_cited_part"),
    )
