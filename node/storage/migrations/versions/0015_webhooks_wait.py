"""Since when webhooks wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the step; what waits by now counts from its next try."""
    op.add_column(
        "saved_query",
        sa.Column("waits_since_s", sa.Float(), nullable=False, server_default=sa.text("0")),
    )
