"""The newest void outcomes of an agreement are found among however many."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the step."""
    op.drop_index("ix_ledger_void_agreement", "ledger_void")
    columns = ["agreement", "position", "number"]
    op.create_index("ix_ledger_void_newest", "ledger_void", columns)
