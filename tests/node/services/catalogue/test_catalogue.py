"""Reading records: pages, filters, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from node.services.catalogue.reading import RecordQuery
from node.services.catalogue.records import LISTING, MANAGER
from node.services.errors import InvalidFields
from node.services.log.write_options import WriteOptions
from node.storage import arrivals, mirrors
from tests.node.services.own_node import ORIGIN, PARTNER, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from federation.records.codec import Listing


def publish(node: OwnNode, *listings: Listing) -> list[str]:
    options = WriteOptions()
    return [
        node.publishing.publish(PLATFORM, LISTING, one, options).record.name for one in listings
    ]


def names(node: OwnNode, page_size: int = 200, **query: Any) -> list[str]:
    """Walk all pages of a query."""
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = node.catalogue.page(PLATFORM, RecordQuery(kind=LISTING, **query), after, page_size)
        assert len(page.records) <= page_size
        found += [record.name for record in page.records]
        after = page.next_after
    return found


@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 8])
def test_pages_hold_each_listing_once_in_order(node: OwnNode, page_size: int) -> None:
    published = publish(node, *(supply(number) for number in range(7)))
    assert names(node, page_size) == published
    assert names(node, page_size, members=["anhui"]) == published
    with pytest.raises(InvalidFields) as caught:
        names(node, page_size, members=["anhui", "jiangsu"])
    (wrong,) = caught.value.violations
    assert (wrong.field, wrong.rule) == ("filter.members[1]", "MEMBER_NOT_HELD")
    assert "anhui" in wrong.text_zh


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"region": "34"}, [0, 1, 2]),
        ({"region": "3401"}, [0, 2]),
        ({"region": "32"}, [3]),
        ({"tech_field": 7}, [1]),
        ({"listing_kind": 2}, []),
        ({"listing_kind": 1, "region": "3405"}, [1]),
        ({"states": [2]}, [2]),
        ({"states": [6]}, [4]),
        ({"states": [2, 6]}, [2, 4]),
        ({}, [0, 1, 2, 3]),
        ({"source_platform": "anhui-tech", "source_id": "AH-0000003"}, [3]),
        ({"source_platform": "hefei-lab"}, []),
        ({"changed_after_position": 3}, [2, 3]),
        ({"changed_after_position": 6}, []),
    ],
)
def test_filters(node: OwnNode, query: dict[str, Any], expected: list[int]) -> None:
    published = publish(
        node,
        supply(0),
        supply(1, region="340500", tech_field=7),
        supply(2, status=2),
        supply(3, region="320500"),
        supply(4),
    )
    node.publishing.withdraw(PLATFORM, LISTING, published[4], WriteOptions())
    assert names(node, **query) == [published[number] for number in expected]


@pytest.mark.parametrize("position", [3, 2**62])
def test_a_list_of_what_followed_a_position_that_the_feed_has_not_reached_is_refused(
    node: OwnNode, position: int
) -> None:
    """As the feed itself refuses it: the client has seen a database that was newer."""
    publish(node, supply(0))
    assert names(node, changed_after_position=2) == []
    with pytest.raises(YdxError) as caught:
        names(node, changed_after_position=position)
    assert (caught.value.reason, caught.value.metadata) == ("POSITION_IN_FUTURE", {"position": "2"})


def test_a_list_says_how_complete_each_origin_is(node: OwnNode) -> None:
    publish(node, supply(0))
    for members in ((), ("anhui",)):
        page = node.catalogue.page(PLATFORM, RecordQuery(kind=LISTING, members=members), 0, 10)
        assert [(facts.member) for facts in page.origins] == ["anhui"]


def test_records_are_provisional_until_confirmed(node: OwnNode) -> None:
    first, second = publish(node, supply(0), supply(1))
    with node.database.write() as tx:
        mirrors.set_confirmed(tx, mirrors.get(tx, ORIGIN).origin_id, 2, b"note")
    assert not node.catalogue.get(PLATFORM, LISTING, first).info.provisional
    assert node.catalogue.get(PLATFORM, LISTING, second).info.provisional


def test_history_holds_all_revisions_and_the_withdrawal(node: OwnNode) -> None:
    (name,) = publish(node, supply(0))
    for trl in (7, 8):

        def change(stored: Listing, trl: int = trl) -> Listing:
            stored.public.trl = trl
            return stored

        node.publishing.revise(PLATFORM, LISTING, name, change, WriteOptions())
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    walked: list[Listing] = []
    after: int | None = 0
    while after is not None:
        page = node.catalogue.history(PLATFORM, LISTING, name, after, 3)
        walked += page.records
        after = page.next_after
    assert [one.info.revision for one in walked] == [1, 2, 3, 4]
    assert [one.public.trl for one in walked] == [6, 7, 8, 0]
    assert [one.state for one in walked] == [1, 1, 1, 6]
    assert walked[3] == node.catalogue.get(PLATFORM, LISTING, name)
    public_only = node.catalogue.history(PARTNER, LISTING, name, 0, 10).records
    assert not any(one.HasField("origin") or one.HasField("members") for one in public_only)


@pytest.mark.parametrize(
    "name",
    [
        "nodes/anhui/listings/00000000000000000000000001",
        "nodes/x/listings/00000000000000000000000001",
    ],
)
def test_what_is_not_known_is_not_found(node: OwnNode, name: str) -> None:
    node.sequencer.open_log()
    for read in (
        lambda: node.catalogue.get(PLATFORM, LISTING, name),
        lambda: node.catalogue.history(PLATFORM, LISTING, name, 0, 1),
    ):
        with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
            read()


def test_a_name_is_of_one_kind(node: OwnNode) -> None:
    (name,) = publish(node, supply(0))
    other = name.replace("listings", "managers")
    with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
        node.catalogue.get(PLATFORM, MANAGER, other)
    with pytest.raises(YdxError, match="INVALID_FIELD"):
        node.catalogue.get(PLATFORM, MANAGER, name)


def test_the_feed_counts_every_leaf(node: OwnNode) -> None:
    publish(node, *(supply(number) for number in range(3)))
    with node.database.read() as tx:
        assert arrivals.last_position(tx) == node.sequencer.tree_size == 4
