"""Who reads contracts, how they are found, and that the order of arrival changes nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from federation.log.errors import Refused, YdxError
from federation.partnership.codec import Contract, PartnershipDocument
from federation.records.refs import said_ref
from node.rpc.contract_messages import contract_record
from node.services.access import Caller, Role
from node.services.catalogue.receipts import GivenReceipt
from node.services.partnership.contract_names import parse_contract_name
from node.services.partnership.contracts import DOCUMENTS_MAX
from node.storage import contracts as contract_rows
from node.storage.contracts import ContractFilter
from node.storage.positions import PART_BITS
from node.storage.schema import part
from tests.node.services.partnership.contract_partners import Partners, opened, small_partners
from tests.node.services.partnership.contract_party import Party
from tests.node.services.partnership.contract_texts import (
    AUDITOR,
    BUYER,
    BUYER_USCC,
    CENTER,
    CLERK,
    OTHER,
    SELLER,
    SELLER_USCC,
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


def test_a_partner_reads_the_contracts_of_its_organisation_only(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    mine = Caller(frozenset({Role.PARTNER}), "p", organisation=BUYER_USCC.lower())
    other = Caller(frozenset({Role.PARTNER}), "q", organisation="91310000000000000X")
    nobody = Caller(frozenset({Role.PARTNER}), "r")
    every = ContractFilter()
    for party, caller in ((buyer, mine), (seller, AUDITOR), (seller, CLERK)):
        assert party.show(name, caller).name == name
        page = party.contracts.page(caller, every, 0, 10)
        assert [one.name for one in page.contracts] == [name]
    for party, caller in ((buyer, other), (buyer, nobody), (seller, mine)):
        with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
            party.show(name, caller)
        assert not party.contracts.page(caller, every, 0, 10).contracts


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ({}, True),
        ({"member": CENTER}, True),
        ({"member": OTHER}, False),
        ({"organisation": BUYER_USCC.lower()}, True),
        ({"seller_region": "34"}, True),
        ({"seller_region": "32"}, False),
        ({"types": [1, 2]}, True),
        ({"registrations": [0]}, True),
        ({"registrations": [2]}, False),
        ({"signed_from": "2027-01-10", "signed_until": "2027-01-10"}, True),
        ({"signed_until": "2027-01-09"}, False),
        ({"only_unconfirmed": True}, True),
        ({"register_number": NUMBER}, False),
    ],
)
def test_lists_filter_by_what_a_row_says(
    partners: Partners, which: dict[str, Any], found: bool
) -> None:
    name = partners.contract()
    party = partners.parties[CENTER]
    page = party.contracts.page(CLERK, ContractFilter(**which), 0, 10)
    assert [one.name for one in page.contracts] == ([name] if found else [])


def test_the_order_of_arrival_changes_nothing(partners: Partners) -> None:
    """The center gets what the buyer says of a contract before the contract."""
    subject = partners.introduced()
    buyer, seller, center = (partners.parties[one] for one in (BUYER, SELLER, CENTER))
    name = seller.writing.create(terms(), [partners.name(subject)], seller.options()).name
    buyer.take_from(seller)
    buyer.writing.confirm(name, buyer.show(name).etag, buyer.options())
    center.take_from(buyer)
    center.fold_all()
    with center.database.read() as tx:
        assert not list(contract_rows.every(tx))
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        center.show(name)
    center.take_from(seller, 1)
    partners.sync()
    shown = [partners.parties[member].show(name) for member in (BUYER, SELLER, CENTER)]
    assert all(one.contract.is_confirmed for one in shown)
    assert len({tuple(one.attribution) for one in shown}) == 1
    assert len(shown[0].attribution) == 6
    with center.database.read() as tx:
        (row,) = contract_rows.every(tx)
    assert row.is_confirmed


STEPS: Final = st.lists(
    st.tuples(st.sampled_from((BUYER, SELLER)), st.integers(1, 4), st.booleans(), st.booleans()),
    max_size=12,
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Partners, Path]]:
    """Two sides with a contract that was amended, confirmed and registered, and a center."""
    folder = tmp_path_factory.mktemp("story")
    with small_partners(folder) as given:
        name = given.contract()
        given.confirm(name)
        seller = given.parties[SELLER]
        seller.writing.amend(name, amended(150_000_000), "", seller.options())
        given.sync()
        given.confirm(name)
        seller.writing.register(name, registration(1), "", seller.options())
        given.confirm(given.contract())
        yield given, folder


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_comes_first_the_center_ends_with_the_same_contracts(
    story: tuple[Partners, Path], steps: list[tuple[str, int, bool, bool]]
) -> None:
    partners, folder = story
    sides = partners.parties
    center = sides[CENTER]
    with TemporaryDirectory(dir=folder) as place, opened(CENTER, Path(place), partners) as late:
        for member, most, without, folds in steps:
            late.take_from(sides[member], most, without=without)
            if folds:
                late.fold_all()
        for member in (SELLER, BUYER):
            late.take_from(sides[member])
            late.take_late(sides[member])
        late.fold_all()
        assert told(late) == told(center)


def told(party: Party) -> list[object]:
    """Return what a party tells of all contracts, wherever its rows stand."""
    with party.database.read() as tx:
        rows = sorted(contract_rows.every(tx), key=lambda row: row.subject)
    shown = party.contracts.page(CLERK, ContractFilter(), 0, 10).contracts
    return [
        *(row._replace(position=0) for row in rows),
        *(
            (one.etag, one.attribution, one.contract)
            for one in sorted(shown, key=lambda one: one.name)
        ),
    ]


def test_an_amendment_of_the_other_side_alone_takes_no_contract_from_a_partner(
    partners: Partners,
) -> None:
    name = partners.contract()
    partners.confirm(name)
    seller = partners.parties[SELLER]
    said = amended(130_000_000)
    said.buyer.organisation.uscc = SELLER_USCC
    seller.writing.amend(name, said, "", seller.options())
    partners.sync()
    buyer = partners.parties[BUYER]
    mine = Caller(frozenset({Role.PARTNER}), "p", organisation=BUYER_USCC)
    assert buyer.show(name, mine).name == name
    assert [one.name for one in buyer.contracts.page(mine, ContractFilter(), 0, 9).contracts] == [
        name
    ]


def test_large_contracts_of_the_other_side_stop_no_list(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    said = Contract()
    said.CopyFrom(seller.show(name).terms)
    said.payment_terms = "很" * 80_000
    for number in range(20):
        subject = bytes(15) + bytes((number,))
        seller.seal(subject, PartnershipDocument(contract=said), BUYER, CENTER)
    partners.sync()
    found, after = [], 0
    while True:
        page = buyer.contracts.page(CLERK, ContractFilter(), after, 50)
        assert sum(contract_record(one).ByteSize() for one in page.contracts) < 4 * 1024 * 1024
        found += [one.name for one in page.contracts]
        if page.next_after is None:
            break
        after = page.next_after
    assert len(found) == len({*found}) == 21


def test_of_many_void_documents_those_that_count_are_told_first(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    subject = parse_contract_name(name).subject
    void = PartnershipDocument()
    void.confirmation.contract.CopyFrom(said_ref(seller.show(name).contract.first))
    for number in range(DOCUMENTS_MAX):
        void.confirmation.recorded_at_ms = number + 1
        seller.seal(subject, void, BUYER, CENTER)
    partners.sync()
    partners.confirm(name)
    shown = buyer.show(name)
    assert contract_record(shown).ByteSize() <= shown.size_bytes, "pages count on it"
    told = contract_record(shown).documents
    assert len(told) == DOCUMENTS_MAX
    assert [one.kind for one in told if not one.void_reason] == ["contract", "confirmation"]


def test_many_large_versions_of_the_other_side_leave_a_receipt_of_what_stands(
    partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = partners.contract()
    partners.confirm(name)
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    said = Contract()
    said.CopyFrom(seller.show(name).terms)
    last = seller.show(name).contract.first
    for number in range(20):
        said.previous.CopyFrom(said_ref(last))
        said.amendment_reason = f"第 {number} 稿"
        subject = parse_contract_name(name).subject
        last = seller.seal(subject, PartnershipDocument(contract=said), BUYER, CENTER)
    partners.sync()

    class LargeReceipts:
        def receipt_at(self, origin: str, leaf_index: int, _opened: object) -> GivenReceipt:
            text = f"{origin} {leaf_index}".encode()
            return GivenReceipt(text + bytes(300_000) + b"\n", b"", is_confirmed=True)

    monkeypatch.setattr(buyer.contracts, "_receipts", LargeReceipts())
    proof = buyer.contracts.receipt(CLERK, name)
    assert len(proof.receipts) < 4 * 1024 * 1024
    proven = [line.rstrip(b"\0").decode() for line in proof.receipts.splitlines()]
    shown = buyer.show(name)
    assert len(shown.contract.versions) == 21
    assert len(proven) + proof.left_out == 22, "all versions and the confirmation"
    assert shown.contract.current is not None
    stands = {shown.contract.first, shown.contract.current.ref}
    stands |= {one.document.ref for one in shown.contract.standings if one.document.author == BUYER}
    assert {f"{ref.origin} {ref.leaf_index}" for ref in stands} <= {*proven}


def test_a_contract_that_has_rotted_hides_no_other_one(partners: Partners) -> None:
    rotten, sound = partners.contract(), partners.contract()
    party = partners.parties[BUYER]
    subject = parse_contract_name(rotten).subject
    with party.database.write() as tx:
        (row,) = (one for one in contract_rows.every(tx) if one.subject == subject)
        place = row.position << PART_BITS
        held = tx.execute(select(part.c.content).where(part.c.id == place)).scalar_one()
        changed = held[:-1] + bytes((held[-1] ^ 1,))
        tx.execute(update(part).where(part.c.id == place).values(content=changed))
    with pytest.raises(YdxError, match="COPY_DAMAGED"):
        party.show(rotten)
    page = party.contracts.page(CLERK, ContractFilter(), 0, 10)
    assert [one.name for one in page.contracts] == [sound]
    assert party.contracts.page(CLERK, ContractFilter(), 0, 1).next_after is not None
