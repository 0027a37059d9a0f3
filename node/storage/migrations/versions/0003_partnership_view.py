"""The view of partnerships: enquiries, what they wait for, and how far the view has come."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXTS: Final = (
    "listing",
    "organisation",
    "from_region",
    "owner_digest",
    "source_platform",
    "answer_due",
    "decision_due",
    "due",
    "owed_by",
)
_NUMBERS: Final = (
    "submitted_at_ms",
    "answered_at_ms",
    "accepted_at_ms",
    "contracted_at_ms",
    "last_at_ms",
    "enquirer_position",
    "listing_position",
)


def upgrade() -> None:
    """Make the step; the view fills its tables."""
    op.create_table(
        "view_position",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fold_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_view_position"),
    )
    op.create_table(
        "awaited_document",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("is_absent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "leaf_index", "subject", name="pk_awaited_document"),
    )
    op.create_index("ix_awaited_document_subject", "awaited_document", ["subject"], unique=False)
    op.create_table(
        "enquiry",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("enquirer", sa.String(), nullable=False),
        sa.Column("listing_member", sa.String(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("contacts_from", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _NUMBERS),
        sa.PrimaryKeyConstraint("subject", "enquirer", "listing_member", name="pk_enquiry"),
    )
    op.create_table(
        "enquiry_quota",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "day", name="pk_enquiry_quota"),
    )
    op.create_index(
        "ix_enquiry_is_ended_due_subject", "enquiry", ["is_ended", "due", "subject"], unique=False
    )
