"""ContractService over a real listener: who may call what, arguments, answers, reports."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from node.rpc import contract_service
from node.rpc.client_errors import read_error
from node.rpc.policy import POLICY
from node.services.access import Role
from node.services.catalogue.records import LISTING, MANAGER
from node.services.log.write_options import WriteOptions
from tests.node.rpc.contract_serving import Client, ContractExchange, contract_listener
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.contract_partners import Partners, small_partners
from tests.node.services.partnership.contract_texts import (
    BUYER,
    BUYER_USCC,
    CENTER,
    CLERK,
    SELLER,
    SELLER_USCC,
    SIGNED_ON,
    amended,
    terms,
)
from ydx.exchange.v1 import contract_messages_pb2 as pb
from ydx.exchange.v1 import contract_pb2, manager_pb2, organisation_view_pb2, report_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBER = "2027340100000001"


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with small_partners(tmp_path) as given:
        yield given


@pytest.fixture
def exchange(partners: Partners, tmp_path: Path) -> ContractExchange:
    return ContractExchange(partners.parties[SELLER], tmp_path / "search")


@pytest.fixture
def client(exchange: ContractExchange) -> Iterator[Client]:
    with contract_listener(exchange) as port:
        one = Client(port)
        with one.channel:
            yield one


def refused(call: Any) -> tuple[str, str, dict[str, str]]:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error = read_error(caught.value)
    return error.reason, error.code, dict(error.metadata)


def registration(state: int, register_number: str) -> contract_pb2.ContractRegistration:
    return contract_pb2.ContractRegistration(
        state=state,  # type: ignore[arg-type] # its number
        decided_on=SIGNED_ON,
        register_number=register_number,
    )


def test_a_contract_goes_from_its_enquiry_to_its_registration(
    partners: Partners, client: Client
) -> None:
    enquiry = partners.name(partners.introduced())
    request_id = str(uuid.uuid4())
    create = pb.CreateContractRequest(contract=terms(), enquiries=[enquiry], request_id=request_id)
    answer = client.call("CreateContract", create)
    made = answer.contract
    assert answer.changed
    assert client.call("CreateContract", create) == answer, "a retry answers as the first time"
    create.request_id = ""
    again = client.call("CreateContract", create)
    assert (again.contract, again.changed) == (made, False)
    assert made.name.startswith(f"nodes/{SELLER}/contracts/")
    assert made.contract.center == CENTER
    assert [one.share for one in made.attribution] == [1, 2, 3, 4, 5, 6]
    assert made.allowed == ["contract", "cancellation", "registration"]
    assert made.provisional
    assert [(one.kind, one.void_reason) for one in made.documents] == [("contract", "")]
    partners.sync()
    partners.confirm(made.name)
    amend = pb.AmendContractRequest(name=made.name, contract=amended(150_000_000), etag=made.etag)
    after = client.call("AmendContract", amend).contract
    assert after.versions == 2
    assert (after.confirmed, after.agreed) == (False, made.first)
    for state, number in ((1, ""), (2, NUMBER)):
        request = pb.RecordRegistrationRequest(
            name=made.name, registration=registration(state, number)
        )
        after = client.call("RecordRegistration", request).contract
    assert (after.registration, after.register_number, after.decided_on) == (2, NUMBER, SIGNED_ON)
    cancel = pb.CancelContractRequest(
        name=made.name,
        cancellation=contract_pb2.ContractCancellation(reason="项目终止", cancelled_on=SIGNED_ON),
    )
    assert client.call("CancelContract", cancel).contract.cancelled
    partners.sync()
    shown = client.call("GetContract", pb.GetContractRequest(name=made.name), "auditor").contract
    assert not shown.provisional
    assert [one.kind for one in shown.documents] == [
        "contract",
        "contract",
        "registration",
        "registration",
        "cancellation",
        "confirmation",
    ]


def test_each_role_may_call_what_the_table_says() -> None:
    prefix = f"/{contract_service.SERVICE.full_name}/"
    rows = {path.removeprefix(prefix): roles for path, roles in POLICY.items() if prefix in path}
    assert set(rows) == {method.name for method in contract_service.SERVICE.methods}
    writes = {name for name in rows if not name.startswith(("Get", "List"))}
    assert all(rows[name] == {Role.CLERK} for name in writes)
    for name in set(rows) - writes:
        assert Role.SECURITY not in rows[name]
        assert (Role.PLATFORM in rows[name]) == (name == "GetOrganisationView")
        assert (Role.PARTNER in rows[name]) == (name != "GetReport")


def test_partners_read_their_own_and_others_are_told_nothing(
    partners: Partners, client: Client
) -> None:
    name = partners.contract()
    get = pb.GetContractRequest(name=name)
    assert client.call("GetContract", get, "seller").contract.name == name
    for other in ("buyer", "stranger"):  # the buyer's node is another
        why = refused(lambda: client.call("GetContract", get, other))[0]  # noqa: B023 - called at once
        assert why == "RECORD_NOT_FOUND"
    assert refused(lambda: client.call("GetContract", get, "platform"))[0] == "ROLE_MISSING"
    listed = client.call("ListContracts", pb.ListContractsRequest(), "stranger")
    assert not listed.contracts
    report = report_pb2.GetReportRequest(kind=1)  # type: ignore[arg-type]
    for token in ("buyer", "platform"):
        assert refused(lambda: client.call("GetReport", report, token))[0] == "ROLE_MISSING"  # noqa: B023 - called at once
    create = pb.CreateContractRequest(contract=terms(), enquiries=["x"])
    for token in ("buyer", "auditor", "platform"):
        assert refused(lambda: client.call("CreateContract", create, token))[0] == "ROLE_MISSING"  # noqa: B023


def test_pages_go_on_and_tokens_are_bound_to_the_filter(partners: Partners, client: Client) -> None:
    made = [partners.contract() for _ in range(3)]
    found: list[str] = []
    token = ""
    for _ in range(2):
        request = pb.ListContractsRequest(page_size=2, page_token=token)
        page = client.call("ListContracts", request)
        found += [one.name for one in page.contracts]
        token = page.next_page_token
    assert found == made
    assert not token
    first = client.call("ListContracts", pb.ListContractsRequest(page_size=2)).next_page_token
    other = pb.ListContractsRequest(
        page_token=first, filter=pb.ContractFilter(organisation=BUYER_USCC)
    )
    assert refused(lambda: client.call("ListContracts", other))[0] == "BAD_PAGE_TOKEN"


def publish_records(partners: Partners) -> None:
    seller = partners.parties[SELLER]
    overdue = supply(1)
    overdue.public.supply.convert_by = "2027-01-05"
    licence = supply(2)
    licence.public.supply.transfer_modes[:] = [8]  # type: ignore[list-item] # its number
    licence.public.supply.open_licence_fee_fen = 5_000_000
    for listing in (overdue, licence):
        seller.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    for number, level in enumerate((3, 3, 1)):
        one: Any = manager_pb2.Manager()
        one.public.title = f"皖技经-{number:04d}"
        one.public.region = "340100"
        one.public.level = level
        one.public.employer.name = "安徽某某大学"
        one.public.employer.uscc = SELLER_USCC
        one.public.source_platform = "anhui-tech"
        one.public.source_id = f"M-{number}"
        seller.publishing.publish(PLATFORM, MANAGER, one, WriteOptions())


def test_every_report_tells_its_rows_its_sizes_and_whether_anything_waits(
    partners: Partners, exchange: ContractExchange, client: Client
) -> None:
    publish_records(partners)
    name = partners.contract()
    partners.confirm(name)
    exchange.index()

    def report(kind: int, **more: str) -> report_pb2.GetReportResponse:
        request = report_pb2.GetReportRequest(kind=kind, **more)  # type: ignore[arg-type]
        answer: report_pb2.GetReportResponse = client.call("GetReport", request)
        sizes = {one.origin.rpartition("/")[2]: one.size for one in answer.sizes}
        assert sizes == {party.name: party.size() for party in partners.parties.values()}
        assert not answer.waiting
        assert not answer.truncated
        return answer

    (flow,) = report(1).flows
    assert (flow.seller_region, flow.buyer_region, flow.month) == ("340000", "320000", "2027-01")
    assert (flow.type, flow.contracts, flow.contract_amount_fen) == (1, 1, 120_000_000)
    assert not report(1, from_month="2027-02").flows
    assert not report(1, member=CENTER).flows
    (row,) = report(2).funnel
    assert (row.member, row.listed, row.enquired, row.accepted) == (SELLER, 2, 1, 1)
    assert (row.introduced, row.contracted, row.registered) == (1, 1, 0)
    (answered,) = report(3).answers
    assert (answered.answered, answered.open, answered.median_hours) == (1, 0, 0)
    assert answered.expired == 0
    assert [(one.level, one.integrity_status, one.managers) for one in report(4).managers] == [
        (1, 1, 1),
        (3, 1, 2),
    ]
    (licence,) = report(5).open_licences
    assert (licence.member, licence.open_licence_fee_fen) == (SELLER, 5_000_000)
    late = report(6, on_day="2027-01-15")
    assert [(one.convert_by, one.days) for one in late.overdue] == [("2027-01-05", 10)]
    assert report(6).on_day == "2027-01-15"
    assert [(one.target, one.reached) for one in report(7).targets] == [
        ("managers", 3),
        ("turnover", 120_000_000),
    ]


def test_nodes_that_are_named_in_the_same_give_equal_bytes_at_equal_sizes(
    partners: Partners, exchange: ContractExchange, tmp_path: Path
) -> None:
    publish_records(partners)
    partners.readers = (CENTER,)
    for amount_fen in (120_000_000, 240_000_000):
        partners.confirm(partners.contract(said=terms(contract_amount_fen=amount_fen)))
    other = ContractExchange(partners.parties[BUYER], tmp_path / "other")
    center = ContractExchange(partners.parties[CENTER], tmp_path / "center")
    partners.sync()
    for one in (exchange, other, center):
        one.index()
    for kind in range(1, 8):
        request = report_pb2.GetReportRequest(kind=kind)  # type: ignore[arg-type]
        answers = {
            one.servicer.GetReport(request, CLERK).SerializeToString(deterministic=True)
            for one in (exchange, other, center)
        }
        assert len(answers) == 1


def test_a_view_that_is_behind_is_told(partners: Partners, exchange: ContractExchange) -> None:
    name = partners.contract()
    buyer = partners.parties[BUYER]
    buyer.writing.confirm(name, buyer.show(name).etag, buyer.options())
    seller = partners.parties[SELLER]
    seller.take_from(buyer)
    request = report_pb2.GetReportRequest(kind=1)  # type: ignore[arg-type]
    behind = exchange.servicer.GetReport(request, CLERK)
    assert behind.waiting
    assert not behind.flows
    seller.fold_all()
    after = exchange.servicer.GetReport(request, CLERK)
    assert not after.waiting
    assert len(after.flows) == 1
    seller.writing.amend(name, amended(150_000_000), "", seller.options())
    buyer.take_from(seller)
    buyer.writing.confirm(name, buyer.show(name).etag, buyer.options())
    seller.take_from(buyer, without=True)
    seller.fold_all()
    assert exchange.servicer.GetReport(request, CLERK).waiting
    seller.take_late(buyer)
    seller.fold_all()
    came = exchange.servicer.GetReport(request, CLERK)
    assert not came.waiting
    assert came.flows[0].contract_amount_fen == 150_000_000


def test_all_about_an_organisation_is_what_the_caller_may_read(
    partners: Partners, exchange: ContractExchange, client: Client
) -> None:
    listing = supply(7)
    listing.public.owner.uscc = SELLER_USCC
    partners.parties[SELLER].publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    name = partners.contract()
    exchange.index()

    def view(uscc: str, token: str) -> organisation_view_pb2.GetOrganisationViewResponse:
        request = organisation_view_pb2.GetOrganisationViewRequest(organisation=uscc)
        answer: organisation_view_pb2.GetOrganisationViewResponse = client.call(
            "GetOrganisationView", request, token
        )
        return answer

    owner = view(SELLER_USCC, "clerk")
    assert [one.public.source_id for one in owner.supply] == ["AH-0000007"]
    assert (owner.supply_total, owner.demand_total, owner.more) == (1, 0, False)
    assert [one.name for one in owner.contracts] == [name]
    asked = view(BUYER_USCC, "clerk")
    assert [(one.state, one.asked) for one in asked.enquiries] == [("CONTRACTED", True)]
    assert [one.name for one in asked.contracts] == [name]
    assert [one.name for one in view(BUYER_USCC, "seller").contracts] == [name]
    assert not view(BUYER_USCC, "seller").enquiries
    assert [one.name for one in view(SELLER_USCC, "seller").contracts] == [name]
    for token in ("buyer", "stranger", "platform"):
        told = view(BUYER_USCC, token)
        assert not told.enquiries
        assert not told.contracts
    assert view(SELLER_USCC, "platform").supply_total == 1


def test_a_report_has_no_more_rows_than_it_says(
    partners: Partners, exchange: ContractExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_records(partners)
    exchange.index()
    monkeypatch.setattr("node.services.partnership.reports.ROWS_MAX", 1)
    request = report_pb2.GetReportRequest(kind=4)  # type: ignore[arg-type]
    answer = exchange.servicer.GetReport(request, CLERK)
    assert len(answer.managers) == 1
    assert answer.truncated
