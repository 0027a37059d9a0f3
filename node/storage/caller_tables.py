"""Tables of what callers keep on this node, and what it tells them: local, never in a log."""

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

_Place: Final = BigInteger().with_variant(Integer, "sqlite")

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
    # Hears of reminders, by their numbers; `request` is empty, and `position` is of them.
    Column("is_reminders", Boolean, nullable=False),
    # Since when something could not be delivered; 0: nothing.
    Column("waits_since_s", Float, nullable=False),
    UniqueConstraint("owner", "label"),
)

# Deadlines of enquiries that were told, each once for each moment.
reminder: Final = Table(
    "reminder",
    metadata,
    Column("number", _Place, primary_key=True, autoincrement=False),
    # The enquiry.
    Column("subject", LargeBinary, nullable=False),
    Column("enquirer", String, nullable=False),
    Column("listing_member", String, nullable=False),
    # ANSWER or DECISION; its last day, YYYY-MM-DD; DUE_SOON or OVERDUE.
    Column("due", String, nullable=False),
    Column("day", String, nullable=False),
    Column("moment", String, nullable=False),
    # Member that owed it when it was told.
    Column("owed_by", String, nullable=False),
    UniqueConstraint("subject", "enquirer", "listing_member", "due", "day", "moment"),
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

# Who proposed what stands in the own log; identities of callers.
ledger_proposer: Final = Table(
    "ledger_proposer",
    metadata,
    Column("leaf_hash", LargeBinary, primary_key=True),
    Column("identity", String, nullable=False),
)

# When this node accepts by itself, by the leaf hash of an agreement's first version.
ledger_policy: Final = Table(
    "ledger_policy",
    metadata,
    Column("agreement", LargeBinary, primary_key=True),
    Column("set_by", String, nullable=False),
    Column("incomes", Boolean, nullable=False),
    Column("gross_max_fen", BigInteger, nullable=False),
    Column("needs_evidence", Boolean, nullable=False),
    Column("needs_contract", Boolean, nullable=False),
    Column("reversals", Boolean, nullable=False),
    Column("payments", Boolean, nullable=False),
)
