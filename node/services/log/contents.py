"""The contents of stored parts of records.

What is stored was held against its commitment and its place when it came, so nothing is checked
here; `ydx log verify` does it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.entry import Audience
from federation.log.part import SALT_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH_BYTES: Final = 4
_HEADER_AT: Final = SALT_BYTES + _LENGTH_BYTES


def content_of(wire: bytes) -> bytes:
    """Return the content in salt ‖ payload of a record's part."""
    header_bytes = int.from_bytes(wire[SALT_BYTES:_HEADER_AT])
    return wire[_HEADER_AT + header_bytes + _LENGTH_BYTES :]


def contents_of(wires: Mapping[int, bytes]) -> dict[Audience, bytes]:
    """Return the contents of parts by audience."""
    return {Audience(audience): content_of(wire) for audience, wire in wires.items()}
