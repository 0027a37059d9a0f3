"""What one side says in a comparison that nothing honest would say is refused by the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec, reconcile
from federation.ledger.equal_note import HEADER, signature_line
from federation.ledger.journal import Place
from federation.ledger.ranges import ALL, DIGITS, Item, Range, digest, key_of
from federation.ledger.reconcile import Reconciler, answer, question_at
from federation.log.errors import Refused
from federation.log.keys import Signer
from tests.federation.ledger.test_reconcile import Copy, compare, item

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = 100


def claims(asking: Reconciler, items: Sequence[Item], count: int) -> None:
    """Let a peer say that it holds so many items, and then give these."""
    here = asking.journal.summary(SIZE)
    said = here._replace(entries=count, journal_digest=digest(one.hash() for one in items))
    summary = codec.ReconcileSummary(**said._asdict())
    asking.next_question()
    asking.take(codec.serialise_reconcile(codec.ReconcileAnswer(summary=summary)))
    asking.next_question()
    told = [
        codec.ReconcileItem(place=key_of(one.place).to_bytes(16), entry=one.entry, state=one.state)
        for one in items
    ]
    parts = [codec.ReconcilePart(items=told)]
    asking.take(codec.serialise_reconcile(codec.ReconcileAnswer(parts=parts)))


@pytest.mark.parametrize(
    "items",
    [
        [item(1), item(1)],
        [item(2), item(1)],
        [item(1), item(SIZE)],
        [item(1), item(SIZE + 1)],
    ],
    ids=["twice", "descending", "at the compared size", "above it"],
)
def test_items_that_no_journal_holds_so_are_refused(items: list[Item]) -> None:
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        claims(Reconciler(Copy([], SIZE)), items, len(items))


def test_an_item_right_below_the_compared_size_is_missing_here() -> None:
    asking = Reconciler(Copy([], SIZE))
    claims(asking, [item(SIZE - 1, (1 << 32) - 1)], 1)
    (found,) = asking.result().differences
    assert found.place == Place(0, SIZE - 1, (1 << 32) - 1)


def test_a_summary_above_the_own_size_is_refused() -> None:
    asking, there = Reconciler(Copy([], SIZE)), Copy([], SIZE + 1)
    asking.next_question()
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        asking.take(answer(question_at(there, SIZE + 1), there))


def test_ranges_are_answered_up_to_the_own_size_and_no_further() -> None:
    copy = Copy([item(1)], SIZE)
    assert answer(question_at(copy, SIZE, [ALL]), copy)
    with pytest.raises(Refused, match="POSITION_IN_FUTURE"):
        answer(question_at(copy, SIZE + 1, [ALL]), copy)


@pytest.mark.parametrize(
    "ranges",
    [
        [Range(1, 1)],
        [Range(1 << 4, DIGITS - 2)],
        [ALL, Range(1 << 124, 1)],
        [Range(1 << 124, 1), Range((1 << 124) + (1 << 120), 2)],
    ],
    ids=["not at its digits", "nearly at its digits", "within all", "within another"],
)
def test_ranges_that_are_none_or_overlap_are_refused(ranges: list[Range]) -> None:
    copy = Copy([item(1)], SIZE)
    with pytest.raises(Refused, match="MALFORMED_REQUEST"):
        answer(question_at(copy, SIZE, ranges), copy)


def test_a_narrower_range_that_does_not_begin_with_its_digits_is_refused() -> None:
    here, there = Copy([item(1)], SIZE), Copy([item(at) for at in range(60)], SIZE)
    asking = Reconciler(here)
    asking.take(answer(asking.next_question() or b"", there))
    said = codec.parse_answer(answer(asking.next_question() or b"", there))
    one = said.parts[0].ranges[0]
    one.first = (int.from_bytes(one.first) + 1).to_bytes(16)
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        asking.take(codec.serialise_reconcile(said))


def test_as_many_differences_as_are_told_are_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, complete in ((30, True), (29, False)):
        monkeypatch.setattr(reconcile, "MAX_DIFFERENCES", most)
        result, _ = compare(Copy([item(at) for at in range(30)], SIZE), Copy([], SIZE))
        assert (len(result.differences), result.complete) == (most, complete)


@pytest.mark.parametrize("text", [b"", b"x", b"x\n\n", b"x\ny\n", b"x\ny"])
def test_nothing_but_one_line_is_ever_signed_as_equal_books(text: bytes) -> None:
    """A checkpoint has three lines at least: no signature under equal books is one of a log."""
    signer = Signer("ydx.example/anhui", b"s" * 32)
    assert signature_line(HEADER + b"x\n", signer)
    with pytest.raises(ValueError, match="only the one line"):
        signature_line(HEADER + text, signer)
