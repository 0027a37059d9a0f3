"""Contracts that the two sides of one enquiry make before either hears of the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Refused
from federation.log.subject import subject_text
from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    ContractConfirmation,
    PartnershipDocument,
)
from federation.partnership.enquiry import EnquiryId
from federation.partnership.fold import fold_enquiry
from federation.partnership.quoting import quote
from federation.partnership.steps import StepKind
from federation.records.refs import said_ref
from node.services.partnership.contract_names import parse_contract_name
from node.services.partnership.documents import documents_of
from node.services.partnership.report_folds import EVERY_MONTH, flows
from node.storage import contracts
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import (
    BUYER,
    CENTER,
    SELLER,
    SIGNED_ON,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path) as given:
        yield given


def crossing(partners: Partners) -> dict[str, str]:
    """Let both sides make a contract of one enquiry of BUYER's; return their names by author."""
    enquiry = partners.name(partners.introduced())
    names = {}
    for member in (BUYER, SELLER):
        party = partners.parties[member]
        names[member] = party.writing.create(terms(), [enquiry], party.options()).name
    partners.sync()
    return names


def counted(partners: Partners) -> list[int]:
    """Return how many contracts each member's report counts."""
    found = []
    for party in partners.parties.values():
        with party.database.read() as tx:
            rows = flows(contracts.every(tx), EVERY_MONTH, "")
        found.append(sum(row.contracts for row in rows))
    return found


def _subject_of(name: str) -> bytes:
    return parse_contract_name(name).subject


def cancel(partners: Partners, author: str, name: str) -> None:
    party = partners.parties[author]
    said = ContractCancellation(reason="以对方文本为准", cancelled_on=SIGNED_ON)
    party.writing.cancel(name, said, "", party.options())
    partners.sync()


def test_contracts_of_both_sides_that_cross_both_stand_and_are_found_again(
    partners: Partners,
) -> None:
    names = crossing(partners)
    quoted = partners.parties[BUYER].show(names[BUYER]).terms.enquiries[0]
    enquiry = partners.name(quoted.enquiry)
    for member in (BUYER, SELLER):
        party = partners.parties[member]
        assert party.writing.create(terms(), [enquiry], party.options()).name == names[member]
        for name in names.values():
            assert not party.show(name).contract.is_confirmed


def test_of_contracts_that_cross_only_that_of_the_winning_step_is_confirmed(
    partners: Partners,
) -> None:
    names = crossing(partners)
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED") as caught:
        partners.confirm(names[SELLER], by=BUYER)
    assert caught.value.metadata["why"] == "OTHER_CONTRACT"
    for _ in range(2):
        partners.confirm(names[BUYER], by=SELLER)
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        partners.confirm(names[SELLER], by=BUYER)
    assert counted(partners) == [1, 1, 1]


def test_who_made_the_winning_contract_cancels_it_and_confirms_the_other(
    partners: Partners,
) -> None:
    names = crossing(partners)
    cancel(partners, BUYER, names[BUYER])
    partners.confirm(names[SELLER], by=BUYER)
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        partners.confirm(names[BUYER], by=SELLER)
    assert counted(partners) == [1, 1, 1]


def test_a_step_that_wins_later_brings_no_second_contract_beside_one_that_both_agreed_to(
    partners: Partners,
) -> None:
    """The buyer confirms the seller's contract, then says CONTRACTED of one of its own."""
    subject = partners.introduced()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    name = seller.writing.create(terms(), [partners.name(subject)], seller.options()).name
    partners.sync()
    said = Contract()
    said.CopyFrom(seller.show(name).terms)
    first = buyer.show(name).contract.first
    confirmation = PartnershipDocument(confirmation=ContractConfirmation(contract=said_ref(first)))
    buyer.seal(_subject_of(name), confirmation, SELLER, CENTER)
    own = buyer.seal(b"o" * 16, PartnershipDocument(contract=said), SELLER, CENTER)
    introduced = PartnershipDocument()
    introduced.step.kind = StepKind.CONTRACTED.value  # type: ignore[assignment] # its number
    introduced.step.answers.CopyFrom(said.enquiries[0].introduced)
    introduced.step.contract.CopyFrom(said_ref(own))
    buyer.seal(subject, introduced, SELLER)
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        partners.confirm(f"nodes/{BUYER}/contracts/{subject_text(b'o' * 16)}", by=SELLER)
    assert counted(partners) == [1, 1, 1]


def test_a_contract_without_its_step_is_not_confirmed_for_the_enquiry_could_end_otherwise(
    partners: Partners,
) -> None:
    name = partners.contract()
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    said = Contract()
    said.CopyFrom(seller.show(name).terms)
    with seller.database.read() as tx:
        documents = documents_of(tx, subject)
    enquiry = fold_enquiry(EnquiryId(subject, BUYER, SELLER), documents)
    said.enquiries[0].CopyFrom(quote(enquiry))
    seller.seal(b"p" * 16, PartnershipDocument(contract=said), BUYER, CENTER)
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED") as caught:
        partners.confirm(f"nodes/{SELLER}/contracts/{subject_text(b'p' * 16)}", by=BUYER)
    assert caught.value.metadata["why"] == "NOT_CONTRACTED"
