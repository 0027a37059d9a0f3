"""Where the words of a search stand in a listing: pieces of its texts with the words marked.

- At most HIGHLIGHTS_MAX pieces a listing, one a text, in the order of the texts, of at most
  PIECE_MAX characters; "…" stands where a piece is cut.
- The main words are marked; where a listing holds none of them, the added ones are.
- A text is read word by word only where the beginning of some word stands in it, and only around
  the first such place: a page of hits has hundreds of texts.
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
_BEGINNING: Final = 3
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
        beginnings = frozenset(map(_beginning, wanted))
        found: list[Highlight] = []
        for path, text in texts if wanted else ():
            piece = _piece(path, text, wanted, beginnings)
            if piece is not None:
                found.append(piece)
            if len(found) == HIGHLIGHTS_MAX:
                break
        if found:
            return found
    return []


def _beginning(term: str) -> str:
    """Return how a word with this term begins in a text; stems differ from words at their end."""
    return term[:_BEGINNING] if term.isascii() else term


def _piece(
    path: str, text: str, wanted: frozenset[str], beginnings: Iterable[str]
) -> Highlight | None:
    """Cut the piece that begins shortly before the first word; None where no word stands there."""
    lowered = text.lower()
    places = [at for one in beginnings if (at := lowered.find(one)) >= 0]
    if not places:
        return None
    for first in (min(places), 0):
        start = max(0, min(first - _BEFORE, len(text) - PIECE_MAX))
        end = min(len(text), start + PIECE_MAX)
        marked = spans(text[start:end], wanted)
        if marked:
            before, after = _CUT * (start > 0), _CUT * (end < len(text))
            shift = len(before)
            inside = [(first + shift, last + shift) for first, last in marked]
            return Highlight(path, before + text[start:end] + after, inside)
    return None
