"""Whether the origin of a wanted part withholds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the step; what is wanted by now is asked for once more, and its origin says it again."""
    op.add_column(
        "wanted_part",
        sa.Column("is_withheld", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
    )
