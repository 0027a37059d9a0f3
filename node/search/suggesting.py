"""What may have been meant where nothing matches: words of the listings that are nearly the same.

- What is suggested is of the `vocabulary`, the field `words`.
- Each word of the query that no listing has is replaced by the nearest one: one edit for up to
  FUZZY_LONG characters, two above. A query text that is short is also compared as a whole.
- A suggestion always finds something: its words stand in some listing that is still shown, however
  far the index lags; a word that was withdrawn or erased is nobody's to tell.
"""

from __future__ import annotations

import difflib
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from tantivy import Query

from node.search.vocabulary import WORD_MAX, WORD_MIN, WORDS_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.search.index import Snapshot

    IsShown = Callable[[Sequence[int]], bool]

SUGGESTIONS_MAX: Final = 3
FUZZY_LONG: Final = 5
_WORDS_MAX: Final = 8
_CANDIDATES: Final = 200
_LOOKED_AT: Final = 2 * SUGGESTIONS_MAX
_LISTINGS: Final = 20
_SIMILAR: Final = 0.6
_WORDS: Final = re.compile(r"[a-z][a-z0-9-]+|[\u3400-\u9fff]+")


def suggest(snapshot: Snapshot, text: str, is_shown: IsShown) -> list[str]:
    """Return query texts that find something, nearest first.

    `is_shown` tells whether what was indexed at some of these positions is shown now.
    """
    whole = " ".join(text.lower().split())
    found = _near(snapshot, whole, is_shown) if WORD_MIN <= len(whole) <= WORD_MAX else []
    words = _WORDS.findall(whole)
    if 1 < len(words) <= _WORDS_MAX:
        nearest = [_near(snapshot, word, is_shown) for word in words]
        if any(nearest):
            kept = [near[0] if near else word for near, word in zip(nearest, words, strict=True)]
            found.append(" ".join(kept))
    return [one for one in dict.fromkeys(found) if one != whole][:SUGGESTIONS_MAX]


def _near(snapshot: Snapshot, word: str, is_shown: IsShown) -> list[str]:
    """Return the words of the vocabulary that are nearly this one."""
    distance = 1 if len(word) <= FUZZY_LONG else 2
    fuzzy = Query.fuzzy_term_query(snapshot.schema, "words", word, distance=distance)
    searcher = snapshot.searcher
    addresses = [address for _, address in searcher.search(fuzzy, _CANDIDATES, count=False).hits]
    candidates: dict[str, list[int]] = {}
    positions = searcher.fast_field_values("position", addresses)
    for address, position in zip(addresses, positions, strict=True):
        words = searcher.doc(address).get_all("words")
        for near in words[:WORDS_MAX]:  # an older index may have more
            candidates.setdefault(near, []).append(int(position or 0))
    nearest = difflib.get_close_matches(word, candidates, n=_LOOKED_AT, cutoff=_SIMILAR)
    shown = (near for near in nearest if is_shown(candidates[near][:_LISTINGS]))
    return list(islice(shown, SUGGESTIONS_MAX))
