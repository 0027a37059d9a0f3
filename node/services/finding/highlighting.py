"""Where the words of a search stand in a listing: pieces of its texts with the words marked.

- At most HIGHLIGHTS_MAX pieces a listing, one a text, in the order of the texts, of at most
  PIECE_MAX characters; "…" stands where a piece is cut.
- The main words are marked; where a listing holds none of them, the added ones are.
- A text is read word by word only where the beginning of some word stands in it, and only around
  the first such place: a page of hits has hundreds of texts. Where that finds nothing in a whole
  listing (full width, accents, joints as in I/O or 1,000), all its texts are read.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

from federation.matching.terms import spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    ends = list(accumulate([len(text) + 1 for _, text in texts]))
    written = "\n".join([text for _, text in texts])
    whole = written.lower()
    if len(whole) != len(written):  # a letter became two
        lowered = [text.lower() for _, text in texts]
        ends = list(accumulate([len(text) + 1 for text in lowered]))
        whole = "\n".join(lowered)
    for wanted in (frozenset(main), frozenset(added)):
        found: list[Highlight] = []
        for at, first in _first_places(whole, ends, frozenset(map(_beginning, wanted))):
            path, text = texts[at]
            piece = _piece(path, text, wanted, first)
            if piece is not None:
                found.append(piece)
            if len(found) == HIGHLIGHTS_MAX:
                break
        if not found and wanted:
            found = _read_through(texts, wanted)
        if found:
            return found
    return []


def _read_through(texts: Sequence[tuple[str, str]], wanted: frozenset[str]) -> list[Highlight]:
    """Return the pieces of texts that hold words, wherever and however they are written."""
    marked = ((path, text, spans(text, wanted)) for path, text in texts)
    pieces = (_piece(path, text, wanted, found[0][0]) for path, text, found in marked if found)
    return list(islice(filter(None, pieces), HIGHLIGHTS_MAX))


def _first_places(
    whole: str, ends: Sequence[int], beginnings: Iterable[str]
) -> Iterator[tuple[int, int]]:
    """Yield (number of the text, first place in it) of each text in which some beginning stands."""
    start = 0
    while places := [at for one in beginnings if (at := whole.find(one, start)) >= 0]:
        first = min(places)
        number = bisect_right(ends, first)
        yield number, first - (ends[number - 1] if number else 0)
        start = ends[number]


def _beginning(term: str) -> str:
    """Return how a word with this term begins in a text; stems differ from words at their end."""
    return term[:_BEGINNING] if term.isascii() else term


def _piece(path: str, text: str, wanted: frozenset[str], place: int) -> Highlight | None:
    """Cut the piece that begins shortly before a place; None where no word stands there."""
    for first in dict.fromkeys((place, 0)):
        start = max(0, min(first - _BEFORE, len(text) - PIECE_MAX))
        end = min(len(text), start + PIECE_MAX)
        marked = spans(text[start:end], wanted)
        if marked:
            before, after = _CUT * (start > 0), _CUT * (end < len(text))
            shift = len(before)
            inside = [(first + shift, last + shift) for first, last in marked]
            return Highlight(path, before + text[start:end] + after, inside)
    return None
