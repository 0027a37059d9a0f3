"""Two books are proven equal, or exactly the items that differ are found."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger import codec
from federation.ledger.journal import Place
from federation.ledger.ranges import (
    LEAF_ITEMS,
    HeldItems,
    Item,
    Summary,
    key_of,
)
from federation.ledger.reconcile import (
    MAX_DIFFERENCES,
    MAX_RANGES,
    Class,
    Difference,
    Reconciler,
    Result,
    answer,
    equal_text,
)
from federation.log.errors import Refused
from federation.records.refs import Ref
from tests.laws import examples

AGREEMENT = Ref("ydx.example/anhui", 7, bytes(32))


class Copy(HeldItems):
    """A member's copy."""

    agreement = AGREEMENT
    center_origin = "ydx.example/center"
    generation = 0

    def __init__(self, items: list[Item], center_size: int, salt: bytes = b"") -> None:
        super().__init__(items)
        self.center_size = center_size
        self._salt = salt

    def summary(self, center_size: int) -> Summary:
        end = key_of(Place(0, center_size, 0))
        count, held = self.count_and_digest(0, end)
        root = sha256(self._salt + center_size.to_bytes(8)).digest()
        return Summary(center_size, root, count, held, sha256(held).digest(), bytes(32))


class Unopened(Copy):
    """A copy that opens documents of few items only, as nodes do."""

    def __init__(self, items: list[Item], center_size: int) -> None:
        super().__init__(items, center_size)
        self._sound = Copy([replace(one, unsound=False) for one in items], center_size)

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        count, held = super().count_and_digest(first, end)
        return (count, held) if count <= LEAF_ITEMS else self._sound.count_and_digest(first, end)


def item(leaf_index: int, number: int = 0, entry: bytes = b"100", state: str = "FINAL") -> Item:
    """Return an item."""
    return Item(Place(0, leaf_index, number), entry, state)


def compare(here: Copy, there: Copy) -> tuple[Result, Reconciler]:
    """Let one side ask the other to the end."""
    asking = Reconciler(here)
    while (question := asking.next_question()) is not None:
        asking.take(answer(question, there))
    return asking.result(), asking


def mirrored(one: Difference) -> Difference:
    """Return a difference as the other side sees it."""
    names = {
        Class.MISSING_HERE: Class.MISSING_THERE,
        Class.MISSING_THERE: Class.MISSING_HERE,
    }
    return Difference(names.get(one.kind, one.kind), one.place, one.there, one.here)


def mutated(
    items: dict[Place, Item], chosen: list[Place], ways: list[int]
) -> tuple[list[Item], dict[Place, Class]]:
    """Return a copy that was changed in one way at each chosen place, and what is to be found."""
    copy = dict(items)
    expected = {}
    for place, way in zip(chosen, ways, strict=True):
        old = items[place]
        if way == 0:
            del copy[place]
            expected[place] = Class.MISSING_THERE
        elif way == 1:
            copy[place] = replace(old, entry=old.entry + b"1")
            expected[place] = Class.AMOUNT_DIFF
        elif way == 2:
            copy[place] = replace(old, state="REJECTED")
            expected[place] = Class.STATE_DIFF
        elif way == 3:
            copy[place] = replace(old, unsound=True)
            expected[place] = Class.SIG_INVALID
        else:
            added = Place(0, place.leaf_index, place.number + 1_000_000)
            copy[added] = replace(old, place=added)
            expected[added] = Class.MISSING_HERE
    return list(copy.values()), expected


def found(result: Result) -> dict[Place | None, Class]:
    """Return the differences by place."""
    return {one.place: one.kind for one in result.differences}


@pytest.mark.parametrize("count", [0, 1, 8, 9, 500])
def test_q1_equal_books_have_no_difference_and_take_one_question(count: int) -> None:
    items = [item(index) for index in range(count)]
    result, asking = compare(Copy(items, 600), Copy(items, 600))
    assert result.equal
    assert asking.questions == 1
    assert result.here == result.there


def test_both_sides_sign_the_same_line() -> None:
    here, there = Copy([item(1)], 5), Copy([item(1), item(7)], 9)
    result, _ = compare(here, there)
    line = equal_text(here, result.here)
    assert line == equal_text(there, result.there)
    assert line.startswith(b"ydx-ledger-equal/v1 ydx.example/anhui@7:00")
    assert line.count(b"\n") == 1


