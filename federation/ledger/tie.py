r"""The tie key: who goes first where two remainders are equal.

- tie key = SHA-256("ydx/tie/v1\0" ‖ agreement ‖ contract ‖ instalment ‖ kind ‖ party), each of the
  five as u32be length ‖ bytes, texts in UTF-8. The smallest key goes first.
- It holds nothing that the proposer of an income can vary, and not the place in a list: over many
  events no party gains.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final, TypeAlias

DOMAIN: Final = b"ydx/tie/v1\0"

Tie: TypeAlias = Callable[[str], bytes]
"""Party → its tie key (32 bytes) in one event."""


def tie_of(agreement: bytes, contract: str, instalment: str, kind: str) -> Tie:
    """Return the tie keys of the event that an agreement, contract, instalment and kind name."""
    named = (agreement, contract.encode(), instalment.encode(), kind.encode())
    begin = DOMAIN + b"".join(map(_piece, named))
    return lambda party: sha256(begin + _piece(party.encode())).digest()


def _piece(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw
