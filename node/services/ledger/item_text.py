"""What differs between two books, in one line for a person.

- The other side's bytes are claims: what cannot be read is told as such, and only what prints is
  shown, cut to a bounded length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.amounts import grouped_yuan
from federation.ledger.reconcile import Class

if TYPE_CHECKING:
    from federation.ledger.ranges import Item
    from federation.ledger.reconcile import Difference

TEXT_MAX: Final = 240
_PLACE_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
_DIGEST_BYTES: Final = 32


def difference_text(one: Difference) -> str:
    """Return what is here and what is there."""
    if one.kind is Class.FORK:
        return "the center's log has another root there"
    return f"here: {_item_text(one.here)}; there: {_item_text(one.there)}"


def _item_text(item: Item | None) -> str:
    if item is None:
        return "nothing"
    words = [_entry_text(item.entry), item.state, "UNSOUND" if item.unsound else ""]
    said = " ".join(word for word in words if word)
    return "".join(filter(str.isprintable, said))[:TEXT_MAX]


def _entry_text(raw: bytes) -> str:
    if len(raw) in {0, _DIGEST_BYTES}:
        return raw.hex()
    try:
        pieces = _pieces(raw[_PLACE_BYTES:])
        _, value_date, kind, origin, leaf_index, _, *posted = pieces
        amounts = ", ".join(
            f"{account.decode()} {grouped_yuan(int.from_bytes(fen, signed=True))}"
            for account, fen in zip(posted[::2], posted[1::2], strict=True)
        )
        proposal = f"{origin.decode()}#{int.from_bytes(leaf_index)}"
        return f"{value_date.decode()} {kind.decode()} {proposal} [{amounts}]"
    except ValueError:
        return f"({len(raw)} bytes that are no entry)"


def _pieces(raw: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(raw):
        end = at + _LENGTH_BYTES
        size = int.from_bytes(raw[at:end])
        if end + size > len(raw):
            raise ValueError("a piece is cut short")
        found.append(raw[end : end + size])
        at = end + size
    return found
