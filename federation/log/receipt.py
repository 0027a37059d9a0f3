"""Receipts (C2SP tlog-proof@v1): an offline-checkable proof that an entry stands in a log.

    c2sp.org/tlog-proof@v1
    extra <base64>              (optional; not authenticated by the format)
    index <leaf index>
    <base64 hash>               (one line each, from the leaf's sibling upwards)
                                (a blank line)
    <checkpoint note, verbatim>

`extra` carries what the receipt is about, an `Opening`: the entry's bytes and the parts that the
holder may see. It needs no signature: the entry is held against the tree, each part against the
entry's commitment.

A file may hold several receipts, one directly after the other; each is checked by itself.

opening = u32be length ‖ entry ‖ (u8 part number ‖ u32be length ‖ salt ‖ payload)… ‖ (u8 number ‖
u32be length ‖ file)…, part numbers ascending and below 8. Numbers from 8 on are files that come
along, ascending too, but one number may occur several times: see `federation.trust.carrying`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from federation.log.entry import MAX_ENTRY_BYTES, MAX_PARTS
from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES, leaf_hash
from federation.log.merkle import verify_inclusion
from federation.log.note import MAX_NOTE_BYTES
from federation.log.part import MAX_PART_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from federation.log.keys import VerifierKey

MAX_PATH_HASHES: Final = 63
MAX_FILES_BYTES: Final = 3 * 2**20
"""Limit of all files together that come along with a receipt."""
_HEADER: Final = b"c2sp.org/tlog-proof@v1\n"
_LENGTH_BYTES: Final = 4
_MAX_OPENING_BYTES: Final = (
    _LENGTH_BYTES
    + MAX_ENTRY_BYTES
    + MAX_PARTS * (1 + _LENGTH_BYTES + MAX_PART_BYTES)
    + MAX_FILES_BYTES
)
_MAX_RECEIPT_BYTES: Final = (
    _MAX_OPENING_BYTES * 4 // 3 + MAX_PATH_HASHES * 45 + MAX_NOTE_BYTES + 100
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof and the checkpoint note that it leads to; nothing about it is verified."""

    leaf_index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""


@dataclass(frozen=True, slots=True)
class Opening:
    """An entry's bytes, and salt ‖ payload of some of its parts by part number."""

    entry: bytes
    parts: Mapping[int, bytes] = field(default_factory=dict)
    files: Sequence[tuple[int, bytes]] = ()
    """Files that come along, by their numbers, which ascend from MAX_PARTS."""


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the receipt file."""
    lines = [b"index %d\n" % receipt.leaf_index]
    if receipt.extra:
        lines.insert(0, b"extra %b\n" % base64.encode(receipt.extra))
    lines += [base64.encode(one) + b"\n" for one in receipt.path]
    return _HEADER + b"".join(lines) + b"\n" + receipt.checkpoint


def parse_receipt(raw: bytes) -> Receipt:
    """Read a receipt file, or refuse it (MALFORMED_RECEIPT); nothing is verified."""
    head, blank, checkpoint = raw.partition(b"\n\n")
    if len(raw) > _MAX_RECEIPT_BYTES or not blank or not head.startswith(_HEADER):
        raise _malformed("not a tlog-proof@v1, or too long")
    lines = head.removeprefix(_HEADER).split(b"\n", MAX_PATH_HASHES + 2)
    extra = b""
    if lines[0].startswith(b"extra "):
        extra = base64.decode(lines.pop(0).removeprefix(b"extra "), "MALFORMED_RECEIPT")
        if not extra:
            raise _malformed("an empty extra line is left out")
    if not lines or not lines[0].startswith(b"index "):
        raise _malformed("the index line is missing")
    leaf_index = parse_decimal(lines[0].removeprefix(b"index "), "MALFORMED_RECEIPT")
    path = tuple(base64.decode(line, "MALFORMED_RECEIPT") for line in lines[1:])
    if len(path) > MAX_PATH_HASHES or any(len(one) != HASH_BYTES for one in path):
        raise _malformed("the path is of at most 63 hashes of 32 bytes")
    return Receipt(leaf_index, path, checkpoint, extra)


def split_receipts(raw: bytes) -> list[bytes]:
    """Return the receipts of a file, one or more, or refuse it (MALFORMED_RECEIPT)."""
    first, *rest = raw.split(b"\n" + _HEADER)
    if not first.startswith(_HEADER):
        raise _malformed("not a tlog-proof@v1")
    receipts = [first, *(_HEADER + one for one in rest)]
    # Each but the last has lost the newline that ended its note.
    return [one + b"\n" for one in receipts[:-1]] + receipts[-1:]


def verify_receipt(
    receipt: Receipt, entry: bytes, log_keys: VerifierKey | Iterable[VerifierKey]
) -> Checkpoint:
    """Return the signed checkpoint in whose tree the entry stands at the receipt's index.

    Refuses BAD_PROOF and what `open_checkpoint` refuses. Parts and cosignatures are not looked at:
    see `part.open_part` and `cosignature.cosignatures`.
    """
    checkpoint = open_checkpoint(receipt.checkpoint, log_keys)
    verify_inclusion(
        receipt.leaf_index,
        checkpoint.tree_size,
        leaf_hash(entry),
        receipt.path,
        checkpoint.root,
    )
    return checkpoint


def encode_opening(opening: Opening) -> bytes:
    """Return the bytes of an opening, for `Receipt.extra`."""
    pieces = [len(opening.entry).to_bytes(_LENGTH_BYTES), opening.entry]
    for number, wire in (*sorted(opening.parts.items()), *opening.files):
        pieces += (bytes((number,)), len(wire).to_bytes(_LENGTH_BYTES), wire)
    return b"".join(pieces)


def parse_opening(raw: bytes) -> Opening:
    """Read an opening, or refuse it (MALFORMED_RECEIPT); nothing is verified."""
    if len(raw) > _MAX_OPENING_BYTES:
        raise _malformed("the opening is too long")
    entry, at = _piece(raw, 0)
    parts: dict[int, bytes] = {}
    while at < len(raw) and raw[at] < MAX_PARTS:
        number = raw[at]
        if number <= max(parts, default=-1):
            raise _malformed("part numbers ascend")
        parts[number], at = _piece(raw, at + 1)
    return Opening(entry, parts, _files(raw, at))


def _files(raw: bytes, at: int) -> tuple[tuple[int, bytes], ...]:
    """Return what stands after the parts, from `at` on."""
    if len(raw) - at > MAX_FILES_BYTES:
        raise _malformed("the files that come along are too long")
    files: list[tuple[int, bytes]] = []
    while at < len(raw):
        number = raw[at]
        if number < (files[-1][0] if files else MAX_PARTS):
            raise _malformed("numbers ascend, those of parts first")
        content, at = _piece(raw, at + 1)
        files.append((number, content))
    return tuple(files)


def _piece(raw: bytes, at: int) -> tuple[bytes, int]:
    start = at + _LENGTH_BYTES
    end = start + int.from_bytes(raw[at:start])
    if end > len(raw):
        raise _malformed("the opening is cut")
    return raw[start:end], end


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_RECEIPT", what)
