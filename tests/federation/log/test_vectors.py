"""Every public vector: what must verify verifies, the rest is refused for the stated reason."""

from __future__ import annotations

import base64
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from federation.log.checkpoint import open_checkpoint, parse_checkpoint
from federation.log.errors import Refused
from federation.log.keys import VerifierKey
from federation.log.merkle import (
    CompactRange,
    Prover,
    leaf_hashes,
    verify_consistency,
    verify_inclusion,
)
from federation.log.note import parse_note
from federation.log.receipt import Receipt, encode_receipt, parse_receipt, verify_receipt
from federation.log.tiles import decode_bundle, entries_path, tile_path
from tests.federation.log.refusals import refusal_reason
from tests.federation.log.vectors import VECTORS, vector_files

if TYPE_CHECKING:
    from pathlib import Path

TESSERA = VECTORS / "tessera-log"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
REKOR_KEY = (
    "log2025-alpha1.rekor.sigstage.dev+f30d5a99+AT5/gERB6AWme8IEtcwaqcZi0hp8ocV4+JRcUnVlQfKP"
)
REKOR_REASONS = {
    "missing-origin_fail": "MALFORMED_CHECKPOINT",
    "missing-size_fail": "MALFORMED_CHECKPOINT",
    "no-matching-signature_fail": "NO_TRUSTED_SIGNATURE",
}


def unpack(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("path", vector_files("merkle/inclusion/**/*.json"))
def test_inclusion_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [unpack(one) for one in case["proof"] or []]
    reason = refusal_reason(
        verify_inclusion,
        case["leafIdx"],
        case["treeSize"],
        unpack(case["leafHash"]),
        proof,
        unpack(case["root"]),
    )
    assert reason == ("BAD_PROOF" if case["wantErr"] else None)


@pytest.mark.parametrize("path", vector_files("merkle/consistency/**/*.json"))
def test_consistency_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [unpack(one) for one in case["proof"] or []]
    roots = (unpack(case["root1"]), unpack(case["root2"]))
    reason = refusal_reason(verify_consistency, case["size1"], case["size2"], *roots, proof)
    assert reason == ("BAD_PROOF" if case["wantErr"] else None)


@pytest.mark.parametrize("path", vector_files("tessera-log/checkpoint.*"))
def test_each_checkpoint_of_the_tessera_log_is_the_root_of_its_entries(path: Path) -> None:
    checkpoint = open_checkpoint(path.read_bytes(), VerifierKey.parse(TESSERA_KEY))
    size = int(path.suffix[1:])
    assert checkpoint.tree_size == size
    tree = CompactRange()
    if size:
        entries = decode_bundle((TESSERA / entries_path(0, size)).read_bytes())
        hashes = leaf_hashes(entries)
        assert b"".join(hashes) == (TESSERA / tile_path(0, 0, size)).read_bytes()
        tree.extend(hashes)
    assert tree.root() == checkpoint.root


@pytest.mark.parametrize("path", vector_files("tessera-log/checkpoint"))
def test_each_pair_of_sizes_of_the_tessera_log_is_consistent(path: Path) -> None:
    class Tiles:
        def tile(self, level: int, n: int, width: int) -> bytes:
            return (path.parent / tile_path(level, n, width)).read_bytes()

    roots = [
        parse_checkpoint(parse_note(path.with_name(f"checkpoint.{size}").read_bytes()).text).root
        for size in range(16)
    ]
    prover = Prover(Tiles())
    for old, new in itertools.combinations_with_replacement(range(16), 2):
        proof = prover.consistency_proof(old, new)
        verify_consistency(old, new, roots[old], roots[new], proof)
        if 0 < old < new:
            arguments = (old, new, roots[old - 1], roots[new], proof)
            assert refusal_reason(verify_consistency, *arguments) == "BAD_PROOF"


@pytest.mark.parametrize("path", vector_files("rekor2-checkpoints/*/bundle.sigstore.json"))
def test_rekor_bundles(path: Path) -> None:
    entry = json.loads(path.read_text())["verificationMaterial"]["tlogEntries"][0]
    proof = entry["inclusionProof"]
    receipt = Receipt(
        leaf_index=int(proof["logIndex"]),
        path=tuple(unpack(one) for one in proof["hashes"]),
        checkpoint=proof["checkpoint"]["envelope"].encode(),
    )
    receipt = parse_receipt(encode_receipt(receipt))
    body = unpack(entry["canonicalizedBody"])
    key = VerifierKey.parse(REKOR_KEY)
    case = path.parent.name.removeprefix("rekor2-checkpoint-")
    if not case.endswith("_fail"):
        assert verify_receipt(receipt, body, key).tree_size == 736
        with pytest.raises(Refused, match="BAD_PROOF"):
            verify_receipt(receipt, body + b" ", key)
        return
    with pytest.raises(Refused) as refusal:
        verify_receipt(receipt, body, key)
    assert refusal.value.reason == REKOR_REASONS[case]
