"""Ed25519 private keys as signed-note writes them: `PRIVATE+KEY+<name>+<id>+<base64>`.

So a key file says whose key it is and in which role; the id is recomputed and compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from federation.log import strict_base64 as base64
from federation.log.errors import Refused, YdxError
from federation.log.keys import Signer, key_id

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX: Final = "PRIVATE+KEY+"


def private_key_text(name: str, key_type: int, seed: bytes) -> str:
    """Return the key as one line, without a newline."""
    public = Signer(name, seed).public
    encoded = base64.encode(bytes([key_type]) + seed).decode()
    return f"{_PREFIX}{name}+{key_id(name, key_type, public):08x}+{encoded}"


def parse_private_key(text: str, key_type: int) -> tuple[str, bytes]:
    """Return name and 32-byte seed, or refuse (BAD_KEY) another type or what is malformed."""
    pieces = text.removeprefix(_PREFIX).split("+", 2)
    raw = base64.decode(pieces[-1].encode(), "BAD_KEY")
    if private_key_text(pieces[0], key_type, raw[1:]) != text:
        raise Refused("BAD_KEY", "a private key of another type, or its id does not fit")
    return pieces[0], raw[1:]


def read_private_key(path: Path, key_type: int) -> tuple[str, bytes]:
    """Return name and 32-byte seed of a key file, or raise BAD_CONFIG. Its text is never shown."""
    try:
        return parse_private_key(path.read_text(encoding="utf-8").strip(), key_type)
    except (ValueError, Refused) as error:
        raise YdxError("BAD_CONFIG", f"{path} holds no such key", file=str(path)) from error


def tuf_signer(seed: bytes) -> CryptoSigner:
    """Return the seed's key as python-tuf signs with it."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))
