"""What a board makes of the notes that it is told: reached, confirmed, published, and who hears."""

from __future__ import annotations

import pytest

from federation.log.errors import Refused
from federation.sync.confirmation import Confirmations
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard
from node.services.sync.origin_heads import StoredHead
from tests.federation.sync.origin import ORIGIN
from tests.node.services.sync.board_parts import (
    HONEST,
    MemoryStore,
    SmallRegistry,
    board_over,
    noted,
)


def board(store: MemoryStore | None = None, *stored: StoredHead) -> HeadBoard:
    return board_over(HONEST.prover()._tiles, store or MemoryStore(), stored)


def own_board(witnesses: tuple[str, ...] = ("a", "b", "c", "d")) -> HeadBoard:
    """Return the board of the origin itself."""

    class Registry(SmallRegistry):
        def witnesses(self, _origin: str) -> list[str]:
            return list(witnesses)

    registry: object = Registry()
    copies = Copies(lambda _: HONEST.prover()._tiles)
    return HeadBoard(ORIGIN, lambda: registry, copies, MemoryStore(), lambda: 100.0)  # type: ignore[arg-type,return-value]  # a small registry is enough


def reached_size(one: HeadBoard) -> int:
    reached = one.origin(ORIGIN).reached
    return reached[1].tree_size if reached is not None else 0


def published_size(one: HeadBoard) -> int:
    found = one.publishable(ORIGIN)
    return found[1].tree_size if found is not None else 0


def test_reached_is_the_largest_note_that_the_copy_has() -> None:
    one = board()
    for size in (5, 20, 12):
        one.take_note(ORIGIN, HONEST.note(size))
    assert reached_size(one) == 0
    one.advanced(ORIGIN, 13)
    assert reached_size(one) == 12
    one.advanced(ORIGIN, 19)
    assert reached_size(one) == 12
    one.advanced(ORIGIN, 20)
    assert reached_size(one) == 20
    one.advanced(ORIGIN, 10)
    assert one.origin(ORIGIN).verified_size == 20


def test_a_note_of_a_size_that_the_copy_has_passed_is_reached_at_once() -> None:
    one = board()
    one.advanced(ORIGIN, 30)
    one.take_note(ORIGIN, HONEST.note(25))
    assert reached_size(one) == 25


@pytest.mark.parametrize(("witnesses", "confirmed"), [("ab", 0), ("abc", 20), ("abcd", 20)])
def test_three_of_four_witnesses_confirm_what_the_copy_has(witnesses: str, confirmed: int) -> None:
    one = board()
    one.take_note(ORIGIN, noted(HONEST, 20, witnesses))
    assert one.origin(ORIGIN).confirmed_size == 0
    one.advanced(ORIGIN, 19)
    assert one.origin(ORIGIN).confirmed_size == 0
    one.advanced(ORIGIN, 20)
    assert one.origin(ORIGIN).confirmed_size == confirmed


def test_a_confirmed_size_does_not_fall() -> None:
    one = board()
    one.advanced(ORIGIN, 40)
    one.take_note(ORIGIN, noted(HONEST, 30))
    one.take_note(ORIGIN, noted(HONEST, 10))
    assert one.origin(ORIGIN).confirmed_size == 30


def test_a_mirror_is_published_as_far_as_it_is_reached_with_all_cosignatures() -> None:
    one = board()
    one.advanced(ORIGIN, 30)
    one.take_note(ORIGIN, HONEST.note(30))
    one.take_note(ORIGIN, noted(HONEST, 30, "ab"))
    one.take_note(ORIGIN, noted(HONEST, 30, "c"))
    found = one.publishable(ORIGIN)
    assert found is not None
    assert found[0] == noted(HONEST, 30, "abc")


def test_the_own_log_is_published_as_far_as_another_member_has_stored_it() -> None:
    one = own_board()
    one.advanced(ORIGIN, 30)
    for size in (10, 20, 30):
        one.take_note(ORIGIN, HONEST.note(size))
    assert published_size(one) == 0
    one.stored_by_peer(25)
    assert published_size(one) == 20
    one.stored_by_peer(10)
    assert one.peer_stored_size() == 25
    assert published_size(one) == 20


