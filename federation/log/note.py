"""Signed notes (C2SP signed-note): text, a blank line, signature lines.

- The split is at the *last* blank line; the signed bytes are the text with its final newline.
- Valid UTF-8, no byte below 0x20 but the newline; at most 1 MB and 100 signature lines.
- A signature of an unknown (name, key id) is ignored.
- A bad signature of a known one poisons the whole note, even if another one is good.
- Without a good signature of a known key the note is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.errors import Refused
from federation.log.keys import Signer, VerifierKey, check_key_name, key_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100

_KEY_ID_BYTES: Final = 4
_KNOWN_LINE_BYTES: Final = 256
"""Longer lines are no cosignatures; a peer shall not fill the memory with them."""
_DASH: Final = "— ".encode()
# Every byte below 0x20 except the newline.
_CONTROLS: Final = bytes(set(range(0x20)) - {0x0A})


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature: who, the key id as a number, and what follows the key id."""

    name: str
    key_id: int
    blob: bytes

    def encode(self) -> bytes:
        """Return the line with its newline."""
        encoded = base64.encode(self.key_id.to_bytes(_KEY_ID_BYTES) + self.blob)
        return _DASH + self.name.encode() + b" " + encoded + b"\n"

    def is_of(self, key: VerifierKey) -> bool:
        """Tell whether the line claims to be made by that key; nothing is verified."""
        return self.key_id == key.key_id and self.name == key.name


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note; nothing about it is verified."""

    text: bytes
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """A note's text and the good signatures of known keys, in the order of the note."""

    text: bytes
    signatures: tuple[tuple[VerifierKey, SignatureLine], ...]


def parse_note(raw: bytes, max_bytes: int = MAX_NOTE_BYTES) -> Note:
    """Split a note into text and signature lines, or refuse it (MALFORMED_NOTE)."""
    if len(raw) > max_bytes:
        raise _malformed("the note is too long")
    _check_characters(raw)
    blank = raw.rfind(b"\n\n")
    if blank < 0:
        raise _malformed("the note has no blank line")
    return Note(raw[: blank + 1], parse_signature_lines(raw[blank + 2 :]))


def parse_signature_lines(raw: bytes) -> tuple[SignatureLine, ...]:
    """Read one to 100 signature lines, each with its newline, or refuse (MALFORMED_NOTE)."""
    _check_characters(raw)
    # Not splitlines(): it also splits at U+0085, U+2028 and others.
    lines = raw.split(b"\n", MAX_SIGNATURES)
    if lines.pop() or not lines:
        raise _malformed("a note ends with 1 to 100 signature lines")
    return tuple(map(_signature_line, lines))


def verify_note(raw: bytes, keys: Iterable[VerifierKey]) -> VerifiedNote:
    """Return the note with the good signatures of `keys`.

    Refuses MALFORMED_NOTE; BAD_SIGNATURE when a known key's signature is bad; NO_TRUSTED_SIGNATURE
    when no known key has signed.
    """
    return verify_parsed(parse_note(raw), keys)


def verify_parsed(note: Note, keys: Iterable[VerifierKey]) -> VerifiedNote:
    """Do as `verify_note` with a note that is parsed already."""
    known = {(key.name, key.key_id): key for key in keys}
    good = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verify(note.text, line.blob):
            raise Refused("BAD_SIGNATURE", "a known key's signature is bad", name=line.name)
        good.append((key, line))
    if not good:
        raise Refused("NO_TRUSTED_SIGNATURE", "no known key has signed the note")
    return VerifiedNote(note.text, tuple(good))


def sign_note(text: bytes, signers: Sequence[Signer]) -> bytes:
    """Return the note signed by each signer with its log key (type 01)."""
    if not text.endswith(b"\n"):
        raise _malformed("a note's text ends with a newline")
    lines = [SignatureLine(s.name, key_id(s.name, 1, s.public), s.sign(text)) for s in signers]
    raw = text + b"\n" + b"".join(line.encode() for line in lines)
    parse_note(raw)
    return raw


def add_signatures(raw: bytes, lines: Iterable[SignatureLine]) -> bytes:
    """Return the note with those lines appended that it does not hold yet; bytes stay as they are.

    The caller has verified the lines: a bad line of a known key would poison the note.
    """
    held = set(parse_note(raw).signatures)
    fresh = [line for line in dict.fromkeys(lines) if line not in held]
    if len(held) + len(fresh) > MAX_SIGNATURES:
        raise _malformed("a note has at most 100 signature lines")
    return raw + b"".join(line.encode() for line in fresh)


def _check_characters(raw: bytes) -> None:
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        raise _malformed("a note holds no control character but the newline")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise _malformed("a note is valid UTF-8") from error


def _signature_line(line: bytes) -> SignatureLine:
    return _known_line(line) if len(line) <= _KNOWN_LINE_BYTES else _parse_signature_line(line)


def _parse_signature_line(line: bytes) -> SignatureLine:
    raw_name, _, encoded = line.removeprefix(_DASH).partition(b" ")
    if not line.startswith(_DASH):
        raise _malformed("a signature line reads: dash, name, base64")
    name = raw_name.decode()
    try:
        check_key_name(name)
    except Refused as error:
        raise _malformed("a signature line has a bad key name") from error
    signature = base64.decode(encoded, "MALFORMED_NOTE")
    if len(signature) <= _KEY_ID_BYTES:
        raise _malformed("a signature line holds a key id and a signature")
    return SignatureLine(name, int.from_bytes(signature[:_KEY_ID_BYTES]), signature[_KEY_ID_BYTES:])


# Heads are told again and again with the lines that they had.
_known_line = lru_cache(maxsize=4096)(_parse_signature_line)


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_NOTE", what)
