"""Checkpoints (C2SP tlog-checkpoint): the signed text that says how far a log has come.

- Lines, each ended by a newline, none empty: origin; tree size, decimal without leading zeros, at
  most 2^63 - 1; base64 of the 32-byte root; any number of extension lines.
- The origin equals the name of the key that signed.
- A tree of size 0 has the root SHA-256("").
- Two checkpoints are compared by origin, size and root only, never byte by byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.errors import Refused
from federation.log.hashing import EMPTY_ROOT, HASH_BYTES, MAX_TREE_SIZE
from federation.log.keys import Signer, VerifierKey
from federation.log.note import parse_note, sign_note, verify_parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MIN_LINES: Final = 3
_DECIMAL: Final = re.compile(rb"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, tree size and 32-byte root; extension lines do not count in comparisons."""

    origin: str
    tree_size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> bytes:
        """Return the note text, with its final newline."""
        lines = [
            self.origin.encode(),
            b"%d" % self.tree_size,
            base64.encode(self.root),
            *(line.encode() for line in self.extensions),
        ]
        return b"\n".join(lines) + b"\n"

    def same_tree(self, other: Checkpoint) -> bool:
        """Tell whether both speak of the same origin, size and root."""
        mine = (self.origin, self.tree_size, self.root)
        return mine == (other.origin, other.tree_size, other.root)


def parse_decimal(text: bytes, reason: str) -> int:
    """Read ASCII decimal digits without leading zeros, at most 2^63 - 1, or refuse."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_TREE_SIZE:
        raise Refused(reason, "not a decimal number from 0 to 2^63 - 1")
    return int(text)


def parse_checkpoint(text: bytes) -> Checkpoint:
    """Read a note text as a checkpoint, or refuse it (MALFORMED_CHECKPOINT)."""
    lines = text.split(b"\n")
    if lines.pop() or len(lines) < _MIN_LINES or not all(lines):
        raise _malformed("a checkpoint has at least 3 lines, none empty")
    try:
        origin, *extensions = (line.decode() for line in (lines[0], *lines[3:]))
    except UnicodeDecodeError as error:
        raise _malformed("a checkpoint is valid UTF-8") from error
    tree_size = parse_decimal(lines[1], "MALFORMED_CHECKPOINT")
    root = base64.decode(lines[2], "MALFORMED_CHECKPOINT")
    if len(root) != HASH_BYTES:
        raise _malformed("a root hash has 32 bytes")
    if tree_size == 0 and root != EMPTY_ROOT:
        raise _malformed("an empty tree has the empty root")
    return Checkpoint(origin, tree_size, root, tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """Return the signed note; every signer's name must equal the origin."""
    if any(signer.name != checkpoint.origin for signer in signers):
        raise Refused("WRONG_ORIGIN", "the key's name is not the origin", origin=checkpoint.origin)
    parse_checkpoint(checkpoint.body())
    return sign_note(checkpoint.body(), signers)


def open_checkpoint(raw: bytes, log_keys: VerifierKey | Iterable[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that one of `log_keys` has signed for its own name.

    Refuses MALFORMED_NOTE, MALFORMED_CHECKPOINT, BAD_SIGNATURE, NO_TRUSTED_SIGNATURE, WRONG_ORIGIN.
    """
    keys = (log_keys,) if isinstance(log_keys, VerifierKey) else tuple(log_keys)
    note = parse_note(raw)
    checkpoint = parse_checkpoint(note.text)
    for key, _ in verify_parsed(note, keys).signatures:
        if key.name != checkpoint.origin:
            raise Refused(
                "WRONG_ORIGIN", "the key's name is not the origin", origin=checkpoint.origin
            )
    return checkpoint


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_CHECKPOINT", what)
