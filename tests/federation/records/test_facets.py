"""What the catalogue takes from a PUBLIC part, and what makes it void."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from federation.log.batch import Facets
from federation.records import codec
from federation.records.facets import HIDDEN, RecordState, facets
from ydx.exchange.v1 import record_pb2

SUPPLY = codec.ListingKind.LISTING_KIND_SUPPLY


def listing(**values: object) -> bytes:
    said: Message = codec.ListingPublic(kind=SUPPLY, title="碳纤维")
    for name, value in values.items():
        setattr(said, name, value)
    return said.SerializeToString()


def test_a_listing() -> None:
    content = listing(
        region="310115",
        tech_field=5,
        trl=6,
        valid_until="2027-12-31",
        status=3,
        source_platform="sh",
        source_id="A-1",
        summary="whatever",
    )
    expected = (RecordState.MATCHED, 1, "碳纤维", "310115", 5, 6, "2027-12-31", "sh", "A-1")
    assert facets(2, content) == expected


def test_an_organisation_and_a_manager() -> None:
    organisation = codec.OrganisationPublic(
        title="某大学", region="340100", source_platform="ah", source_id="7"
    )
    manager = codec.ManagerPublic(title="皖技经-0012", region="340100")
    manager.tech_fields.extend(
        [
            codec.TechField.TECH_FIELD_NEW_MATERIALS,
            codec.TechField.TECH_FIELD_AEROSPACE,
        ]
    )
    assert facets(3, organisation.SerializeToString()) == (
        *(RecordState.PUBLISHED, 0, "某大学", "340100", 0, 0, "", "ah", "7"),
    )
    assert facets(4, manager.SerializeToString()) == (
        *(RecordState.PUBLISHED, 0, "皖技经-0012", "340100", 5, 0, "", "", ""),
    )


VOID = {
    "no content": None,
    "empty": b"",
    "not a message": b"\xff\xff\xff",
    "cut": listing()[:-1],
    "text that is not UTF-8": b"\x08\x01\x12\x02\xff\xfe",
    "no title": listing(title=""),
    "no listing kind": codec.ListingPublic(title="碳纤维").SerializeToString(),
    "an unknown listing kind": b"\x08\x09" + listing()[2:],
    "an unknown status": listing(status=6),
    "a negative status": listing(status=-1),
    "a TRL of 10": listing(trl=10),
    "a NUL in the title": listing(title="碳\0纤维"),
    "a NUL in the source": listing(source_id="\0"),
}


@pytest.mark.parametrize("content", VOID.values(), ids=VOID.keys())
def test_a_content_is_void(content: bytes | None) -> None:
    assert facets(2, content) == HIDDEN


def test_a_zero_byte_that_is_no_text_hurts_nothing() -> None:
    said = codec.ListingPublic(kind=SUPPLY, title="碳纤维")
    said.attachments.add(name="a", sha256=bytes(32))
    assert facets(2, said.SerializeToString())[0] == RecordState.PUBLISHED


def test_an_unknown_kind_has_no_facets() -> None:
    assert facets(5, listing()) == HIDDEN


@given(st.sampled_from([2, 3, 4, 5]), st.binary(max_size=200))
def test_it_is_total(kind: int, content: bytes) -> None:
    found: Facets = facets(kind, content)
    assert len(found) == 9
    assert 1 <= found[0] <= 7


def test_the_states_are_those_of_the_wire() -> None:
    wire = {
        name.removeprefix("RECORD_STATE_"): number
        for name, number in record_pb2.RecordState.items()
        if number
    }
    assert wire == {state.name: state.value for state in RecordState}
