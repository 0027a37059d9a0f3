"""The codec: parts and their contents, and the limits that hold by construction."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.entry import (
    KIND_LISTING,
    KIND_MANAGER,
    KIND_ORGANISATION,
    KIND_SEALED,
    Audience,
)
from federation.log.errors import Refused
from federation.records import shapes
from federation.records.codec import (
    MAX_CONTENT_BYTES,
    RECORD_TYPES,
    Listing,
    ListingContacts,
    ListingStatus,
    ListingTerms,
    choice_name,
    parse_content,
    serialise_parts,
)
from federation.records.coded_fields import ADDRESS_MAX, HttpsAddress
from federation.records.fields import Group, Many, Shape
from tests.federation.records.examples import demand, manager, organisation, supply

_CODE_BYTES = 100  # a code, a date, a number or a record's name, with its tag


def _deepest(descriptor: Any) -> int:
    below = [_deepest(field.message_type) for field in descriptor.fields if field.message_type]
    return 1 + max(below, default=0)


def _most_bytes(shape: Shape) -> int:
    return sum(_field_bytes(kind) for _, kind in shape.fields.values())


def _field_bytes(kind: Any) -> int:
    if isinstance(kind, Group):
        return 8 + _most_bytes(kind.shape)
    if isinstance(kind, Many):
        return kind.most * _field_bytes(kind.of)
    if isinstance(kind, HttpsAddress):
        return 8 + ADDRESS_MAX
    most = getattr(kind, "most", 0)
    is_text = isinstance(most, int) and 0 < most <= 10_000
    return 8 + 4 * most if is_text else _CODE_BYTES


def test_no_content_nests_deeper_than_16() -> None:
    for types in RECORD_TYPES.values():
        for message in types.parts.values():
            assert _deepest(message.DESCRIPTOR) <= 4


@pytest.mark.parametrize(
    "name", [name for name, value in vars(shapes).items() if isinstance(value, Shape)]
)
def test_largest_content_that_the_rules_allow_fits_a_part(name: str) -> None:
    most = _most_bytes(getattr(shapes, name))
    if name == "LISTING_PUBLIC":  # it has one of the two halves only: WRONG_KIND
        most -= min(_most_bytes(shapes.SUPPLY), _most_bytes(shapes.DEMAND))
    assert most <= MAX_CONTENT_BYTES


def test_record_without_terms_and_contacts_has_one_part() -> None:
    parts = serialise_parts(organisation())
    assert [audience for audience, _ in parts] == [Audience.PUBLIC]


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        (KIND_LISTING, supply()),
        (KIND_LISTING, demand()),
        (KIND_ORGANISATION, organisation()),
        (KIND_MANAGER, manager()),
    ],
)
def test_parts_give_the_record_back(kind: int, record: Any) -> None:
    record.origin.SetInParent()
    names = {Audience.PUBLIC: "public", Audience.MEMBERS: "members", Audience.ORIGIN: "origin"}
    parts = serialise_parts(record)
    assert [audience for audience, _ in parts] == sorted(audience for audience, _ in parts)
    for audience, content in parts:
        assert parse_content(kind, audience, content) == getattr(record, names[audience])


def test_audiences_ascend() -> None:
    record = Listing(members=ListingTerms(terms="面议"), origin=ListingContacts())
    record.origin.contacts.add(name="某某")
    assert [audience for audience, _ in serialise_parts(record)] == [1, 2, 4]


@pytest.mark.parametrize(
    ("sentence", "kind", "audience", "content"),
    [
        ("bytes that are no message", KIND_LISTING, Audience.PUBLIC, b"\xff"),
        ("text that is no UTF-8", KIND_LISTING, Audience.PUBLIC, b"\x12\x01\xff"),
        ("a content over the limit", KIND_LISTING, Audience.PUBLIC, bytes(MAX_CONTENT_BYTES + 1)),
        ("a NAMED part of a record", KIND_LISTING, Audience.NAMED, b""),
        ("a kind that is no record", KIND_SEALED, Audience.PUBLIC, b""),
    ],
)
def test_refused(sentence: str, kind: int, audience: Audience, content: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse_content(kind, audience, content)
    assert caught.value.reason == "MALFORMED_PART", sentence


def _outcome(kind: int, audience: Audience, content: bytes) -> str:
    try:
        parse_content(kind, audience, content)
    except Refused as refused:
        return refused.reason
    return "READ"


@given(st.sampled_from(sorted(RECORD_TYPES)), st.sampled_from(Audience), st.binary())
def test_any_bytes_are_read_or_refused(kind: int, audience: Audience, content: bytes) -> None:
    assert _outcome(kind, audience, content) in {"READ", "MALFORMED_PART"}


def test_unknown_choice_is_named_by_its_number() -> None:
    assert choice_name(ListingStatus, 2) == "LISTING_STATUS_ON_HOLD"
    assert choice_name(ListingStatus, 77) == "77"
