"""Ed25519 keys of logs (type 01) and witnesses (type 04), as in C2SP signed-note.

- A verifier key is `name+<8 hex>+base64(type ‖ public key)`; the key id is recomputed and compared.
- The key id is SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4].
- A public key of low order, or one that is not the canonical encoding of a point, is refused:
  under such a key a signature can be forged that `cryptography` accepts.
- A cosignature's message does not bind its name, so each role has its own key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.log import strict_base64 as base64
from federation.log.errors import Refused

ED25519: Final = 0x01
"""Type byte of a log key that signs notes."""
COSIGNATURE_V1: Final = 0x04
"""Type byte of a witness key that makes timestamped cosignatures."""

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MAX_TIMESTAMP_S: Final = 2**63 - 1
_REMEMBERED_BYTES: Final = 512
"""Longer messages are no usual checkpoints; a peer shall not fill the memory with them."""

_PRIME: Final = 2**255 - 19
_SIGN_BIT: Final = 1 << 255
# The y coordinates of the 8 points whose order divides 8 (RFC 8032 curve): order 1, 2, 4 and 8.
_ORDER_8_Y: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_LOW_ORDER_Y: Final = frozenset({1, _PRIME - 1, 0, _ORDER_8_Y, _PRIME - _ORDER_8_Y})
# Split at the first two plus signs: base64 may hold more of them.
_NOT_IN_NAMES: Final = re.compile(r"[\s+\x00-\x1f]")
_VKEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([0-9A-Za-z+/]+=*)")


def generate_private() -> bytes:
    """Return the 32-byte seed of a fresh Ed25519 key from the system's random source."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def check_ed25519_public(raw: bytes) -> None:
    """Refuse (BAD_KEY) a key of low order, or one that is not canonically encoded."""
    if len(raw) != KEY_BYTES:
        raise Refused("BAD_KEY", "an Ed25519 public key has 32 bytes", size_bytes=str(len(raw)))
    y = int.from_bytes(raw, "little") & ~_SIGN_BIT
    if y >= _PRIME:
        raise Refused("BAD_KEY", "the public key is not the canonical encoding of a point")
    # x = 0 only for y = 1 and y = -1, so this also refuses "x = 0 with the sign bit set".
    if y in _LOW_ORDER_Y:
        raise Refused("BAD_KEY", "the public key is of low order")
    if not _on_curve(y):
        raise Refused("BAD_KEY", "the public key is not a point of the curve")


def _on_curve(y: int) -> bool:
    """Tell whether x² = (y² - 1) / (d·y² + 1) has a root (RFC 8032 section 5.1.3)."""
    d = -121665 * pow(121666, -1, _PRIME)
    x_squared = (y * y - 1) * pow(d * y * y + 1, -1, _PRIME) % _PRIME
    return pow(x_squared, (_PRIME - 1) // 2, _PRIME) == 1


def check_key_name(name: str) -> None:
    """Refuse (BAD_KEY) a name that is empty or holds a Unicode space, a control or a plus sign."""
    if not name or _NOT_IN_NAMES.search(name):
        raise Refused("BAD_KEY", "a key name holds no space, no control and no +")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Refused("BAD_KEY", "a key name is valid Unicode") from error


def key_id(name: str, key_type: int, public: bytes) -> int:
    """Return the 4-byte key id of an Ed25519 key as a number (C2SP signed-note)."""
    digest = hashlib.sha256(name.encode() + b"\n" + bytes([key_type]) + public).digest()
    return int.from_bytes(digest[:4])


def cosignature_message(text: bytes, timestamp_s: int) -> bytes:
    """Return what a cosignature/v1 signs for the note text at a Unix time in seconds."""
    return b"cosignature/v1\ntime %d\n%b" % (timestamp_s, text)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name, a key type (01 or 04) and a 32-byte public key; made by `of` or `parse`."""

    name: str
    key_type: int
    public: bytes
    key_id: int

    @classmethod
    def of(cls, name: str, key_type: int, public: bytes) -> Self:
        """Return the checked key; refuse (BAD_KEY) a bad name, an unknown type or a weak key."""
        check_key_name(name)
        if key_type not in {ED25519, COSIGNATURE_V1}:
            raise Refused("BAD_KEY", "the key type is not supported", key_type=str(key_type))
        check_ed25519_public(public)
        return cls(name, key_type, public, key_id(name, key_type, public))

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `name+id+base64`; refuse (BAD_KEY) what is malformed or whose id does not fit."""
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise Refused("BAD_KEY", "a verifier key reads name+id+base64")
        name, stated_id, encoded = match.groups()
        raw = base64.decode(encoded.encode(), "BAD_KEY")
        if not raw:
            raise Refused("BAD_KEY", "the verifier key holds no key")
        key = cls.of(name, raw[0], raw[1:])
        if key.key_id != int(stated_id, 16):
            raise Refused("BAD_KEY", "the key id does not fit name and key", name=key.name)
        return key

    def text(self) -> str:
        """Return the verifier key line, the inverse of `parse`."""
        encoded = base64.encode(bytes([self.key_type]) + self.public).decode()
        return f"{self.name}+{self.key_id:08x}+{encoded}"

    def verify(self, text: bytes, blob: bytes) -> bool:
        """Tell whether `blob` (what follows the key id) is this key's signature of the text."""
        message, signature = text, blob
        if self.key_type == COSIGNATURE_V1:
            if len(blob) != 8 + SIGNATURE_BYTES or blob[0] & 0x80:
                return False
            message = cosignature_message(text, int.from_bytes(blob[:8]))
            signature = blob[8:]
        if len(signature) != SIGNATURE_BYTES:
            return False
        if len(message) > _REMEMBERED_BYTES:
            return _has_signed(self.public, signature, message)
        return _has_signed_remembered(self.public, signature, message)


def _has_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# A note comes again and again, with a line more each time.
_has_signed_remembered = lru_cache(maxsize=4096)(_has_signed)


class Signer:
    """A named private key. The same class signs for a log and for a witness; never one key both."""

    def __init__(self, name: str, private: bytes) -> None:
        """Take a key name and a 32-byte seed; refuses BAD_KEY."""
        check_key_name(name)
        if len(private) != KEY_BYTES:
            raise Refused("BAD_KEY", "an Ed25519 seed has 32 bytes", size_bytes=str(len(private)))
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()

    def verifier(self, key_type: int = ED25519) -> VerifierKey:
        """Return the public half for one role."""
        return VerifierKey.of(self.name, key_type, self.public)

    def sign(self, text: bytes) -> bytes:
        """Return the 64-byte note signature of the text."""
        return self._private.sign(text)

    def cosign(self, text: bytes, timestamp_s: int) -> bytes:
        """Return the 72-byte cosignature/v1 of a checkpoint text at a Unix time in seconds."""
        if not 0 <= timestamp_s <= MAX_TIMESTAMP_S:
            raise Refused("BAD_SIGNATURE", "a cosignature's time is from 0 to 2^63 - 1")
        signature = self._private.sign(cosignature_message(text, timestamp_s))
        return timestamp_s.to_bytes(8) + signature
