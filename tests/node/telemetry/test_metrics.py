"""Metrics: all series from the start, labels bounded, a failing hook hides nothing."""

from __future__ import annotations

import re

import pytest
from prometheus_client import generate_latest

from node.telemetry.calls import GRPC_CODES
from node.telemetry.metrics import HEALTH_STATES, Metrics

GET = "/ydx.exchange.v1.CatalogueService/GetListing"
WATCH = "/ydx.exchange.v1.CatalogueService/WatchChanges"


@pytest.fixture
def metrics() -> Metrics:
    result = Metrics(version="1.0", member="anhui", reasons=["BAD_PROOF", "BAD_SIGNATURE"])
    result.name_members("anhui", ["anhui", "jiangsu"])
    result.calls.serve(GET, "unary")
    result.calls.serve(WATCH, "server_stream")
    return result


def series(metrics: Metrics) -> dict[str, float]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_all_series_exist_before_anything_happens(metrics: Metrics) -> None:
    before = series(metrics)
    assert before['ydx_node_info{member="anhui",version="1.0"}'] == 1
    assert before['ydx_sync_refused_total{peer="jiangsu",reason="BAD_PROOF"}'] == 0
    assert before['ydx_log_verified_size{origin="anhui"}'] == 0
    assert before['ydx_records{kind="LISTING",origin="jiangsu"}'] == 0
    assert before['ydx_call_errors_total{reason="OTHER"}'] == 0
    codes = [name for name in before if "grpc_server_handled_total" in name and "GetL" in name]
    assert len(codes) == len(GRPC_CODES)


def test_what_is_taken_from_a_peer_is_counted(metrics: Metrics) -> None:
    metrics.entries_stored("jiangsu", 512)
    metrics.entries_stored("jiangsu", 3)
    assert series(metrics)['ydx_sync_entries_total{peer="jiangsu"}'] == 515


def test_a_node_is_no_peer_of_itself(metrics: Metrics) -> None:
    peers = {peer for name in series(metrics) for peer in re.findall(r'peer="(\w+)"', name)}
    assert peers == {"jiangsu"}


def test_a_call_is_counted_from_start_to_end(metrics: Metrics) -> None:
    labels = 'grpc_method="GetListing",grpc_service="ydx.exchange.v1.CatalogueService"'
    in_flight = (
        'ydx_calls_in_flight{grpc_service="ydx.exchange.v1.CatalogueService",grpc_type="unary"}'
    )
    metrics.calls.started(GET)
    assert series(metrics)[in_flight] == 1
    metrics.calls.handled(GET, "NOT_FOUND", 0.02)
    after = series(metrics)
    assert after[in_flight] == 0
    assert after[f'grpc_server_started_total{{{labels},grpc_type="unary"}}'] == 1
    code = f'grpc_server_handled_total{{grpc_code="NOT_FOUND",{labels},grpc_type="unary"}}'
    assert after[code] == 1
    bucket = f'grpc_server_handling_seconds_bucket{{{labels},grpc_type="unary",le="0.025"}}'
    assert after[bucket] == 1


def test_nothing_that_happens_adds_a_series(metrics: Metrics) -> None:
    before = set(series(metrics))
    metrics.peer_refused("jiangsu", "BAD_PROOF")
    metrics.peer_refused("jiangsu", "a reason that somebody made up")
    metrics.calls.error_told("another one")
    metrics.calls.started(WATCH)
    metrics.calls.handled(WATCH, "OK", 1.0)
    metrics.web_answered(200)
    metrics.web_answered(418)
    metrics.set_health("database", "down")
    assert set(series(metrics)) == before
    assert series(metrics)['ydx_sync_refused_total{peer="jiangsu",reason="OTHER"}'] == 1
    assert series(metrics)['ydx_web_responses_total{code="OTHER"}'] == 1


def test_a_method_that_is_not_served_is_never_counted(metrics: Metrics) -> None:
    with pytest.raises(KeyError):
        metrics.calls.started("/made.up.Service/Method")


def test_health_is_unknown_until_it_is_known(metrics: Metrics) -> None:
    name = 'ydx_health_state{component="log"}'
    assert series(metrics)[name] == HEALTH_STATES.index("unknown")
    metrics.set_health("log", "ok")
    assert series(metrics)[name] == 0


def test_a_hook_that_fails_is_counted_and_the_others_run(metrics: Metrics) -> None:
    def fail() -> None:
        raise OSError

    metrics.at_scrape(fail)
    metrics.at_scrape(lambda: metrics.disk_free_bytes.set(42))
    metrics.refresh()
    after = series(metrics)
    assert after["ydx_disk_free_bytes"] == 42
    assert after["ydx_scrape_errors_total"] == 1
