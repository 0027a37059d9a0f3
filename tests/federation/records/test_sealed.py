"""What the parts of a sealed entry amount to."""

from __future__ import annotations

import pytest

from federation.log.entry import Audience
from federation.log.part import PartHeader
from federation.records.sealed import Readable, readable

A, B = bytes(16), b"b" * 16


def header(subject: bytes, revision: int, number: int) -> PartHeader:
    return PartHeader("ydx.example/anhui", subject, revision, number, Audience.NAMED, ("center",))


@pytest.mark.parametrize(
    ("document", "personal", "expected"),
    [
        (None, None, None),
        ((A, 1), None, Readable(A, 1)),
        (None, (A, 1), Readable(A, 2)),
        ((A, 1), (A, 1), Readable(A, 3)),
        ((A, 1), (B, 1), Readable(A, 1)),
        ((A, 1), (A, 2), Readable(A, 1)),
    ],
    ids=[
        "nothing",
        "the document",
        "the personal part alone",
        "both",
        "a personal part of another document",
        "a personal part of another revision",
    ],
)
def test_a_personal_part_belongs_to_its_document(
    document: tuple[bytes, int] | None,
    personal: tuple[bytes, int] | None,
    expected: Readable | None,
) -> None:
    headers = {
        number: header(*of, number)
        for number, of in enumerate((document, personal))
        if of is not None
    }
    assert readable(headers) == expected


@pytest.mark.parametrize(("member", "may_read"), [("center", True), ("anhui", True), ("x", False)])
def test_a_named_part_is_for_whom_it_names_and_for_its_origin(
    member: str, *, may_read: bool
) -> None:
    assert header(A, 1, 0).names(member) is may_read
    successor = PartHeader("ydx.example/anhui.2", A, 1, 0, Audience.NAMED, ("center",))
    assert successor.names(member) is may_read
