"""Where the words of a search stand in a listing: pieces of its texts with the words marked.

- At most HIGHLIGHTS_MAX pieces a listing, one a text, in the order of the texts, of at most
  PIECE_MAX characters; "…" stands where a piece is cut.
- The main words are marked; where a listing holds none of them, the added ones are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.matching.terms import spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HIGHLIGHTS_MAX: Final = 3
PIECE_MAX: Final = 120
_BEFORE: Final = 30
_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Highlight:
    """A piece of the text at a path; `spans` are [start, end) in the piece, in characters."""

    path: str
    text: str
    spans: Sequence[tuple[int, int]]


def highlights(
    texts: Sequence[tuple[str, str]], main: Iterable[str], added: Iterable[str]
) -> list[Highlight]:
    """Return the pieces of (path, text) that hold words."""
    for wanted in (frozenset(main), frozenset(added)):
        found: list[Highlight] = []
        for path, text in texts if wanted else ():
            marked = spans(text, wanted)
            if marked:
                found.append(_piece(path, text, marked))
            if len(found) == HIGHLIGHTS_MAX:
                break
        if found:
            return found
    return []


def _piece(path: str, text: str, marked: Sequence[tuple[int, int]]) -> Highlight:
    """Cut the piece that begins shortly before the first word."""
    start = max(0, min(marked[0][0] - _BEFORE, len(text) - PIECE_MAX))
    end = min(len(text), start + PIECE_MAX)
    before, after = _CUT * (start > 0), _CUT * (end < len(text))
    shift = len(before) - start
    inside = [
        (first + shift, min(last, end) + shift) for first, last in marked if start <= first < end
    ]
    return Highlight(path, before + text[start:end] + after, inside)
