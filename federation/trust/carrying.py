"""Trust files that come along with a receipt, so that a root file is all that is needed beside it.

They stand in the opening of the first receipt of a file, from number 8 on: root.json (each version
of the chain, ascending), timestamp.json, snapshot.json, targets.json, registry.json, each of the
others once. Files of receipts may be joined, so those of all receipts are read. They are as little
trusted as the receipt itself: they prove themselves against the root file of whoever verifies, and
one that proves nothing is as good as missing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from federation.log.entry import MAX_PARTS
from federation.log.errors import Refused
from federation.log.receipt import (
    MAX_FILES_BYTES,
    encode_opening,
    encode_receipt,
    parse_opening,
    parse_receipt,
    split_receipts,
)
from federation.trust.tuf_file import REGISTRY, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from federation.trust.tuf_state import trust_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from federation.trust.tuf_file import TrustFile

_ROLES: Final = (ROOT, TIMESTAMP, SNAPSHOT, TARGETS, REGISTRY)
_HEAD_BYTES: Final = 5


def carry(receipts: bytes, files: Iterable[TrustFile]) -> bytes:
    """Return a file of receipts that carries these trust files instead of those it had.

    Refuses MALFORMED_RECEIPT, and MESSAGE_TOO_LARGE where a receipt cannot carry them.
    """
    first, *others = split_receipts(receipts)
    receipt = parse_receipt(first)
    numbered = sorted(
        ((MAX_PARTS + _ROLES.index(one.role), one.version, one.content) for one in files),
    )
    if sum(_HEAD_BYTES + len(content) for _, _, content in numbered) > MAX_FILES_BYTES:
        raise Refused("MESSAGE_TOO_LARGE", "the trust files are too large for a receipt")
    opening = replace(
        parse_opening(receipt.extra), files=[(number, content) for number, _, content in numbered]
    )
    return encode_receipt(replace(receipt, extra=encode_opening(opening))) + b"".join(others)


def carried(receipts: bytes) -> list[TrustFile]:
    """Return the trust files that a file of receipts carries; what is malformed is left out.

    Refuses MALFORMED_RECEIPT, also where a role other than root comes twice in a receipt.
    """
    found = dict.fromkeys(file for one in split_receipts(receipts) for file in _numbered(one))
    files = []
    for number, content in found:  # joined receipts mostly carry the same ones
        with suppress(Refused):
            files.append(trust_file(_ROLES[number - MAX_PARTS], content))
    return files


def _numbered(raw: bytes) -> Sequence[tuple[int, bytes]]:
    """Return the files of one receipt."""
    receipt = parse_receipt(raw)
    if not receipt.extra:
        return ()
    files = parse_opening(receipt.extra).files
    last = -1
    for number, _ in files:
        place = number - MAX_PARTS
        if (place == last and place) or place >= len(_ROLES):
            raise Refused("MALFORMED_RECEIPT", "a file comes along that nobody knows, or twice")
        last = place
    return files
