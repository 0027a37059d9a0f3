"""Signed notes: the rules of the format, and what hostile notes try."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.keys import Signer
from federation.log.note import (
    MAX_SIGNATURES,
    SignatureLine,
    add_signatures,
    parse_note,
    sign_note,
    verify_note,
)
from tests.federation.log.refusals import refusal_reason

ALICE = Signer("alice.example", b"a" * 32)
BOB = Signer("bob.example", b"b" * 32)
TEXT = "If you think cryptography is the answer,\n\nyou don't understand 密码学.\n".encode()
NOTE = sign_note(TEXT, [ALICE])
LINE = NOTE[len(TEXT) + 1 :]


def line(name: str, key_id: int, blob: bytes) -> bytes:
    return SignatureLine(name, key_id, blob).encode()


def bad_line(signer: Signer) -> bytes:
    return line(signer.name, signer.verifier().key_id, bytes(64))


def test_the_text_may_hold_blank_lines_and_the_split_is_at_the_last() -> None:
    assert verify_note(NOTE, [ALICE.verifier()]).text == TEXT
    assert NOTE == TEXT + b"\n" + LINE


def test_what_is_signed_is_the_text_with_its_last_newline() -> None:
    note = parse_note(NOTE)
    assert note.signatures[0].blob == ALICE.sign(TEXT)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    raw = NOTE + line("who.example", 1, b"anything")
    verified = verify_note(raw, [ALICE.verifier(), BOB.verifier()])
    assert [key.name for key, _ in verified.signatures] == ["alice.example"]


def test_edge_6_a_known_name_with_another_key_id_is_ignored_not_failed() -> None:
    other = ALICE.verifier().key_id ^ 1
    raw = NOTE + line(ALICE.name, other, bytes(64))
    assert len(verify_note(raw, [ALICE.verifier()]).signatures) == 1


@pytest.mark.parametrize("bad_first", [True, False], ids=["bad first", "bad last"])
def test_edge_7_a_bad_signature_of_a_known_key_poisons_the_note(bad_first: bool) -> None:
    good = sign_note(TEXT, [ALICE])[len(TEXT) + 1 :]
    lines = bad_line(BOB) + good if bad_first else good + bad_line(BOB)
    raw = TEXT + b"\n" + lines
    assert verify_note(raw, [ALICE.verifier()]).text == TEXT
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        verify_note(raw, [ALICE.verifier(), BOB.verifier()])


def test_a_bad_second_signature_of_the_same_key_poisons_too() -> None:
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        verify_note(NOTE + bad_line(ALICE), [ALICE.verifier()])


def test_without_a_known_good_signature_the_note_is_refused() -> None:
    with pytest.raises(Refused, match="NO_TRUSTED_SIGNATURE"):
        verify_note(NOTE, [BOB.verifier()])
    with pytest.raises(Refused, match="NO_TRUSTED_SIGNATURE"):
        verify_note(NOTE, [])


def test_a_note_has_up_to_100_signatures() -> None:
    lines = [line("w.example", number, bytes(64)) for number in range(MAX_SIGNATURES + 1)]
    assert len(parse_note(TEXT + b"\n" + b"".join(lines[:-1])).signatures) == MAX_SIGNATURES
    with pytest.raises(Refused, match="MALFORMED_NOTE"):
        parse_note(TEXT + b"\n" + b"".join(lines))


def test_adding_signatures_keeps_the_bytes_and_drops_what_is_there() -> None:
    bob = parse_note(sign_note(TEXT, [BOB])).signatures[0]
    both = add_signatures(NOTE, [bob, bob])
    assert both == NOTE + bob.encode()
    assert add_signatures(both, [bob]) == both
    assert len(verify_note(both, [ALICE.verifier(), BOB.verifier()]).signatures) == 2


def test_adding_beyond_the_limit_is_refused() -> None:
    lines = [SignatureLine("w.example", number, bytes(64)) for number in range(MAX_SIGNATURES)]
    with pytest.raises(Refused, match="MALFORMED_NOTE"):
        add_signatures(NOTE, lines)


def rejoined(encoded: bytes) -> bytes:
    return TEXT + "\n— alice.example ".encode() + encoded + b"\n"


ENCODED = base64.b64encode(b"1234" + bytes(64))
MALFORMED = {
    "nothing": b"",
    "one newline": b"\n",
    "only a blank line": b"\n\n",
    "no signature": TEXT + b"\n",
    "no blank line": TEXT[:20] + b"\n" + LINE,
    "no newline at the end": NOTE[:-1],
    "a blank line at the end": NOTE + b"\n",
    "a hyphen for the dash": NOTE.replace("— ".encode(), b"- "),
    "two spaces after the dash": NOTE.replace("— ".encode(), "—  ".encode()),
    "a carriage return in the text": b"a\r\n" + NOTE,
    "a tab in the text": b"\t" + NOTE,
    "a zero byte in the text": b"\0" + NOTE,
    "invalid UTF-8 in the text": b"\xff" + NOTE,
    "a surrogate in the text": b"\xed\xa0\x80" + NOTE,
    "an empty name": NOTE.replace(b"alice.example", b""),
    "a plus sign in the name": NOTE.replace(b"alice.example", b"a+b"),
    "an ideographic space in the name": NOTE.replace(b"alice.example", "a\u3000b".encode()),
    "edge 3: a line separator in the name": NOTE.replace(b"alice", "a\u2028b".encode()),
    "edge 3: a next-line character in the name": NOTE.replace(b"alice", "a\x85b".encode()),
    "no base64": rejoined(b""),
    "a key id alone": rejoined(base64.b64encode(b"1234")),
    "edge 2: junk in the base64": rejoined(ENCODED[:8] + b"!" + ENCODED[8:]),
    "edge 2: a space in the base64": rejoined(ENCODED[:8] + b" " + ENCODED[8:]),
    "edge 2: no padding": rejoined(base64.b64encode(b"123456789a").rstrip(b"=")),
    "edge 2: stray bits before the padding": rejoined(b"MTIzNDU2Nzg5YR=="),
    "edge 2: padding inside": rejoined(b"MTIz" + b"NA==" + b"NTY3"),
    "edge 2: the URL alphabet": rejoined(b"MTIzND-_"),
    "over a megabyte": b"a" * 1_000_000 + NOTE,
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_edge_2_a_malformed_note_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        parse_note(raw)
    assert refusal.value.reason == "MALFORMED_NOTE"


def test_edge_3_unicode_line_ends_inside_the_text_are_plain_characters() -> None:
    text = "one\u2028two\x85three\x7f\n".encode()
    assert verify_note(sign_note(text, [ALICE]), [ALICE.verifier()]).text == text


def test_a_text_without_a_last_newline_is_not_signed() -> None:
    with pytest.raises(Refused, match="MALFORMED_NOTE"):
        sign_note(b"a", [ALICE])
    with pytest.raises(Refused, match="MALFORMED_NOTE"):
        sign_note(b"a\n", [])


@given(st.binary() | st.text().map(str.encode).map(lambda text: text + b"\n\n" + LINE))
def test_parsing_is_total_and_what_it_accepts_is_written_back_the_same(raw: bytes) -> None:
    reason = refusal_reason(parse_note, raw)
    assert reason in {None, "MALFORMED_NOTE"}
    if reason is None:
        note = parse_note(raw)
        assert note.text + b"\n" + b"".join(one.encode() for one in note.signatures) == raw


@given(st.integers(0, len(NOTE) * 8 - 1))
def test_a_flipped_bit_anywhere_is_refused(bit: int) -> None:
    raw = bytearray(NOTE)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refused):
        verify_note(bytes(raw), [ALICE.verifier()])
