"""Page tokens open only as they were sealed."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.subject import MAX_ORIGIN_BYTES
from node.rpc.page_tokens import PageTokens
from node.rpc.search_messages import cursor_of, read_cursor
from node.search.query import Words
from node.search.ranking import TOLD_MAX, Place, Reached, Told

TOKENS = PageTokens(bytes(32), os.urandom)
METHOD, FILTER, CURSOR = "ListListings", b"filter", b"position 17"


def refused(tokens: PageTokens, method: str, query: bytes, token: str) -> bool:
    try:
        tokens.open(method, query, token)
    except Refused as error:
        return error.reason == "BAD_PAGE_TOKEN"
    return False


@given(st.text(), st.binary(), st.binary(max_size=200))
def test_a_sealed_cursor_opens_again(method: str, query: bytes, cursor: bytes) -> None:
    assert TOKENS.open(method, query, TOKENS.seal(method, query, cursor)) == cursor


def test_a_token_outlives_the_process() -> None:
    token = TOKENS.seal(METHOD, FILTER, CURSOR)
    assert PageTokens(bytes(32), os.urandom).open(METHOD, FILTER, token) == CURSOR


@pytest.mark.parametrize(
    ("tokens", "method", "query"),
    [
        (TOKENS, "ListChanges", FILTER),
        (TOKENS, METHOD, b"another filter"),
        (TOKENS, METHOD + "\0", FILTER),
        (PageTokens(b"\1" * 32, os.urandom), METHOD, FILTER),
    ],
    ids=["another method", "another filter", "a shifted border", "another node"],
)
def test_a_token_from_elsewhere_is_refused(tokens: PageTokens, method: str, query: bytes) -> None:
    assert refused(tokens, method, query, TOKENS.seal(METHOD, FILTER, CURSOR))


@given(st.data())
def test_no_changed_token_opens(data: st.DataObject) -> None:
    token = TOKENS.seal(METHOD, FILTER, CURSOR)
    raw = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert refused(TOKENS, METHOD, FILTER, urlsafe_b64encode(raw).decode().rstrip("="))


@given(st.text())
def test_no_invented_token_opens(token: str) -> None:
    assert refused(TOKENS, METHOD, FILTER, token)


@pytest.mark.parametrize("suffix", ["=", " ", "\n", "é", "A" * 2000])
def test_a_token_has_one_spelling(suffix: str) -> None:
    assert refused(TOKENS, METHOD, FILTER, TOKENS.seal(METHOD, FILTER, CURSOR) + suffix)


def test_tokens_tell_nothing_about_what_they_hold() -> None:
    token = TOKENS.seal(METHOD, FILTER, CURSOR)
    assert token != TOKENS.seal(METHOD, FILTER, CURSOR)
    assert CURSOR not in urlsafe_b64decode(token + "=" * (-len(token) % 4))


def test_the_longest_cursor_of_a_search_makes_a_token_that_opens() -> None:
    told = [Told(2**20 - 1, bytes([at]) * 16, 2**63 - 1) for at in range(TOLD_MAX)]
    origin = "x" * MAX_ORIGIN_BYTES
    reached = Reached(Place(Words.SOME, -1.5, origin, b"\xff" * 16), 2**63, tuple(told), told[0])
    tokens = PageTokens(b"secret", bytes)
    token = tokens.seal("m", b"", cursor_of(reached))
    assert read_cursor(tokens.open("m", b"", token)) == reached
