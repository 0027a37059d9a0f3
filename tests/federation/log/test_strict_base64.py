"""Base64 has one spelling for each value: a signed text must not have a second one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.strict_base64 import decode, encode
from tests.federation.log.refusals import refusal_reason


@given(st.binary(max_size=100))
def test_edge_2_what_is_written_is_read(raw: bytes) -> None:
    assert encode(raw) == base64.b64encode(raw)
    assert decode(encode(raw), "BAD") == raw


@given(st.binary() | st.from_regex(rb"[A-Za-z0-9+/=\\n ]{0,12}", fullmatch=True))
def test_edge_2_what_is_read_is_written_back_the_same(text: bytes) -> None:
    reason = refusal_reason(decode, text, "BAD")
    assert reason in {None, "BAD"}
    if reason is None:
        assert encode(decode(text, "BAD")) == text


LOOSE = [b"QQ==\n", b"Q Q==", b"!QQ==", b"QQ=", b"QQ", b"QR==", b"QQ==QQ==", b"-_-_", b"="]


@pytest.mark.parametrize("text", LOOSE, ids=repr)
def test_edge_2_what_other_decoders_forgive_is_refused(text: bytes) -> None:
    assert refusal_reason(decode, text, "BAD") == "BAD"
