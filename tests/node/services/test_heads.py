"""The heads: a damaged copy stops nothing and blames nobody, and a freeze never moves up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from federation.log.errors import Refused, YdxError
from node.services.copies import Copies
from tests.federation.sync.origin import ORIGIN
from tests.node.services.board_parts import (
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
