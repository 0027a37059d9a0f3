"""Tables of what callers keep on this node: local, never in a log."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from node.storage.schema import metadata

# Searches that callers have saved, to be told what is new.
saved_query: Final = Table(
    "saved_query",
    metadata,
    Column("id", String, primary_key=True),
    # A caller's identity (see `services.access`), and the token as which its webhook asks.
    Column("owner", String, nullable=False),
    Column("token_id", String, nullable=False),
    Column("label", String, nullable=False),
    # A SearchListingsRequest of query and filter.
    Column("request", LargeBinary, nullable=False),
    # Of the feed: all up to it was taken in by the owner.
    Column("position", BigInteger, nullable=False),
    Column("created_at_s", Float, nullable=False),
    # Empty: no webhook.
    Column("webhook_url", String, nullable=False),
    # As it is used. A signature needs the key itself, so a digest as of tokens would be of no use.
    Column("webhook_secret", String, nullable=False),
    Column("next_try_s", Float, nullable=False),
    # Since the last success.
    Column("failures", Integer, nullable=False),
    Column("last_error", String, nullable=False),
    # Why nothing is sent until the owner starts it again; empty: it is sent.
    Column("paused", String, nullable=False),
    UniqueConstraint("owner", "label"),
)

# What callers say of matches. Callers by their identity.
match_feedback: Final = Table(
    "match_feedback",
    metadata,
    Column("name", String, primary_key=True),
    Column("candidate", String, primary_key=True),
    Column("caller", String, primary_key=True),
    Column("is_useful", Boolean, nullable=False),
)

# Pairs that a caller does not take for one thing; name < other.
dismissed_duplicate: Final = Table(
    "dismissed_duplicate",
    metadata,
    Column("caller", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("other", String, primary_key=True),
)
