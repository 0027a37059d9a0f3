"""Anonymous demands: no text that all may read names who asks.

- The demander's name as members have it, whole, and its credit code are looked for in every text of
  the public part, numbers and addresses too: letters capital or not, signs full-width or not, with
  or without blanks and line feeds in between. Inside a longer Latin word a name is none, nor is a
  university in the word for its students (上海大学生, but 上海大学生物系).
- Not looked for: names of fewer than four characters, which stand in ordinary words, and masked
  ones (苏州某企业, 上海**公司), which name nobody. A short form is nothing that a program can know.
- Only the place is told.

Hardly any text has the name, so the bytes of all of them are searched at once first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from federation.records.personal_data import in_single_signs
from federation.records.uscc import has_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.records.codec import ListingPublic, OrganisationRef
    from federation.records.findings import Report

_NAME_LEAST: Final = 4
_NAME_MOST: Final = 120
_MASKED: Final = re.compile(r"[某*×○●]")


def check_unnamed(public: ListingPublic, demander: OrganisationRef, report: Report) -> None:
    """Report each text that names the demander; both are in their normal form."""
    together = _squeezed(public.SerializeToString().decode(errors="replace"))
    names = [name for name in _names(demander) if _squeezed(name) in together]
    if not names:  # nearly always
        return
    pattern = re.compile("|".join(map(_pattern, names)), re.IGNORECASE)
    for path, text in _texts(public, "public"):
        found = pattern.search(in_single_signs(text))
        if found:
            report.add("DEMANDER_NAMED", path, place=found.start() + 1)


def _names(demander: OrganisationRef) -> Iterator[str]:
    name = demander.name
    if _NAME_LEAST <= len(name) <= _NAME_MOST and not _MASKED.search(name):
        yield name
    if has_form(demander.uscc):
        yield demander.uscc


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pattern(name: str) -> str:
    signs = [sign for sign in in_single_signs(name) if not sign.isspace()]
    before = r"(?<![0-9A-Za-z])" if signs[0].isascii() else ""
    after = r"(?![0-9A-Za-z])" if signs[-1].isascii() else ""
    if name.endswith("大学"):
        after = "(?!生(?![命物态产化理殖活]))"
    return before + r"\s*".join(map(re.escape, signs)) + after


def _texts(message: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a message with its path."""
    for field, value in message.ListFields():
        place = f"{path}.{field.name}"
        items = [(place, value)]
        if field.is_repeated:
            items = [(f"{place}[{index}]", item) for index, item in enumerate(value)]
        for where, item in items:
            if isinstance(item, str):
                yield where, item
            elif field.message_type is not None:
                yield from _texts(item, where)
