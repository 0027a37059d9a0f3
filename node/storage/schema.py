"""The tables: everything that a node knows, except its keys and the files beside them.

- A log's bytes are `entry_bundle`, `hash_tile` and `part`; what stands in `catalogue`,
  `superseded`, `erased`, `invalid_entry`, `source` and `sealed` is folded from them and can be
  rebuilt. So is what follows the change feed up to a `view_position`: `enquiry` and
  `awaited_document`.
- Numbers name places (see `positions`): position = origin_id << 40 | leaf_index, part id =
  position << 3 | part number. They grow with the log, so inserts go to the end of a B-tree.
- The tables of the hot path have one row a subject or a part and no index but the two that the
  rules need. A revision moves its catalogue row to the new position and leaves one in `superseded`.
- Times are Unix seconds (float) and only inform. Notes, lines and files are kept byte for byte.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

# SQLite keeps a table in the order of its key only if the key is called INTEGER.
_Place: Final = BigInteger().with_variant(Integer, "sqlite")

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta: Final = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

mirror: Final = Table(
    "mirror",
    metadata,
    Column("origin_id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String, nullable=False, unique=True),
    Column("is_own", Boolean, nullable=False),
    Column("verified_size", BigInteger, nullable=False),
    Column("verified_root", LargeBinary, nullable=False),
    Column("compact_range", LargeBinary, nullable=False),
    Column("confirmed_size", BigInteger, nullable=False),
    # Largest signed note known, with all cosignatures known.
    Column("newest_note", LargeBinary),
    # Largest quorum-cosigned note known.
    Column("confirmed_note", LargeBinary),
    # Own log: largest note that another member has stored, so that it may be published.
    Column("published_note", LargeBinary),
    # Set while the origin is frozen: entries at or above are hidden.
    Column("frozen_size", BigInteger),
    # Bytes of entries and parts taken in, held against the registry's quota.
    Column("used_bytes", BigInteger, nullable=False),
    # When the copy was last proven current, by a cosignature or by meeting the origin.
    Column("last_proven_at_s", Float, nullable=False),
)

entry_bundle: Final = Table(
    "entry_bundle",
    metadata,
    Column("id", _Place, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

hash_tile: Final = Table(
    "hash_tile",
    metadata,
    Column("id", _Place, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

# salt ‖ payload. No row: not held (withheld, wanted, void or erased).
part: Final = Table(
    "part",
    metadata,
    Column("id", _Place, primary_key=True, autoincrement=False),
    Column("audience", SmallInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Parts that an ERASE entry names. Their bytes lie here, out of every reader's way, until destroyed.
erased: Final = Table(
    "erased",
    metadata,
    Column("part_id", _Place, primary_key=True, autoincrement=False),
    # Of the ERASE entry.
    Column("position", BigInteger, nullable=False),
    Column("audience", SmallInteger, nullable=False),
    Column("content", LargeBinary),
    # Of what is not destroyed yet.
    Index(
        "ix_erased_position",
        "position",
        sqlite_where=text("content IS NOT NULL"),
        postgresql_where=text("content IS NOT NULL"),
    ),
)

# How far this node has come with destroying what an ERASE entry names. Local: its clock counts.
destruction: Final = Table(
    "destruction",
    metadata,
    # Of the ERASE entry.
    Column("position", _Place, primary_key=True, autoincrement=False),
    # How many of the parts that it names were held here.
    Column("parts", Integer, nullable=False),
    # When it was first seen here: the delay runs from then.
    Column("noted_at_s", Float, nullable=False),
    # When an operator agreed to it, if one did.
    Column("agreed_at_s", Float),
    # When the tables held its parts no more; when no file of the database did.
    Column("emptied_at_s", Float),
    Column("destroyed_at_s", Float),
)

# Parts that came and open, but whose header speaks of another place: never kept, never asked for.
void_part: Final = Table(
    "void_part",
    metadata,
    Column("part_id", _Place, primary_key=True, autoincrement=False),
)

wanted_part: Final = Table(
    "wanted_part",
    metadata,
    Column("part_id", _Place, primary_key=True, autoincrement=False),
    Column("audience", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_s", Float, nullable=False),
    # Its origin has said that it does not name us; it is wanted since a document cites it.
    Column("is_withheld", SmallInteger, nullable=False),
    Index("ix_wanted_part_next_try_s", "next_try_s"),
)

# Sealed parts that readable documents refer to: every member is asked for them.
cited_part: Final = Table(
    "cited_part",
    metadata,
    Column("part_id", _Place, primary_key=True, autoincrement=False),
)

invalid_entry: Final = Table(
    "invalid_entry",
    metadata,
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("reason", String, nullable=False),
)

catalogue: Final = Table(
    "catalogue",
    metadata,
    # Of the record's latest advancing entry.
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("origin_id", Integer, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
    # LISTING 2, ORGANISATION 3, MANAGER 4.
    Column("kind", SmallInteger, nullable=False),
    # Bit a is set where the entry has a part of audience a.
    Column("audiences", SmallInteger, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    # A RecordState. WITHDRAWN and HIDDEN rows have empty facets.
    Column("state", SmallInteger, nullable=False),
    Column("listing_kind", SmallInteger, nullable=False),
    Column("title", String, nullable=False),
    Column("region", String, nullable=False),
    Column("tech_field", Integer, nullable=False),
    Column("trl", SmallInteger, nullable=False),
    Column("valid_until", String, nullable=False),
    Column("source_platform", String, nullable=False),
    Column("source_id", String, nullable=False),
    UniqueConstraint("origin_id", "subject"),
)

# Earlier advancing entries of records that were revised or withdrawn.
superseded: Final = Table(
    "superseded",
    metadata,
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("origin_id", Integer, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("audiences", SmallInteger, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Index("ix_superseded_origin_id_subject_revision", "origin_id", "subject", "revision"),
)

# The sealed documents that are readable here. Headers and contents stand in `part`.
sealed: Final = Table(
    "sealed",
    metadata,
    Column("position", _Place, primary_key=True, autoincrement=False),
    # The document's own.
    Column("subject", LargeBinary, nullable=False),
    # Bit n is set where part n is held and can be shown.
    Column("parts", SmallInteger, nullable=False),
    Index("ix_sealed_subject", "subject"),
)

# How far a view that follows the change feed has come, and what built it.
view_position: Final = Table(
    "view_position",
    metadata,
    Column("name", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("fold_version", String, nullable=False),
)

# What documents name as being of their own subject, and is not here.
awaited_document: Final = Table(
    "awaited_document",
    metadata,
    Column("origin", String, primary_key=True),
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary, primary_key=True),
    # The logs prove that no such document stands there.
    Column("is_absent", Boolean, nullable=False),
    Index("ix_awaited_document_subject", "subject"),
)

# One row an enquiry: what lists and reports need. Nothing in it is personal.
enquiry: Final = Table(
    "enquiry",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("enquirer", String, primary_key=True),
    Column("listing_member", String, primary_key=True),
    # A StepKind; 0 while the first step is not here.
    Column("state", SmallInteger, nullable=False),
    Column("is_ended", Boolean, nullable=False),
    # Bit k is set where the winning steps have one of kind k.
    Column("reached", Integer, nullable=False),
    Column("listing", String, nullable=False),
    # Credit code, else the name (organisation_keys); organisation_name below is the name always.
    Column("organisation", String, nullable=False),
    Column("from_region", String, nullable=False),
    # Of an own listing: the digest of its owner's key, and its platform; else empty.
    Column("owner_digest", String, nullable=False),
    Column("source_platform", String, nullable=False),
    # YYYY-MM-DD; empty where none is open.
    Column("answer_due", String, nullable=False),
    Column("decision_due", String, nullable=False),
    # The earlier of the two, 9999-12-31 where none is open: lists are sorted by it.
    Column("due", String, nullable=False),
    # Member that owes what is due first.
    Column("owed_by", String, nullable=False),
    Column("waits", Boolean, nullable=False),  # for a document that is named
    # Members that have given contacts and not taken them back, in order, space-separated.
    Column("contacts_from", String, nullable=False),
    # As the documents say, Unix milliseconds; 0 where there is none.
    Column("submitted_at_ms", BigInteger, nullable=False),
    Column("answered_at_ms", BigInteger, nullable=False),
    Column("accepted_at_ms", BigInteger, nullable=False),
    Column("contracted_at_ms", BigInteger, nullable=False),
    Column("last_at_ms", BigInteger, nullable=False),
    # Of the last winning step of each side: what is not confirmed below them is provisional.
    Column("enquirer_position", BigInteger, nullable=False),
    Column("listing_position", BigInteger, nullable=False),
    Column("organisation_name", String, nullable=False, server_default=text("''")),
    Index("ix_enquiry_is_ended_due_subject", "is_ended", "due", "subject"),
)

# How many enquiries an organisation has submitted here on a day of Asia/Shanghai.
enquiry_quota: Final = Table(
    "enquiry_quota",
    metadata,
    Column("organisation", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

# Own log only: which live record stands for a platform's number.
source: Final = Table(
    "source",
    metadata,
    Column("source_platform", String, primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("subject", LargeBinary, nullable=False, unique=True),
)

# The change feed: feed position feed_start + i is leaf first_leaf_index + i of the origin.
arrival: Final = Table(
    "arrival",
    metadata,
    Column("feed_start", _Place, primary_key=True, autoincrement=False),
    Column("origin_id", Integer, nullable=False),
    Column("first_leaf_index", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    # An ArrivalKind.
    Column("kind", SmallInteger, nullable=False),
    Index("ix_arrival_origin_id_feed_start", "origin_id", "feed_start"),
)

request: Final = Table(
    "request",
    metadata,
    Column("request", LargeBinary, primary_key=True),
    Column("body_digest", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False),
    Column("recorded_at_s", Float, nullable=False),
    Index("ix_request_recorded_at_s", "recorded_at_s"),
)

# One row: what the own log key signed last, or is about to sign.
intent: Final = Table(
    "intent",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tree_size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
)

witness_cosigned: Final = Table(
    "witness_cosigned",
    metadata,
    Column("origin", String, primary_key=True),
    Column("tree_size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("cosignature", LargeBinary, nullable=False),
)

witness_start: Final = Table(
    "witness_start",
    metadata,
    Column("member", String, primary_key=True),
    Column("start_id", LargeBinary, nullable=False),
)

evidence: Final = Table(
    "evidence",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("origin", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Of an origin with evidence: the quorum-cosigned notes that decide where it is frozen.
quorum_note: Final = Table(
    "quorum_note",
    metadata,
    Column("origin", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
)

rest: Final = Table(
    "rest",
    metadata,
    Column("peer", String, primary_key=True),
    Column("origin", String, primary_key=True),
    Column("until_s", Float, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reason", String, nullable=False),
)

token: Final = Table(
    "token",
    metadata,
    Column("id", String, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("label", String, nullable=False),
    # Space-separated.
    Column("roles", String, nullable=False),
    # Of a platform token: its source_platform; of a partner token: its organisation; else empty.
    Column("scope", String, nullable=False),
    Column("created_at_s", Float, nullable=False),
    Column("expires_at_s", Float, nullable=False),
    Column("revoked", Boolean, nullable=False),
    # YYYY-MM-DD, UTC; empty: never. A day, so that using a token seldom writes.
    Column("last_used_on", String, nullable=False),
    # The person who uses it; empty: not said.
    Column("holder", String, nullable=False),
)

trust_file: Final = Table(
    "trust_file",
    metadata,
    Column("role", String, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
