"""What a database that fails, an ended key or a clock that is set back must not do to the heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.errors import YdxError
from federation.log.evidence import make_evidence
from federation.log.keys import ED25519, Signer
from node.services.sync.heads import HeadBoard
from node.services.sync.standing import STALE_AFTER_S, judge
from tests.federation.sync.origin import ORIGIN
from tests.node.services.sync.board_parts import (
    FORKED,
    HONEST,
    MemoryStore,
    SmallRegistry,
    board_over,
    noted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.log.keys import VerifierKey

FORK = noted(FORKED, 30)
TILES = HONEST.prover()._tiles
DAY_S = 86_400.0


class FailingTiles:
    """The tiles of the honest log, in a database that may be out of reach."""

    def __init__(self) -> None:
        self.is_down = False

    def tile(self, level: int, n: int, width: int) -> bytes:
        if self.is_down:
            raise YdxError("DATABASE_ERROR", "a connection was lost")
        return TILES.tile(level, n, width)


def forked_evidence() -> bytes:
    return make_evidence(FORK, noted(HONEST, 30), [HONEST.key()]).encode()


@pytest.mark.parametrize(
    "tell",
    [
        lambda board: board.take_note(ORIGIN, FORK),
        lambda board: board.take_evidence(forked_evidence()),
    ],
    ids=["a note", "evidence"],
)
@pytest.mark.parametrize(
    "again",
    [
        lambda board: board.take_note(ORIGIN, FORK),
        lambda board: board.take_note(ORIGIN, noted(HONEST, 40, "d")),
        lambda board: board.advanced(ORIGIN, 40),
    ],
    ids=["the same note", "another note", "our copy told again"],
)
def test_a_fork_that_a_failing_database_kept_from_being_judged_freezes_all_the_same(
    tell: Callable[[HeadBoard], object], again: Callable[[HeadBoard], object]
) -> None:
    tiles, store = FailingTiles(), MemoryStore()
    board = board_over(tiles, store)
    board.take_note(ORIGIN, noted(HONEST, 40))
    board.advanced(ORIGIN, 40)
    board._copies.forget(ORIGIN)
    tiles.is_down = True
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        tell(board)
    tiles.is_down = False
    again(board)
    assert store.evidence
    assert board.origin(ORIGIN).frozen_size is not None
    assert not board.origin(ORIGIN).unjudged


def test_what_our_copy_reached_while_the_database_failed_is_confirmed_when_it_is_told_again() -> (
    None
):
    tiles = FailingTiles()
    board = board_over(tiles, MemoryStore())
    board.take_note(ORIGIN, noted(HONEST, 40))
    tiles.is_down = True
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        board.advanced(ORIGIN, 40)
    tiles.is_down = False
    board.advanced(ORIGIN, 40)
    assert board.origin(ORIGIN).confirmed_size == 40


class EndedKey(SmallRegistry):
    """A registry that has ended a log key at size 10; another one goes on from there."""

    ended = Signer(ORIGIN, b"\x07" * 32)

    def log_keys(self, _origin: str) -> list[VerifierKey]:
        return [self.ended.verifier(ED25519), HONEST.key()]

    def log_keys_at(self, _origin: str, tree_size: int) -> list[VerifierKey]:
        return [self.ended.verifier(ED25519)] if tree_size <= 10 else [HONEST.key()]


@pytest.mark.parametrize("is_stored", [False, True])
def test_what_a_key_signed_above_its_end_is_void_and_freezes_nothing(*, is_stored: bool) -> None:
    notes = [
        sign_checkpoint(Checkpoint(ORIGIN, 1000, root * 32), [EndedKey.ended])
        for root in (b"\1", b"\2")
    ]
    forged = make_evidence(notes[0], notes[1], [EndedKey.ended.verifier(ED25519)]).encode()
    stored = [forged] if is_stored else []
    board = board_over(TILES, MemoryStore(), (), stored, registry=EndedKey())
    board.take_note(ORIGIN, noted(HONEST, 40))
    board.advanced(ORIGIN, 40)
    assert not board.take_evidence(forged), "nor is who passes it on at fault"
    assert board.origin(ORIGIN).frozen_size is None
    assert not board.origin(ORIGIN).evidence


def test_evidence_by_keys_that_were_valid_at_their_sizes_still_counts() -> None:
    roots = [
        sign_checkpoint(Checkpoint(ORIGIN, 9, root * 32), [EndedKey.ended])
        for root in (b"\1", b"\2")
    ]
    evidence = make_evidence(roots[0], roots[1], [EndedKey.ended.verifier(ED25519)]).encode()
    board = board_over(TILES, MemoryStore(), registry=EndedKey())
    assert board.take_evidence(evidence)
    assert board.origin(ORIGIN).frozen_size == 0


def test_an_origin_that_falls_silent_is_stale_though_a_clock_was_ahead_when_it_last_spoke() -> None:
    now_s = 30 * DAY_S
    board = board_over(TILES, MemoryStore(), clock=lambda: now_s)
    board.take_note(ORIGIN, noted(HONEST, 40))
    board.advanced(ORIGIN, 40)
    now_s = 60 * DAY_S
    board.met(ORIGIN)
    now_s = 30 * DAY_S
    for silent_s, state in (
        (1.0, "COMPLETE"),
        (STALE_AFTER_S + 2.0, "STALE"),
        (9 * DAY_S, "STALE"),
    ):
        now_s = 30 * DAY_S + silent_s
        assert judge(board.origin(ORIGIN), 0, "", now_s, own=False)[0] == state
