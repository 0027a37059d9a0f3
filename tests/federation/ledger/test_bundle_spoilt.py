"""A bundle whose receipts are spoilt, and that is made anew: it differs, or proves the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger.bundle import make_bundle
from federation.ledger.bundle_verification import verify_bundle
from federation.log.errors import Refused
from federation.log.receipt import (
    encode_opening,
    encode_receipt,
    parse_opening,
    parse_receipt,
)
from federation.trust.proven_receipt import prove_receipt
from tests.federation.ledger.examples import LAW
from tests.federation.ledger.signed_paper import REGISTRY, SignedPaper, play_story
from tests.laws import examples

PAPER: Final = SignedPaper()
FIRST: Final = play_story(PAPER)
RECEIPTS: Final = tuple(PAPER.receipts().values())
HONEST: Final = verify_bundle(PAPER.bundle(FIRST), REGISTRY)


def spoilt(draw: st.DrawFn, raw: bytes) -> bytes:
    """Return a receipt that says something else, as whoever makes a bundle anew can write it."""
    receipt = parse_receipt(raw)
    opening = parse_opening(receipt.extra)
    what = draw(st.sampled_from(("note", "signatures", "index", "path", "entry", "part", "shut")))
    if what == "note":
        receipt = replace(receipt, checkpoint=flipped(draw, receipt.checkpoint))
    elif what == "signatures":
        text, _, lines = receipt.checkpoint.partition(b"\n\n")
        kept = draw(st.lists(st.sampled_from(lines.splitlines(keepends=True)), max_size=6))
        receipt = replace(receipt, checkpoint=text + b"\n\n" + b"".join(kept))
    elif what == "index":
        receipt = replace(receipt, leaf_index=draw(st.integers(0, 20)))
    elif what == "path":
        receipt = replace(receipt, path=tuple(draw(st.permutations(receipt.path[1:]))))
    elif what == "entry":
        opening = replace(opening, entry=flipped(draw, opening.entry))
    else:
        parts = {at: flipped(draw, wire) for at, wire in opening.parts.items()}
        opening = replace(opening, parts=parts if what == "part" else {})
    return encode_receipt(replace(receipt, extra=encode_opening(opening)))


def flipped(draw: st.DrawFn, raw: bytes) -> bytes:
    """Return bytes of which one is another."""
    changed = bytearray(raw)
    changed[draw(st.integers(0, len(raw) - 1))] ^= draw(st.integers(1, 255))
    return bytes(changed)


@st.composite
def files(draw: st.DrawFn) -> list[bytes]:
    """Return the receipts of the story, of which some are spoilt, left out, or there twice."""
    receipts = draw(st.permutations(RECEIPTS))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(receipts) - 1))
        begin, one, end = receipts[:at], receipts[at], receipts[at + 1 :]
        receipts = [
            *begin,
            *draw(st.sampled_from(([spoilt(draw, one)], [], [one, one], [spoilt(draw, one), one]))),
            *end,
        ]
    return receipts


@settings(LAW, max_examples=examples(300))
@given(files())
def test_whatever_is_done_to_receipts_is_told_or_they_prove_the_same(receipts: list[bytes]) -> None:
    """The list of them and the summary are made anew: no digest of the file betrays it."""
    try:
        verified = verify_bundle(make_bundle(PAPER.summary(FIRST), receipts), REGISTRY)
    except Refused:
        return
    if verified.is_proven:
        assert verified.found == PAPER.summary(FIRST)
        assert verified.entries == HONEST.entries
        assert len(verified.provisional) == sum(
            not prove_receipt(REGISTRY, one).is_confirmed for one in receipts
        )
