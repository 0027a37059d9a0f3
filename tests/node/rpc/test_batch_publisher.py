"""Batches of an import: one request id over all tries, finite tries, pauses within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from node.rpc.batch_publisher import (
    FIRST_TRIES_MAX,
    PAUSE_S_MAX,
    TRIES_MAX,
    BatchPublisher,
    Waiting,
    check_batch,
)
from node.rpc.client_errors import CallError
from node.rpc.exchange_client import CallFailedError
from tests.node.services.own_node import NOW_S, supply
from ydx.exchange.v1 import listing_messages_pb2 as pb


class Node:
    """Fails as often as it is told to, and remembers what it was asked."""

    def __init__(self, failures: int, **error: Any) -> None:
        self.failures = failures
        self.error = CallError(**{"code": "UNAVAILABLE", "reason": "STARTING", "what": "w"} | error)
        self.asked: list[dict[str, Any]] = []

    def call(self, name: str, **fields: Any) -> pb.BatchPublishListingsResponse:
        assert name == "BatchPublishListings"
        self.asked.append(fields)
        if len(self.asked) <= self.failures:
            raise CallFailedError(self.error, "127.0.0.1:1")
        return pb.BatchPublishListingsResponse(rows=[pb.BatchRow(name=f"n{len(self.asked)}")])


def publisher(node: Any, pauses: list[float], *, validate_only: bool = False) -> BatchPublisher:
    return BatchPublisher(node, validate_only=validate_only, sleep=pauses.append)


@pytest.mark.parametrize(
    "code", ["CANCELLED", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"]
)
def test_a_batch_is_tried_again_under_the_same_request_id(code: str) -> None:
    node, pauses = Node(3, code=code), list[float]()
    (row,) = publisher(node, pauses).publish([supply()])
    assert row.name == "n4"
    assert len({fields["request_id"] for fields in node.asked}) == 1
    assert node.asked[0]["request_id"]
    assert pauses == [0.5, 1.0, 2.0]


def test_every_batch_has_its_own_request_id() -> None:
    node = Node(0)
    batches = publisher(node, [])
    batches.publish([supply()])
    batches.publish([supply()])
    assert node.asked[0]["request_id"] != node.asked[1]["request_id"]


def test_tries_are_finite_and_pauses_bounded_whatever_the_node_asks_for() -> None:
    node, pauses = Node(99, retry_after_s=1e9), list[float]()
    with pytest.raises(CallFailedError, match="STARTING"):
        publisher(node, pauses).publish([supply()])
    assert len(node.asked) == TRIES_MAX
    assert pauses == [PAUSE_S_MAX] * (TRIES_MAX - 1)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("PERMISSION_DENIED", "ROLE_MISSING"),
        ("FAILED_PRECONDITION", "RESTORED_BEHIND"),
        ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"),
    ],
)
def test_what_cannot_help_is_not_tried_again(code: str, reason: str) -> None:
    node, pauses = Node(1, code=code, reason=reason), list[float]()
    with pytest.raises(CallFailedError, match=reason):
        publisher(node, pauses).publish([supply()])
    assert (len(node.asked), pauses) == (1, [])


def test_an_address_where_nobody_ever_answered_is_soon_given_up() -> None:
    node, pauses = Node(99, reason="OUT_OF_REACH"), list[float]()
    with pytest.raises(CallFailedError, match="OUT_OF_REACH"):
        publisher(node, pauses).publish([supply()])
    assert len(node.asked) == FIRST_TRIES_MAX
    assert sum(pauses) < 20


def test_a_node_that_answered_before_is_waited_for() -> None:
    node, pauses = Node(0, reason="OUT_OF_REACH"), list[float]()
    batches = publisher(node, pauses)
    batches.publish([supply()])
    node.failures = 1 + TRIES_MAX - 1
    batches.publish([supply()])
    assert len(pauses) == TRIES_MAX - 1


def test_the_first_failure_is_told_with_how_long_the_next_tries_take() -> None:
    told = list[Waiting]()
    node, pauses = Node(FIRST_TRIES_MAX - 1, reason="OUT_OF_REACH"), list[float]()
    waiting = told.append
    BatchPublisher(
        node,  # type: ignore[arg-type] # it does what is asked here
        validate_only=False,
        sleep=pauses.append,
        waiting=waiting,
    ).publish([supply()])
    assert [one.is_first for one in told] == [True, *[False] * (FIRST_TRIES_MAX - 2)]
    assert [one.pause_s for one in told] == pauses
    assert told[0].pauses_s_max == sum(pauses)


def test_the_address_is_told_once() -> None:
    refused = "last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to connect"
    failure = CallFailedError(CallError("UNAVAILABLE", "OUT_OF_REACH", refused), "127.0.0.1:1")
    assert failure.what == "127.0.0.1:1: last error: UNKNOWN: Failed to connect"


def test_a_plan_only_asks() -> None:
    node = Node(0)
    publisher(node, [], validate_only=True).publish([supply()])
    assert node.asked[0]["validate_only"] is True


def test_the_rules_alone_tell_good_from_bad() -> None:
    good, bad = check_batch([supply(1), supply(2, region="999999")], NOW_S)
    assert good.outcome == pb.BATCH_OUTCOME_CREATED
    assert bad.outcome == pb.BATCH_OUTCOME_REFUSED
    assert [one.rule for one in bad.violations] == ["REGION_UNKNOWN"]
