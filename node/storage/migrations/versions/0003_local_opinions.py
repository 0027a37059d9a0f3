"""What callers of this node say of matches and of likely duplicates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "match_feedback",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("candidate", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("is_useful", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", "candidate", "caller", name="pk_match_feedback"),
    )
    op.create_table(
        "dismissed_duplicate",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "name", "other", name="pk_dismissed_duplicate"),
    )
