"""Coverage-guided fuzzing of everything that reads bytes from other members.

    python -m tests.fuzz.fuzz_wire -runs=20000        (libFuzzer's own options)

The first byte of an input chooses the decoder. Each must be total (a value or `Refused`), write
back what it accepts byte for byte, and, for entries, agree with protobuf. Seeds are made in code.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import atheris

with atheris.instrument_imports(include=["federation"]):
    from federation.log import (
        checkpoint,
        cosignature,
        entry,
        evidence,
        keys,
        merkle,
        note,
        part,
        receipt,
        tiles,
    )
    from federation.log.errors import Refused

from tests.federation.log import protobuf_oracle, samples, trees

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = keys.Signer(samples.ORIGIN, b"l" * 32)
WITNESS = keys.Signer("anhui.ydx.example", b"w" * 32)
LOG_KEY = LOG.verifier()
WITNESS_KEY = WITNESS.verifier(keys.COSIGNATURE_V1)


def check_entry(raw: bytes) -> None:
    try:
        found = entry.parse_entry(raw)
    except Refused as refusal:
        reason = refusal.reason
        assert entry.scan_entries([raw]) == [(reason, 0, 0, b"", 0, ())]
        assert protobuf_oracle.entry_reason(raw) == reason
        return
    assert entry.encode_entry(found) == raw
    assert protobuf_oracle.entry_reason(raw) is None
    expected = ("", found.kind, found.operation, found.subject, found.revision, found.parts)
    assert entry.scan_entries([raw]) == [expected]


def check_header(raw: bytes) -> None:
    header = part.parse_header(raw)
    assert header.encode() == raw
    assert protobuf_oracle.header_is_canonical(raw)


def check_part(raw: bytes) -> None:
    salt, payload = raw[: part.SALT_BYTES], raw[part.SALT_BYTES :]
    header, content = part.parse_payload(payload)
    named = header.audience == entry.Audience.NAMED
    if not named or len(raw) == len(part.new_part(header, content, salt)[0]):
        assert part.build_payload(header, content, pad_named=named) == payload
    assert part.open_part(raw, part.commitment(salt, payload), header) == content


def check_note(raw: bytes) -> None:
    found = note.parse_note(raw)
    assert found.text + b"\n" + b"".join(line.encode() for line in found.signatures) == raw
    cosignature.cosignatures(raw, [WITNESS_KEY])
    note.verify_note(raw, [LOG_KEY, WITNESS_KEY])


def check_checkpoint(raw: bytes) -> None:
    found = checkpoint.parse_checkpoint(raw)
    assert found.body() == raw
    note_of_it = checkpoint.sign_checkpoint(found, [keys.Signer(found.origin, b"l" * 32)])
    assert note_of_it.startswith(raw)


def check_receipt(raw: bytes) -> None:
    found = receipt.parse_receipt(raw)
    assert receipt.encode_receipt(found) == raw
    opening = receipt.parse_opening(found.extra)
    assert receipt.encode_opening(opening) == found.extra
    receipt.verify_receipt(found, opening.entry, LOG_KEY)


def check_evidence(raw: bytes) -> None:
    found = evidence.parse_evidence(raw)
    assert found.encode() == raw
    assert len(found.digest()) == merkle.HASH_BYTES
    old, new = evidence.check_evidence(found, [LOG_KEY])
    assert not old.same_tree(new)


def check_bundle(raw: bytes) -> None:
    assert tiles.encode_bundle(tiles.decode_bundle(raw)) == raw


def check_range(raw: bytes) -> None:
    assert merkle.CompactRange.from_bytes(raw).to_bytes() == raw


def check_proof(raw: bytes) -> None:
    """Sizes and hashes of a proof; nothing may be accepted but by hashing to the roots."""
    size1, size2 = int.from_bytes(raw[:8]), int.from_bytes(raw[8:16])
    hashes = [raw[at : at + 32] for at in range(16, len(raw), 32)]
    root1, root2, *proof = [*hashes, b"", b""]
    try:
        merkle.verify_consistency(size1, size2, root1, root2, proof[:-2])
    except Refused:
        merkle.verify_inclusion(size1, size2, root1, proof[:-2], root2)


def check_path(raw: bytes) -> None:
    path = raw.decode("latin-1")
    found = tiles.parse_path(path)
    written = (
        tiles.entries_path(found.n, found.width)
        if found.level is None
        else tiles.tile_path(found.level, found.n, found.width)
    )
    assert written == path


def check_key(raw: bytes) -> None:
    vkey = raw.decode("utf-8", "surrogateescape")
    assert keys.VerifierKey.parse(vkey).text() == vkey


CHECKS: Final[tuple[Callable[[bytes], None], ...]] = (
    check_entry,
    check_header,
    check_part,
    check_note,
    check_checkpoint,
    check_receipt,
    check_evidence,
    check_bundle,
    check_range,
    check_proof,
    check_path,
    check_key,
)


def check_one(raw: bytes) -> None:
    """Run the decoder that the first byte names over the rest."""
    if not raw:
        return
    try:
        CHECKS[raw[0] % len(CHECKS)](raw[1:])
    except Refused:
        return


def seeds() -> list[bytes]:
    """Return one or more good inputs for every decoder."""
    entries = [entry.encode_entry(one) for one in (samples.RECORD, samples.SEALED, samples.CONTROL)]
    tree = trees.Tiles()
    tree.extend(merkle.leaf_hashes(entries))
    public = part.PartHeader(samples.ORIGIN, samples.SUBJECT, 300, 0, entry.Audience.PUBLIC)
    named = part.PartHeader(
        samples.ORIGIN, samples.SUBJECT, 0, 0, entry.Audience.NAMED, ("anhui", "center")
    )
    wires = [part.new_part(header, b"content", b"s" * 32)[0] for header in (public, named)]
    head = checkpoint.Checkpoint(samples.ORIGIN, 3, tree.tree.root())
    signed = checkpoint.sign_checkpoint(head, [LOG])
    cosigned = note.add_signatures(signed, [cosignature.make_cosignature(signed, WITNESS, 9)])
    fork = checkpoint.sign_checkpoint(checkpoint.Checkpoint(samples.ORIGIN, 3, bytes(32)), [LOG])
    proof = merkle.consistency_proof(2, 3, tree)
    roots = (merkle.subtree_root(0, 2, tree), tree.tree.root())
    opening = receipt.encode_opening(receipt.Opening(entries[0], {0: wires[0]}))
    path = merkle.inclusion_proof(0, 3, tree)
    good: dict[Callable[[bytes], None], list[bytes]] = {
        check_entry: [*entries, b"\x08\x02future", b"\x08\x01\x10\x0a"],
        check_header: [public.encode(), named.encode()],
        check_part: wires,
        check_note: [signed, cosigned],
        check_checkpoint: [head.body()],
        check_receipt: [
            receipt.encode_receipt(receipt.Receipt(0, path, cosigned, extra))
            for extra in (b"", opening)
        ],
        check_evidence: [
            evidence.make_evidence(signed, fork, [LOG_KEY]).encode(),
            evidence.Evidence(signed, fork, proof).encode(),
        ],
        check_bundle: [tiles.encode_bundle(entries)],
        check_range: [tree.tree.to_bytes()],
        check_proof: [(2).to_bytes(8) + (3).to_bytes(8) + b"".join((*roots, *proof))],
        check_path: [b"tile/0/x001/x234/067.p/8", b"tile/entries/000"],
        check_key: [LOG_KEY.text().encode(), WITNESS_KEY.text().encode()],
    }
    return [bytes([CHECKS.index(check)]) + raw for check, raws in good.items() for raw in raws]


def main(arguments: list[str]) -> None:
    """Fuzz with libFuzzer's options; crashes are written to the current folder unless told."""
    with tempfile.TemporaryDirectory() as folder:
        for number, raw in enumerate(seeds()):
            (Path(folder) / f"seed-{number}").write_bytes(raw)
        defaults = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *defaults, *arguments, folder], check_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