@settings(max_examples=examples(15), deadline=None)
@given(st.data())
def test_q2_q3_q4_exactly_the_changed_items_are_found_by_both_sides_in_few_questions(
    data: st.DataObject,
) -> None:
    rng = random.Random(data.draw(st.integers(0, 2**32)))  # noqa: S311 - a seeded test, no secret
    count = data.draw(st.integers(0, 2_000))
    ways = data.draw(st.lists(st.integers(0, 4), max_size=min(count, 40)))
    span = data.draw(st.sampled_from([count + 1, 10 * count + 1, 2**40]))
    places = {Place(0, rng.randrange(span), rng.randrange(50)) for _ in range(count)}
    items = {one: Item(one, str(rng.random()).encode(), "FINAL") for one in sorted(places)}
    ways = ways[: len(items)]
    there, expected = mutated(items, rng.sample(list(items), len(ways)), ways)
    a, b = Copy(list(items.values()), span), Copy(there, span)

    one, asking = compare(a, b)
    other, _ = compare(b, a)

    assert found(one) == expected
    assert one.complete
    assert [mirrored(each) for each in other.differences] == list(one.differences)
    depth = math.ceil(math.log2(len(items) + 2))
    assert asking.questions <= 2 + depth + len(ways) * depth // MAX_RANGES


def rotten(items: list[Item], *places: int) -> list[Item]:
    """Return the items, those at these places unsound."""
    return [replace(one, unsound=number in places) for number, one in enumerate(items)]


def test_what_does_not_open_is_found_next_to_what_differs() -> None:
    items = [item(index, index % 3) for index in range(500)]
    changed = [*items[:100], replace(items[100], entry=b"1"), *items[101:]]
    whole, torn = Unopened(items, 500), Unopened(rotten(changed, 99, 100, 400), 500)
    expected = {items[99].place: Class.SIG_INVALID, items[100].place: Class.SIG_INVALID}
    assert found(compare(whole, torn)[0]) == expected
    assert found(compare(torn, whole)[0]) == expected
    only_rotten = Unopened(rotten(items, 99), 500)
    assert compare(whole, only_rotten)[0].equal
    assert compare(only_rotten, whole)[0].equal


def test_a_side_that_opens_all_and_one_that_opens_few_find_what_the_first_cannot_open() -> None:
    items = [item(index, index % 3) for index in range(500)]
    opens_all, opens_few = Copy(rotten(items, 99), 500), Unopened(items, 500)
    expected = {items[99].place: Class.SIG_INVALID}
    assert found(compare(opens_all, opens_few)[0]) == expected
    assert found(compare(opens_few, opens_all)[0]) == expected
    assert compare(Copy(items, 500), opens_few)[0].equal


@pytest.mark.parametrize(
    "changes", [100, *(pytest.param(few, marks=pytest.mark.chaos) for few in (1, 10))]
)
def test_q4_a_hundred_thousand_items_are_compared_in_few_messages(changes: int) -> None:
    rng = random.Random(5)  # noqa: S311 - a seeded test, no secret
    places = [Place(0, index * 3, 0) for index in range(100_000)]
    items = {one: Item(one, str(one).encode(), "FINAL") for one in places}
    ways = [rng.randrange(5) for _ in range(changes)]
    there, expected = mutated(items, rng.sample(places, changes), ways)
    result, asking = compare(Copy(list(items.values()), 300_000), Copy(there, 300_000))
    assert found(result) == expected
    assert asking.questions <= 8 + changes * 5 // MAX_RANGES


def test_the_same_said_at_another_place_is_missing_here_and_there() -> None:
    result, _ = compare(Copy([item(1, entry=b"")], 9), Copy([item(2, entry=b"")], 9))
    assert found(result) == {
        Place(0, 1, 0): Class.MISSING_THERE,
        Place(0, 2, 0): Class.MISSING_HERE,
    }


@pytest.mark.parametrize("ahead", ["here", "there"])
def test_the_side_that_is_ahead_makes_no_false_difference(ahead: str) -> None:
    behind = Copy([item(index) for index in range(0, 100, 2)], 100)
    further = Copy([item(index) for index in range(0, 300, 2)], 300)
    pair = (further, behind) if ahead == "here" else (behind, further)
    result, _ = compare(*pair)
    assert result.equal
    assert result.here.center_size == 100


def test_a_difference_below_the_common_size_is_found_though_one_side_is_ahead() -> None:
    here = Copy([item(index) for index in range(300) if index != 40], 300)
    there = Copy([item(index) for index in range(100)], 100)
    result, _ = compare(here, there)
    assert found(result) == {Place(0, 40, 0): Class.MISSING_HERE}


def test_different_roots_of_the_center_at_one_size_are_a_fork() -> None:
    result, asking = compare(Copy([item(1)], 5), Copy([item(1)], 9, salt=b"other"))
    assert [one.kind for one in result.differences] == [Class.FORK]
    assert asking.questions == 1


