"""The name of who enquires, so that it is found by name although it said its credit code too.

The rows are folded anew by the program that has this step.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the step."""
    op.add_column(
        "enquiry",
        sa.Column("organisation_name", sa.String(), nullable=False, server_default=sa.text("''")),
    )