def test_what_a_quorum_has_cosigned_is_stored_elsewhere() -> None:
    one = own_board()
    one.advanced(ORIGIN, 30)
    one.take_note(ORIGIN, noted(HONEST, 20))
    assert published_size(one) == 20


def test_a_member_alone_publishes_what_it_has_signed() -> None:
    one = own_board(())
    one.advanced(ORIGIN, 30)
    one.take_note(ORIGIN, HONEST.note(30))
    assert published_size(one) == 30


def test_listeners_hear_of_changes_after_them_and_of_nothing_twice() -> None:
    one, heard = board(), []
    one.subscribe(lambda _origin: heard.append(one.origin(ORIGIN).confirmed_size))
    one.take_note(ORIGIN, noted(HONEST, 20))
    one.take_note(ORIGIN, noted(HONEST, 20))
    one.take_note(ORIGIN, noted(HONEST, 20, "ab"))
    assert heard == [0]
    one.advanced(ORIGIN, 20)
    one.advanced(ORIGIN, 20)
    assert heard == [0, 20]


def test_only_heads_that_changed_since_a_version_are_told() -> None:
    one = board()
    assert [head.origin for head in one.heads()] == [ORIGIN]
    version = one.version
    assert one.heads(version) == ()
    one.take_note(ORIGIN, HONEST.note(3))
    assert [head.origin for head in one.heads(version)] == [ORIGIN]


def test_a_board_goes_on_from_what_was_stored() -> None:
    store = MemoryStore()
    one = board(store)
    one.advanced(ORIGIN, 25)
    for note in (noted(HONEST, 20), HONEST.note(25), HONEST.note(30)):
        one.take_note(ORIGIN, note)
    again = board(store, store.heads[ORIGIN])
    before, after = one.origin(ORIGIN), again.origin(ORIGIN)
    assert (after.verified_size, after.confirmed_size, after.largest_size()) == (25, 20, 30)
    assert after.reached == before.reached
    assert again.publishable(ORIGIN) == one.publishable(ORIGIN)
    assert [head.confirmed for head in again.heads()] == [noted(HONEST, 20)]


def test_a_stored_note_whose_key_counts_no_more_does_not_stop_the_start() -> None:
    stranger = HONEST.note(20).replace(b"ydx.example/anhui", b"ydx.example/other")
    one = board(None, StoredHead(ORIGIN, verified_size=25, newest_note=stranger))
    assert one.origin(ORIGIN).verified_size == 25
    assert one.origin(ORIGIN).confirmations.newest is None


def test_a_copy_is_proven_when_it_holds_what_its_origin_said_last() -> None:
    one = board()
    one.take_note(ORIGIN, HONEST.note(20))
    one.met(ORIGIN)
    assert one.origin(ORIGIN).last_proven_at_s == 0.0
    one.advanced(ORIGIN, 20)
    assert one.origin(ORIGIN).last_proven_at_s == 100.0


def test_a_failed_proof_makes_us_tell_what_our_copy_has_until_it_grows() -> None:
    one = board()
    one.advanced(ORIGIN, 10)
    one.take_note(ORIGIN, HONEST.note(10))
    one.take_note(ORIGIN, HONEST.note(20))
    assert one.heads()[0].newest == HONEST.note(20)
    one.doubt(ORIGIN)
    assert one.heads()[0].newest == HONEST.note(10)
    one.advanced(ORIGIN, 20)
    assert one.heads()[0].newest == HONEST.note(20)


def test_a_note_of_another_origin_is_refused() -> None:
    one = board()
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        one.take_note("ydx.example/other", HONEST.note(3))


def test_what_is_remembered_of_a_log_is_bounded() -> None:
    one = board()
    one.advanced(ORIGIN, 1)
    for size in range(2, 40):
        one.take_note(ORIGIN, HONEST.note(size))
    known = one.origin(ORIGIN).confirmations
    assert isinstance(known, Confirmations)
    one.take_note(ORIGIN, noted(HONEST, 40))
    one.advanced(ORIGIN, 40)
    assert [kept.checkpoint.tree_size for kept in known.known()] == [40]
