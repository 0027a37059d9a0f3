"""Update masks on real listings (AIP-134)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.rpc.field_masks import masked
from node.services.errors import InvalidFields
from ydx.exchange.v1 import listing_pb2, record_pb2

PARTS = ("public", "members", "origin")


def listing(**public: object) -> listing_pb2.Listing:
    return listing_pb2.Listing(public=listing_pb2.ListingPublic(**public))  # type: ignore[arg-type]


STORED = listing(
    title="old title",
    summary="old summary",
    keywords=["a", "b"],
    owner=record_pb2.OrganisationRef(name="owner", uscc="91310000MA1FL0000X"),
)
STORED.name = "nodes/shanghai/listings/01arz3ndektsv4rrffq69g5fav"


def revised(update: listing_pb2.Listing, *paths: str) -> listing_pb2.Listing:
    before = STORED.SerializeToString()
    result = masked(STORED, update, paths, PARTS)
    assert STORED.SerializeToString() == before, "what is stored is copied, not changed"
    return result


def test_a_named_field_is_replaced_and_the_others_stay() -> None:
    result = revised(listing(title="new", summary="ignored"), "public.title")
    assert (result.public.title, result.public.summary) == ("new", "old summary")


def test_a_named_field_that_is_empty_is_cleared() -> None:
    result = revised(listing(), "public.summary", "public.keywords", "public.owner.uscc")
    assert (result.public.summary, list(result.public.keywords)) == ("", [])
    assert result.public.owner == record_pb2.OrganisationRef(name="owner")


def test_a_list_is_replaced_as_a_whole() -> None:
    assert list(revised(listing(keywords=["c"]), "public.keywords").public.keywords) == ["c"]


def test_a_named_message_is_replaced_as_a_whole() -> None:
    owner = record_pb2.OrganisationRef(name="new owner")
    assert revised(listing(owner=owner), "public.owner").public.owner == owner
    assert not revised(listing(), "public.owner").public.HasField("owner")


def test_a_whole_part_is_replaced() -> None:
    result = revised(listing(title="new"), "public")
    assert result.public == listing_pb2.ListingPublic(title="new")
    assert not revised(listing_pb2.Listing(), "public").HasField("public")


def test_a_path_into_what_neither_side_has_makes_no_empty_message() -> None:
    assert revised(listing(), "public.supply.advantages") == STORED


def test_without_a_mask_every_populated_field_is_taken_down_to_values() -> None:
    update = listing(title="new", keywords=["c"], owner=record_pb2.OrganisationRef(name="new"))
    update.name = "ignored: no part"
    result = revised(update)
    assert (result.public.title, list(result.public.keywords)) == ("new", ["c"])
    assert result.public.owner == record_pb2.OrganisationRef(name="new", uscc="91310000MA1FL0000X")
    assert (result.public.summary, result.name) == ("old summary", STORED.name)


def test_nothing_populated_and_no_mask_changes_nothing() -> None:
    assert revised(listing_pb2.Listing()) == STORED


@pytest.mark.parametrize(
    "path",
    [
        "title",
        "name",
        "state",
        "public.",
        ".public",
        "",
        "*",
        "public.nothing",
        "public.title.more",
        "public.keywords.0",
        "public.attachments.name",
        "public..title",
        "PUBLIC.title",
    ],
)
def test_a_path_that_leads_nowhere_is_named(path: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        revised(listing(title="new"), "public.title", path)
    (violation,) = caught.value.violations
    assert (violation.field, violation.rule, violation.value) == ("update_mask", "MASK_PATH", path)
    assert path in violation.text_en
    assert path in violation.text_zh


def test_all_bad_paths_are_named_at_once() -> None:
    with pytest.raises(InvalidFields) as caught:
        revised(listing(), "a", "public.title", "b")
    assert [violation.value for violation in caught.value.violations] == ["a", "b"]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_paths_give_a_listing_or_violations(paths: list[str]) -> None:
    try:
        assert masked(STORED, listing(), paths, PARTS).name == STORED.name
    except InvalidFields as error:
        assert error.violations  # noqa: PT017 - most paths are refused
