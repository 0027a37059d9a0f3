"""The ledger: documents, agreements, rulings, the journal, statements and coverage."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OUTCOMES: Final = sa.text("is_open AND kind = 10")
_OUTCOMES_1: Final = sa.text("is_open = 1 AND kind = 10")
_PROPOSALS: Final = sa.text("is_open AND kind <= 5")
_PROPOSALS_1: Final = sa.text("is_open = 1 AND kind <= 5")


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "ledger_agreement",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("center", sa.String(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("books", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("judged_leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.String(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_agreement"),
        sa.UniqueConstraint("key", name="uq_ledger_agreement_key"),
    )
    op.create_index("ix_ledger_agreement_author_subject", "ledger_agreement", ["author", "subject"])
    op.create_index("ix_ledger_agreement_center", "ledger_agreement", ["center"])
    op.create_index(
        "ix_ledger_agreement_stale",
        "ledger_agreement",
        ["position"],
        sqlite_where=sa.text("is_stale = 1"),
        postgresql_where=sa.text("is_stale"),
    )
    op.create_table(
        "ledger_awaited",
        sa.Column("agreement", _Place, autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "ref", name="pk_ledger_awaited"),
    )
    op.create_table(
        "ledger_center",
        sa.Column("origin_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scanned_size", sa.BigInteger(), nullable=False),
        sa.Column("waits_for_registry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name="pk_ledger_center"),
    )
    op.create_table(
        "ledger_covering",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("registry_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_covering"),
    )
    op.create_table(
        "ledger_document",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("agreement", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_document"),
    )
    op.create_index(
        "ix_ledger_document_agreement_arrived", "ledger_document", ["agreement", "arrived", "kind"]
    )
    op.create_index(
        "ix_ledger_document_outcomes_of",
        "ledger_document",
        ["agreement", "position"],
        sqlite_where=_OUTCOMES_1,
        postgresql_where=_OUTCOMES,
    )
    op.create_index(
        "ix_ledger_document_outcomes",
        "ledger_document",
        ["position", "agreement"],
        sqlite_where=_OUTCOMES_1,
        postgresql_where=_OUTCOMES,
    )
    op.create_index(
        "ix_ledger_document_proposals_of",
        "ledger_document",
        ["agreement", "arrived"],
        sqlite_where=_PROPOSALS_1,
        postgresql_where=_PROPOSALS,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("agreement", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("own_date", sa.String(), nullable=False),
        sa.Column("value_date", sa.String(), nullable=False),
        sa.Column("proposal", sa.BigInteger(), nullable=False),
        sa.Column("proposal_hash", sa.LargeBinary(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=True),
        sa.Column("income_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint(
            "agreement", "generation", "leaf_index", "number", name="pk_ledger_entry"
        ),
    )
    op.create_index(
        "ix_ledger_entry_agreement_value_date", "ledger_entry", ["agreement", "value_date"]
    )
    op.create_table(
        "ledger_naming",
        sa.Column("proposal", sa.LargeBinary(), nullable=False),
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("proposal", "position", name="pk_ledger_naming"),
    )
    op.create_table(
        "ledger_posting",
        sa.Column("agreement", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value_date", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agreement", "generation", "leaf_index", "number", "ordinal", name="pk_ledger_posting"
        ),
    )
    op.create_index(
        "ix_ledger_posting_party",
        "ledger_posting",
        ["agreement", "party", "generation", "leaf_index", "number"],
    )
    op.create_index("ix_ledger_posting_value_date", "ledger_posting", ["agreement", "value_date"])
    op.create_table(
        "ledger_ruling",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agreement", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booked", sa.String(), nullable=False),
        sa.Column("instalment", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_ruling"),
        sa.UniqueConstraint(
            "agreement", "instalment", name="uq_ledger_ruling_agreement_instalment"
        ),
    )
    op.create_table(
        "ledger_statement",
        sa.Column("agreement", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "period", name="pk_ledger_statement"),
    )
    op.create_table(
        "ledger_void",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agreement", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("void", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name="pk_ledger_void"),
    )
    op.create_index("ix_ledger_void_agreement", "ledger_void", ["agreement"])