def many() -> tuple[Reconciler, Copy]:
    """Return a comparison that has taken the summary and asked for the first range."""
    here = Copy([item(index) for index in range(50)], 100)
    there = Copy([item(index) for index in range(60)], 100)
    asking = Reconciler(here)
    asking.take(answer(asking.next_question() or b"", there))
    return asking, there


def wider(said: codec.ReconcileAnswer) -> None:
    """Answer the range itself."""
    said.parts[0].ranges[0].first = bytes(16)
    said.parts[0].ranges[0].depth = 0


def emptied(said: codec.ReconcileAnswer) -> None:
    """Answer a range that holds nothing."""
    said.parts[0].ranges[0].count = 0


def raised(said: codec.ReconcileAnswer) -> None:
    """Answer more than was said."""
    said.parts[0].ranges[0].count += 1


def twice(said: codec.ReconcileAnswer) -> None:
    """Answer one range twice."""
    said.parts[0].ranges.append(said.parts[0].ranges[0])


def short(said: codec.ReconcileAnswer) -> None:
    """Answer a digest that is none."""
    said.parts[0].ranges[0].digest = b"1"


def odd(said: codec.ReconcileAnswer) -> None:
    """Answer a range that does not begin with its digits."""
    said.parts[0].ranges[0].first = b"\x01" * 16


def nothing(said: codec.ReconcileAnswer) -> None:
    """Answer no part."""
    del said.parts[:]
    said.summary.entries = 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (wider, "MALFORMED_FRAME"),
        (emptied, "MALFORMED_FRAME"),
        (raised, "ROOT_MISMATCH"),
        (twice, "MALFORMED_FRAME"),
        (short, "MALFORMED_FRAME"),
        (odd, "MALFORMED_FRAME"),
        (nothing, "MALFORMED_FRAME"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(change: object, reason: str) -> None:
    assert callable(change)
    asking, there = many()
    said = codec.parse_answer(answer(asking.next_question() or b"", there))
    change(said)
    with pytest.raises(Refused) as refused:
        asking.take(codec.serialise_reconcile(said))
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["state_digest", "balances_digest"])
def test_equal_journals_of_another_digest_are_no_equal_books(name: str) -> None:
    asking, there = Reconciler(Copy([item(1)], 9)), Copy([item(1)], 9)
    said = codec.parse_answer(answer(asking.next_question() or b"", there))
    setattr(said.summary, name, b"?" * 32)
    with pytest.raises(Refused, match="ROOT_MISMATCH"):
        asking.take(codec.serialise_reconcile(said))


def test_items_that_are_not_those_of_the_digest_are_refused() -> None:
    asking = Reconciler(Copy([item(1)], 9))
    there = Copy([item(1), item(2)], 9)
    asking.take(answer(asking.next_question() or b"", there))
    said = codec.parse_answer(answer(asking.next_question() or b"", there))
    said.parts[0].items[1].entry = b"7"
    with pytest.raises(Refused, match="ROOT_MISMATCH"):
        asking.take(codec.serialise_reconcile(said))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"\x0a\x02\x08\x01\xa0\x06\x01"])
def test_bytes_that_are_no_canonical_message_are_refused_on_both_sides(raw: bytes) -> None:
    copy = Copy([], 9)
    with pytest.raises(Refused, match="MALFORMED_REQUEST"):
        answer(raw, copy)
    asking = Reconciler(copy)
    asking.next_question()
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        asking.take(raw)


def test_a_question_about_other_books_or_a_later_size_is_refused() -> None:
    asking, _ = many()
    question = asking.next_question() or b""
    other = Copy([], 9)
    with pytest.raises(Refused, match="POSITION_IN_FUTURE"):
        answer(question, other)
    other.center_origin = "ydx.example/elsewhere"
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        answer(question, other)


def test_a_question_of_too_many_ranges_is_refused() -> None:
    asking, there = many()
    said = codec.parse_question(asking.next_question() or b"")
    said.ranges.extend([said.ranges[0]] * MAX_RANGES)
    with pytest.raises(Refused, match="MALFORMED_REQUEST"):
        answer(codec.serialise_reconcile(said), there)


def test_too_many_differences_end_the_comparison_and_the_result_says_so() -> None:
    here = Copy([item(index) for index in range(MAX_DIFFERENCES + 5)], 20_000)
    result, _ = compare(here, Copy([], 20_000))
    assert len(result.differences) == MAX_DIFFERENCES
    assert not result.complete
