"""SearchService over a real listener: arguments, answers, page tokens, rebuilding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from node.rpc import search_service
from node.rpc.authentication import by_token
from node.rpc.channels import bearer
from node.rpc.client_errors import read_error
from node.rpc.search_arguments import search_query
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.catalogue.records import LISTING
from node.services.errors import InvalidFields
from node.services.log.write_options import WriteOptions
from tests.node.rpc.search_serving import search_servicer
from tests.node.rpc.serving import serving
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.conftest import (
    database,
    new_url,
    node,
    postgres_made,
    postgres_server,
    sqlite_made,
    url,
)
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import CLERK, PLATFORM, OwnNode, supply
from ydx.exchange.v1 import duplicate_pb2
from ydx.exchange.v1 import search_pb2 as pb
from ydx.exchange.v1.search_service_pb2_grpc import SearchServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "database",
    "new_url",
    "node",
    "postgres_made",
    "postgres_server",
    "sqlite_made",
    "url",
]

OPERATOR = Caller(frozenset({Role.OPERATOR}), "8")
TOKENS = {"clerk": CLERK, "operator": OPERATOR}


class Client:
    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = SearchServiceStub(self.channel)

    def search(self, **asked: Any) -> pb.SearchListingsResponse:
        request = pb.SearchListingsRequest(**asked)
        return self.stub.SearchListings(request, metadata=bearer("clerk"), timeout=30)


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    found = Finding(node, tmp_path / "search")
    for number in range(5):
        listing = supply(number, title=f"第{number}种高温合金铸造技术")
        node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    found.catch_up()
    return found


@pytest.fixture
def client(finding: Finding) -> Iterator[Client]:
    servicer = search_servicer(Alerting(finding))
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    with serving(listener, (search_service.SERVICE, servicer)) as server:
        one = Client(server.port)
        with one.channel:
            yield one


def test_an_answer_tells_hits_facets_highlights_and_completeness(client: Client) -> None:
    answer = client.search(query="高温合金", with_facets=True, page_size=3)
    assert [hit.listing.info.member for hit in answer.hits] == ["anhui"] * 3
    assert answer.total == 5
    assert not answer.partial_words
    first = answer.hits[0]
    assert first.score > 0
    marked = first.highlights[0]
    assert marked.field == "public.title"
    assert [marked.text[one.start : one.end] for one in marked.spans] == ["高温合金"]
    facets = {
        one.field: [(value.value, value.count) for value in one.values] for one in answer.facets
    }
    assert facets["kind"] == [("LISTING_KIND_SUPPLY", 5)]
    assert facets["tech_fields"] == [("TECH_FIELD_NEW_MATERIALS", 5)]
    assert facets["transfer_modes"] == [("TRANSFER_MODE_LICENCE", 5)]
    assert facets["open_for_enquiry"] == [("false", 5)]
    assert facets["organisation"] == [("安徽某某大学", 5)]
    (amounts,) = (one for one in answer.facets if one.field == "amount_min_fen")
    told = [(one.value, one.last, one.count) for one in amounts.values]
    assert (told[0], told[-1]) == (("50000000", "99999999", 5), ("5000000000", "", 5))
    assert [(one.member, one.state, one.verified_size) for one in answer.origins] == [
        ("anhui", 1, 6)
    ]
    assert answer.index_position == 6


def test_every_value_that_a_facet_tells_is_found_by_its_filter_as_often(
    node: OwnNode, finding: Finding, client: Client
) -> None:
    for number, region in enumerate(("340000", "340100", "340111"), 5):
        listing: Any = demand(number, title="高温合金", region=region)
        listing.public.ipc[:] = ["C22C 19/05", "B22D"]
        listing.public.labels.extend(["首台套", "POC （一期）"])
        node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    finding.catch_up()
    answer = client.search(query="高温合金", with_facets=True)
    assert len(answer.facets) >= 15
    for facet in answer.facets:
        for value in facet.values:
            if value.value == "false":  # no filter asks for it
                continue
            which: dict[str, Any] = {facet.field: value.value}
            if facet.field == "trl":
                which = {"trl_min": value.value, "trl_max": value.value}
            elif value.last:
                end = {"amount_min_fen": "amount_max_fen", "closes_from": "closes_until"}
                which[end[facet.field]] = value.last
            asked = pb.SearchFilter()
            for name, said in which.items():
                typed = True if said == "true" else said
                is_list = pb.SearchFilter.DESCRIPTOR.fields_by_name[name].is_repeated
                ParseDict({name: [typed] if is_list else typed}, asked)
            assert client.search(query="高温合金", filter=asked).total == value.count, which


def test_pages_go_on_and_tokens_are_bound_to_the_query(client: Client) -> None:
    names: list[str] = []
    token = ""
    for _ in range(3):
        answer = client.search(query="合金", page_size=2, page_token=token)
        names += [hit.listing.name for hit in answer.hits]
        token = answer.next_page_token
    assert len(set(names)) == len(names) == 5
    assert not token
    first = client.search(query="合金", page_size=2).next_page_token
    assert client.search(query="合金", page_token=first, with_facets=True).hits
    for other in (
        {"query": "合金铸造"},
        {"query": "合金", "sort": 2},
        {"query": "合金", "filter": {"kind": 1}},
    ):
        with pytest.raises(grpc.RpcError) as caught:
            client.search(page_token=first, **other)
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("asked", "field", "rule"),
    [
        ({"query": "铝" * 1001}, "query", "TEXT_LENGTH"),
        ({"sort": 9}, "sort", "CHOICE_UNKNOWN"),
        ({"filter": {"regions": ["34", "x"]}}, "filter.regions[1]", "REGION_PREFIX"),
        ({"filter": {"regions": ["34", "9901"]}}, "filter.regions[1]", "REGION_UNKNOWN"),
        ({"filter": {"industries": ["34"]}}, "filter.industries[0]", "CODE_PREFIX"),
        ({"filter": {"ipc": ["A61K31"]}}, "", ""),
        ({"filter": {"ipc": ["Z"]}}, "filter.ipc[0]", "CODE_PREFIX"),
        ({"filter": {"trl_min": 10}}, "filter.trl_min", "RANGE_1_TO_9"),
        ({"filter": {"trl_min": 5, "trl_max": 3}}, "filter.trl_min", "RANGE_ORDER"),
        ({"filter": {"amount_min_fen": -1}}, "filter.amount_min_fen", "NEGATIVE"),
        ({"filter": {"tech_fields": [12]}}, "filter.tech_fields[0]", "CHOICE_UNKNOWN"),
        ({"filter": {"tech_fields": [0]}}, "filter.tech_fields[0]", "CHOICE_UNKNOWN"),
        ({"filter": {"labels": ["x"] * 51}}, "filter.labels", "TOO_MANY"),
        ({"filter": {"labels": ["x" * 201]}}, "filter.labels[0]", "TEXT_LENGTH"),
        ({"filter": {"valid_on": "2026-02-30"}}, "filter.valid_on", "DAY_FORM"),
        ({"filter": {"manager": "x"}}, "filter.manager", "RECORD_NAME_FORM"),
        ({"filter": {"organisation": "a\0"}}, "filter.organisation", "NUL_CHARACTER"),
        (
            {"filter": {"closes_from": "2026-02-02", "closes_until": "2026-02-01"}},
            "filter.closes_from",
            "RANGE_ORDER",
        ),
    ],
)
def test_a_wrong_argument_is_named_with_its_rule(
    asked: dict[str, Any], field: str, rule: str
) -> None:
    request = pb.SearchListingsRequest(**asked)
    if not field:
        search_query(request)
        return
    with pytest.raises(InvalidFields) as caught:
        search_query(request)
    found = caught.value.violations[0]
    assert (found.field, found.rule) == (field, rule)
    assert found.text_zh
    assert found.text_en


def test_only_an_operator_rebuilds_and_hears_how_far_it_is(client: Client) -> None:
    request = pb.RebuildIndexRequest()
    with pytest.raises(grpc.RpcError) as caught:
        list(client.stub.RebuildIndex(request, metadata=bearer("clerk"), timeout=30))
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    told = list(client.stub.RebuildIndex(request, metadata=bearer("operator"), timeout=30))
    assert (told[-1].finished, told[-1].done, told[-1].total) == (True, 5, 5)
    assert client.search(query="合金").total == 5


def test_shared_keys_are_paged_by_tokens_of_their_own(client: Client, finding: Finding) -> None:
    titles = ["长" * 100 + end for end in "甲乙丙"]
    for number, title in enumerate(titles + titles):
        listing = supply(10 + number, title=title)
        finding.node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    finding.catch_up()

    def page(**asked: Any) -> duplicate_pb2.ListDuplicateKeysResponse:
        request = duplicate_pb2.ListDuplicateKeysRequest(**asked)
        return client.stub.ListDuplicateKeys(request, metadata=bearer("clerk"), timeout=30)

    every = page().keys
    assert sorted(one.key for one in every) == sorted(titles)
    found: list[duplicate_pb2.DuplicateKey] = []
    token = ""
    for _ in titles:
        answer = page(page_size=1, page_token=token)
        found += answer.keys
        token = answer.next_page_token
    assert (found, token) == (list(every), "")
    other = client.search(page_size=1).next_page_token
    for wrong in (other, "x"):
        with pytest.raises(grpc.RpcError) as caught:
            page(page_token=wrong)
        assert read_error(caught.value).reason == "BAD_PAGE_TOKEN"
