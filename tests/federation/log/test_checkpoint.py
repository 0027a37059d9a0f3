"""Checkpoints: their text, and who may sign it."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, Signer
from federation.log.merkle import EMPTY_ROOT
from federation.log.note import sign_note
from tests.federation.log.refusals import refusal_reason

ORIGIN = "ydx.example/shanghai"
LOG = Signer(ORIGIN, b"l" * 32)
NEXT_KEY = Signer(ORIGIN, b"n" * 32)
OTHER = Signer("ydx.example/anhui", b"o" * 32)
HEAD = Checkpoint(ORIGIN, 20852163, bytes(range(32)))
ROOT = base64.b64encode(HEAD.root)


def test_the_body_is_three_lines() -> None:
    assert HEAD.body() == b"ydx.example/shanghai\n20852163\n" + ROOT + b"\n"


def test_a_signed_checkpoint_opens() -> None:
    raw = sign_checkpoint(HEAD, [LOG])
    assert open_checkpoint(raw, LOG.verifier()) == HEAD


def test_edge_1_the_empty_tree_has_a_checkpoint() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, [LOG]), [LOG.verifier()]) == empty
    assert base64.b64encode(EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_during_a_rotation_either_key_opens_what_both_have_signed() -> None:
    raw = sign_checkpoint(HEAD, [LOG, NEXT_KEY])
    for keys in ([LOG.verifier()], [NEXT_KEY.verifier()], [LOG.verifier(), NEXT_KEY.verifier()]):
        assert open_checkpoint(raw, keys) == HEAD


def test_extension_lines_are_signed_and_kept_but_do_not_make_another_tree() -> None:
    extended = replace(HEAD, extensions=("more", "and more"))
    opened = open_checkpoint(sign_checkpoint(extended, [LOG]), LOG.verifier())
    assert opened == extended
    assert opened != HEAD
    assert opened.same_tree(HEAD)


def test_a_key_may_not_sign_for_another_origin() -> None:
    raw = sign_note(HEAD.body(), [OTHER])
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        open_checkpoint(raw, OTHER.verifier())
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        sign_checkpoint(HEAD, [OTHER])


def test_a_witness_key_of_the_same_seed_does_not_open_a_log_signature() -> None:
    with pytest.raises(Refused, match="NO_TRUSTED_SIGNATURE"):
        open_checkpoint(sign_checkpoint(HEAD, [LOG]), LOG.verifier(COSIGNATURE_V1))


def text(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in lines)


MALFORMED = {
    "nothing": b"",
    "no origin line": text(b"1", ROOT),
    "no size line": text(b"a", ROOT),
    "no root line": text(b"a", b"1"),
    "an empty origin": text(b"", b"1", ROOT),
    "an empty extension line": text(b"a", b"1", ROOT, b"", b"x"),
    "no last newline": text(b"a", b"1", ROOT)[:-1],
    "edge 4: a sign before the size": text(b"a", b"+5", ROOT),
    "edge 4: a negative size": text(b"a", b"-5", ROOT),
    "edge 4: Arabic digits": text(b"a", "٣".encode(), ROOT),
    "edge 4: an underscore in the size": text(b"a", b"1_0", ROOT),
    "edge 4: a leading zero": text(b"a", b"01", ROOT),
    "edge 4: two zeros": text(b"a", b"00", ROOT),
    "edge 4: a space before the size": text(b"a", b" 1", ROOT),
    "edge 4: a size of 2^63": text(b"a", b"%d" % 2**63, ROOT),
    "edge 4: a size of a thousand digits": text(b"a", b"9" * 1000, ROOT),
    "an empty size": text(b"a", b"", ROOT),
    "edge 5: an empty root": text(b"a", b"1", b"", b"x"),
    "edge 5: a root of 31 bytes": text(b"a", b"1", base64.b64encode(bytes(31))),
    "edge 5: a root of 33 bytes": text(b"a", b"1", base64.b64encode(bytes(33))),
    "edge 2: a root without padding": text(b"a", b"1", ROOT.rstrip(b"=")),
    "edge 2: a root with stray bits": text(b"a", b"1", b"A" * 42 + b"B="),
    "a carriage return": text(b"a", b"1", ROOT + b"\r"),
    "size 0 with a root": text(b"a", b"0", ROOT),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_edge_4_a_malformed_checkpoint_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="MALFORMED_CHECKPOINT"):
        parse_checkpoint(raw)


@given(st.text(max_size=25) | st.integers().map(str))
def test_edge_4_a_size_has_one_spelling(size: str) -> None:
    raw = text(b"a", size.encode("utf-8", "surrogatepass"), ROOT)
    if refusal_reason(parse_checkpoint, raw) is None:
        assert str(parse_checkpoint(raw).tree_size) == size


def test_the_largest_size_is_accepted() -> None:
    assert parse_checkpoint(text(b"a", b"%d" % (2**63 - 1), ROOT)).tree_size == 2**63 - 1


def test_what_cannot_be_read_back_is_not_signed() -> None:
    for bad in (
        replace(HEAD, tree_size=-1),
        replace(HEAD, root=b""),
        replace(HEAD, extensions=("a\nb\n",)),
        replace(HEAD, extensions=("",)),
    ):
        with pytest.raises(Refused):
            sign_checkpoint(bad, [LOG])


LINES = st.lists(st.text() | st.integers().map(str) | st.just(ROOT.decode()), max_size=5)


@given(
    st.binary() | LINES.map("\n".join).map(lambda lines: f"{lines}\n".encode("utf-8", "replace"))
)
def test_parsing_is_total_and_what_it_accepts_is_written_back_the_same(raw: bytes) -> None:
    reason = refusal_reason(parse_checkpoint, raw)
    assert reason in {None, "MALFORMED_CHECKPOINT"}
    assert reason or parse_checkpoint(raw).body() == raw
