r"""The tie key: who goes first where two remainders are equal.

- tie key = SHA-256("ydx/tie/v1\0" ‖ agreement ‖ contract ‖ instalment ‖ kind ‖ party), each of the
  five as u32be length ‖ bytes, texts in UTF-8. The smallest key goes first.
- It holds nothing that the proposer of an income can vary, and not the place in a list: over many
  events no party gains.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Final, TypeAlias

DOMAIN: Final = b"ydx/tie/v1\0"

Tie: TypeAlias = Callable[[str], bytes]
"""Party → its tie key (32 bytes) in one event."""


def tie_of(agreement: bytes, contract: str, instalment: str, kind: str) -> Tie:
    """Return the tie keys of the event that an agreement, contract, instalment and kind name."""
    return partial(_tie_key, agreement, (contract, instalment, kind))


def _tie_key(agreement: bytes, event: tuple[str, str, str], party: str) -> bytes:
    pieces = (agreement, *map(str.encode, (*event, party)))
    return sha256(DOMAIN + b"".join(map(_piece, pieces))).digest()


def _piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw
