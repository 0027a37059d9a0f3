"""Wrong arguments of ContractService: each is named with its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from node.rpc.client_errors import read_error
from tests.node.rpc.contract_serving import Client, contract_client
from tests.node.services.partnership.contract_texts import terms
from ydx.exchange.v1 import contract_messages_pb2 as pb
from ydx.exchange.v1 import organisation_view_pb2, report_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with contract_client(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("method", "request_", "field", "rule"),
    [
        ("GetContract", pb.GetContractRequest(name="x"), "name", "RECORD_NAME_FORM"),
        ("CreateContract", pb.CreateContractRequest(), "contract", "REQUIRED"),
        ("CreateContract", pb.CreateContractRequest(contract=terms()), "enquiries", "REQUIRED"),
        (
            "CreateContract",
            pb.CreateContractRequest(contract=terms(), enquiries=["nodes/a/contracts/b"]),
            "enquiries[0]",
            "ENQUIRY_NAME_FORM",
        ),
        ("CreateContract", pb.CreateContractRequest(ack=9), "ack", "CHOICE_UNKNOWN"),  # type: ignore[arg-type]
        ("RecordRegistration", pb.RecordRegistrationRequest(), "registration", "REQUIRED"),
        ("CancelContract", pb.CancelContractRequest(), "cancellation", "REQUIRED"),
        (
            "ListContracts",
            pb.ListContractsRequest(filter=pb.ContractFilter(seller_region="3")),
            "filter.seller_region",
            "REGION_PREFIX",
        ),
        (
            "ListContracts",
            pb.ListContractsRequest(
                filter=pb.ContractFilter(signed_from="2027-02-01", signed_until="2027-01-01")
            ),
            "filter.signed_from",
            "RANGE_ORDER",
        ),
        (
            "ListContracts",
            pb.ListContractsRequest(filter=pb.ContractFilter(member="A B")),
            "filter.member",
            "MEMBER_FORM",
        ),
        (
            "ListContracts",
            pb.ListContractsRequest(filter=pb.ContractFilter(member="anhiu")),
            "filter.member",
            "MEMBER_NOT_HELD",
        ),
        (
            "GetReport",
            report_pb2.GetReportRequest(kind=1, member="anhiu"),  # type: ignore[arg-type]
            "member",
            "MEMBER_NOT_HELD",
        ),
        ("GetReport", report_pb2.GetReportRequest(), "kind", "REQUIRED"),
        (
            "GetReport",
            report_pb2.GetReportRequest(kind=1, from_month="2027-13"),  # type: ignore[arg-type]
            "from_month",
            "MONTH_FORM",
        ),
        (
            "GetReport",
            report_pb2.GetReportRequest(kind=6, on_day="2027-02-30"),  # type: ignore[arg-type]
            "on_day",
            "DAY_FORM",
        ),
        (
            "GetOrganisationView",
            organisation_view_pb2.GetOrganisationViewRequest(),
            "organisation",
            "REQUIRED",
        ),
    ],
)
def test_wrong_arguments_are_named(
    client: Client, method: str, request_: Any, field: str, rule: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        client.call(method, request_)
    error = read_error(caught.value)
    assert (error.reason, error.code) == ("INVALID_FIELD", "INVALID_ARGUMENT")
    assert (error.metadata["field"], error.metadata["rule"]) == (field, rule)
