"""The tables of the ledger: folded from sealed documents and the center's logs, rebuilt from them.

- A document and an agreement stand at the position of their leaf; an agreement at that of its first
  version. Whatever may name a leaf that is not here is kept as `key_of` of the reference.
- The journal only grows: no row of `ledger_entry` or `ledger_posting` changes before a rebuild.
- A place is that of an outcome: generation, leaf index, number. Amounts are fen, debits above 0.
- Texts of others stand in JSON that is all ASCII, or under a digest: a database takes no NUL.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from node.storage.schema import metadata

_Place: Final = BigInteger().with_variant(Integer, "sqlite")
# DocumentKind: 10 are outcomes, up to 5 proposals. As they are asked: with the numbers in the SQL.
_OUTCOMES: Final = text("is_open AND kind = 10")
_OUTCOMES_1: Final = text("is_open = 1 AND kind = 10")
_PROPOSALS: Final = text("is_open AND kind <= 5")
_PROPOSALS_1: Final = text("is_open = 1 AND kind <= 5")

# The ledger documents that are readable here.
ledger_document: Final = Table(
    "ledger_document",
    metadata,
    Column("position", _Place, primary_key=True, autoincrement=False),
    # Feed position at which it was first readable: the order of arrival.
    Column("arrived", BigInteger, nullable=False),
    # `key_of` the first version of its agreement; empty where it names none.
    Column("agreement", LargeBinary, nullable=False),
    # A DocumentKind.
    Column("kind", SmallInteger, nullable=False),
    # A proposal that was not decided, or outcomes that were not judged to their end.
    Column("is_open", Boolean, nullable=False),
    Index("ix_ledger_document_agreement_arrived", "agreement", "arrived", "kind"),
    Index(
        "ix_ledger_document_outcomes_of",
        "agreement",
        "position",
        sqlite_where=_OUTCOMES_1,
        postgresql_where=_OUTCOMES,
    ),
    Index(
        "ix_ledger_document_outcomes",
        "position",
        "agreement",
        sqlite_where=_OUTCOMES_1,
        postgresql_where=_OUTCOMES,
    ),
    Index(
        "ix_ledger_document_proposals_of",
        "agreement",
        "arrived",
        sqlite_where=_PROPOSALS_1,
        postgresql_where=_PROPOSALS,
    ),
)

# The proposals that acceptances, rejections and disputes name, accepted statements, and of incomes
# the contracts that they come from and what they are found again by (services.ledger.income_marks).
ledger_naming: Final = Table(
    "ledger_naming",
    metadata,
    # `key_of` the proposal or the contract, the statement's digest, or a mark.
    Column("proposal", LargeBinary, primary_key=True),
    # Of the naming document.
    Column("position", _Place, primary_key=True, autoincrement=False),
)

ledger_agreement: Final = Table(
    "ledger_agreement",
    metadata,
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("origin", String, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("author", String, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("center", String, nullable=False),
    # Space-separated, ascending.
    Column("members", String, nullable=False),
    Column("title", String, nullable=False),
    # The small state of its books (services.ledger.state).
    Column("books", String, nullable=False),
    # Up to where outcomes were judged, void ones too; all 0 before the first.
    Column("generation", Integer, nullable=False),
    Column("judged_leaf_index", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    # Why the books cannot be trusted, else empty.
    Column("disputed", String, nullable=False),
    # The next outcome names documents that are not here: `ledger_awaited`.
    Column("waits", Boolean, nullable=False),
    # An outcome came below what was judged: to be folded anew.
    Column("is_stale", Boolean, nullable=False),
    Index("ix_ledger_agreement_author_subject", "author", "subject"),
    Index("ix_ledger_agreement_center", "center"),
    Index(
        "ix_ledger_agreement_stale",
        "position",
        sqlite_where=text("is_stale = 1"),
        postgresql_where=text("is_stale"),
    ),
)

ledger_awaited: Final = Table(
    "ledger_awaited",
    metadata,
    # Position of the agreement.
    Column("agreement", _Place, primary_key=True, autoincrement=False),
    # As JSON: [origin, leaf index, leaf hash].
    Column("ref", String, primary_key=True),
    # All of that but the hash: `ledger.leaf_of`.
    Column("leaf", String, nullable=False),
    Index("ix_ledger_awaited_leaf", "leaf"),
)

# What became of a proposal.
ledger_ruling: Final = Table(
    "ledger_ruling",
    metadata,
    # Of the proposal.
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("agreement", BigInteger, nullable=False),
    # A State.
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    # Of an income: a Booked as JSON, else empty.
    Column("booked", String, nullable=False),
    # SHA-256 of the key under which it is booked once, while it is.
    Column("instalment", LargeBinary),
    UniqueConstraint("agreement", "instalment"),
)

ledger_entry: Final = Table(
    "ledger_entry",
    metadata,
    Column("agreement", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # An EntryKind.
    Column("kind", String, nullable=False),
    Column("own_date", String, nullable=False),
    Column("value_date", String, nullable=False),
    # Positions and leaf hashes.
    Column("proposal", BigInteger, nullable=False),
    Column("proposal_hash", LargeBinary, nullable=False),
    Column("income", BigInteger),
    Column("income_hash", LargeBinary),
    Index("ix_ledger_entry_agreement_value_date", "agreement", "value_date"),
)

ledger_posting: Final = Table(
    "ledger_posting",
    metadata,
    Column("agreement", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Its number within the entry.
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("value_date", String, nullable=False),
    # An AccountKind.
    Column("account", String, nullable=False),
    Column("party", String, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Index("ix_ledger_posting_party", "agreement", "party", "generation", "leaf_index", "number"),
)

# Every so many entries of an agreement, in the order of the outcomes: the first, and how many.
ledger_segment: Final = Table(
    "ledger_segment",
    metadata,
    Column("agreement", BigInteger, primary_key=True, autoincrement=False),
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
)

# What the entries of a segment post to an account on a day; and the sums that `ledger_sums` tells.
ledger_sum: Final = Table(
    "ledger_sum",
    metadata,
    Column("agreement", BigInteger, primary_key=True, autoincrement=False),
    Column("value_date", String, primary_key=True),
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("account", String, primary_key=True),
    Column("party", String, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
)

ledger_statement: Final = Table(
    "ledger_statement",
    metadata,
    Column("agreement", BigInteger, primary_key=True, autoincrement=False),
    # YYYY-MM.
    Column("period", String, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    # A Statement as JSON.
    Column("statement", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("leaf_index", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
)

# Outcomes that change nothing, and alarm.
ledger_void: Final = Table(
    "ledger_void",
    metadata,
    # Of the document, and number within it.
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("agreement", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    # An OutcomeKind, or one that is not known.
    Column("kind", Integer, nullable=False),
    # The proposal's reference as JSON, else empty.
    Column("proposal", String, nullable=False),
    Column("void", String, nullable=False),
    Column("why", String, nullable=False),
    Index("ix_ledger_void_newest", "agreement", "position", "number"),
)

# Logs of members that are the center of an agreement: how far their CHECKPOINT entries are judged.
ledger_center: Final = Table(
    "ledger_center",
    metadata,
    Column("origin_id", Integer, primary_key=True, autoincrement=False),
    Column("scanned_size", BigInteger, nullable=False),
    # The registry version without which nothing behind `scanned_size` can be judged; 0: none.
    Column("waits_for_registry", BigInteger, nullable=False),
)

# The CHECKPOINT entries that count.
ledger_covering: Final = Table(
    "ledger_covering",
    metadata,
    # Of the CHECKPOINT entry.
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("origin", String, nullable=False),
    Column("tree_size", BigInteger, nullable=False),
    Column("registry_version", BigInteger, nullable=False),
)
