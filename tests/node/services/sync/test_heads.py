"""The heads: a damaged copy stops nothing and blames nobody, and a freeze never moves up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from federation.log.checkpoint import Checkpoint
from federation.log.errors import Refused, YdxError
from federation.sync.confirmation import KnownCheckpoint
from node.services.partnership.client_notes import ClientNotes
from node.services.sync.copies import Copies
from node.services.sync.standing import judge
from node.services.sync.state_digests import StateFolder
from node.storage.database import Database
from tests.federation.sync.origin import ORIGIN
from tests.node.services.sync.board_parts import (
    FORKED,
    HONEST,
    MemoryStore,
    RottenTiles,
    board_over,
    noted,
)

DAMAGES = ["a row cut short", "a flipped bit"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_note_held_against_a_damaged_copy_blames_nobody(damage: str) -> None:
    tiles = RottenTiles()
    board = board_over(tiles, MemoryStore())
    board.advanced(ORIGIN, 20)
    board.take_note(ORIGIN, noted(HONEST, 20))
    tiles.damage = damage
    board._copies.forget(ORIGIN)
    board.take_note(ORIGIN, HONEST.note(15))

    heads = board.origin(ORIGIN)
    assert heads.is_damaged
    assert not heads.evidence
    assert heads.confirmed_size == 20


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_board_starts_on_a_damaged_copy_and_says_so(damage: str) -> None:
    store = MemoryStore()
    board = board_over(RottenTiles(), store)
    board.advanced(ORIGIN, 20)
    board.take_note(ORIGIN, noted(HONEST, 20))
    stored = replace(store.heads[ORIGIN], verified_root=HONEST.checkpoint(20).root)

    board = board_over(RottenTiles(damage=damage), MemoryStore(), [stored])
    board.advanced(ORIGIN, 40)
    board.take_note(ORIGIN, noted(HONEST, 40))

    heads = board.origin(ORIGIN)
    assert heads.is_damaged
    assert heads.confirmed_size == 20
    assert not heads.evidence


def test_damage_of_our_own_copy_is_never_the_fault_of_who_asked() -> None:
    copies = Copies(lambda _: RottenTiles(damage="a row cut short"))
    with pytest.raises(YdxError, match="ydx log verify --full") as raised:
        copies.root_at(ORIGIN, 20)
    assert raised.value.reason == "COPY_DAMAGED"
    assert not isinstance(raised.value, Refused)


def test_a_freeze_stays_where_it_was_after_a_restart() -> None:
    store = MemoryStore()
    board = board_over(RottenTiles(), store)
    board.advanced(ORIGIN, 40)
    for log, size in ((HONEST, 10), (HONEST, 35), (FORKED, 20)):
        board.take_note(ORIGIN, noted(log, size))
    assert board.origin(ORIGIN).frozen_size == 10

    stored, evidence = store.heads.values(), store.evidence.values()
    board = board_over(RottenTiles(), MemoryStore(), stored, evidence)

    assert board.origin(ORIGIN).frozen_size == 10
    board.take_note(ORIGIN, noted(HONEST, 40))
    assert board.origin(ORIGIN).frozen_size == 10
    frozen = board.publishable(ORIGIN)
    assert frozen is not None
    assert frozen[1] == HONEST.checkpoint(10)


def test_of_many_quorums_those_that_decide_a_freeze_are_kept() -> None:
    def known(size: int, root: bytes) -> KnownCheckpoint:
        return KnownCheckpoint(Checkpoint(ORIGIN, size, root), b"", frozenset())

    heads = board_over(RottenTiles(), MemoryStore()).origin(ORIGIN)
    ours, other = bytes(32), b"x" * 32
    heads.quorum_cosigned = {(size, ours): known(size, ours) for size in range(1, 257)}
    heads.quorum_cosigned |= {(size, other): known(size, other) for size in range(101, 400)}

    heads.thin_quorums(lambda one: one.checkpoint.root == other)

    kept = heads.quorum_cosigned
    assert {(1, ours), (100, ours), (256, ours), (101, other)} <= kept.keys()
    assert len(kept) <= 260


def test_a_quorum_beyond_our_copy_does_not_hide_the_one_that_it_has() -> None:
    board = board_over(RottenTiles(), MemoryStore())
    board.advanced(ORIGIN, 30)
    board.take_note(ORIGIN, noted(HONEST, 20))
    board.take_note(ORIGIN, noted(HONEST, 40))

    note = ClientNotes(board).over(ORIGIN, 12)

    assert note is not None
    assert (note.tree_size, note.is_confirmed) == (20, True)
    assert note.note == noted(HONEST, 20)


def test_the_own_log_is_complete_unless_it_is_frozen_or_damaged() -> None:
    heads = board_over(RottenTiles(), MemoryStore()).origin(ORIGIN)
    assert judge(heads, 0, "", 0.0, own=True) == ("COMPLETE", "")
    heads.frozen_size = 10
    assert judge(heads, 0, "", 0.0, own=True) == ("PARTIAL", "frozen at 10")
    heads.is_damaged = True
    assert judge(heads, 0, "", 0.0, own=True) == ("PARTIAL", "our copy is damaged")


def test_a_digest_speaks_of_a_frozen_log_up_to_the_freeze(tmp_path: Path) -> None:
    board = board_over(RottenTiles(), MemoryStore())
    board.advanced(ORIGIN, 40)
    for log, size in ((HONEST, 10), (HONEST, 35), (FORKED, 20)):
        board.take_note(ORIGIN, noted(log, size))
    database = Database.open(f"sqlite:///{tmp_path}/ydx.db")
    assert StateFolder(database, board).fold(None).sizes == {ORIGIN: 10}
    with pytest.raises(Refused, match="10"):
        StateFolder(database, board).fold({ORIGIN: 35})
    database.close()
