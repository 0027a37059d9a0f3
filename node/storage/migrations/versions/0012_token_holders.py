"""Who holds a token."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the step; the tokens that there are name no holder."""
    op.add_column(
        "token", sa.Column("holder", sa.String(), nullable=False, server_default=sa.text("''"))
    )
