"""Where the words of a search stand in a listing: pieces of its texts with the words marked.

- At most HIGHLIGHTS_MAX pieces a listing, one a text, in the order of the texts, of at most
  PIECE_MAX characters; "…" stands where a piece is cut.
- A word that is cut is not marked: what is left of it may look like another one.
- The main words are marked; where a listing holds none of them, the added ones are.
- A text is read word by word only where the beginning of some word stands in it, and only around
  the first such place: a page of hits has hundreds of texts. Where that finds nothing in a whole
  listing (full width, accents, joints as in I/O or 1,000), all its texts are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from federation.matching.terms import is_unspaced, spans

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
    texts: Iterable[tuple[str, str]], main: Iterable[str], added: Iterable[str]
) -> list[Highlight]:
    """Return the pieces of (path, text) that hold words; reads no more texts than it needs. Hot."""
    for wanted in (frozenset(main), frozenset(added)):
        if wanted:
            read: list[tuple[str, str]] = []
            found = list(islice(_begun(texts, wanted, read), HIGHLIGHTS_MAX))
            if not found:
                found = _read_through(read, wanted)
            if found:
                return found
            texts = read
    return []


def _begun(
    texts: Iterable[tuple[str, str]], wanted: frozenset[str], read: list[tuple[str, str]]
) -> Iterator[Highlight]:
    """Yield the piece of each text in which a word stands as it is, keeping all that were read."""
    beginnings = set(map(_beginning, wanted))
    for path, text in texts:
        read.append((path, text))
        lowered = text.lower()
        places = [at for one in beginnings if (at := lowered.find(one)) >= 0]
        if places:
            piece = _piece(path, text, wanted, min(places))
            if piece is not None:
                yield piece


def _read_through(texts: Sequence[tuple[str, str]], wanted: frozenset[str]) -> list[Highlight]:
    """Return the pieces of texts that hold words, wherever and however they are written."""
    marked = ((path, text, spans(text, wanted)) for path, text in texts)
    pieces = (_piece(path, text, wanted, found[0][0]) for path, text, found in marked if found)
    return list(islice(filter(None, pieces), HIGHLIGHTS_MAX))


def _beginning(term: str) -> str:
    """Return how a word with this term begins in a text; stems differ from words at their end."""
    return term[:_BEGINNING] if term.isascii() else term


def _piece(path: str, text: str, wanted: frozenset[str], place: int) -> Highlight | None:
    """Cut the piece that begins shortly before a place; None where no word stands there."""
    for first in dict.fromkeys((place, 0)):
        start = max(0, min(first - _BEFORE, len(text) - PIECE_MAX))
        end = min(len(text), start + PIECE_MAX)
        marked = [
            (begin, last)
            for begin, last in spans(text[start:end], wanted)
            if not (begin == 0 and _is_within_word(text, start))
            and not (start + last == end and _is_within_word(text, end))
        ]
        if marked:
            before, after = _CUT * (start > 0), _CUT * (end < len(text))
            shift = len(before)
            inside = [(begin + shift, last + shift) for begin, last in marked]
            return Highlight(path, before + text[start:end] + after, inside)
    return None


def _is_within_word(text: str, at: int) -> bool:
    """Tell whether a text that is cut at a place is cut in a word, not of a script without blanks.

    A pair of characters of those is a term wherever it stands.
    """
    around = text[at - 1 : at + 1] if at else ""
    return len(around) > 1 and all(one.isalnum() and not is_unspaced(one) for one in around)
