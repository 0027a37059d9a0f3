"""`ydx search` against a real listener."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from node.commands import search_options
from node.rpc import search_messages, search_service
from node.rpc.authentication import by_token
from node.rpc.exchange_client import ExchangeClient
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage.database import Database
from tests.node.commands.running import runner
from tests.node.rpc.search_serving import search_servicer
from tests.node.rpc.serving import serving
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import PLATFORM, OwnNode, supply
from ydx.exchange.v1 import search_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

ANYONE = Caller(frozenset({Role.OPERATOR, Role.CLERK}), "8")


@pytest.fixture
def finding(tmp_path: Path) -> Iterator[Finding]:
    database = Database.open(f"sqlite:///{tmp_path / 'ydx.sqlite'}")
    with OwnNode(database) as node:
        for number in range(3):
            listing = supply(number, title=f"第{number}种高温合金铸造技术")
            node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
        found = Finding(node, tmp_path / "search")
        found.catch_up()
        yield found
        found.indexer.close()
    database.close()


@pytest.fixture
def ydx(
    finding: Finding, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Said]]:
    alerting = Alerting(finding, rules=WebhookRules(allow_private=True))
    alerting.callers[ANYONE.token_id] = ANYONE
    servicer = search_servicer(alerting)
    listener = Listener("127.0.0.1:0", by_token(lambda _token: ANYONE))
    with serving(listener, (search_service.SERVICE, servicer)) as server:
        monkeypatch.setenv("YDX_NODE", f"127.0.0.1:{server.port}")
        monkeypatch.setenv("YDX_TOKEN", "t")
        yield runner(monkeypatch, capsys)


def test_words_alone_find_and_mark(ydx: Callable[..., Said]) -> None:
    said = ydx("search", "高温合金", "--limit", 2, "--facets")
    assert said.code == 0
    first = {number for number in "012" if f"第{number}种高温合金铸造技术" in said.out}
    assert len(first) == 2
    assert "共 3 条，显示 2 条" in said.err
    assert "技术领域 --field: 新材料及其应用 new_materials (3)" in said.err
    assert "价格（分） --budget-min-fen: 50000000…99999999 (3), " in said.err
    assert "权利人 --organisation: 安徽某某大学 (3)" in said.err
    token = said.err.split("--page-token ")[1].strip()
    rest = ydx("search", "find", "高温合金", "--page-token", token)
    rest_of = {number for number in "012" if f"第{number}种高温合金铸造技术" in rest.out}
    assert rest_of == set("012") - first


def test_listings_with_some_of_the_words_are_counted_apart_from_those_with_all(
    finding: Finding, ydx: Callable[..., Said]
) -> None:
    only = supply(7, title="高温合金真空镀膜装备")
    finding.node.publishing.publish(PLATFORM, LISTING, only, WriteOptions())
    finding.catch_up()
    said = ydx("--lang", "en", "search", "真空镀膜 合金")
    assert "1 hold all words, 4 shown: below them 3 that hold some" in said.err
    assert "1 条含全部词，显示 4 条：其后 3 条含部分词" in ydx("search", "真空镀膜 合金").err


def test_json_is_the_answer_of_the_rpc(ydx: Callable[..., Said]) -> None:
    said = ydx("search", "合金", "--kind", "supply", "--json")
    assert said.json["total"] == "3"
    assert len(said.json["hits"]) == 3
    assert said.json["origins"][0]["member"] == "anhui"
    for shown in (("--kind", "供给"), ("--field", "新材料"), ("--field", "新材料及其应用")):
        assert ydx("search", "合金", *shown, "--json").json["hits"] == said.json["hits"]
    none = ydx("search", "合金", "--kind", "demand", "--json")
    assert "hits" not in none.json


def test_a_wrong_filter_is_told_with_its_cure(ydx: Callable[..., Said]) -> None:
    said = ydx("search", "合金", "--region", "安徽")
    assert said.code == 1
    assert "--region“安徽”" in said.err, "what was typed, not what it fills"
    assert "请填写 2、4 或 6 位数字" in said.err
    said = ydx("search", "合金", "--region", "安徽", "--json")
    assert [one["field"] for one in said.json["error"]["fields"]] == ["filter.regions[0]"]


def test_each_filter_of_the_rpc_has_an_option() -> None:
    fields = {field.name for field in search_pb2.SearchFilter.DESCRIPTOR.fields}
    assert set(search_options._FIELDS.values()) == fields


def test_each_facet_has_a_name_and_options_that_take_its_values() -> None:
    for field in [field for _, field, _ in search_messages._FACETS] + [
        "amount_min_fen", "closes_from", "valid_on", "changed_after_position",
    ]:  # fmt: skip
        assert field in search_options._FACETS
        assert "--" in search_options.facet_name(field)


def test_a_demand_that_closes_soon_without_response_is_found_by_options(
    finding: Finding, ydx: Callable[..., Said]
) -> None:
    wanted = demand(9, title="寻求高温合金铸造工艺", open_for_enquiry=True)
    finding.node.publishing.publish(PLATFORM, LISTING, wanted, WriteOptions())
    finding.catch_up()
    closes = wanted.public.demand.deadline_eoi
    asked = (
        "search", "find", "--kind", "demand", "--without-enquiry", "--open-for-enquiry",
        "--cooperation", "commissioned", "--state", "published", "--trl-max", "9", "--json",
    )  # fmt: skip
    found = ydx(*asked, "--closes-from", closes, "--closes-until", closes).json["hits"]
    assert [hit["listing"]["public"]["title"] for hit in found] == ["寻求高温合金铸造工艺"]
    assert "hits" not in ydx(*asked, "--closes-from", "2099-01-01").json
    last = ydx("search", "find", "--json").json["index_position"]
    assert "hits" not in ydx(*asked, "--changed-after", last).json


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--kind", "foo", '--kind "foo" is not known; known are supply, demand'),
        ("--mode", "foo", '--mode "foo" is not known; known are '),
        ("--sort", "best", '--sort "best" is not known; known are relevance, newest, closing_soon'),
    ],
)
def test_a_choice_that_there_is_not_is_told_with_those_that_there_are(
    ydx: Callable[..., Said], option: str, value: str, told: str
) -> None:
    said = ydx("--lang", "en", "search", "合金", option, value)
    assert said.code == 1
    assert told in said.err
    assert "licence" in said.err or option != "--mode"
    if option == "--kind":
        assert "可选：供给 supply、需求 demand" in ydx("search", "合金", option, value).err


def test_rebuild_tells_how_many(ydx: Callable[..., Said]) -> None:
    said = ydx("--lang", "en", "search", "rebuild", "--json")
    assert (said.code, said.json) == (0, {"listings": 3})


def test_match_tells_points_and_reasons(finding: Finding, ydx: Callable[..., Said]) -> None:
    wanted = demand(9, title="寻求高温合金铸造工艺", open_for_enquiry=True)
    offered = supply(8, title="高温合金真空铸造工艺", open_for_enquiry=True)
    publish = finding.node.publishing.publish
    name = publish(PLATFORM, LISTING, wanted, WriteOptions()).record.name
    candidate = publish(PLATFORM, LISTING, offered, WriteOptions()).record.name
    finding.catch_up()
    said = ydx("match", name)
    assert said.code == 0
    assert "高温合金真空铸造工艺  anhui（待确认）" in said.out
    assert "文本: " in said.out
    assert "转化方式: 委托开发 | 普通许可" in said.out
    assert "（同技术领域）" in said.out
    assert "_" not in "".join(re.findall(r"[+-]\d+  (?!文本).*", said.out))
    assert "依据的日志：ydx.example/anhui 6" in said.err
    told = ydx("match", name, "--json").json["matches"][0]
    assert sum(reason.get("points", 0) for reason in told["reasons"]) == told["score"]
    said = ydx("match", name, "--candidate", candidate, "--feedback", "useful")
    assert "有用 1，无用 0" in said.err
    assert "评价 +1 −0" in ydx("match", name).out
    unsaid = ydx("match", name, "--candidate", candidate)
    assert unsaid.code == 2
    assert "--feedback" in unsaid.err


def test_duplicates_are_listed_and_dismissed(finding: Finding, ydx: Callable[..., Said]) -> None:
    names = [
        finding.node.publishing.publish(
            PLATFORM, LISTING, supply(number, title="一种港口机械能量回收装置"), WriteOptions()
        ).record.name
        for number in (20, 21)
    ]
    finding.catch_up()
    said = ydx("duplicates", "list", names[0], "--json")
    rows = {row["name"]: row for row in said.json["candidates"]}
    assert "title" in rows[names[1]]["agreeing"]
    assert ydx("duplicates", "dismiss", names[0], names[1]).code == 0
    told = ydx("duplicates", "list", names[1], "--json").json["candidates"]
    assert [row["name"] for row in told if row["dismissed"]] == [names[0]]
    told_keys = ydx("duplicates", "keys").out
    assert names[0] in told_keys
    assert "title_key" not in told_keys
    assert ydx("duplicates", "keys", "--json").json["keys"][0]["field"] == "title_key"
    assert "类别, 名称, 地区" in ydx("duplicates", "list", names[0]).out


def test_a_query_is_saved_with_the_filters_of_a_search(ydx: Callable[..., Said]) -> None:
    made = ydx(
        "search", "save", "合金", "高温", "合金", "--kind", "supply", "--region", "34",
        "--field", "new-materials", "--webhook", "https://127.0.0.1/x", "--json",
    )  # fmt: skip
    assert made.code == 0
    assert made.json["webhook_secret"]
    (listed,) = ydx("search", "saved", "--json").json["saved_queries"]
    assert (listed["id"], listed["query"], listed["state"]) == (
        made.json["id"],
        "高温 合金",
        "active",
    )
    assert listed["filter"] == (
        "kind=LISTING_KIND_SUPPLY, regions=34, tech_fields=TECH_FIELD_NEW_MATERIALS"
    )
    told = ydx("search", "saved").out
    assert made.json["webhook_secret"] not in told
    assert "类别 供给, 地区 34, 技术领域 新材料及其应用" in told
    renewed = ydx("search", "secret", made.json["id"], "--json").json["webhook_secret"]
    assert renewed != made.json["webhook_secret"]
    assert ydx("search", "forget", made.json["id"]).code == 0
    again = ydx("search", "forget", made.json["id"])
    assert f"没有已保存的检索 {made.json['id']}" in again.err
    assert "办法  请核对编号；ydx search saved 列出" in again.err
    assert ydx("search", "saved", "--json").json == {"saved_queries": []}


def test_alerts_are_told_until_they_are_seen(ydx: Callable[..., Said]) -> None:
    query_id = ydx("search", "save", "a", "高温合金", "--from-position", 1, "--json").json["id"]
    told = ydx("--lang", "en", "search", "alerts", query_id, "--json").json
    assert told["position"] == 4
    assert [(hit["position"], hit["change"]) for hit in told["hits"]] == [
        (2, "new"),
        (3, "new"),
        (4, "new"),
    ]
    said = ydx("search", "alerts", query_id, "--after", 2, "--seen")
    assert "第1种高温合金铸造技术" in said.out
    assert "第0种" not in said.out
    assert "下次：--after 4" in said.err
    assert ydx("search", "alerts", query_id, "--json").json["hits"] == []


def test_reminders_are_saved_like_a_query_and_told_apart(ydx: Callable[..., Said]) -> None:
    query_id = ydx("search", "save", "期限", "--reminders", "--json").json["id"]
    told = ydx("search", "alerts", query_id, "--json").json
    assert told == {"hits": [], "reminders": [], "position": 0}


def test_following_writes_a_line_a_hit_until_it_is_stopped(
    ydx: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    query_id = ydx("search", "save", "a", "--from-position", 1, "--json").json["id"]
    stream = ExchangeClient.stream

    def stopped(client: ExchangeClient, name: str, /, **fields: Any) -> Iterator[Any]:
        yield next(iter(stream(client, name, **fields)))
        raise KeyboardInterrupt

    monkeypatch.setattr(ExchangeClient, "stream", stopped)
    said = ydx("search", "alerts", query_id, "--follow", "--seen", "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["position"] for line in lines] == [2, 3, 4]
    assert "--after 4" in said.err
    assert ydx("search", "alerts", query_id, "--json").json["hits"] == []
