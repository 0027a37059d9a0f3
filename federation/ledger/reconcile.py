"""Two members compare their books of one agreement, by questions and answers.

- They compare at the smaller of their confirmed sizes of the center's log: an outcome at or above
  it takes no part. Different roots at that size are a FORK of the center, and nothing else counts.
- Equal summaries are the proof, in one line that is signed as a text.
- Else the ranges that differ are asked for, many in a question and the lowest first, until at most
  `LEAF_ITEMS` are left in one; these are exchanged whole and compared by place. So few ranges wait
  at any time, whatever the other side says that it holds.
- The ranges of a question do not overlap, so an answer costs a journal once at most.
- An answer is not trusted: its ranges must be narrower than what was asked, their counts must add
  up and items must have the digest that was said of them. After `MAX_QUESTIONS` questions or
  `MAX_DIFFERENCES` differences we stop, and the result says that it is not complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from federation.ledger import codec
from federation.ledger.journal import Place
from federation.ledger.ranges import (
    ALL,
    DIGITS,
    KEY_BYTES,
    LEAF_ITEMS,
    Item,
    Journal,
    Range,
    Summary,
    digest,
    key_of,
    place_of_key,
    split,
)
from federation.log.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

CHILDREN: Final = 16
MAX_RANGES: Final = 64
MAX_QUESTIONS: Final = 10_000
MAX_DIFFERENCES: Final = 10_000
MAX_ENTRY_BYTES: Final = 1 << 14
_HASH_BYTES: Final = 32
_MAX_STATE: Final = 64


class Class(StrEnum):
    """How an item differs."""

    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    AMOUNT_DIFF = "AMOUNT_DIFF"
    STATE_DIFF = "STATE_DIFF"
    SIG_INVALID = "SIG_INVALID"
    FORK = "FORK"


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that differs; for a FORK there is none."""

    kind: Class
    place: Place | None
    here: Item | None = None
    there: Item | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the comparison found. `equal` if there is no difference and nothing was left out."""

    here: Summary
    there: Summary
    differences: tuple[Difference, ...]
    complete: bool = True

    @property
    def equal(self) -> bool:
        """Say whether the books are proven equal."""
        return self.complete and not self.differences


@dataclass(slots=True)
class Reconciler:
    """The side that asks. Put `next_question()` to the other side and `take` what it answers."""

    journal: Journal
    questions: int = 0
    _here: Summary | None = None
    _there: Summary | None = None
    _waiting: list[tuple[Range, int, bytes]] = field(default_factory=list)
    """Descending: the last is the next."""
    _asked: list[tuple[Range, int, bytes]] = field(default_factory=list)
    _narrower: list[tuple[Range, int, bytes]] = field(default_factory=list)
    """What the answer that is being taken leaves to ask for, ascending."""
    _found: list[Difference] = field(default_factory=list)
    _limit: int = 0
    """The key at which the comparison ends."""
    _stopped: bool = False

    def next_question(self) -> bytes | None:
        """Return what to ask now; None when `result` is ready."""
        self._stopped = self._stopped or len(self._found) > MAX_DIFFERENCES
        if self._here is not None and (self._stopped or not (self._asked or self._waiting)):
            return None
        if self._here is not None and not self._asked:
            if self.questions >= MAX_QUESTIONS:
                self._stopped = True
                return None
            count = min(MAX_RANGES, len(self._waiting))
            self._asked = [self._waiting.pop() for _ in range(count)]
        self.questions += 1
        size = self.journal.center_size if self._here is None else self._here.center_size
        return question_at(self.journal, size, [one for one, _, _ in self._asked])

    def take(self, raw: bytes) -> None:
        """Take the answer to the last question.

        Refuses MALFORMED_FRAME or ROOT_MISMATCH (what is said does not fit together).
        """
        said = codec.parse_answer(raw)
        if self._here is None:
            self._take_summary(said)
        else:
            self._take_parts(said)
        self._waiting += reversed(self._narrower)
        self._narrower.clear()

    def result(self) -> Result:
        """Return what was found, by place."""
        if self._here is None or self._there is None:
            raise ValueError("no summary was taken yet")
        found = sorted(self._found, key=lambda one: one.place or Place(0, 0, 0))
        kept = tuple(found[:MAX_DIFFERENCES])
        return Result(self._here, self._there, kept, complete=not self._stopped)

    @property
    def waiting(self) -> int:
        """How many ranges are left to ask for by now."""
        return len(self._waiting)

    def stop(self) -> None:
        """Ask no more: the result is not complete, if anything was left to ask."""
        self._stopped = self._stopped or bool(self._asked or self._waiting)

    def _take_parts(self, said: codec.ReconcileAnswer) -> None:
        if said.HasField("summary") or len(said.parts) != len(self._asked):
            raise Refused("MALFORMED_FRAME", "the answer has not one part for each range")
        asked, self._asked = self._asked, []
        for (within, count, said_digest), part in zip(asked, said.parts, strict=True):
            if count <= LEAF_ITEMS:
                self._take_items(within, count, said_digest, part)
            else:
                self._take_ranges(within, count, part)

    def _take_summary(self, said: codec.ReconcileAnswer) -> None:
        there = _read_summary(said, self.journal.center_size)
        here = self.journal.summary(there.center_size)
        self._here, self._there = here, there
        self._limit = _limit(self.journal, there.center_size)
        if here.center_root != there.center_root:
            self._found.append(Difference(Class.FORK, None))
        elif (here.entries, here.journal_digest) != (there.entries, there.journal_digest):
            self._compare([(ALL, there.entries, there.journal_digest)], ALL)
        elif here != there:
            raise Refused("ROOT_MISMATCH", "equal journals have different digests of their state")

    def _take_ranges(self, within: Range, count: int, part: codec.ReconcilePart) -> None:
        if part.items or not 1 <= len(part.ranges) <= CHILDREN:
            raise Refused("MALFORMED_FRAME", "a range is answered by 1 to 16 narrower ones")
        ranges = []
        at = within.first
        for one in part.ranges:
            inner = _read_range(one, "MALFORMED_FRAME")
            if not within.holds(inner) or inner.first < at or not one.count:
                raise Refused("MALFORMED_FRAME", "a range is out of place or empty")
            if len(one.digest) != _HASH_BYTES:
                raise Refused("MALFORMED_FRAME", "a digest has 32 bytes")
            at = inner.end
            ranges.append((inner, one.count, one.digest))
        if sum(number for _, number, _ in ranges) != count:
            raise Refused("ROOT_MISMATCH", "the counts of the ranges do not add up")
        self._compare(ranges, within)

    def _compare(self, ranges: list[tuple[Range, int, bytes]], within: Range) -> None:
        """Let ranges that differ wait, and find what stands here between them."""
        at = within.first
        for inner, count, said_digest in ranges:
            self._missing_there(at, inner.first)
            at = inner.end
            here = self.journal.count_and_digest(inner.first, self._end(inner.end))
            if here == (count, said_digest):
                continue
            if count:
                self._narrower.append((inner, count, said_digest))
            else:
                self._missing_there(inner.first, inner.end)
        self._missing_there(at, within.end)

    def _missing_there(self, first: int, end: int) -> None:
        end = self._end(end)
        if first < end:
            self._found += (
                Difference(Class.MISSING_THERE, item.place, here=item)
                for item in self.journal.items(first, end)
            )

    def _take_items(
        self, within: Range, count: int, said_digest: bytes, part: codec.ReconcilePart
    ) -> None:
        theirs = [_read_item(one) for one in part.items]
        keys = [key_of(item.place) for item in theirs]
        end = self._end(within.end)
        if part.ranges or keys != sorted(set(keys)):
            raise Refused("MALFORMED_FRAME", "the items are not in order")
        if keys and not within.first <= keys[0] <= keys[-1] < end:
            raise Refused("MALFORMED_FRAME", "an item is outside its range")
        if len(keys) != count or digest(item.hash() for item in theirs) != said_digest:
            raise Refused("ROOT_MISMATCH", "the items are not those of the digest")
        ours = self.journal.items(within.first, end) if within.first < end else ()
        self._found += _classify(ours, theirs)

    def _end(self, end: int) -> int:
        return min(end, self._limit)


def answer(raw: bytes, journal: Journal) -> bytes:
    """Answer a question from one's own copy.

    Refuses MALFORMED_REQUEST, WRONG_ORIGIN (other books or another log of the center) and
    POSITION_IN_FUTURE (ranges at a size that is not confirmed here).
    """
    said = codec.parse_question(raw)
    asked = (said.agreement_origin, said.agreement_leaf_index, said.agreement_leaf_hash)
    if asked != tuple(journal.agreement) or said.center_origin != journal.center_origin:
        raise Refused("WRONG_ORIGIN", "the question is about other books")
    if not said.ranges:
        summary = journal.summary(min(said.center_size, journal.center_size))
        held = codec.ReconcileSummary(**summary._asdict())
        return codec.serialise_reconcile(codec.ReconcileAnswer(summary=held))
    if said.center_size > journal.center_size:
        raise Refused("POSITION_IN_FUTURE", "the center's log is not confirmed so far here")
    if len(said.ranges) > MAX_RANGES:
        raise Refused("MALFORMED_REQUEST", f"at most {MAX_RANGES} ranges are asked at once")
    limit = _limit(journal, said.center_size)
    ranges = [_read_range(one, "MALFORMED_REQUEST") for one in said.ranges]
    ordered = sorted(ranges)
    if any(after.first < before.end for before, after in pairwise(ordered)):
        raise Refused("MALFORMED_REQUEST", "the ranges of a question do not overlap")
    parts = [_part(journal, one, limit) for one in ranges]
    return codec.serialise_reconcile(codec.ReconcileAnswer(parts=parts))


def question_at(journal: Journal, center_size: int, ranges: Sequence[Range] = ()) -> bytes:
    """Return the question for ranges, or without them for the summary, at a size."""
    said = codec.ReconcileQuestion(
        agreement_origin=journal.agreement.origin,
        agreement_leaf_index=journal.agreement.leaf_index,
        agreement_leaf_hash=journal.agreement.leaf_hash,
        center_origin=journal.center_origin,
        center_size=center_size,
        ranges=map(_said_range, ranges),
    )
    return codec.serialise_reconcile(said)


def equal_text(journal: Journal, summary: Summary) -> bytes:
    """Return the line that says that books are equal, to be signed as the text of a note."""
    ref = journal.agreement
    return (
        f"ydx-ledger-equal/v1 {ref.origin}@{ref.leaf_index}:{ref.leaf_hash.hex()} "
        f"{summary.center_size} {summary.center_root.hex()} {summary.entries} "
        f"{summary.state_digest.hex()}\n"
    ).encode()


def _part(journal: Journal, within: Range, limit: int) -> codec.ReconcilePart:
    end = min(within.end, limit)
    bounds = journal.bounds(within.first, end) if within.first < end else None
    if bounds is None:
        return codec.ReconcilePart()
    count, _ = journal.count_and_digest(within.first, end)
    if count <= LEAF_ITEMS:
        items = journal.items(within.first, end)
        return codec.ReconcilePart(items=map(_said_item, items))
    ranges = []
    for one in split(within, *bounds):
        number, said_digest = journal.count_and_digest(one.first, min(one.end, limit))
        if number:
            ranges.append(_said_range(one, number, said_digest))
    return codec.ReconcilePart(ranges=ranges)


def _classify(ours: Sequence[Item], theirs: Sequence[Item]) -> list[Difference]:
    here = {item.place: item for item in ours}
    there = {item.place: item for item in theirs}
    return [
        Difference(
            _class(here.get(place), there.get(place)), place, here.get(place), there.get(place)
        )
        for place in sorted(here.keys() | there.keys())
        if here.get(place) != there.get(place)
    ]


def _class(here: Item | None, there: Item | None) -> Class:
    if here is None:
        return Class.MISSING_HERE
    if there is None:
        return Class.MISSING_THERE
    if here.unsound or there.unsound:
        return Class.SIG_INVALID
    return Class.AMOUNT_DIFF if here.entry != there.entry else Class.STATE_DIFF


def _limit(journal: Journal, center_size: int) -> int:
    return key_of(Place(journal.generation, center_size, 0))


def _said_range(one: Range, count: int = 0, said_digest: bytes = b"") -> codec.ReconcileRange:
    first = one.first.to_bytes(KEY_BYTES)
    return codec.ReconcileRange(first=first, depth=one.depth, count=count, digest=said_digest)


def _read_range(said: codec.ReconcileRange, reason: str) -> Range:
    if len(said.first) != KEY_BYTES or said.depth > DIGITS:
        raise Refused(reason, "a range has a first key of 16 bytes and up to 32 digits")
    one = Range(int.from_bytes(said.first), said.depth)
    if one.first % (one.end - one.first):
        raise Refused(reason, "a range begins with its digits")
    return one


def _said_item(item: Item) -> codec.ReconcileItem:
    place = key_of(item.place).to_bytes(KEY_BYTES)
    return codec.ReconcileItem(
        place=place, entry=item.entry, state=item.state, unsound=item.unsound
    )


def _read_item(said: codec.ReconcileItem) -> Item:
    if len(said.place) != KEY_BYTES:
        raise Refused("MALFORMED_FRAME", "a place has 16 bytes")
    if len(said.entry) > MAX_ENTRY_BYTES or len(said.state) > _MAX_STATE:
        raise Refused("MALFORMED_FRAME", "an item is too large")
    place = place_of_key(int.from_bytes(said.place))
    return Item(place, said.entry, said.state, said.unsound)


def _read_summary(said: codec.ReconcileAnswer, own_size: int) -> Summary:
    one = said.summary
    there = Summary(
        one.center_size,
        one.center_root,
        one.entries,
        one.journal_digest,
        one.state_digest,
        one.balances_digest,
    )
    digests = (there.center_root, there.journal_digest, there.state_digest, there.balances_digest)
    if said.parts or any(len(raw) != _HASH_BYTES for raw in digests):
        raise Refused("MALFORMED_FRAME", "the answer is no summary")
    if there.center_size > own_size:
        raise Refused("MALFORMED_FRAME", "the summary is at a size that was not asked")
    return there
