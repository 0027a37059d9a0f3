"""Words of listings that may be suggested: keywords and words of English titles, lower case.

Of one listing at most WORDS_MAX: what is published by the rules has no more, and each is compared
with every word that nothing was found by.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD_MIN: Final = 2
"""Characters of the shortest one."""
WORD_MAX: Final = 30
WORDS_MAX: Final = 140
"""10 keywords and the words of 256 characters."""
_LATIN: Final = re.compile(r"[a-z][a-z0-9-]+")


def vocabulary(keywords: Iterable[str], title_en: str) -> list[str]:
    """Return the words of a listing that may be suggested, each once."""
    found = [keyword.lower() for keyword in keywords]
    if title_en:
        found += _LATIN.findall(title_en.lower())
    words = (word for word in dict.fromkeys(found) if WORD_MIN <= len(word) <= WORD_MAX)
    return list(islice(words, WORDS_MAX))
