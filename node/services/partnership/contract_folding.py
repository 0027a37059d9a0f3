"""Folding contracts from documents: whole for who shows one, as rows for lists and reports.

- The rules are `federation.partnership.contract`; here only the documents are found, and what they
  wait for is looked up until nothing more is proven absent.
- A contract is named by its author and subject; should an author write several first versions of
  one subject, the name is that of the lowest that counts, and the others have none.
- A row says what both sides stand behind: the last version that was confirmed. Until there is one
  it says what the newest claims, with `is_agreed` false: no report counts the claim of one side.
- What is stored of another member's text is stored in its proper form or not at all.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from federation.partnership.codec import parse_document
from federation.partnership.contract import contracts_in, fold_contract
from federation.partnership.terms import REGISTER_NUMBER, Registering, Terms
from federation.records.days import day
from node.services.catalogue.organisation_keys import key_of
from node.services.partnership.documents import settle
from node.storage import contracts, mirrors
from node.storage.contracts import ContractRow, QuotedEnquiry
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.partnership.codec import Contract as SaidContract
    from federation.partnership.contract import Contract
    from federation.partnership.documents import Document
    from federation.records.refs import Ref
    from node.storage.transaction import Transaction

_REGION: Final = re.compile(r"\d{6}", re.ASCII)
_NATURE: Final = re.compile(r"\d{3}", re.ASCII)
_TYPES: Final = range(1, 7)
_KEY_MAX: Final = 200


def folded(
    tx: Transaction, first: Ref, subject: bytes, documents: Sequence[Document]
) -> tuple[Contract, frozenset[Ref]]:
    """Return a contract, and the references that were proven to name nothing."""
    return settle(tx, subject, partial(fold_contract, first, tuple(documents)))


def first_of(documents: Sequence[Document], author: str) -> Ref | None:
    """Return the first version that an author's name for a contract means, or None."""
    places = {one.ref: one.place for one in documents}
    mine = [ref for ref in contracts_in(documents) if ref.member == author]
    by_ref = {one.ref: one for one in documents}
    for ref in sorted(mine, key=lambda ref: places[ref]):
        # Whether a first version counts follows from itself alone; to fold all for each of them
        # would let one author's many cost their square.
        if fold_contract(ref, [by_ref[ref]]).versions:
            return ref
    return None


def contracts_of(
    tx: Transaction, subject: bytes, documents: Sequence[Document]
) -> Iterator[Contract]:
    """Yield the contracts of a subject that have a name, by author."""
    for author in sorted({ref.member for ref in contracts_in(documents)}):
        first = first_of(documents, author)
        if first is not None:
            yield folded(tx, first, subject, documents)[0]


def agreed_version(contract: Contract) -> Document | None:
    """Return the last version that both sides stand behind."""
    return next((one for one in reversed(contract.versions) if one.ref in contract.confirmed), None)


def said_terms(document: Document) -> SaidContract:
    """Return the whole text of a version."""
    return parse_document(document.content).contract


def decided_on(contract: Contract) -> str:
    """Return the day of the last registration document that counts, "" before one."""
    days = [
        parse_document(one.document.content).registration.decided_on
        for one in contract.standings
        if one.is_valid and isinstance(one.document.facts, Registering)
    ]
    return days[-1] if days else ""


class ContractFolder:
    """Keeps the rows of contracts, one subject at a time."""

    def fold(self, tx: Transaction, subject: bytes, documents: Sequence[Document]) -> None:
        """Put what the documents of a subject amount to in place of its rows."""
        found = contracts_of(tx, subject, documents)
        contracts.replace(tx, subject, [_row(tx, subject, one) for one in found])

    def clear(self, tx: Transaction) -> None:
        """Remove all rows."""
        contracts.clear(tx)


def _row(
    tx: Transaction, subject: bytes, contract: Contract
) -> tuple[ContractRow, list[QuotedEnquiry]]:
    agreed = agreed_version(contract)
    document = agreed or contract.versions[-1]
    said, terms = said_terms(document), document.facts
    assert isinstance(terms, Terms)  # noqa: S101 - versions are; tells the checker
    origin_id = mirrors.get(tx, contract.first.origin).origin_id
    row = ContractRow(
        position=position(origin_id, contract.first.leaf_index),
        subject=subject,
        author=contract.author,
        buyer=terms.buyer,
        seller=terms.seller,
        center=terms.center,
        buyer_region=_proper(_REGION, said.buyer.region),
        seller_region=_proper(_REGION, said.seller.region),
        buyer_organisation=_cut(key_of(said.buyer.organisation)),
        seller_organisation=_cut(key_of(said.seller.organisation)),
        seller_nature=_proper(_NATURE, said.seller.nature_code),
        type=said.type if said.type in _TYPES else 0,
        signed_on=_day(said.signed_on),
        contract_amount_fen=terms.contract_amount_fen,
        technical_amount_fen=terms.technical_amount_fen,
        registration=int(contract.registration),
        register_number=_proper(REGISTER_NUMBER, contract.register_number),
        decided_on=_day(decided_on(contract)),
        is_agreed=agreed is not None,
        is_confirmed=contract.is_confirmed,
        is_cancelled=contract.cancellation is not None,
        is_waiting=bool(contract.waits_for),
    )
    quoted = [
        QuotedEnquiry(link.enquiry, link.submitted.member, link.listing.member)
        for link in terms.links
    ]
    return row, quoted


def _proper(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""


def _day(text: str) -> str:
    return text if day(text) else ""


def _cut(text: str) -> str:
    return text.replace("\0", "")[:_KEY_MAX]
