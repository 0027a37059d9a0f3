"""Contracts on simulated members: made, amended, confirmed, registered, cancelled, proven."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.log.errors import Refused, YdxError
from federation.log.subject import subject_text
from federation.partnership.attribution import Attributed, Share
from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    ContractRegistration,
    PartnershipDocument,
)
from federation.partnership.fold import enquiries_in, fold_enquiry
from federation.partnership.refs import Ref, said_ref
from federation.partnership.steps import StepKind
from federation.partnership.terms import Registration
from node.services.access import Caller, Role
from node.services.contract_names import parse_contract_name
from node.services.errors import InvalidFields
from node.services.partnership_documents import documents_of
from node.storage import contracts as contract_rows
from node.storage.contracts import ContractFilter
from tests.node.services.contract_party import (
    AUDITOR,
    BUYER,
    BUYER_USCC,
    CENTER,
    CLERK,
    MANAGER,
    OTHER,
    SELLER,
    SERVICE_ORG,
    SIGNED_ON,
    Partners,
    Party,
    amended,
    opened,
    small_partners,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER: Final = "2027340100000001"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path, (BUYER, SELLER, CENTER, OTHER)) as given:
        yield given


def registration(state: int, **more: str) -> ContractRegistration:
    return ContractRegistration(state=state, decided_on=SIGNED_ON, **more)  # type: ignore[arg-type]


def enquiry_state(party: Party, subject: bytes) -> tuple[StepKind | None, Ref | None]:
    with party.database.read() as tx:
        documents = documents_of(tx, subject)
    folded = fold_enquiry(enquiries_in(documents)[0], documents)
    last: Any = folded.chain[-1].facts
    return folded.state, last.contract


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


@pytest.mark.parametrize(
    ("centers", "told"), [([], "none"), (["center", "shanghai"], "center, shanghai")]
)
def test_without_exactly_one_center_no_contract_is_made(
    partners: Partners, centers: list[str], told: str
) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    seller.centers = centers
    with pytest.raises(Refused, match="NO_CENTER") as caught:
        seller.writing.create(terms(), [partners.name(subject)], seller.options())
    assert caught.value.metadata["found"] == told


def _other_sides(said: Any) -> None:
    said.buyer.member = OTHER


def _too_technical(said: Any) -> None:
    said.technical_amount_fen = said.contract_amount_fen + 1


def _tomorrow(said: Any) -> None:
    said.signed_on = "2027-02-01"


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        (_other_sides, "LINK_SIDES", "contract.enquiries[0]"),
        (_too_technical, "TECHNICAL_AMOUNT", "contract.technical_amount_fen"),
        (_tomorrow, "DATE_IN_FUTURE", "contract.signed_on"),
    ],
)
def test_terms_that_break_a_rule_are_refused_under_the_requests_paths(
    partners: Partners, change: Any, rule: str, field: str
) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    said = terms()
    change(said)
    before = seller.size()
    with pytest.raises(InvalidFields) as caught:
        seller.writing.create(said, [partners.name(subject)], seller.options())
    (found,) = [one for one in caught.value.violations if one.rule == rule]
    assert found.field == field
    assert found.text_en.startswith(field)
    assert seller.size() == before


def test_only_introduced_enquiries_of_ours_lead_to_one_contract(partners: Partners) -> None:
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    subject, _ = partners.submit()
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.create(terms(), [partners.name(subject)], seller.options())
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        partners.parties[OTHER].writing.create(terms(), [partners.name(subject)], seller.options())
    with pytest.raises(InvalidFields, match="INVALID_FIELD"):
        seller.writing.create(terms(), [], seller.options())
    subject = partners.introduced()
    seller.writing.create(terms(), [partners.name(subject)], seller.options())
    before = seller.size(), buyer.size()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        seller.writing.create(
            terms(project_name="另一个项目"), [partners.name(subject)], seller.options()
        )
    partners.sync()
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
        buyer.writing.create(terms(), [partners.name(subject)], buyer.options())
    assert (seller.size(), buyer.size()) == before


def test_the_check_alone_writes_nothing(partners: Partners) -> None:
    subject = partners.introduced()
    seller = partners.parties[SELLER]
    before = seller.size()
    done = seller.writing.create(
        terms(), [partners.name(subject)], seller.options(validate_only=True)
    )
    assert not done.name
    assert seller.size() == before


def test_who_has_not_read_the_version_in_force_does_not_agree_to_it(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    etag = buyer.show(name).etag
    seller.writing.amend(name, amended(150_000_000), "", seller.options())
    partners.sync()
    calls: list[Callable[[], object]] = [
        lambda: buyer.writing.confirm(name, etag, buyer.options()),
        lambda: seller.writing.amend(name, amended(140_000_000), etag, seller.options()),
        lambda: buyer.writing.confirm(name, f'"{"0" * 64}"', buyer.options()),
    ]
    for call in calls:
        with pytest.raises(Refused, match="STALE_ETAG"):
            call()
    with pytest.raises(InvalidFields):
        buyer.writing.confirm(name, "", buyer.options())


def test_each_side_writes_only_what_is_its_to_say(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller, center = (partners.parties[one] for one in (BUYER, SELLER, CENTER))
    etag = seller.show(name).etag
    cancelled = ContractCancellation(reason="项目终止", cancelled_on=SIGNED_ON)
    calls: list[Callable[[], object]] = [
        lambda: seller.writing.confirm(name, etag, seller.options()),
        lambda: buyer.writing.register(name, registration(1), "", buyer.options()),
        lambda: buyer.writing.cancel(name, cancelled, "", buyer.options()),
        lambda: center.writing.confirm(name, etag, center.options()),
        lambda: seller.writing.register(
            name, registration(2, register_number=NUMBER), "", seller.options()
        ),
    ]
    for call in calls:
        with pytest.raises(Refused, match="STEP_NOT_ALLOWED"):
            call()


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


def test_contracts_of_both_sides_that_cross_both_stand_and_are_found_again(
    partners: Partners,
) -> None:
    enquiry = partners.name(partners.introduced())
    names = {}
    for member in (BUYER, SELLER):
        party = partners.parties[member]
        names[member] = party.writing.create(terms(), [enquiry], party.options()).name
    partners.sync()
    for member in (BUYER, SELLER):
        party = partners.parties[member]
        assert party.writing.create(terms(), [enquiry], party.options()).name == names[member]
        for name in names.values():
            assert not party.show(name).contract.is_confirmed


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


def test_a_contract_that_misquotes_is_not_confirmed(partners: Partners) -> None:
    subject = partners.introduced()
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    said: Any = seller.show(name).terms
    forged = Contract()
    forged.CopyFrom(said)
    forged.enquiries[0].from_region = "330100"
    place = seller.seal(b"f" * 16, PartnershipDocument(contract=forged), BUYER, CENTER)
    partners.sync()
    forged_name = f"nodes/{SELLER}/contracts/{subject_text(b'f' * 16)}"
    shown = buyer.show(forged_name)
    assert shown.contract.first == place
    with pytest.raises(Refused, match="CONTRACT_MISQUOTES") as caught:
        buyer.writing.confirm(forged_name, shown.etag, buyer.options())
    assert caught.value.metadata["fields"] == "from_region"
    assert subject


def test_a_quoted_step_that_has_not_come_is_waited_for(partners: Partners) -> None:
    name = partners.contract()
    buyer, seller = partners.parties[BUYER], partners.parties[SELLER]
    forged = Contract()
    forged.CopyFrom(seller.show(name).terms)
    forged.enquiries[0].introduced.leaf_index = 9_999
    seller.seal(b"g" * 16, PartnershipDocument(contract=forged), BUYER, CENTER)
    partners.sync()
    late = f"nodes/{SELLER}/contracts/{subject_text(b'g' * 16)}"
    with pytest.raises(YdxError, match="DOCUMENT_MISSING"):
        buyer.writing.confirm(late, buyer.show(late).etag, buyer.options())


def test_a_version_that_leaves_out_the_center_counts_nowhere(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    subject = parse_contract_name(name).subject
    shown = seller.show(name)
    said = Contract()
    said.CopyFrom(shown.terms)
    said.previous.CopyFrom(said_ref(shown.contract.first))
    said.contract_amount_fen = 1
    said.technical_amount_fen = 1
    seller.seal(subject, PartnershipDocument(contract=said), BUYER)
    partners.sync()
    amounts = {
        partners.parties[member].show(name).terms.contract_amount_fen
        for member in (BUYER, SELLER, CENTER)
    }
    assert amounts == {120_000_000}
    voids = [one.void for one in partners.parties[BUYER].show(name).contract.standings]
    assert [str(void) for void in voids if void] == ["NOT_ADDRESSED"]


def test_a_partner_reads_the_contracts_of_its_organisation_only(partners: Partners) -> None:
    name = partners.contract()
    seller = partners.parties[SELLER]
    mine = Caller(frozenset({Role.PARTNER}), "p", organisation=BUYER_USCC)
    other = Caller(frozenset({Role.PARTNER}), "q", organisation="91310000000000000X")
    nobody = Caller(frozenset({Role.PARTNER}), "r")
    every = ContractFilter()
    for caller in (mine, AUDITOR, CLERK):
        assert seller.show(name, caller).name == name
        page = seller.contracts.page(caller, every, 0, 10)
        assert [one.name for one in page.contracts] == [name]
    for caller in (other, nobody):
        with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
            seller.show(name, caller)
        assert not seller.contracts.page(caller, every, 0, 10).contracts


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
