"""Bundles of lying centers, and such as were spoilt and made anew.

Each differs, or proves the same; none is dear to verify.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger import bundle_verification, codec
from federation.ledger.bundle import make_bundle, parse_bundle
from federation.ledger.bundle_receipts import Kind, item_of
from federation.ledger.bundle_verification import verify_bundle
from federation.log.entry import KIND_LISTING, Audience, Entry, Operation
from federation.log.errors import Refused
from federation.log.part import PartHeader, new_part
from federation.log.receipt import (
    encode_opening,
    encode_receipt,
    parse_opening,
    parse_receipt,
)
from federation.records.refs import Ref, said_ref
from federation.trust.proven_receipt import prove_receipt
from tests.federation.ledger.examples import LAW
from tests.federation.ledger.paper import booked
from tests.federation.ledger.signed_paper import (
    REGISTRY,
    SignedPaper,
    closed,
    opened,
    play_story,
)
from tests.federation.trust.repository import FEDERATION
from tests.laws import examples

PAPER: Final = SignedPaper()
FIRST: Final = play_story(PAPER)
RECEIPTS: Final = tuple(PAPER.receipts().values())
ANHUI: Final = f"{FEDERATION}/anhui"
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
        given = [b"-\n", *lines.splitlines(keepends=True)]
        order = draw(st.lists(st.integers(0, len(given) - 1), max_size=6))
        kept = [given[at] for at in order]
        receipt = replace(receipt, checkpoint=text + b"\n\n" + b"".join(kept))
    elif what == "index":
        receipt = replace(receipt, leaf_index=draw(st.integers(0, 20)))
    elif what == "path":
        receipt = replace(receipt, path=receipt.path[draw(st.integers(0, 2)) :])
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
    receipts = [RECEIPTS[at] for at in draw(st.permutations(range(len(RECEIPTS))))]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(receipts) - 1))
        one = receipts.pop(at)
        what = draw(st.sampled_from(("spoilt", "left out", "twice", "spoilt and twice")))
        if "spoilt" in what:
            receipts.insert(at, spoilt(draw, one))
        if "twice" in what:
            receipts[at:at] = [one, one] if what == "twice" else [one]
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


def test_what_a_close_names_beside_its_month_need_not_be_here() -> None:
    """Else a center could let nobody prove the books: the close counts whatever it names."""
    paper = SignedPaper()
    first = opened(paper)
    close = closed(paper.fold(first)[0], "2026-11")
    close.proposal.CopyFrom(said_ref(Ref(ANHUI, 500, bytes(32))))
    paper.decide(first, close)
    verified = verify_bundle(paper.bundle(first), REGISTRY)
    assert verified.differences == ()
    assert [one.period for one in verified.statements] == ["2026-11"]


def test_more_void_outcomes_than_a_bundle_may_claim_stop_the_fold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A center says 200 with one entry: all of them told would fill the memory."""
    monkeypatch.setattr(bundle_verification, "VOIDS_MAX", 3)
    paper = SignedPaper()
    first = opened(paper)
    paper.decide(first, *[codec.Outcome(kind=codec.OutcomeKind.OUTCOME_KIND_ACTIVATED)] * 3)
    assert verify_bundle(paper.bundle(first), REGISTRY).is_proven
    more = paper.decide(
        first, *[codec.Outcome(kind=codec.OutcomeKind.OUTCOME_KIND_ACTIVATED)] * 200
    )
    verified = verify_bundle(paper.bundle(first), REGISTRY)
    assert (f"{item_of(more)}/0", Kind.TOO_MANY_VOID) in {
        (one.item, one.kind) for one in verified.differences
    }
    assert verified.found is None
    assert len(verified.differences) < 10


def test_what_stands_open_and_is_not_sealed_is_no_document() -> None:
    """A center that names a listing as a proposal says nothing, whoever opens that in a bundle."""
    paper = SignedPaper()
    first = opened(paper)
    log = paper.signed["anhui"]
    content = codec.serialise(codec.LedgerDocument(acceptance=codec.Acceptance()))
    subject = bytes(16)
    header = PartHeader(log.origin, subject, 1, 0, Audience.PUBLIC)
    wire, commitment = new_part(header, content, bytes(32))
    entry = Entry(
        kind=KIND_LISTING,
        subject=subject,
        revision=1,
        operation=Operation.PUT,
        parts=((Audience.PUBLIC, commitment),),
    )
    listing = log.append(entry, wire)
    paper.logs["anhui"].append(None)
    paper.cover("anhui")
    paper.decide(first, booked(listing, ()))
    verified = verify_bundle(paper.bundle(first), REGISTRY)
    assert verified.is_confirmed
    assert [why for _, why in verified.claimed.voids] == ["NO_SUCH_DOCUMENT"]


def test_an_outcome_is_told_to_be_void_once() -> None:
    paper = SignedPaper()
    first = opened(paper)
    paper.decide(first, codec.Outcome())
    raw = paper.bundle(first)
    line = next(one for one in raw.split(b"\n") if one.startswith(b"void "))
    assert parse_bundle(raw).summary.voids
    with pytest.raises(Refused, match="MALFORMED_RECEIPT"):
        parse_bundle(raw.replace(line, line + b"\n" + line, 1))
