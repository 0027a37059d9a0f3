"""Names: subjects, records, members, origins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.subject import (
    Origin,
    RecordName,
    check_member,
    new_subject,
    parse_origin,
    parse_record_name,
    parse_subject,
    subject_text,
)
from tests.federation.log.refusals import refusal_reason

SUBJECT = new_subject(0x01563E3AB5D3, b"\xd6\x76\x4c\x61\xef\xb9\x93\x02\xbd\x5b")
TEXT = "01arz3ndektsv4rrffq69g5fav"


def test_the_text_of_a_subject_is_that_of_the_ulid_specification() -> None:
    assert subject_text(SUBJECT) == TEXT
    assert parse_subject(TEXT) == SUBJECT


@given(st.binary(min_size=16, max_size=16))
def test_every_subject_round_trips(subject: bytes) -> None:
    assert parse_subject(subject_text(subject)) == subject


@given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10))
def test_subjects_grow_with_time_also_as_text(time_ms: int, random10: bytes) -> None:
    earlier, later = new_subject(time_ms, random10), new_subject(time_ms + 1, bytes(10))
    assert earlier < later
    assert subject_text(earlier) < subject_text(later)


@pytest.mark.parametrize(("time_ms", "count"), [(-1, 10), (2**48, 10), (0, 9), (0, 11)])
def test_a_subject_out_of_range_is_not_made(time_ms: int, count: int) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        new_subject(time_ms, bytes(count))


BAD_SUBJECTS = {
    "nothing": "",
    "25 letters": TEXT[1:],
    "27 letters": TEXT + "0",
    "upper case": TEXT.upper(),
    "an i": "i" + TEXT[1:],
    "an l": TEXT[:-1] + "l",
    "an o": TEXT[:-1] + "o",
    "a u": TEXT[:-1] + "u",
    "more than 128 bits": "8" + TEXT[1:],
    "a newline": TEXT + "\n",
    "a full-width digit": "０" + TEXT[1:],
}


@pytest.mark.parametrize("text", BAD_SUBJECTS.values(), ids=BAD_SUBJECTS.keys())
def test_a_bad_subject_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        parse_subject(text)


def test_only_16_bytes_have_a_text() -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        subject_text(SUBJECT[1:])


@pytest.mark.parametrize("collection", ["listings", "organisations", "managers"])
def test_a_record_name_is_read_and_written(collection: str) -> None:
    text = f"nodes/shanghai/{collection}/{TEXT}"
    assert parse_record_name(text) == RecordName("shanghai", collection, SUBJECT)
    assert str(parse_record_name(text)) == text


BAD_RECORD_NAMES = {
    "nothing": "",
    "another collection": f"nodes/shanghai/offers/{TEXT}",
    "no collection": f"nodes/shanghai/{TEXT}",
    "no member": f"nodes//listings/{TEXT}",
    "a slash behind": f"nodes/shanghai/listings/{TEXT}/",
    "a member in upper case": f"nodes/Shanghai/listings/{TEXT}",
    "a bad subject": f"nodes/shanghai/listings/{TEXT[1:]}",
}


@pytest.mark.parametrize("name", BAD_RECORD_NAMES.values(), ids=BAD_RECORD_NAMES.keys())
def test_a_bad_record_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        parse_record_name(name)


ORIGINS = {
    "ydx.example/shanghai": Origin("ydx.example", "shanghai"),
    "ydx.example/shanghai.2": Origin("ydx.example", "shanghai", 2),
    "a/b.10": Origin("a", "b", 10),
    "xn--0.a-b.example/a-1": Origin("xn--0.a-b.example", "a-1"),
}


@pytest.mark.parametrize(("text", "origin"), ORIGINS.items())
def test_an_origin_is_read_and_written(text: str, origin: Origin) -> None:
    assert parse_origin(text) == origin
    assert str(origin) == text


BAD_ORIGINS = {
    "nothing": "",
    "no member": "ydx.example/",
    "no domain": "/shanghai",
    "no slash": "ydx.example",
    "a scheme": "https://ydx.example/shanghai",
    "a port": "ydx.example:443/shanghai",
    "upper case": "ydx.example/Shanghai",
    "a plus sign": "ydx.example/shang+hai",
    "a space": "ydx.example/shang hai",
    "a successor numbered 1": "ydx.example/shanghai.1",
    "a successor numbered 02": "ydx.example/shanghai.02",
    "a successor without a number": "ydx.example/shanghai.",
    "a member that begins with a digit": "ydx.example/1a",
    "a hyphen at the end": "ydx.example/a-",
    "an empty label": "ydx..example/a",
    "over 127 bytes": "a" * 63 + "." + "b" * 60 + "/abc",
    "a member of 33 letters": "a/" + "b" * 33,
    "Chinese": "ydx.example/上海",
    "a newline": "ydx.example/shanghai\n",
}


@pytest.mark.parametrize("text", BAD_ORIGINS.values(), ids=BAD_ORIGINS.keys())
def test_a_bad_origin_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        parse_origin(text)


@given(st.text(), st.text(alphabet="abcz019-./"))
def test_reading_names_is_total(anything: str, close: str) -> None:
    for text in (anything, close, f"nodes/{close}/listings/{TEXT}"):
        for read in (parse_subject, parse_record_name, parse_origin, check_member):
            assert refusal_reason(read, text) in {None, "MALFORMED_NAME"}
