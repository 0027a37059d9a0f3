"""The first tables."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_Place: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Hashes, salts and commitments do not compress, and a piece of a bundle is read without the rest.
_UNCOMPRESSED: Final = (("entry_bundle", "data"), ("hash_tile", "data"), ("part", "content"))


def upgrade() -> None:
    """Make the step."""
    _make_logs()
    _make_views()
    _make_feed()
    _make_witnessing()
    _make_trust()
    op.execute("INSERT INTO meta VALUES ('syncs', '0'), ('fold_version', '0')")
    if op.get_context().dialect.name == "postgresql":
        for table, column in _UNCOMPRESSED:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def _make_logs() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "mirror",
        sa.Column("origin_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("verified_size", sa.BigInteger(), nullable=False),
        sa.Column("verified_root", sa.LargeBinary(), nullable=False),
        sa.Column("compact_range", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_size", sa.BigInteger(), nullable=False),
        sa.Column("newest_note", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_note", sa.LargeBinary(), nullable=True),
        sa.Column("published_note", sa.LargeBinary(), nullable=True),
        sa.Column("frozen_size", sa.BigInteger(), nullable=True),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("last_proven_at_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("origin_id", name="pk_mirror"),
        sa.UniqueConstraint("origin", name="uq_mirror_origin"),
    )
    op.create_table(
        "entry_bundle",
        sa.Column("id", _Place, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_bundle"),
    )
    op.create_table(
        "hash_tile",
        sa.Column("id", _Place, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hash_tile"),
    )
    op.create_table(
        "part",
        sa.Column("id", _Place, autoincrement=False, nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_part"),
    )


def _make_views() -> None:
    op.create_table(
        "catalogue",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("audiences", sa.SmallInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("listing_kind", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("tech_field", sa.Integer(), nullable=False),
        sa.Column("trl", sa.SmallInteger(), nullable=False),
        sa.Column("valid_until", sa.String(), nullable=False),
        sa.Column("source_platform", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_catalogue"),
        sa.UniqueConstraint("origin_id", "subject", name="uq_catalogue_origin_id_subject"),
    )
    op.create_table(
        "superseded",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("audiences", sa.SmallInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_superseded"),
    )
    op.create_index(
        "ix_superseded_origin_id_subject", "superseded", ["origin_id", "subject"], unique=False
    )
    op.create_table(
        "erased",
        sa.Column("part_id", _Place, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("part_id", name="pk_erased"),
    )
    op.create_table(
        "void_part",
        sa.Column("part_id", _Place, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("part_id", name="pk_void_part"),
    )
    op.create_table(
        "wanted_part",
        sa.Column("part_id", _Place, autoincrement=False, nullable=False),
        sa.Column("audience", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("part_id", name="pk_wanted_part"),
    )
    op.create_index("ix_wanted_part_next_try_s", "wanted_part", ["next_try_s"], unique=False)
    op.create_table(
        "invalid_entry",
        sa.Column("position", _Place, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_invalid_entry"),
    )


def _make_feed() -> None:
    op.create_table(
        "source",
        sa.Column("source_platform", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source_platform", "source_id", name="pk_source"),
        sa.UniqueConstraint("subject", name="uq_source_subject"),
    )
    op.create_table(
        "arrival",
        sa.Column("feed_start", _Place, autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("first_leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed_start", name="pk_arrival"),
    )
    op.create_index(
        "ix_arrival_origin_id_feed_start", "arrival", ["origin_id", "feed_start"], unique=False
    )
    op.create_table(
        "request",
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("request", name="pk_request"),
    )
    op.create_index("ix_request_recorded_at_s", "request", ["recorded_at_s"], unique=False)


def _make_witnessing() -> None:
    op.create_table(
        "intent",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intent"),
    )
    op.create_table(
        "witness_cosigned",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("cosignature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_witness_cosigned"),
    )
    op.create_table(
        "witness_start",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("start_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_witness_start"),
    )
    op.create_table(
        "evidence",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_evidence"),
    )
    op.create_table(
        "quorum_note",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "number", name="pk_quorum_note"),
    )
    op.create_table(
        "rest",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("until_s", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("peer", "origin", name="pk_rest"),
    )


def _make_trust() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at_s", sa.Float(), nullable=False),
        sa.Column("expires_at_s", sa.Float(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("last_used_on", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
    )
    op.create_table(
        "trust_file",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("role", "version", name="pk_trust_file"),
    )
