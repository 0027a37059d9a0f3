"""The static layout of a log (C2SP tlog-tiles): paths, widths, entry bundles.

- `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`; L is 0 to 63; N is written in groups of
  three digits, all but the last with an `x`: 1234067 is `x001/x234/067`; W is 1 to 255.
- Level *l* of a tree of *s* leaves has floor(s / 256^l) hashes; the last tile is partial when that
  number is no multiple of 256. A tile of width 0 does not exist.
- An entry bundle holds, for each entry, u16be length ‖ entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from federation.log.hashing import MAX_TREE_SIZE
from federation.log.prover import TILE_HEIGHT, TILE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ENTRY_BYTES: Final = 65_535
MAX_LEVEL: Final = 63
_MAX_N: Final = MAX_TREE_SIZE >> TILE_HEIGHT
_PATH: Final = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """What a path names: a hash tile, or (level None) an entry bundle; `width` 256 is full."""

    level: int | None
    n: int
    width: int = TILE_WIDTH


def tile_path(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a hash tile."""
    if not 0 <= level <= MAX_LEVEL:
        raise Refused("MALFORMED_NAME", "a tile level is from 0 to 63")
    return f"tile/{level}/{_place(n, width)}"


def entries_path(n: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an entry bundle."""
    return f"tile/entries/{_place(n, width)}"


def parse_path(path: str) -> TilePath:
    """Read a path that `tile_path` or `entries_path` wrote, or refuse it (MALFORMED_NAME)."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refused("MALFORMED_NAME", "not the path of a tile")
    kind, digits, partial = match.groups()
    n = int(digits.replace("x", "").replace("/", ""))
    if digits.startswith("x000/") or n > _MAX_N:
        raise Refused(
            "MALFORMED_NAME", "a tile number has no leading zero groups and is below 2^55"
        )
    return TilePath(
        None if kind == "entries" else int(kind), n, int(partial) if partial else TILE_WIDTH
    )


def partial_width(level: int, tree_size: int) -> int:
    """Return the width of the last, partial tile of a level; 0 when there is none."""
    return (tree_size >> (TILE_HEIGHT * level)) % TILE_WIDTH


def tile_width(level: int, n: int, tree_size: int) -> int:
    """Return how many hashes tile `n` of a level has in a tree: 0 to 256."""
    count = (tree_size >> (TILE_HEIGHT * level)) - TILE_WIDTH * n
    return max(0, min(TILE_WIDTH, count))


def tiles_between(old_size: int, new_size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, n, width) of each hash tile that growth from one size to the other changes."""
    if not 0 <= old_size <= new_size <= MAX_TREE_SIZE:
        raise Refused("MALFORMED_TILE", "the sizes shrink")
    for level in range(MAX_LEVEL + 1):
        old, new = (size >> (TILE_HEIGHT * level) for size in (old_size, new_size))
        if old == new:
            return
        for n in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield level, n, tile_width(level, n, new_size)


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the entry bundle of up to 256 entries; refuses MALFORMED_TILE."""
    pieces: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise Refused("MALFORMED_TILE", "an entry has at most 65,535 bytes")
        pieces += (len(entry).to_bytes(2), entry)
    if len(pieces) > 2 * TILE_WIDTH:
        raise Refused("MALFORMED_TILE", "a bundle has at most 256 entries")
    return b"".join(pieces)


def decode_bundle(raw: bytes) -> list[bytes]:
    """Return the entries of a bundle, at most 256, or refuse it (MALFORMED_TILE)."""
    entries: list[bytes] = []
    at = 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2])
        if at + 2 > len(raw) or end > len(raw) or len(entries) == TILE_WIDTH:
            raise Refused("MALFORMED_TILE", "the bundle is cut or too long")
        entries.append(raw[at + 2 : end])
        at = end
    return entries


def _place(n: int, width: int) -> str:
    if not 0 <= n <= _MAX_N or not 1 <= width <= TILE_WIDTH:
        raise Refused("MALFORMED_NAME", "no such tile")
    n, last = divmod(n, 1000)
    path = f"{last:03d}"
    while n:
        n, group = divmod(n, 1000)
        path = f"x{group:03d}/{path}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
