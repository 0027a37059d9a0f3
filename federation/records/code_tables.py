"""The code tables GB/T 2260 (regions) and GB/T 4754-2017 (industries), read once at import.

Each file in codes/ says in its first line what it is, of which date, and where it comes from.

- A region code is *listed*, or it is *plausible*: divisions change every year and old records keep
  abolished codes, so a county missing from the table is not proof of a wrong code as long as its
  prefecture exists. A municipality's 310100 and a 市辖区 such as 320101 have no row, yet are codes.
- An industry code must exist. It is written with its section letter, C3311; 3311 means the same,
  since the digits alone are unique.

Only publication reads these tables. No fold does: members may hold different revisions.
"""

from __future__ import annotations

from enum import Enum
from importlib.resources import files
from typing import Final


class RegionStanding(Enum):
    """What the table knows of a region code."""

    LISTED = "listed"
    PLAUSIBLE = "plausible"
    UNKNOWN = "unknown"


def _read(name: str) -> dict[str, str]:
    text = files("federation.records").joinpath("codes", name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[2:])
    return {code: title for code, title in rows}  # noqa: C416 - says what a row is


REGIONS: Final = _read("gbt2260.tsv")
"""Six-digit code to name, the revision of April 2019."""

INDUSTRIES: Final = _read("gbt4754_2017.tsv")
"""Code with section letter, of 1 to 5 characters, to name."""

PROVINCES: Final = frozenset(code[:2] for code in REGIONS)
_PREFECTURES: Final = frozenset(code[:4] for code in REGIONS)
_WITH_LETTER: Final = {code[1:]: code for code in INDUSTRIES if len(code) > 1}


def region_standing(code: str) -> RegionStanding:
    """Return what the table knows of a code; any text may be asked."""
    if code in REGIONS:
        return RegionStanding.LISTED
    if len(code) != 6 or not (code.isascii() and code.isdigit()) or code[:4] not in _PREFECTURES:  # noqa: PLR2004 - the length of a code
        return RegionStanding.UNKNOWN
    return RegionStanding.LISTED if code[4:] in {"00", "01"} else RegionStanding.PLAUSIBLE


def industry_with_letter(code: str) -> str:
    """Return the code with its section letter where the digits are known, else the code itself."""
    return _WITH_LETTER.get(code, code)
