"""A comparison of books ends, and takes little room, whatever the other side says."""

from __future__ import annotations

from hashlib import sha256

import pytest

from federation.ledger import codec
from federation.ledger.ranges import ALL, DIGITS, Range
from federation.ledger.reconcile import CHILDREN, MAX_RANGES, Reconciler, answer
from federation.log.errors import Refused
from tests.federation.ledger.test_reconcile import Copy, item


class Endless(Copy):
    """A copy that always differs, and whose numbers fit."""

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        held = super().count_and_digest(first, end)[0]
        return held, sha256(first.to_bytes(16)).digest()


def test_the_comparison_ends_though_every_digest_is_a_lie() -> None:
    items = [item(index) for index in range(500)]
    asking = Reconciler(Copy(items, 500))
    there = Endless(items, 500)

    def ask_all() -> None:
        while (question := asking.next_question()) is not None:
            asking.take(answer(question, there))

    with pytest.raises(Refused, match="ROOT_MISMATCH"):
        ask_all()
    assert asking.questions <= 5


def boundless(question: bytes, counts: dict[Range, int]) -> bytes:
    """Answer that each range holds ever more, in ranges that fit."""
    parts = []
    for said in codec.parse_question(question).ranges:
        one = Range(int.from_bytes(said.first), said.depth)
        width, count = (one.end - one.first) // CHILDREN, counts[one] // CHILDREN
        inner = [Range(one.first + number * width, one.depth + 1) for number in range(CHILDREN)]
        counts.update(dict.fromkeys(inner, count))
        ranges = [
            codec.ReconcileRange(
                first=each.first.to_bytes(16), depth=each.depth, count=count, digest=b"y" * 32
            )
            for each in inner
        ]
        parts.append(codec.ReconcilePart(ranges=ranges))
    return codec.serialise_reconcile(codec.ReconcileAnswer(parts=parts))


def test_a_peer_that_says_ever_more_has_little_wait_here_and_soon_has_to_show_an_item() -> None:
    here = Copy([item(index) for index in range(50)], 1 << 40)
    asking, counts = Reconciler(here), {ALL: 1 << 62}
    asking.next_question()
    claimed = here.summary(1 << 40)._replace(entries=1 << 62, journal_digest=b"x" * 32)
    summary = codec.ReconcileSummary(**claimed._asdict())
    asking.take(codec.serialise_reconcile(codec.ReconcileAnswer(summary=summary)))
    waiting = [0]

    def ask_all() -> None:
        while (question := asking.next_question()) is not None and asking.questions < 400:
            asking.take(boundless(question, counts))
            waiting.append(asking.waiting)

    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        ask_all()
    assert asking.questions <= DIGITS
    assert max(waiting) <= MAX_RANGES * CHILDREN * DIGITS


def test_a_comparison_that_is_stopped_says_what_it_has_found_and_that_it_is_not_all() -> None:
    there = Copy([item(index, entry=b"7") for index in range(5_000)], 5_000)
    asking = Reconciler(Copy([item(index) for index in range(5_000)], 5_000))
    for _ in range(9):
        asking.take(answer(asking.next_question() or b"", there))
    asking.stop()
    assert asking.next_question() is None
    result = asking.result()
    assert 0 < len(result.differences) < 5_000
    assert not result.complete
