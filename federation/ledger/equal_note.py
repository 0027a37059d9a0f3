"""The signed note by which two members say that their books of an agreement are equal.

- Its text is the one line of `reconcile.equal_text`, and nothing else is ever signed this way.
- It is signed with the member's log key under a name of its own, `<origin>/ledger`: the key id
  differs from the log's, so nobody who verifies checkpoints takes the line for one of the log. The
  signature itself binds no name, so what keeps the two apart is the text: a checkpoint has at least
  three lines and begins with its origin, this has one and begins with its header.
- Both lines together are the proof. One alone says what one member has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.errors import Refused
from federation.log.keys import ED25519, VerifierKey, key_id
from federation.log.note import (
    SignatureLine,
    add_signatures,
    parse_note,
    parse_signature_lines,
    verify_note,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.log.keys import Signer
    from federation.trust.registry import Registry

HEADER: Final = b"ydx-ledger-equal/v1 "
MAX_BYTES: Final = 4096
_LINE: Final = re.compile(
    re.escape(HEADER)
    + rb"(\S+@[0-9]{1,18}:[0-9a-f]{64}) ([0-9]{1,18}) ([0-9a-f]{64}) ([0-9]{1,18}) ([0-9a-f]{64})\n"
)
_BOTH: Final = 2
_NAME_END: Final = "/ledger"


def sign_equal(text: bytes, log_signer: Signer) -> bytes:
    """Return the note with one signature; ValueError for a text that is not the one line."""
    line = signature_line(text, log_signer)
    return text + b"\n" + line


def signature_line(text: bytes, log_signer: Signer) -> bytes:
    """Return the signature line alone; ValueError as `sign_equal`."""
    if not text.startswith(HEADER) or text.count(b"\n") != 1 or not text.endswith(b"\n"):
        raise ValueError("only the one line that says that books are equal is signed here")
    name = log_signer.name + _NAME_END
    number = key_id(name, ED25519, log_signer.public)
    return SignatureLine(name, number, log_signer.sign(text)).encode()


def ledger_keys(log_keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return log keys under the name that they sign books with."""
    return tuple(VerifierKey.of(one.name + _NAME_END, ED25519, one.public) for one in log_keys)


def verify_equal(raw: bytes, text: bytes, log_keys: Iterable[VerifierKey]) -> None:
    """Check that a note has this text and is signed by one of a member's keys.

    Refuses MALFORMED_NOTE, ROOT_MISMATCH (another text), BAD_SIGNATURE, NO_TRUSTED_SIGNATURE.
    """
    if len(raw) > MAX_BYTES:
        raise Refused("MALFORMED_NOTE", "the note is too long")
    if parse_note(raw).text != text:
        raise Refused("ROOT_MISMATCH", "the note says something else of the books")
    verify_note(raw, ledger_keys(log_keys))


def countersigned(raw: bytes, line: bytes, log_keys: Iterable[VerifierKey]) -> bytes:
    """Return the note with the other side's line, of one of its keys; refuses as `verify_equal`."""
    lines = parse_signature_lines(line)
    if len(lines) != 1:
        raise Refused("MALFORMED_NOTE", "the other side signs with one line")
    text = parse_note(raw).text
    verify_equal(text + b"\n" + line, text, log_keys)
    return add_signatures(raw, lines)


class Equal(NamedTuple):
    """What a note says, and who has signed it."""

    agreement: str
    """origin@leaf index:leaf hash of its first version."""
    center_size: int
    center_root: str
    outcomes: int
    """How many outcomes count in the books, also those that post nothing."""
    state_digest: str
    members: tuple[str, ...]
    """Ascending."""
    ended: tuple[str, ...]
    """Those of them that signed with a key which has ended since."""


def read_equal(raw: bytes, registry: Registry) -> Equal:
    """Return what a note proves by itself: that at least two members have said the same.

    Keys that have ended count, for the note has no size of their logs: who they are is told.
    Refuses MALFORMED_NOTE, BAD_SIGNATURE, NO_TRUSTED_SIGNATURE for less than two members.
    """
    if len(raw) > MAX_BYTES:
        raise Refused("MALFORMED_NOTE", "the note is too long")
    note = parse_note(raw)
    said = _LINE.fullmatch(note.text)
    if said is None:
        raise Refused("MALFORMED_NOTE", "it is no note that says that books are equal")
    keys = [one for origin in registry.origins() for one in registry.log(origin).keys]
    by_name = {
        (name.name, name.key_id): (registry.member_of_origin(one.key.name).name, one.end)
        for one in keys
        for name in ledger_keys([one.key])
    }
    good = verify_note(raw, ledger_keys(one.key for one in keys)).signatures
    signed = [by_name[key.name, key.key_id] for key, _ in good]
    members = tuple(sorted({member for member, _ in signed}))
    if len(members) < _BOTH:
        raise Refused(
            "NO_TRUSTED_SIGNATURE", f"one member alone has signed it: {', '.join(members)}"
        )
    agreement, size, root, outcomes, digest = (one.decode() for one in said.groups())
    ended = tuple(sorted({member for member, end in signed if end is not None}))
    return Equal(agreement, int(size), root, int(outcomes), digest, members, ended)
