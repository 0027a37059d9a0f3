"""Batches: a result a row, whatever the other rows are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.log.errors import YdxError
from node.services.catalogue.batch import CREATED, REFUSED, REVISED, UNCHANGED, Row
from node.services.catalogue.records import LISTING
from node.services.log.verification import verify_log
from node.storage.database import Database
from tests.node.services.own_node import (
    ORIGIN,
    OTHER_PLATFORM,
    PLATFORM,
    OwnNode,
    new_request_id,
    supply,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from federation.records.codec import Listing


@pytest.fixture(autouse=True)
def verified(node: OwnNode) -> Iterator[None]:
    yield
    assert verify_log(node.database, ORIGIN).differences == []


def batch(node: OwnNode, *listings: Listing, caller: Any = PLATFORM, **more: Any) -> list[Row]:
    kept: list[Row] = []

    def serialise(rows: Sequence[Row]) -> bytes:
        kept[:] = rows
        return bytes(row.outcome for row in rows)

    options = more.pop("options", None) or node.options(**more)
    answer = node.batches.publish(caller, listings, options, serialise)
    assert answer == bytes(row.outcome for row in kept)
    return kept


def outcomes(rows: Sequence[Row]) -> list[int]:
    return [row.outcome for row in rows]


def test_rows_are_created_revised_left_alone_and_refused(node: OwnNode) -> None:
    first = batch(node, supply(1), supply(2), supply(3))
    assert outcomes(first) == [CREATED] * 3
    rows = batch(node, supply(1), supply(2, trl=7), supply(3, region="999999"), supply(4))
    assert outcomes(rows) == [UNCHANGED, REVISED, REFUSED, CREATED]
    assert [row.name for row in rows[:2]] == [row.name for row in first[:2]]
    assert rows[0].etag == first[0].etag
    assert [(v.field, v.rule) for v in rows[2].violations] == [("public.region", "REGION_UNKNOWN")]
    assert rows[2].name == ""
    assert node.catalogue.get(PLATFORM, LISTING, rows[1].name).info.etag == rows[1].etag
    assert node.sequencer.tree_size == 1 + 3 + 2


def test_rows_for_one_listing_are_taken_in_order(node: OwnNode) -> None:
    rows = batch(node, supply(1), supply(1, trl=7), supply(1, trl=7), supply(1, trl=8))
    assert outcomes(rows) == [CREATED, REVISED, UNCHANGED, REVISED]
    assert len({row.name for row in rows}) == 1
    shown = node.catalogue.get(PLATFORM, LISTING, rows[0].name)
    assert (shown.info.revision, shown.public.trl) == (3, 8)


def test_a_row_is_the_whole_listing_but_for_its_status(node: OwnNode) -> None:
    name = batch(node, supply(1))[0].name
    assert outcomes(batch(node, supply(1, status=2))) == [REVISED]
    assert outcomes(batch(node, supply(1))) == [UNCHANGED]
    without = supply(1)
    without.ClearField("members")
    without.public.ClearField("keywords")
    assert outcomes(batch(node, without)) == [REVISED]
    shown = node.catalogue.get(PLATFORM, LISTING, name)
    assert (shown.public.status, len(shown.public.keywords)) == (2, 0)
    assert not shown.HasField("members")


def test_a_withdrawn_listing_comes_back_as_a_new_record(node: OwnNode) -> None:
    name = batch(node, supply(1))[0].name
    node.publishing.withdraw(PLATFORM, LISTING, name, node.options())
    again = batch(node, supply(1))[0]
    assert again.outcome == CREATED
    assert again.name != name


def test_rows_of_another_platform_and_forbidden_moves_are_refused(node: OwnNode) -> None:
    batch(node, supply(1))
    rows = batch(node, supply(1), supply(2, platform="hefei-lab"), caller=OTHER_PLATFORM)
    assert outcomes(rows) == [REFUSED, CREATED]
    assert [v.rule for v in rows[0].violations] == ["PLATFORM_MISMATCH"]
    rows = batch(node, supply(1, status=4), supply(9, status=3))
    assert [[v.rule for v in row.violations] for row in rows] == [["STATUS_MOVE"], ["STATUS_FIRST"]]


def test_a_row_that_names_no_platform_is_of_the_platform_whose_token_it_is(node: OwnNode) -> None:
    unnamed = supply(1, platform="")
    assert outcomes(batch(node, unnamed, caller=OTHER_PLATFORM)) == [CREATED]
    assert unnamed.public.source_platform == "", "the caller's message stays as it was"
    assert outcomes(batch(node, supply(1, platform="hefei-lab"), caller=OTHER_PLATFORM)) == [
        UNCHANGED
    ]


def test_a_retried_batch_has_its_first_answer(node: OwnNode) -> None:
    options = node.options(new_request_id(), b"body")
    serialise = lambda rows: repr(rows).encode()  # noqa: E731
    listings = [supply(1), supply(2, region="999999")]
    first = node.batches.publish(PLATFORM, listings, options, serialise)
    batch(node, supply(1, trl=7))
    assert node.batches.publish(PLATFORM, listings, options, serialise) == first
    check = replace(options, validate_only=True)
    assert node.batches.publish(PLATFORM, listings, check, serialise) == first
    assert node.sequencer.tree_size == 3


def test_validate_only_tells_all_rows_and_writes_nothing(node: OwnNode) -> None:
    (stands,) = batch(node, supply(1))
    rows = batch(
        node,
        supply(1),
        supply(1, trl=7),
        supply(2),
        supply(2),
        supply(3, trl=12),
        validate_only=True,
    )
    assert outcomes(rows) == [UNCHANGED, REVISED, CREATED, UNCHANGED, REFUSED]
    assert node.sequencer.tree_size == 2
    places = [(row.name, row.etag, row.leaf_index) for row in rows]
    assert places[0] == (stands.name, stands.etag, stands.leaf_index)
    assert places[1] == (stands.name, "", 0), "its revision has no place yet"
    assert places[2:] == [("", "", 0)] * 3, "nor has a listing that was not written a name"


def test_a_batch_is_written_whole_or_not_at_all(node: OwnNode) -> None:
    def refuse() -> None:
        raise YdxError("DISK_FULL", "for the test")

    node.sequencer.open_log()
    node.may_write = refuse
    with pytest.raises(YdxError, match="DISK_FULL"):
        batch(node, supply(1), supply(2))
    assert node.sequencer.tree_size == 1


_ROWS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(_ROWS, min_size=1, max_size=4))
def test_however_rows_are_cut_into_batches_the_same_listings_stand(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[list[tuple[int, int]]]
) -> None:
    def run(batches: list[list[tuple[int, int]]], path: Path) -> tuple[list[int], dict[str, int]]:
        database = Database.open(f"sqlite:///{path}/node.db")
        done, levels = [], {}
        with OwnNode(database) as node:
            for rows in batches:
                listings = [supply(number, trl=trl) for number, trl in rows]
                for row, listing in zip(batch(node, *listings), listings, strict=True):
                    done.append(row.outcome)
                    shown = node.catalogue.get(PLATFORM, LISTING, row.name)
                    levels[listing.public.source_id] = shown.public.trl
            assert verify_log(database, ORIGIN).differences == []
        database.close()
        return done, levels

    single = [[row] for rows in cuts for row in rows]
    folder = tmp_path_factory.mktemp
    assert run(cuts, folder("cut")) == run(single, folder("single"))
