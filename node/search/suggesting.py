"""What may have been meant where nothing matches: words of the listings that are nearly the same.

- The vocabulary is the field `words`: keywords and words of English titles, in lower case.
- Each word of the query that no listing has is replaced by the nearest one: one edit for up to
  FUZZY_LONG characters, two above. A query text that is short is also compared as a whole.
- A suggestion always finds something: its words stand in some listing.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from tantivy import Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.search.index import Snapshot

SUGGESTIONS_MAX: Final = 3
FUZZY_LONG: Final = 5
_WORD_MIN: Final = 2
_WORD_MAX: Final = 30
_WORDS_MAX: Final = 8
_CANDIDATES: Final = 200
_SIMILAR: Final = 0.6
_LATIN: Final = re.compile(r"[a-z][a-z0-9-]+")
_WORDS: Final = re.compile(r"[a-z][a-z0-9-]+|[\u3400-\u9fff]+")


def vocabulary(keywords: Iterable[str], title_en: str) -> list[str]:
    """Return the words of a listing that may be suggested."""
    found = [keyword.lower() for keyword in keywords]
    if title_en:
        found += _LATIN.findall(title_en.lower())
    return [word for word in dict.fromkeys(found) if _WORD_MIN <= len(word) <= _WORD_MAX]


def suggest(snapshot: Snapshot, text: str) -> list[str]:
    """Return query texts that find something, nearest first."""
    whole = " ".join(text.lower().split())
    found = _near(snapshot, whole) if _WORD_MIN <= len(whole) <= _WORD_MAX else []
    words = _WORDS.findall(whole)
    if 1 < len(words) <= _WORDS_MAX:
        nearest = [_near(snapshot, word) for word in words]
        if any(nearest):
            kept = [near[0] if near else word for near, word in zip(nearest, words, strict=True)]
            found.append(" ".join(kept))
    return [one for one in dict.fromkeys(found) if one != whole][:SUGGESTIONS_MAX]


def _near(snapshot: Snapshot, word: str) -> list[str]:
    """Return the words of the vocabulary that are nearly this one."""
    distance = 1 if len(word) <= FUZZY_LONG else 2
    fuzzy = Query.fuzzy_term_query(snapshot.schema, "words", word, distance=distance)
    hits = snapshot.searcher.search(fuzzy, limit=_CANDIDATES, count=False).hits
    candidates: dict[str, None] = {}
    for _, address in hits:
        candidates.update(dict.fromkeys(snapshot.searcher.doc(address).get_all("words")))
    return difflib.get_close_matches(word, candidates, n=SUGGESTIONS_MAX, cutoff=_SIMILAR)
