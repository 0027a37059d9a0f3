"""The tables of contracts: folded from sealed documents, and rebuilt from them.

- A contract is one row, at the position of its first version. It says what lists and reports ask
  for; the whole contract is folded from its documents whenever it is shown.
- What others wrote is stored only in its proper form (a day, a code, a number of 16 digits), else
  empty or 0: the folds are lenient, a database is not.
- Facts are those of the last version that both sides stand behind; of the newest one while there is
  none (`is_agreed` false).
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
)

from node.storage.schema import metadata

_Place: Final = BigInteger().with_variant(Integer, "sqlite")

contract: Final = Table(
    "contract",
    metadata,
    # Of the first version.
    Column("position", _Place, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary, nullable=False),
    # Members.
    Column("author", String, nullable=False),
    Column("buyer", String, nullable=False),
    Column("seller", String, nullable=False),
    Column("center", String, nullable=False),
    Column("buyer_region", String, nullable=False),
    Column("seller_region", String, nullable=False),
    # Keys of organisations (services.catalogue.organisation_keys).
    Column("buyer_organisation", String, nullable=False),
    Column("seller_organisation", String, nullable=False),
    # 单位性质 of the seller, three digits.
    Column("seller_nature", String, nullable=False),
    # A ContractType.
    Column("type", SmallInteger, nullable=False),
    Column("signed_on", String, nullable=False),
    Column("contract_amount_fen", BigInteger, nullable=False),
    Column("technical_amount_fen", BigInteger, nullable=False),
    # A Registration.
    Column("registration", SmallInteger, nullable=False),
    Column("register_number", String, nullable=False),
    # Of the last registration document.
    Column("decided_on", String, nullable=False),
    # Both sides stand behind a version; behind the newest one.
    Column("is_agreed", Boolean, nullable=False),
    Column("is_confirmed", Boolean, nullable=False),
    Column("is_cancelled", Boolean, nullable=False),
    # A document that is named has not come.
    Column("is_waiting", Boolean, nullable=False),
    Index("ix_contract_subject", "subject"),
)

# The enquiries that a contract quotes.
contract_enquiry: Final = Table(
    "contract_enquiry",
    metadata,
    # Position of the contract.
    Column("contract", _Place, primary_key=True, autoincrement=False),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary, nullable=False),
    # Members.
    Column("enquirer", String, nullable=False),
    Column("listing_member", String, nullable=False),
    Index("ix_contract_enquiry_subject", "subject"),
)
