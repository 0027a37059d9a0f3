"""Contracts as they stand, for lists and reports."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the step; the view's new version fills the tables."""
    op.create_table(
        "contract",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("buyer", sa.String(), nullable=False),
        sa.Column("seller", sa.String(), nullable=False),
        sa.Column("center", sa.String(), nullable=False),
        sa.Column("buyer_region", sa.String(), nullable=False),
        sa.Column("seller_region", sa.String(), nullable=False),
        sa.Column("buyer_organisation", sa.String(), nullable=False),
        sa.Column("seller_organisation", sa.String(), nullable=False),
        sa.Column("seller_nature", sa.String(), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("signed_on", sa.String(), nullable=False),
        sa.Column("contract_amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technical_amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("registration", sa.SmallInteger(), nullable=False),
        sa.Column("register_number", sa.String(), nullable=False),
        sa.Column("decided_on", sa.String(), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_contract"),
    )
    op.create_index("ix_contract_subject", "contract", ["subject"], unique=False)
    op.create_table(
        "contract_enquiry",
        sa.Column("contract", _Place, autoincrement=False, nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("enquirer", sa.String(), nullable=False),
        sa.Column("listing_member", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("contract", "number", name="pk_contract_enquiry"),
    )
    op.create_index("ix_contract_enquiry_subject", "contract_enquiry", ["subject"], unique=False)
