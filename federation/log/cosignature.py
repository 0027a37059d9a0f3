"""Cosignatures (C2SP tlog-cosignature, cosignature/v1): a witness's word on a checkpoint.

- After the key id: u64be Unix seconds ‖ 64-byte Ed25519 signature, 72 bytes; time at most 2^63 - 1.
- It means: as of this time this is the largest consistent tree that I have cosigned for the origin.
- A bad cosignature of a known witness poisons the note, as any signature does.
- A public key counts once, whatever its names and however often it signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, Signer, VerifierKey
from federation.log.note import SignatureLine, parse_note, verify_parsed

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_cosignature(raw_note: bytes, witness: Signer, timestamp_s: int) -> SignatureLine:
    """Return the witness's line for a checkpoint note at a Unix time in seconds.

    The caller has verified the note and decided to cosign; nothing is checked here.
    """
    blob = witness.cosign(parse_note(raw_note).text, timestamp_s)
    return SignatureLine(witness.name, witness.verifier(COSIGNATURE_V1).key_id, blob)


def verify_cosignature(raw_note: bytes, line: SignatureLine, key: VerifierKey) -> int:
    """Return the time in Unix seconds of that witness's line, or refuse it (BAD_SIGNATURE)."""
    text = parse_note(raw_note).text
    if key.key_type != COSIGNATURE_V1 or not line.is_of(key) or not key.verify(text, line.blob):
        raise Refused("BAD_SIGNATURE", "not a cosignature of this witness", name=key.name)
    return _timestamp_s(line)


def cosignatures(
    raw_note: bytes, witness_keys: Iterable[VerifierKey]
) -> dict[str, tuple[int, SignatureLine]]:
    """Return for each witness its newest cosignature: name → (Unix seconds, line).

    A public key counts once, under the name of its newest line. An empty result means that no known
    witness has cosigned. Refuses MALFORMED_NOTE, and BAD_SIGNATURE when a known witness's line is
    bad.
    """
    keys = [key for key in witness_keys if key.key_type == COSIGNATURE_V1]
    note = parse_note(raw_note)
    if not any(line.is_of(key) for key in keys for line in note.signatures):
        return {}
    newest: dict[bytes, tuple[int, SignatureLine]] = {}
    for key, line in verify_parsed(note, keys).signatures:
        timestamp_s = _timestamp_s(line)
        if key.public not in newest or newest[key.public][0] < timestamp_s:
            newest[key.public] = (timestamp_s, line)
    return {line.name: (timestamp_s, line) for timestamp_s, line in newest.values()}


def _timestamp_s(line: SignatureLine) -> int:
    return int.from_bytes(line.blob[:8])
