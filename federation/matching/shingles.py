"""How much of two texts is the same: sketches of their shingles, compared in whole permille.

- The normal form of a text is NFKC, lower case, letters and digits only.
- A shingle is four neighbouring characters (a shorter text is one shingle), hashed to 8 bytes by
  BLAKE2b with a fixed personalisation. A text's sketch is its 256 smallest hashes, ascending.
- Similarity is Jaccard's: of the 256 smallest hashes of both texts together, the share that both
  have, floored to 1/1,000. It is exact for texts of up to 128 shingles each, and an estimate (about
  ±30 ‰) for longer ones; always the same one, since nothing is random.
- Two texts without a letter or digit have nothing in common: 0.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import Final

SHINGLE_CHARACTERS: Final = 4
SKETCH_HASHES: Final = 256
WHOLE_PERMILLE: Final = 1000

_HASH_BYTES: Final = 8
_PERSON: Final = b"ydx/shingle/v1"
_TEXT_MAX: Final = 8192


def normal_text(text: str) -> str:
    """Return the form that is compared: NFKC, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text[:_TEXT_MAX]).lower()
    return "".join(filter(str.isalnum, folded))


@lru_cache(maxsize=2048)  # each text is compared with several others
def sketch(text: str) -> tuple[int, ...]:
    """Return the sketch of a text, ascending; about 1 µs a character."""
    normal = normal_text(text)
    last = max(len(normal) - SHINGLE_CHARACTERS, 0)
    shingles = {normal[start : start + SHINGLE_CHARACTERS] for start in range(last + 1)} - {""}
    hashes = {
        int.from_bytes(blake2b(one.encode(), digest_size=_HASH_BYTES, person=_PERSON).digest())
        for one in shingles
    }
    return tuple(sorted(hashes)[:SKETCH_HASHES])


def similarity_permille(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return how much of two sketches is the same, 0 to 1,000."""
    mine, theirs = set(one), set(other)
    smallest = sorted(mine | theirs)[:SKETCH_HASHES]
    if not smallest:
        return 0
    both = sum(1 for value in smallest if value in mine and value in theirs)
    return WHOLE_PERMILLE * both // len(smallest)
