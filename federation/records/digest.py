r"""The state digest: one line that says what a node's copy amounts to (DESIGN section 2).

SHA-256 over this, every piece length-prefixed: u32be length ‖ bytes.

    piece        "ydx/state/v1\0"
    piece        audience: "PUBLIC", "MEMBERS", or an agreement's name
    for each origin, ascending by its bytes:
        piece    origin
        piece    confirmed size, u64be
        for each live subject with a part of that audience, ascending by its bytes:
            piece    subject (16 bytes)
            piece    leaf hash of its live entry (32 bytes)
            piece    numbers of that entry's erased parts of the audience, ascending, one byte each

The entries below the confirmed size count, nothing else: a subject is live if its last advancing
entry there is a PUT, and that one is its live entry; a part is erased if an ERASE entry there
names it. An origin and a subject are told apart by the piece that follows (8 or 32 bytes), so no
two states share their bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, TypeAlias

DOMAIN: Final = b"ydx/state/v1\0"

LiveSubject: TypeAlias = tuple[bytes, bytes, bytes]
"""(subject, leaf hash of its live entry, numbers of its erased parts of the audience)."""

_SUBJECT_LENGTH: Final = (16).to_bytes(4)
_LEAF_HASH_LENGTH: Final = (32).to_bytes(4)
_CHUNK: Final = 1000


def state_digest(audience: str, origins: Iterable[tuple[str, int, Iterable[LiveSubject]]]) -> bytes:
    """Return the digest of (origin, confirmed size, live subjects), all ascending.

    The iterables are read once and not kept, so they may stream a million subjects.
    """
    digest = sha256(_piece(DOMAIN) + _piece(audience.encode()))
    for origin, confirmed_size, subjects in origins:
        digest.update(_piece(origin.encode()) + _piece(confirmed_size.to_bytes(8)))
        pieces: list[bytes] = []
        for subject, leaf_hash, erased in subjects:
            pieces += (_SUBJECT_LENGTH, subject, _LEAF_HASH_LENGTH, leaf_hash, _piece(erased))
            if len(pieces) >= _CHUNK:
                digest.update(b"".join(pieces))
                pieces.clear()
        digest.update(b"".join(pieces))
    return digest.digest()


def _piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw
