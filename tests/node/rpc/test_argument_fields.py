"""Whatever is sent to the search, the enquiries and the contracts: what is wrong is a field of it.

Each unary RPC is fuzzed from its descriptor over a real listener. The catalogue and the ledger have
tests of their own, with records that exist.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.rpc import contract_service, partnership_service, search_service
from node.rpc.authentication import by_token
from node.rpc.channels import bearer
from node.rpc.client_errors import read_error
from node.rpc.error_table import MEANINGS
from node.rpc.server import Listener
from node.storage.database import Database
from tests.node.rpc.contract_serving import contract_client
from tests.node.rpc.partnership_serving import partnership_listener
from tests.node.rpc.random_requests import fields_of, is_path
from tests.node.rpc.search_serving import search_servicer
from tests.node.rpc.serving import serving
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, OwnNode
from tests.node.services.partnership.enquiring import E, Enquiring
from tests.simulation.conftest import few, founded_few

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.simulation.world import World

    Call = Callable[[str, Any], Any]

__all__ = ["few", "founded_few"]

KNOWN: dict[str, list[Any]] = {
    "organisation": ["安徽某某大学"],
    "region": ["3400"],
    "tech_fields": [5],
}


def methods(service: Any) -> list[str]:
    return [one.name for one in service.methods if not one.server_streaming]


def fuzz(service: Any, method: str, call: Call) -> None:
    """Send anything; each error is typed, and names fields of the request where it names any."""
    asked = service.methods_by_name[method].input_type
    kind = GetMessageClass(asked)

    @settings(
        max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(fields=fields_of(asked, KNOWN), spoilt=st.booleans())
    def send(fields: dict[str, Any], spoilt: bool) -> None:
        if not spoilt:
            fields.pop("page_token", None)
        try:
            call(method, kind(**fields))
        except grpc.RpcError as error:
            told = read_error(error)
            assert told.reason in MEANINGS, told
            assert told.code not in {"INTERNAL", "UNKNOWN"}, told
            assert bool(told.violations) == (told.code == "INVALID_ARGUMENT"), told
            assert all(is_path(asked, one.field) for one in told.violations), told

    send()


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    folder = tmp_path_factory.mktemp("search")
    with (
        closing(Database.open(f"sqlite:///{folder}/ydx.sqlite")) as database,
        OwnNode(database) as node,
    ):
        servicer = search_servicer(Alerting(Finding(node, folder / "index")))
        listener = Listener("127.0.0.1:0", by_token(lambda _: CLERK))
        with (
            serving(listener, (search_service.SERVICE, servicer)) as server,
            grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            yield caller(channel, search_service.SERVICE, "clerk")


def caller(channel: grpc.Channel, service: Any, token: str) -> Call:
    def call(method: str, request: Any) -> Any:
        path = f"/{service.full_name}/{method}"
        invoke: Any = channel.unary_unary(path, request_serializer=type(request).SerializeToString)
        return invoke(request, metadata=bearer(token), timeout=30)

    return call


@pytest.mark.parametrize("method", methods(search_service.SERVICE))
def test_of_a_search_fields_are_named(search: Call, method: str) -> None:
    fuzz(search_service.SERVICE, method, search)


@pytest.mark.parametrize("method", methods(contract_service.SERVICE))
def test_of_a_contract_fields_are_named(tmp_path: Path, method: str) -> None:
    with contract_client(tmp_path) as client:
        fuzz(contract_service.SERVICE, method, client.call)


@pytest.mark.parametrize("method", methods(partnership_service.SERVICE))
def test_of_an_enquiry_fields_are_named(few: World, method: str) -> None:
    enquiring = Enquiring(few)
    try:
        with (
            partnership_listener(enquiring[E]) as port,
            grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            fuzz(
                partnership_service.SERVICE,
                method,
                caller(channel, partnership_service.SERVICE, "asker"),
            )
    finally:
        enquiring.close()


@pytest.mark.parametrize(
    ("method", "fields", "field"),
    [
        ("SearchListings", {"filter": {"trl_min": 99}}, "filter.trl_min"),
        ("SaveQuery", {"search": {"filter": {"trl_min": 99}}}, "search.filter.trl_min"),
        ("SaveQuery", {"search": {"filter": {"regions": ["x"]}}}, "search.filter.regions[0]"),
    ],
)
def test_a_filter_is_named_where_it_stands(
    search: Call, method: str, fields: dict[str, Any], field: str
) -> None:
    kind = GetMessageClass(search_service.SERVICE.methods_by_name[method].input_type)
    with pytest.raises(grpc.RpcError) as caught:
        search(method, kind(**fields))
    told = read_error(caught.value)
    assert (told.code, [one.field for one in told.violations]) == ("INVALID_ARGUMENT", [field])


def test_the_limit_of_an_organisation_view_is_named(tmp_path: Path) -> None:
    kind = GetMessageClass(
        contract_service.SERVICE.methods_by_name["GetOrganisationView"].input_type
    )
    with contract_client(tmp_path) as client, pytest.raises(grpc.RpcError) as caught:
        client.call("GetOrganisationView", kind(organisation="安徽某某大学", limit=-1))
    assert [one.field for one in read_error(caught.value).violations] == ["limit"]
