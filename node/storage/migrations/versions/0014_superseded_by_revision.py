"""An earlier entry of a record is asked for by its revision, however many there are."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the step."""
    op.drop_index("ix_superseded_origin_id_subject", "superseded")
    op.create_index(
        "ix_superseded_origin_id_subject_revision",
        "superseded",
        ["origin_id", "subject", "revision"],
    )
