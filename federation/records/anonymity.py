"""Anonymous demands: no text that all may read names who asks.

- The demander's name as members have it, whole, and its credit code are looked for: letters capital
  or not, brackets or all signs full-width or not. Inside a longer Latin word a name is none.
- Not looked for: names of fewer than four characters, which stand in ordinary words, and masked
  ones (苏州某企业, 上海**公司), which name nobody. A short form is nothing that a program can know.
- Only the place is told.

Hardly any text has the name, so the bytes of all of them are searched at once first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from federation.records.fields import walk
from federation.records.findings import Report
from federation.records.shapes import LISTING_PUBLIC
from federation.records.uscc import has_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.records.codec import ListingPublic, OrganisationRef

_NAME_LEAST: Final = 4
_NAME_MOST: Final = 120
_MASKED: Final = re.compile(r"[某*×○●]")
_WIDE_BRACKETS: Final = str.maketrans("()", "（）")
_WIDE: Final = {sign: sign + 0xFEE0 for sign in range(ord("!"), ord("~") + 1)} | {ord(" "): 0x3000}


def check_unnamed(public: ListingPublic, demander: OrganisationRef, report: Report) -> None:
    """Report each text that names the demander; both are in their normal form."""
    together = public.SerializeToString().decode(errors="replace").lower()
    names = [name for name in _names(demander) if name.lower() in together]
    if not names:  # nearly always
        return
    pattern = re.compile("|".join(map(_pattern, names)), re.IGNORECASE)
    seen = Report()
    walk(public, LISTING_PUBLIC, "public", seen)  # once more: it keeps the texts
    for path, text in seen.texts:
        found = pattern.search(text)
        if found:
            report.add("DEMANDER_NAMED", path, place=found.start() + 1)


def _names(demander: OrganisationRef) -> Iterator[str]:
    name = demander.name
    if _NAME_LEAST <= len(name) <= _NAME_MOST and not _MASKED.search(name):
        yield from (name, name.translate(_WIDE_BRACKETS), name.translate(_WIDE))
    if has_form(demander.uscc):
        yield demander.uscc


def _pattern(name: str) -> str:
    before = r"(?<![0-9A-Za-z])" if name[0].isascii() else ""
    after = r"(?![0-9A-Za-z])" if name[-1].isascii() else ""
    return f"{before}{re.escape(name)}{after}"
