"""Every query of the alerts and the dashboard is about something that a node exports."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from node.rpc.error_table import MEANINGS
from node.rpc.policy import POLICY
from node.telemetry.metrics import Metrics
from tests.deploy import queries
from tests.deploy.places import promtool
from tests.deploy.queries import Query, Selector, grouping_labels, selectors, unanswered

MEMBERS = ("shanghai", "jiangsu", "zhejiang", "anhui", "center")
UNSHOWN = {
    "grpc_server_handled_total": "the share of failures is a recorded series made of it",
    "process_virtual_memory_bytes": "address space says nothing; resident memory is shown",
}
STREAMS = ("WatchChanges", "WatchHeads", "ReadLog")


def fresh_scrape() -> str:
    """Return what five nodes export before anything has happened."""
    return "".join(scrape_of(member) for member in MEMBERS)


def scrape_of(member: str) -> str:
    metrics = Metrics(version="1", member=member, reasons=MEANINGS)
    metrics.name_members(member, MEMBERS)
    for method in POLICY:
        kind: Any = "server_stream" if method.endswith(STREAMS) else "unary"
        metrics.calls.serve(method, kind)
    return generate_latest(metrics.registry).decode()


def test_every_query_is_answered() -> None:
    assert unanswered(fresh_scrape()) == []


def test_the_queries_of_both_files_are_seen() -> None:
    places = Counter(query.place.split()[0] for query in queries.queries())
    assert places["panel"] > 30
    assert places["variable"] == 1
    assert sum(name.startswith("Ydx") for name in places) > 20


def test_the_dashboard_shows_every_metric_but_those_that_say_why_not() -> None:
    shown = {
        one.name
        for panel in queries.panels()
        for target in panel.get("targets", ())
        for one in selectors(target["expr"])
    }
    unshown = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(scrape_of("anhui"))
        if not shown & {sample.name for sample in family.samples}
    }
    assert unshown == set(UNSHOWN)


@pytest.mark.parametrize(
    ("expression", "shown", "fault"),
    [
        ("ydx_log_lag > 3", set(), "ydx_log_lag is not exported"),
        ('ydx_records{member="anhui"}', set(), "no label member"),
        ('ydx_records{kind="LISTINGS"}', set(), "no kind is LISTINGS"),
        ('ydx_records{kind=~"LISTING|ORGAN"}', set(), "no kind is ORGAN"),
        ("sum by (peer) (ydx_records)", set(), "has a label peer"),
        ("ydx_log_frozen", {"peer"}, "has a label peer"),
        ("rate(ydx_log_commit_seconds_total[5m])", set(), "ydx_log_commit_seconds_total is not"),
    ],
    ids=[
        "a series that nobody exports",
        "a label that the series has not",
        "a value that the label never has",
        "one alternative that there is not",
        "grouping by a foreign label",
        "a legend with a foreign label",
        "a histogram read as a counter",
    ],
)
def test_a_fault_is_found(
    expression: str, shown: set[str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("here", expression, frozenset(shown))
    monkeypatch.setattr(queries, "queries", lambda: iter([query]))
    (found,) = unanswered(fresh_scrape())
    assert fault in found


def test_an_expression_is_read_as_prometheus_reads_it() -> None:
    expression = """sum by (job, le) (rate(a_bucket{x="1", y!~"B.*"}[5m])) / 14.4
        and on (job) instance:b:ratio > 2e9 or absent(up{job="ydx"})"""
    assert selectors(expression) == [
        Selector("a_bucket", (("x", "=", "1"), ("y", "!~", "B.*"))),
        Selector("instance:b:ratio", ()),
        Selector("up", (("job", "=", "ydx"),)),
    ]
    assert grouping_labels(expression) == {"job"}


def test_prometheus_can_parse_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {
            "record": f"panel:{panel['id']}:{target['refId']}",
            "expr": target["expr"].replace("$__rate_interval", "5m"),
        }
        for panel in queries.panels()
        for target in panel.get("targets", ())
    ]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", "--lint-fatal", str(file))


def test_the_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = queries.panels()
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = Counter(
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    )
    assert max(cells.values()) == 1
    assert max(x for x, _ in cells) < 24


def test_every_panel_asks_the_source_that_the_reader_chose() -> None:
    for panel in queries.panels():
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "$datasource"
            assert all('instance=~"$instance"' in one["expr"] for one in panel["targets"]), panel
            assert len({json.dumps(one["refId"]) for one in panel["targets"]}) == len(
                panel["targets"]
            )
