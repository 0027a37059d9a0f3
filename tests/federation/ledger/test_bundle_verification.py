"""What a bundle of an agreement's books proves, and how each spoilt one is told."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger import codec
from federation.ledger.bundle import make_bundle, parse_bundle
from federation.ledger.bundle_receipts import Kind, item_of
from federation.ledger.bundle_verification import VerifiedBooks, verify_bundle
from federation.ledger.documents import Document
from federation.ledger.statement import state_digest
from federation.ledger.summary import OutcomeName, Summary
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from federation.trust.proven_receipt import prove_receipts
from federation.trust.registry import Log, LogKey, Registry
from tests.federation.ledger.examples import LAW
from tests.federation.ledger.paper import activated, agreement, booked, income
from tests.federation.ledger.signed_paper import (
    CENTER,
    REGISTRY,
    SignedLog,
    SignedPaper,
    accepted,
    opened,
    play_story,
    signed_note,
)
from tests.federation.trust.made_receipt import signer_named
from tests.federation.trust.repository import FEDERATION

if TYPE_CHECKING:
    from collections.abc import Iterable

ANHUI: Final = f"{FEDERATION}/anhui"


@cache
def story() -> tuple[SignedPaper, Ref, bytes]:
    """Return the story, its agreement and its bundle; nobody changes them."""
    paper = SignedPaper()
    first = play_story(paper)
    return paper, first, paper.bundle(first)


PAPER, FIRST, HONEST = story()
RECEIPTS: Final = PAPER.receipts()
EMPTY: Final = Summary(FIRST, CENTER, 1, 0, bytes(32), None, (), ())


def of_story(
    *, without: Iterable[Ref] = (), swapped: dict[Ref, bytes] | None = None
) -> VerifiedBooks:
    """Verify the bundle of the story with other receipts."""
    receipts = RECEIPTS | (swapped or {})
    kept = [raw for ref, raw in receipts.items() if ref not in set(without)]
    return verify_bundle(make_bundle(PAPER.summary(FIRST), kept), REGISTRY)


def claiming(**changes: Any) -> VerifiedBooks:
    """Verify the bundle of the story with another summary."""
    summary = replace(PAPER.summary(FIRST), **changes)
    return verify_bundle(make_bundle(summary, RECEIPTS.values()), REGISTRY)


def told(verified: VerifiedBooks) -> set[tuple[str, Kind]]:
    """Return what the differences are about, and what they are."""
    return {(one.item, one.kind) for one in verified.differences}


def test_x4_an_honest_bundle_proves_the_books_to_the_fen_and_the_same_root() -> None:
    verified = verify_bundle(HONEST, REGISTRY)
    assert (verified.differences, verified.provisional) == ((), ())
    assert verified.is_proven
    assert verified.is_confirmed
    assert verified.found == verified.claimed == PAPER.summary(FIRST)
    assert (verified.document_count, verified.outcome_count) == (17, 5)
    assert [one.kind.value for one in verified.entries] == ["INCOME", "REVERSAL", "PAYMENT"]
    assert [one.period for one in verified.statements] == ["2026-11"]
    assert dict(verified.found.balances) == {
        "CLEARING:AH": 63_001,
        "PAYABLE:AH": -45_001,
        "PAYABLE:NETC": -18_000,
    }
    assert make_bundle(verified.found, RECEIPTS.values()) == HONEST  # X4


def test_below_the_blank_line_it_is_a_file_of_receipts_like_any_other() -> None:
    _, _, receipts = HONEST.partition(b"\n\n")
    assert len(prove_receipts(REGISTRY, receipts)) == len(RECEIPTS)


@LAW
@given(st.data())
def test_p10_one_changed_byte_is_told_with_the_entry_where_it_stands(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(HONEST) - 1))
    changed = bytearray(HONEST)
    changed[at] ^= data.draw(st.integers(1, 255))
    end = HONEST.index(b"\n\n") + 2
    if at < end:
        try:
            verified = verify_bundle(bytes(changed), REGISTRY)
        except Refused as refusal:
            assert refusal.reason == "MALFORMED_RECEIPT"  # noqa: PT017 - either is right
        else:
            assert verified.differences
        return
    for listed in parse_bundle(HONEST).listed:
        end += listed.size_bytes
        if at < end:
            break
    verified = verify_bundle(bytes(changed), REGISTRY)
    assert (str(listed), Kind.RECEIPT_CHANGED) in told(verified)


def test_all_changed_receipts_are_told_not_only_the_first() -> None:
    changed, end = bytearray(HONEST), HONEST.index(b"\n\n") + 2
    for listed in parse_bundle(HONEST).listed:
        changed[end + 40] ^= 1
        end += listed.size_bytes
    verified = verify_bundle(bytes(changed), REGISTRY)
    told_of = {one.item for one in verified.differences if one.kind is Kind.RECEIPT_CHANGED}
    assert told_of == set(map(item_of, RECEIPTS))


@pytest.mark.parametrize("ref", RECEIPTS, ids=item_of)
def test_no_receipt_can_be_left_out(ref: Ref) -> None:
    verified = of_story(without=[ref])
    item = item_of(ref)
    document = PAPER.document(ref)
    if ref == FIRST:
        assert told(verified) == {(item, Kind.NO_AGREEMENT)}
        assert verified.books is None
    elif not isinstance(document, Document):  # a checkpoint of the center's
        assert any(one.found == "NOT_COVERED" for one in verified.differences)
    elif ref.origin == CENTER:  # an outcome
        kinds = {kind for _, kind in told(verified)}
        assert Kind.DISPUTED in kinds or ("closed", Kind.SUMMARY) in told(verified)
    else:
        assert (item, Kind.DOCUMENT_MISSING) in told(verified)
        assert Kind.FOLD_STOPPED in {one.kind for one in verified.differences}
        assert verified.found is None


def test_the_newest_outcome_can_be_left_out_with_a_summary_to_fit_and_no_other() -> None:
    """What the module says that a bundle cannot prove."""
    paper = SignedPaper()
    first = opened(paper)
    before = paper.summary(first)
    event = paper.write("anhui", income=income(first))
    paper.decide(
        first, booked(event, accepted(paper, first, event), AH=50_001, JS=30_000, NETC=20_000)
    )
    kept = [
        raw
        for ref, raw in paper.receipts().items()
        if ref.origin != CENTER or ref.leaf_index < before.center_size
    ]
    assert verify_bundle(make_bundle(before, kept), REGISTRY).is_proven


def test_swapped_receipts_are_told_each_at_its_place() -> None:
    one, other = list(RECEIPTS)[1:3]
    raw_one, raw_other = RECEIPTS[one], RECEIPTS[other]
    at, end = HONEST.index(raw_one), HONEST.index(raw_other) + len(raw_other)
    swapped = HONEST[:at] + raw_other + raw_one + HONEST[end:]
    assert told(verify_bundle(swapped, REGISTRY)) == {
        (item_of(ref), kind)
        for ref in (one, other)
        for kind in (Kind.RECEIPT_CHANGED, Kind.RECEIPT_ELSEWHERE)
    }


def test_a_doubled_receipt_is_told_and_counts_once() -> None:
    ref, raw = next(iter(RECEIPTS.items()))
    verified = verify_bundle(make_bundle(PAPER.summary(FIRST), [*RECEIPTS.values(), raw]), REGISTRY)
    assert told(verified) == {(item_of(ref), Kind.RECEIPT_TWICE)}
    assert verified.found == verified.claimed


BALANCES: Final = dict(PAPER.summary(FIRST).balances)


@pytest.mark.parametrize("fen", [1, -1])
@pytest.mark.parametrize("account", BALANCES)
def test_a_claimed_balance_that_is_one_fen_off_is_told(account: str, fen: int) -> None:
    claimed = tuple(sorted((BALANCES | {account: BALANCES[account] + fen}).items()))
    verified = claiming(balances=claimed)
    (difference,) = verified.differences
    assert (difference.item, difference.kind) == (f"balance {account}", Kind.SUMMARY)
    assert int(difference.claimed) == int(difference.found) + fen


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entry_count": 4}, {("entries", Kind.SUMMARY)}),
        ({"state_digest": bytes(32)}, {("state", Kind.SUMMARY)}),
        ({"closed": None}, {("closed", Kind.SUMMARY)}),
        ({"closed": ("2026-11", bytes(32))}, {("closed", Kind.SUMMARY)}),
        ({"balances": ()}, {(f"balance {one}", Kind.SUMMARY) for one in BALANCES}),
        (
            {"voids": ((OutcomeName(CENTER, 4, 0), "NOT_COVERED"),)},
            {(f"void {CENTER}#4/0", Kind.SUMMARY)},
        ),
        (
            {"balances": (*PAPER.summary(FIRST).balances, ("RECEIVABLE:JS", 1))},
            {("balance RECEIVABLE:JS", Kind.SUMMARY)},
        ),
        (
            {"center_size": PAPER.summary(FIRST).center_size + 1},
            {("center", Kind.BEYOND_SIZE), ("state", Kind.SUMMARY)},
        ),
        ({"center_size": 99}, {("center", Kind.BEYOND_SIZE), ("state", Kind.SUMMARY)}),
        ({"center_size": 12}, {(f"{CENTER}#12", Kind.BEYOND_SIZE), ("state", Kind.SUMMARY)}),
        ({"center": ANHUI}, {("center", Kind.SUMMARY)}),
        (
            {"agreement": Ref(ANHUI, 0, bytes(32))},
            {(f"{ANHUI}#0", Kind.NO_AGREEMENT)},
        ),
        (
            {"agreement": next(ref for ref in RECEIPTS if ref.leaf_index == 1)},
            {(f"{ANHUI}#1", Kind.NO_AGREEMENT)},
        ),
    ],
)
def test_each_claim_of_the_summary_is_compared(
    changes: dict[str, Any], expected: set[tuple[str, Kind]]
) -> None:
    assert told(claiming(**changes)) >= expected


def test_p11_under_another_registry_every_receipt_of_that_log_is_refused() -> None:
    stranger = LogKey(signer_named("stranger").verifier())
    members = tuple(
        replace(one, logs=(replace(one.logs[0], keys=(stranger,)),)) if one.name == "anhui" else one
        for one in REGISTRY.members
    )
    other: Registry = replace(REGISTRY, members=members)
    verified = verify_bundle(HONEST, other)
    refused = {one.item for one in verified.differences if one.kind is Kind.RECEIPT_REFUSED}
    assert refused == {item_of(ref) for ref in RECEIPTS if ref.origin == ANHUI}
    assert all("NO_TRUSTED_SIGNATURE" in one.found for one in verified.differences if one.found)


def test_too_few_witnesses_leave_entries_provisional_and_the_size_unproven() -> None:
    few = PAPER.receipts(lambda head: signed_note(head, ("jiangsu", "shanghai")))
    verified = of_story(swapped={FIRST: few[FIRST]})
    assert (verified.is_proven, verified.is_confirmed) == (True, False)
    assert verified.provisional == (item_of(FIRST),)
    verified = of_story(swapped=few)
    assert told(verified) == {("center", Kind.BEYOND_SIZE)}
    assert len(verified.provisional) == len(RECEIPTS)


def test_before_the_center_decides_nothing_differs_and_its_size_is_provisional() -> None:
    empty = replace(EMPTY, center_size=151, state_digest=state_digest(FIRST, 151, ()))
    verified = verify_bundle(make_bundle(empty, [RECEIPTS[FIRST]]), REGISTRY)
    assert (verified.differences, verified.provisional) == ((), (CENTER,))
    assert verified.found == empty


def test_a_document_that_is_not_opened_is_told() -> None:
    shut = PAPER.receipts(opens=False)
    ref = next(one for one in RECEIPTS if one.leaf_index == 1)
    assert told(of_story(swapped={ref: shut[ref]})) >= {
        (item_of(ref), Kind.NOT_OPENED),
        (item_of(ref), Kind.DOCUMENT_MISSING),
    }


def test_documents_of_other_books_are_told_and_open_ones_of_these_belong() -> None:
    paper = SignedPaper()
    first = play_story(paper)
    summary = paper.summary(first)
    paper.write("anhui", income=income(first, instalment="2"))
    other = paper.write("jiangsu", agreement=agreement())
    foreign = paper.write(
        "jiangsu", outcomes=codec.Outcomes(agreement=said_ref(first), outcomes=[activated(first)])
    )
    raw = make_bundle(summary, paper.receipts().values())
    assert told(verify_bundle(raw, REGISTRY)) == {
        (item_of(ref), Kind.NOT_OF_THESE_BOOKS) for ref in (other, foreign)
    }


def test_a_void_outcome_is_part_of_the_summary() -> None:
    paper = SignedPaper()
    first = opened(paper)
    event = paper.write("anhui", income=income(first))
    yes = (paper.accept("anhui", first, event),)
    paper.cover("anhui")
    void = paper.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
    summary = paper.summary(first)
    name = OutcomeName(*void[:2], 0)
    assert summary.voids == ((name, "NOT_ACCEPTED"),)
    verified = verify_bundle(paper.bundle(first), REGISTRY)
    assert (verified.is_confirmed, verified.outcome_count) == (True, 2)
    silent = make_bundle(replace(summary, voids=()), paper.receipts().values())
    assert told(verify_bundle(silent, REGISTRY)) == {(f"void {name}", Kind.SUMMARY)}


def test_an_outcome_that_names_what_does_not_stand_there_is_void_here_too() -> None:
    paper = SignedPaper()
    first = opened(paper)
    event = paper.write("anhui", income=income(first))
    yes = accepted(paper, first, event)
    other = event._replace(leaf_hash=bytes(32))
    paper.decide(first, booked(other, yes, AH=50_001, JS=30_000, NETC=20_000))
    verified = verify_bundle(paper.bundle(first), REGISTRY)
    assert verified.is_confirmed
    assert [why for _, why in verified.claimed.voids] == ["NO_SUCH_DOCUMENT"]


def test_a_vector_that_the_formula_does_not_give_is_disputed_and_no_balance_is_told() -> None:
    paper = SignedPaper()
    first = opened(paper)
    event = paper.write("anhui", income=income(first))
    yes = accepted(paper, first, event)
    summary = paper.summary(first)
    wrong = paper.decide(first, booked(event, yes, AH=50_000, JS=30_001, NETC=20_000))
    size = len(paper.signed["center"].entries)
    above = ((OutcomeName(CENTER, size, 0), "NOT_COVERED"),)  # which may be so
    claimed = replace(summary, center_size=size, voids=above)
    verified = verify_bundle(make_bundle(claimed, paper.receipts().values()), REGISTRY)
    (difference,) = verified.differences
    assert (difference.item, difference.kind) == (f"{item_of(wrong)}/0", Kind.DISPUTED)
    assert difference.found == "VECTOR_DIFFERS"
    assert verified.found is None


def test_two_histories_of_one_log_are_told() -> None:
    papers = []
    for reason in ("一", "二"):
        paper = SignedPaper()
        first = opened(paper)
        said = codec.Rejection(agreement=said_ref(first), proposal=said_ref(first), reason=reason)
        paper.write("anhui", rejection=said)
        papers.append(paper)
    one, other = (paper.receipts() for paper in papers)
    mixed = one | {first: other[first]}
    verified = verify_bundle(make_bundle(papers[0].summary(first), mixed.values()), REGISTRY)
    assert (f"{ANHUI}#1", Kind.TWO_ROOTS) in told(verified)


def test_a_checkpoint_that_does_not_count_is_told() -> None:
    paper = SignedPaper()
    first = opened(paper)
    paper.cover("anhui")
    assert told(verify_bundle(paper.bundle(first), REGISTRY)) == {
        (f"{CENTER}#3", Kind.CHECKPOINT_VOID)
    }


def test_a_successor_of_the_center_s_log_goes_on_with_the_books() -> None:
    paper = SignedPaper()
    first = opened(paper)
    event = paper.write("anhui", income=income(first))
    yes = accepted(paper, first, event)
    receipts = paper.receipts()
    successor = SignedLog(f"{CENTER}.2")
    paper.signed["center"] = successor
    paper.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
    log = Log(successor.origin, (LogKey(signer_named(successor.origin).verifier()),))
    members = tuple(
        replace(one, logs=(*one.logs, log)) if one.name == "center" else one
        for one in REGISTRY.members
    )
    claimed = replace(EMPTY, agreement=first, center=successor.origin)
    raw = make_bundle(claimed, (receipts | paper.receipts()).values())
    verified = verify_bundle(raw, replace(REGISTRY, members=members))
    assert {one.kind for one in verified.differences} == {Kind.SUMMARY}
    assert verified.found is not None
    assert verified.found.voids == ()
    assert [one.place for one in verified.entries] == [(2, 0, 0)]
    raw = make_bundle(verified.found, (receipts | paper.receipts()).values())
    assert verify_bundle(raw, replace(REGISTRY, members=members)).is_confirmed


@LAW
@given(st.permutations(list(RECEIPTS.values())))
def test_the_order_of_the_receipts_changes_nothing(receipts: list[bytes]) -> None:
    verified = verify_bundle(make_bundle(PAPER.summary(FIRST), receipts), REGISTRY)
    assert verified.is_confirmed
    assert verified.found == PAPER.summary(FIRST)


@LAW
@given(st.sets(st.sampled_from(list(RECEIPTS)), min_size=1))
def test_no_receipts_can_be_left_out_together(without: set[Ref]) -> None:
    assert of_story(without=without).differences
