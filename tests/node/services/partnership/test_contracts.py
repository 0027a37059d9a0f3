"""Contracts: made from enquiries, amended, confirmed, registered, cancelled, never doubled."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import Refused
from federation.log.subject import subject_text
from federation.partnership.attribution import Attributed, Share
from federation.partnership.codec import (
    ContractCancellation,
    PartnershipDocument,
)
from federation.partnership.enquiry import enquiries_in
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration
from federation.records.refs import Ref
from node.services.catalogue.records import LISTING
from node.services.partnership.documents import documents_of
from node.storage import contracts as contract_rows
from node.storage.contracts import ContractFilter
from tests.node.services.finding.finding import demand
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_party import Party
from tests.node.services.partnership.contract_texts import (
    BUYER,
    BUYER_USCC,
    CENTER,
    CLERK,
    MANAGER,
    OTHER,
    SELLER,
    SELLER_USCC,
    SERVICE_ORG,
    SIGNED_ON,
    amended,
    registration,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER: Final = "2027340100000001"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path, (BUYER, SELLER, CENTER, OTHER)) as given:
        yield given


def enquiry_state(party: Party, subject: bytes) -> tuple[StepKind | None, Ref | None]:
    with party.database.read() as tx:
        documents = documents_of(tx, subject)
    folded = fold_enquiry(enquiries_in(documents)[0], documents)
    last: Any = folded.chain[-1].facts
    return folded.state, last.contract


@pytest.mark.parametrize(
    ("sentence", "buyer", "seller", "owner", "warned"),
    [
        ("the sides that asked and offer", "", "", "合肥某某研究所", []),
        ("another buyer", "苏州另一制造有限公司", "", "合肥某某研究所", ["E_NOT_WHO_ASKED buyer"]),
        ("another seller", "", "合肥另一研究所", "合肥某某研究所", ["E_NOT_WHOSE_LISTING seller"]),
        ("another owner by its code", "", "", BUYER_USCC, ["E_NOT_WHOSE_LISTING seller"]),
        ("the owner by its code", "", "", SELLER_USCC, []),
    ],
)
def test_sides_that_are_not_who_asked_or_not_whose_listing_it_is_are_warned_of(
    partners: Partners, sentence: str, buyer: str, seller: str, owner: str, warned: list[str]
) -> None:
    said = supply(1)
    by_code = owner.isascii()
    said.public.owner.name = "某某单位" if by_code else owner
    said.public.owner.uscc = owner if by_code else ""
    party = partners.parties[SELLER]
    listing = party.publishing.publish(PLATFORM, LISTING, said, party.options()).record
    partners.listing_subject = listing.name.rpartition("/")[2]
    partners.listing_hash = bytes.fromhex(listing.info.etag.strip('"'))
    contract = terms()
    for side, name in ((contract.buyer, buyer), (contract.seller, seller)):
        if name:
            side.organisation.name = name
            side.organisation.uscc = ""
    name = partners.name(partners.introduced())
    done = party.writing.create(contract, [name], party.options(validate_only=True))
    told = [one for one in done.warnings if one.rule != "E_UNRESOLVED"]
    fields = [f"{one.rule} {one.field.split('.')[1]}" for one in told]
    assert fields == warned, sentence
    assert all(one.field == f"contract.{one.field.split('.')[1]}.organisation" for one in told)


def test_of_a_demand_the_seller_asks_also_where_both_sides_are_of_one_member(
    partners: Partners,
) -> None:
    party = partners.parties[SELLER]
    said = demand(1)
    said.public.owner.name, said.public.owner.uscc = "合肥某某研究所", SELLER_USCC
    listing = party.publishing.publish(PLATFORM, LISTING, said, party.options()).record
    partners.listing_subject = listing.name.rpartition("/")[2]
    partners.listing_hash = bytes.fromhex(listing.info.etag.strip('"'))
    name = partners.name(partners.introduced(SELLER, SELLER), SELLER)
    for buys, sells in (("seller", "buyer"), ("buyer", "seller")):
        contract, given = terms(), terms()
        for side, of in ((contract.buyer, buys), (contract.seller, sells)):
            side.CopyFrom(getattr(given, of))
            side.member = SELLER
        done = party.writing.create(contract, [name], party.options(validate_only=True))
        assert done.warnings == ()
    contract.buyer.organisation.name, contract.buyer.organisation.uscc = "第三方公司", ""
    done = party.writing.create(contract, [name], party.options(validate_only=True))
    assert "E_NOT_WHO_ASKED" in [one.rule for one in done.warnings]


def test_a_contract_ends_its_enquiries_and_is_the_same_on_all_three_members(
    partners: Partners,
) -> None:
    subjects = [partners.introduced(), partners.introduced()]
    seller = partners.parties[SELLER]
    before = seller.size()
    names = [partners.name(subject) for subject in subjects]
    name = seller.writing.create(terms(), names, seller.options()).name
    assert name.startswith(f"nodes/{SELLER}/contracts/")
    assert seller.size() == before + 3
    partners.sync()
    first = seller.show(name).contract.first
    for member in (BUYER, SELLER):
        for subject in subjects:
            state = enquiry_state(partners.parties[member], subject)
            assert state == (StepKind.CONTRACTED, first)
    shown = [partners.parties[member].show(name) for member in (BUYER, SELLER, CENTER)]
    assert len({one.etag for one in shown}) == 1
    assert all(not one.provisional for one in shown)
    assert [tuple(one.allowed) for one in shown] == [
        ("confirmation",),
        ("contract", "cancellation", "registration"),
        (),
    ]
    assert {tuple(one.attribution) for one in shown} == {
        (
            Attributed(Share.LISTING_REGION, SELLER),
            Attributed(Share.ENQUIRING_REGION, BUYER, "", "320500"),
            Attributed(Share.INTRODUCING_REGION, BUYER, "", "320500"),
            Attributed(Share.TECHNOLOGY_MANAGER, SELLER, MANAGER),
            Attributed(Share.SERVICE_ORGANISATION, BUYER, SERVICE_ORG),
            Attributed(Share.CENTER, CENTER),
        )
    }
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        partners.parties[OTHER].show(name)
    assert partners.parties[CENTER].documents(subjects[0]) == 0


def test_who_reads_the_enquiry_reads_how_it_ended(partners: Partners) -> None:
    partners.readers = (CENTER,)
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    seller.writing.create(terms(), [partners.name(subject)], seller.options())
    partners.sync()
    for member in (BUYER, SELLER, CENTER):
        assert enquiry_state(partners.parties[member], subject)[0] is StepKind.CONTRACTED
    assert partners.parties[OTHER].documents(subject) == 0


def test_a_contract_is_carried_to_its_registration(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    buyer.writing.confirm(name, buyer.show(name).etag, buyer.options())
    partners.sync()
    assert seller.show(name).contract.is_confirmed
    seller.writing.amend(name, amended(150_000_000), "", seller.options())
    partners.sync()
    shown = buyer.show(name)
    assert shown.terms.contract_amount_fen == 150_000_000
    assert not shown.contract.is_confirmed
    assert shown.agreed == shown.contract.first
    buyer.writing.confirm(name, shown.etag, buyer.options())
    for state, more in (
        (Registration.ACCEPTED, {}),
        (Registration.REGISTERED, {"register_number": NUMBER}),
    ):
        seller.writing.register(name, registration(state, **more), "", seller.options())
    partners.sync()
    for member in (BUYER, SELLER, CENTER):
        shown = partners.parties[member].show(name)
        assert shown.contract.registration is Registration.REGISTERED
        assert shown.contract.register_number == NUMBER
        assert shown.decided_on == SIGNED_ON
        assert shown.contract.is_confirmed
        with partners.parties[member].database.read() as tx:
            (row,) = contract_rows.every(tx)
            ((quoted,),) = contract_rows.enquiries(tx).values()
        assert (row.contract_amount_fen, row.registration, row.register_number) == (
            150_000_000,
            2,
            NUMBER,
        )
        assert (row.is_agreed, row.is_confirmed, row.is_cancelled, row.is_waiting) == (
            True,
            True,
            False,
            False,
        )
        assert (row.buyer_region, row.seller_region, row.seller_nature) == (
            "320500",
            "340100",
            "021",
        )
        assert (quoted.enquirer, quoted.listing_member) == (BUYER, SELLER)
    seller.writing.cancel(
        name, ContractCancellation(reason="项目终止", cancelled_on=SIGNED_ON), "", seller.options()
    )
    partners.sync()
    assert partners.parties[CENTER].show(name).contract.cancellation is not None
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.amend(name, amended(130_000_000), "", seller.options())


def test_an_identical_repeat_returns_what_stands(partners: Partners) -> None:
    subject = partners.introduced()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    said = [partners.name(subject)]
    names = set()
    request_id = str(uuid.uuid4())
    for _ in range(2):
        names.add(seller.writing.create(terms(), said, seller.options()).name)
        names.add(seller.writing.create(terms(), said, seller.options(request_id, b"x")).name)
        partners.now_s += 7.0
    (name,) = names
    partners.sync()
    etag = buyer.show(name).etag
    for _ in range(2):
        buyer.writing.confirm(name, etag, buyer.options())
        seller.writing.amend(name, amended(150_000_000), "", seller.options())
        seller.writing.amend(name, amended(150_000_000), etag, seller.options())
        seller.writing.register(name, registration(1), "", seller.options())
        partners.now_s += 7.0
    partners.sync()
    shown = seller.show(name)
    assert [one.is_valid for one in shown.contract.standings] == [True] * 4
    with pytest.raises(Refused, match="REQUEST_ID_REUSED"):
        seller.writing.create(terms(), said, seller.options(request_id, b"y"))


def test_a_decision_that_was_overtaken_is_not_taken_for_done(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    refused = registration(Registration.REFUSED, reason="材料不全")
    for said in (registration(1), refused):
        seller.writing.register(name, said, "", seller.options())
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED") as caught:
        seller.writing.register(name, registration(1), "", seller.options())
    assert caught.value.metadata["why"] == "OVERTAKEN"
    again = registration(1, reason="材料已补齐")
    for _ in range(2):
        seller.writing.register(name, again, "", seller.options())
    assert seller.show(name).contract.registration is Registration.ACCEPTED
    assert len(seller.show(name).contract.standings) == 4


def test_one_member_may_stand_for_both_sides(partners: Partners) -> None:
    subject = partners.introduced(SELLER, SELLER)
    seller = partners.parties[SELLER]
    said: Any = terms()
    said.buyer.member = SELLER
    name = seller.writing.create(said, [partners.name(subject, SELLER)], seller.options()).name
    partners.sync()
    for member in (SELLER, CENTER):
        shown = partners.parties[member].show(name)
        assert shown.contract.is_confirmed
        assert shown.agreed == shown.contract.first
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.confirm(name, seller.show(name).etag, seller.options())
    assert enquiry_state(seller, subject)[0] is StepKind.CONTRACTED


def test_of_several_first_versions_of_a_subject_the_lowest_that_counts_has_the_name(
    partners: Partners,
) -> None:
    said = partners.parties[SELLER].show(partners.contract()).terms
    seller = partners.parties[SELLER]
    subject = b"s" * 16
    seller.seal(subject, PartnershipDocument(contract=said), BUYER)  # the center is left out
    second = seller.seal(subject, PartnershipDocument(contract=said), BUYER, CENTER)
    seller.seal(subject, PartnershipDocument(contract=said), BUYER, CENTER)
    partners.sync()
    name = f"nodes/{SELLER}/contracts/{subject_text(subject)}"
    for member in (BUYER, SELLER, CENTER):
        party = partners.parties[member]
        assert party.show(name).contract.first == second
        page = party.contracts.page(CLERK, ContractFilter(), 0, 10)
        assert [one.name for one in page.contracts].count(name) == 1
