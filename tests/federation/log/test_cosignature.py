"""Cosignatures: 72 bytes, their message, and who is counted."""

from __future__ import annotations

import base64

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import cosignatures, make_cosignature, verify_cosignature
from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, Signer
from federation.log.merkle import leaf_hash
from federation.log.note import SignatureLine, add_signatures, parse_note

LOG = Signer("ydx.example/shanghai", b"l" * 32)
NOTE = sign_checkpoint(Checkpoint(LOG.name, 7, leaf_hash(b"root")), [LOG])
WITNESSES = [Signer(name, name.encode() * 16) for name in ("w1", "w2", "w3")]
KEYS = [witness.verifier(COSIGNATURE_V1) for witness in WITNESSES]
TIME_S = 1_790_000_000


def cosigned(*lines: SignatureLine) -> bytes:
    return add_signatures(NOTE, lines)


def test_a_cosignature_is_the_time_and_a_signature_over_time_and_body() -> None:
    line = make_cosignature(NOTE, WITNESSES[0], TIME_S)
    assert len(line.blob) == 72
    assert int.from_bytes(line.blob[:8]) == TIME_S
    message = b"cosignature/v1\ntime 1790000000\n" + parse_note(NOTE).text
    assert line.blob[8:] == WITNESSES[0].sign(message)
    assert line.encode().startswith("— w1 ".encode())
    raw = base64.b64decode(line.encode().split(b" ")[2])
    assert raw == KEYS[0].key_id.to_bytes(4) + line.blob


def test_each_witness_is_collected_with_its_time() -> None:
    lines = [make_cosignature(NOTE, one, TIME_S + n) for n, one in enumerate(WITNESSES)]
    found = cosignatures(cosigned(*lines), KEYS)
    assert found == {
        "w1": (TIME_S, lines[0]),
        "w2": (TIME_S + 1, lines[1]),
        "w3": (TIME_S + 2, lines[2]),
    }
    assert cosignatures(cosigned(*lines), KEYS[:1]).keys() == {"w1"}


def test_no_cosignature_is_no_error() -> None:
    assert cosignatures(NOTE, KEYS) == {}
    assert cosignatures(NOTE, []) == {}


def test_edge_8_the_same_key_signing_twice_counts_once_and_the_newest_stands() -> None:
    old = make_cosignature(NOTE, WITNESSES[0], TIME_S)
    new = make_cosignature(NOTE, WITNESSES[0], TIME_S + 60)
    for raw in (cosigned(old, new), cosigned(new, old)):
        assert cosignatures(raw, KEYS) == {"w1": (TIME_S + 60, new)}


def test_edge_8_the_same_key_under_two_names_counts_once() -> None:
    alias = Signer("alias", WITNESSES[0].name.encode() * 16)
    lines = [make_cosignature(NOTE, one, TIME_S) for one in (WITNESSES[0], alias)]
    found = cosignatures(cosigned(*lines), [*KEYS, alias.verifier(COSIGNATURE_V1)])
    assert len(found) == 1


def test_a_log_signature_is_no_cosignature() -> None:
    assert cosignatures(NOTE, [LOG.verifier()]) == {}


BAD = {
    "of another checkpoint": make_cosignature(
        sign_checkpoint(Checkpoint(LOG.name, 8, leaf_hash(b"root")), [LOG]), WITNESSES[0], TIME_S
    ),
    "with another time than was signed": SignatureLine(
        "w1", KEYS[0].key_id, bytes(8) + make_cosignature(NOTE, WITNESSES[0], TIME_S).blob[8:]
    ),
    "without a time": SignatureLine("w1", KEYS[0].key_id, WITNESSES[0].sign(parse_note(NOTE).text)),
    "with a time of 2^63": SignatureLine("w1", KEYS[0].key_id, b"\x80" + bytes(71)),
    "cut": SignatureLine("w1", KEYS[0].key_id, bytes(71)),
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_a_bad_cosignature_of_a_known_witness_poisons_the_note(line: SignatureLine) -> None:
    good = make_cosignature(NOTE, WITNESSES[1], TIME_S)
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        cosignatures(cosigned(good, line), KEYS)
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        verify_cosignature(NOTE, line, KEYS[0])
    assert cosignatures(cosigned(good, line), KEYS[1:]).keys() == {"w2"}


def test_a_line_is_verified_for_the_witness_that_it_names_only() -> None:
    line = make_cosignature(NOTE, WITNESSES[0], TIME_S)
    assert verify_cosignature(NOTE, line, KEYS[0]) == TIME_S
    for key in (KEYS[1], WITNESSES[0].verifier()):
        with pytest.raises(Refused, match="BAD_SIGNATURE"):
            verify_cosignature(NOTE, line, key)


@pytest.mark.parametrize("timestamp_s", [-1, 2**63])
def test_a_time_outside_its_range_is_not_signed(timestamp_s: int) -> None:
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        make_cosignature(NOTE, WITNESSES[0], timestamp_s)


def test_edge_14_history_is_never_refused_by_its_time() -> None:
    for timestamp_s in (0, 2**63 - 1):
        line = make_cosignature(NOTE, WITNESSES[0], timestamp_s)
        assert cosignatures(cosigned(line), KEYS) == {"w1": (timestamp_s, line)}
