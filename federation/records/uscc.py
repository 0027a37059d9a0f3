"""Unified social credit codes (统一社会信用代码, GB 32100): 18 characters, the last a check.

- The alphabet has no I, O, S, V, Z. Place 1 names the registering authority, place 2 the kind of
  body: each a digit from 1 or one of A, N, Y. Places 3 to 8 are the region of registration, six
  digits; 9 to 17 the body's own code.
- check = alphabet[(31 − Σ weight · value) mod 31], the weights being 3^i mod 31. All weights are
  different and none is 0 modulo the prime 31, so every single wrong character and every swap of two
  different ones is detected.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import mul
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_FORM: Final = re.compile(rf"[1-9ANY]{{2}}\d{{6}}[{ALPHABET}]{{10}}", re.ASCII)


def has_form(code: str) -> bool:
    """Say whether the code has the length, the letters and the digits of a credit code."""
    return _FORM.fullmatch(code) is not None


def check_character(body: str) -> str:
    """Return the 18th character that belongs to the first 17."""
    total = sum(map(mul, _WEIGHTS, map(_VALUES.__getitem__, body)))
    return ALPHABET[-total % 31]


@lru_cache(maxsize=65_536)  # few organisations have many listings
def _fits(code: str) -> bool:
    return has_form(code) and check_character(code[:-1]) == code[-1]


def is_valid(code: str) -> bool:
    """Say whether the code has the form and its check character fits."""
    return len(code) == LENGTH and _fits(code)
