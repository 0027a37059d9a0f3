"""The static layout: paths, widths, bundles, with the worked examples of the specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.tiles import (
    TilePath,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_path,
    partial_width,
    tile_path,
    tile_width,
    tiles_between,
)
from tests.federation.log.refusals import refusal_reason

PATHS = {
    "tile/0/x001/x234/067": TilePath(0, 1234067),
    "tile/63/000": TilePath(63, 0),
    "tile/1/999.p/255": TilePath(1, 999, 255),
    "tile/1/x001/000.p/1": TilePath(1, 1000, 1),
    "tile/entries/x001/x234/067.p/8": TilePath(None, 1234067, 8),
    "tile/entries/000": TilePath(None, 0),
}


@pytest.mark.parametrize(("path", "place"), PATHS.items())
def test_paths_are_written_and_read(path: str, place: TilePath) -> None:
    assert parse_path(path) == place
    if place.level is None:
        assert entries_path(place.n, place.width) == path
    else:
        assert tile_path(place.level, place.n, place.width) == path


@given(st.none() | st.integers(0, 63), st.integers(0, 2**55 - 1), st.integers(1, 256))
def test_every_path_round_trips(level: int | None, n: int, width: int) -> None:
    path = entries_path(n, width) if level is None else tile_path(level, n, width)
    assert parse_path(path) == TilePath(level, n, width)


BAD_PATHS = {
    "nothing": "",
    "the Go sumdb layout": "tile/8/0/x001/x234/067",
    "the data folder of Go": "tile/data/000",
    "a level of 64": "tile/64/000",
    "a level with a leading zero": "tile/00/000",
    "two digits": "tile/0/12",
    "four digits": "tile/0/1234",
    "a last group with an x": "tile/0/x001",
    "a first group without its x": "tile/0/001/234",
    "leading zero groups": "tile/0/x000/001",
    "a width of 0": "tile/0/000.p/0",
    "a width of 256": "tile/0/000.p/256",
    "a width with a leading zero": "tile/0/000.p/01",
    "no width": "tile/0/000.p/",
    "a slash in front": "/tile/0/000",
    "a slash behind": "tile/0/000/",
    "a way out": "tile/0/../000",
    "full-width digits": "tile/0/０００",
    "a newline": "tile/0/000\n",
    "an unbounded number": "tile/0/" + "x001/" * 1000 + "000",
    "a number beyond any tree": "tile/0/" + "x999/" * 5 + "999",
}


@pytest.mark.parametrize("path", BAD_PATHS.values(), ids=BAD_PATHS.keys())
def test_a_bad_path_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        parse_path(path)


@given(st.text(alphabet="tile/nrsx.p0123456789"))
def test_reading_a_path_is_total(path: str) -> None:
    assert refusal_reason(parse_path, path) in {None, "MALFORMED_NAME"}


@pytest.mark.parametrize(
    ("level", "n", "width"),
    [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257), (0, 2**56, 1)],
)
def test_a_tile_that_cannot_be_has_no_path(level: int, n: int, width: int) -> None:
    with pytest.raises(Refused, match="MALFORMED_NAME"):
        tile_path(level, n, width)


def test_edge_1_the_worked_check_of_70_000_leaves() -> None:
    assert [partial_width(level, 70_000) for level in range(4)] == [112, 17, 1, 0]
    assert [tile_width(0, n, 70_000) for n in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [tile_width(1, n, 70_000) for n in (0, 1, 2)] == [256, 17, 0]
    assert [tile_width(2, n, 70_000) for n in (0, 1)] == [1, 0]


def test_the_worked_check_of_256_leaves() -> None:
    assert list(tiles_between(0, 256)) == [(0, 0, 256), (1, 0, 1)]
    assert partial_width(0, 256) == 0


def test_growth_names_the_tiles_that_change() -> None:
    assert list(tiles_between(255, 255)) == []
    assert list(tiles_between(255, 257)) == [(0, 0, 256), (0, 1, 1), (1, 0, 1)]
    assert list(tiles_between(257, 258)) == [(0, 1, 2)]
    assert list(tiles_between(65_535, 65_537)) == [
        (0, 255, 256),
        (0, 256, 1),
        (1, 0, 256),
        (2, 0, 1),
    ]
    with pytest.raises(Refused, match="MALFORMED_TILE"):
        list(tiles_between(2, 1))


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_growth_names_every_tile_once_with_its_width(a: int, b: int) -> None:
    old, new = sorted((a, b))
    changed = {(level, n): width for level, n, width in tiles_between(old, new)}
    for level in range(3):
        for n in range(13):
            width = tile_width(level, n, new)
            grew = width != tile_width(level, n, old)
            assert changed.get((level, n)) == (width if grew else None)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_round_trips(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


@given(st.binary(max_size=2000))
def test_reading_a_bundle_is_total(raw: bytes) -> None:
    reason = refusal_reason(decode_bundle, raw)
    assert reason in {None, "MALFORMED_TILE"}
    assert reason or encode_bundle(decode_bundle(raw)) == raw


def test_the_limits_of_a_bundle() -> None:
    assert decode_bundle(encode_bundle([bytes(65_535)] * 2)) == [bytes(65_535)] * 2
    for too_much in ([bytes(65_536)], [b""] * 257):
        with pytest.raises(Refused, match="MALFORMED_TILE"):
            encode_bundle(too_much)
    for bad in (b"\0", b"\0\1", bytes(2 * 257)):
        with pytest.raises(Refused, match="MALFORMED_TILE"):
            decode_bundle(bad)
