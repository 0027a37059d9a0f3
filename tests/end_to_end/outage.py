"""Members go one after the other until one is alone, and come back: promises 1, 4, 5 from outside.

With five members a quorum is three of the four others: without one all is confirmed, without two
nothing is. What nobody else has stored is acknowledged, yet published nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.end_to_end.running import Demo, Said
from tests.end_to_end.writing import found, listed, publish, wait_confirmed, wait_seen
from tests.processes.asking import http
from tests.processes.writing import Sent
from tests.waiting import until

FIRST, SECOND, ALONE = "jiangsu", "zhejiang", "center"
REST = ("anhui", "shanghai")


@dataclass(frozen=True, slots=True)
class Outage:
    """What was written at which stage, and what was seen then. All members are back."""

    by_first: Sent
    without_one: Sent
    status_without_one: Said
    without_two: Sent
    provisional_without_two: dict[str, bool]
    listed_without_two: set[str]
    alone: Sent
    published_size: int
    alone_at: int


@pytest.fixture(scope="module")
def outage(demo: Demo) -> Outage:
    demo.wait_equal()
    by_first = publish(demo, FIRST)
    wait_confirmed(demo, ALONE, by_first.name)
    try:
        demo.stop(FIRST)
        status_without_one = demo.status()
        without_one = publish(demo, ALONE)
        for member in (SECOND, *REST):
            wait_confirmed(demo, member, without_one.name)

        demo.stop(SECOND)
        without_two = publish(demo, ALONE)
        seen = {member: wait_seen(demo, member, without_two.name) for member in REST}
        listed_without_two = listed(demo, "anhui", source_id=without_two.source_id)
        size = seen["anhui"].info.leaf_index + 1
        until(lambda: published_size(demo) >= size, "a second holder's checkpoint is published")
        provisional = {name: is_provisional(demo, name, without_two) for name in (ALONE, *REST)}

        demo.stop(*REST)
        alone = publish(demo, ALONE)
        alone_at = found(demo, ALONE, alone.name).info.leaf_index
        until(lambda: signed_size(demo) > alone_at, "the one that is alone has signed it")
        published = published_size(demo)
    finally:
        demo.start()
    return Outage(
        by_first,
        without_one,
        status_without_one,
        without_two,
        provisional,
        listed_without_two,
        alone,
        published,
        alone_at,
    )


def is_provisional(demo: Demo, member: str, sent: Sent) -> bool:
    return bool(found(demo, member, sent.name).info.provisional)


def published_size(demo: Demo) -> int:
    """Return the size of the checkpoint that the lonely member shows anybody."""
    status, note = http(demo[ALONE].http, "/log/checkpoint")
    assert status == 200
    return int(note.splitlines()[1])


def signed_size(demo: Demo) -> int:
    """Return the size of the largest checkpoint that the lonely member has signed."""
    rows: Any = demo.client(ALONE).call("GetSyncStatus").origins
    return next(int(row.tree_size) for row in rows if row.member == ALONE)


def test_without_one_member_the_others_go_on_and_confirm(outage: Outage) -> None:
    assert outage.without_one.name


def test_status_names_the_member_that_is_down(outage: Outage) -> None:
    said = outage.status_without_one
    assert said.code == 1
    assert f"{FIRST} is not running" in said.err
    assert said.json["equal"] is False


def test_without_two_members_all_is_visible_and_marked_provisional(outage: Outage) -> None:
    assert outage.provisional_without_two == dict.fromkeys((ALONE, *REST), True)
    assert outage.listed_without_two == {outage.without_two.name}


def test_a_checkpoint_that_nobody_else_has_stored_is_not_published(outage: Outage) -> None:
    assert outage.published_size <= outage.alone_at


def test_promise_4_all_are_equal_again_and_all_is_confirmed(demo: Demo, outage: Outage) -> None:
    demo.wait_equal()
    for member in demo.others():
        for sent in (outage.without_one, outage.without_two, outage.alone):
            assert wait_seen(demo, member, sent.name).info.etag == sent.etag
            wait_confirmed(demo, member, sent.name)
    assert published_size(demo) > outage.alone_at
    assert demo.status().code == 0


@pytest.mark.parametrize("stage", ["by_first", "alone"])
def test_promise_5_a_request_repeated_after_a_restart_acts_once(
    demo: Demo, outage: Outage, stage: str
) -> None:
    """`by_first` was written before its member restarted; `alone` by one that went on running."""
    sent: Sent = getattr(outage, stage)
    member = sent.name.split("/")[1]
    again = Sent(sent.listing, sent.request_id)
    again.send(demo.client(member, "platform"))
    assert (again.name, again.etag) == (sent.name, sent.etag)
    assert listed(demo, member, source_id=sent.source_id) == {sent.name}
