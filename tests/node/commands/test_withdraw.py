"""`ydx listing withdraw`: asks first, withdraws once, and says what is wrong."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from node.commands.withdrawing import Why
from node.services.catalogue.records import LISTING
from tests.node.services.own_node import PLATFORM, supply
from ydx.log.v1 import body_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said


@pytest.fixture
def names(served: Served) -> list[str]:
    node = served.node
    made = (
        node.publishing.publish(PLATFORM, LISTING, supply(number), node.options()).record
        for number in (1, 2)
    )
    return [str(one.name) for one in made]


def test_reasons_are_those_of_the_log() -> None:
    known = body_pb2.WithdrawReason.DESCRIPTOR.values[1:]
    assert [one.name for one in known] == [f"WITHDRAW_REASON_{why.name}" for why in Why]


def test_a_withdrawn_listing_is_withdrawn_for_good(
    ydx: Callable[..., Said], served: Served, names: list[str]
) -> None:
    size = served.node.sequencer.tree_size
    assert ydx("listing", "withdraw", names[0], "--check").code == 0
    assert served.node.sequencer.tree_size == size
    done = ydx("listing", "withdraw", names[0], "--yes", "--json").json
    assert done == {"name": names[0], "revision": 2, "leaf_index": size}
    shown = ydx("listing", "show", names[0], "--json").json["listing"]
    assert shown["state"] == "RECORD_STATE_WITHDRAWN"
    again = ydx("listing", "withdraw", names[0], "--yes", "--json")
    assert (again.code, again.json["error"]["reason"]) == (1, "RECORD_WITHDRAWN")


def test_a_retry_under_one_request_id_is_answered_as_before(
    ydx: Callable[..., Said], names: list[str]
) -> None:
    key = "7f3c2a10-0000-4000-8000-000000000001"
    asked = ("listing", "withdraw", names[0], "--yes", "--json", "--request-id", key)
    assert ydx(*asked).json == ydx(*asked).json


def test_a_duplicate_names_the_record_that_goes_on(
    ydx: Callable[..., Said], names: list[str]
) -> None:
    asked = ("listing", "withdraw", names[0], "--reason", "duplicate", "--yes", "--json")
    (refused,) = ydx(*asked).json["error"]["fields"]
    assert (refused["field"], refused["rule"]) == ("successor", "SUCCESSOR_NEEDED")
    assert ydx(*asked, "--successor", names[1]).json["revision"] == 2


def test_nothing_is_withdrawn_before_somebody_has_said_so(
    ydx: Callable[..., Said],
    served: Served,
    names: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = served.node.sequencer.tree_size
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = ydx("listing", "withdraw", names[0])
    assert said.code == 2
    assert "--yes" in said.err
    assert served.node.sequencer.tree_size == size
