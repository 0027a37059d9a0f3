"""Keys: what is refused before anything is verified with it."""

from __future__ import annotations

import base64
import hashlib
import tracemalloc

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.keys import (
    COSIGNATURE_V1,
    ED25519,
    Signer,
    VerifierKey,
    check_ed25519_public,
    generate_private,
)
from tests.federation.log.refusals import refusal_reason

PRIME = 2**255 - 19
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
LOW_ORDER_Y = {
    "order 1": 1,
    "order 2": PRIME - 1,
    "order 4": 0,
    "order 8": ORDER_8,
    "order 8, the other": PRIME - ORDER_8,
    "order 4, y not reduced": PRIME,
    "order 1, y not reduced": PRIME + 1,
}
SIGNER = Signer("ydx.example/shanghai", bytes(range(32)))


def point(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", LOW_ORDER_Y.values(), ids=LOW_ORDER_Y.keys())
def test_points_of_low_order_are_refused_in_every_encoding(y: int, sign: int) -> None:
    with pytest.raises(Refused, match="BAD_KEY"):
        check_ed25519_public(point(y, sign))


def test_the_library_alone_would_accept_a_forged_signature_of_the_identity() -> None:
    """Why keys are checked at all: R = S·B with S = 0 verifies any message."""
    identity = point(1, 0)
    Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"anything")


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("excess", range(19))
def test_y_at_or_above_the_prime_is_refused(excess: int, sign: int) -> None:
    with pytest.raises(Refused, match="BAD_KEY"):
        check_ed25519_public(point(PRIME + excess, sign))


def test_about_half_of_all_encodings_are_no_points_and_are_refused() -> None:
    encodings = [hashlib.sha256(number.to_bytes(2)).digest() for number in range(200)]
    refused = [raw for raw in encodings if refusal_reason(check_ed25519_public, raw)]
    assert 60 < len(refused) < 140


@given(st.binary(max_size=40))
def test_loading_is_total(raw: bytes) -> None:
    assert refusal_reason(check_ed25519_public, raw) in {None, "BAD_KEY"}


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_accepted(seed: bytes) -> None:
    assert Signer("a", seed).verifier().public == Signer("a", seed).public


def test_generated_seeds_differ() -> None:
    assert len({generate_private() for _ in range(8)}) == 8


@pytest.mark.parametrize("key_type", [ED25519, COSIGNATURE_V1])
def test_a_verifier_key_round_trips(key_type: int) -> None:
    key = SIGNER.verifier(key_type)
    assert VerifierKey.parse(key.text()) == key
    message = SIGNER.name.encode() + b"\n" + bytes([key_type]) + SIGNER.public
    assert key.key_id.to_bytes(4) == hashlib.sha256(message).digest()[:4]


def test_edge_6_a_plus_inside_the_base64_does_not_split_the_key() -> None:
    for number in range(1000):
        key = Signer("a.example/b", hashlib.sha256(number.to_bytes(2)).digest()).verifier()
        if key.text().count("+") > 2:
            assert VerifierKey.parse(key.text()) == key
            return
    pytest.fail("no key with a plus sign in its base64")


def test_edge_6_an_ecdsa_key_with_its_own_id_rule_is_not_supported() -> None:
    encoded = base64.b64encode(b"\x02" + SIGNER.public).decode()
    with pytest.raises(Refused, match="not supported"):
        VerifierKey.parse(f"a+00000000+{encoded}")


GOOD = SIGNER.verifier().text()
BAD_KEYS = {
    "an empty text": "",
    "no plus sign": GOOD.replace("+", "-"),
    "an empty name": GOOD[GOOD.index("+") :],
    "a space in the name": " " + GOOD,
    "a no-break space in the name": "\xa0" + GOOD,
    "a control in the name": "\x7fa\x01" + GOOD,
    "a lone surrogate in the name": "\ud800" + GOOD,
    "an upper-case key id": GOOD.replace(f"{SIGNER.verifier().key_id:08x}", "ABCDEF01"),
    "another key's id": GOOD.replace(f"{SIGNER.verifier().key_id:08x}", "00000001"),
    "a name that the id does not fit": "x" + GOOD,
    "a newline at the end": GOOD + "\n",
    "a cut key": GOOD[:-4],
    "no key": GOOD[: GOOD.rindex("+") + 1],
    "stray bits at the end of the base64": GOOD[:-1] + ("B" if GOOD[-1] == "A" else "A"),
    "full-width digits in the id": GOOD.replace("+", "+１", 1),
}


@pytest.mark.parametrize("vkey", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_bad_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(Refused, match="BAD_KEY"):
        VerifierKey.parse(vkey)


@given(st.text())
def test_parsing_a_verifier_key_is_total(text: str) -> None:
    with pytest.raises(Refused, match="BAD_KEY"):
        VerifierKey.parse(text)


@given(st.binary(), st.binary(max_size=80))
def test_verifying_is_total(text: bytes, blob: bytes) -> None:
    assert not SIGNER.verifier(ED25519).verify(text, blob)
    assert not SIGNER.verifier(COSIGNATURE_V1).verify(text, blob)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)], ids=["empty", "short", "long"])
def test_a_seed_of_the_wrong_length_is_refused(seed: bytes) -> None:
    with pytest.raises(Refused, match="BAD_KEY"):
        Signer("a", seed)


def test_a_signature_is_not_malleable() -> None:
    """S and S + L would both satisfy the equation; only S below L is accepted."""
    group_order = 2**252 + 27742317777372353535851937790883648493
    good = SIGNER.sign(b"text")
    larger = int.from_bytes(good[32:], "little") + group_order
    assert SIGNER.verifier().verify(b"text", good)
    assert not SIGNER.verifier().verify(b"text", good[:32] + larger.to_bytes(32, "little"))


@pytest.mark.parametrize("key_type", [ED25519, COSIGNATURE_V1])
def test_what_a_peer_lets_be_verified_does_not_fill_the_memory(key_type: int) -> None:
    """Nobody has to sign anything for it: a long note or a long signature is enough."""
    verifier = SIGNER.verifier(key_type)
    timestamp = bytes(8) if key_type == COSIGNATURE_V1 else b""
    tracemalloc.start()
    try:
        for number in range(32):
            assert not verifier.verify(b"%d\n" % number + b"x" * 100_000, timestamp + bytes(64))
            assert not verifier.verify(b"%d\n" % number, timestamp + bytes(100_000))
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_bytes < 100_000
