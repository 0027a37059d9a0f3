"""Fields that hold text, and the form in which each is stored.

- `Line` (names, titles, keywords): NFKC, one line, single blanks. `Prose` (running texts, units,
  indicators): NFC, so that Chinese punctuation, m² and ℃ stay as written. `Identifier`: never
  altered, since it belongs to a platform. Blanks at the ends go.
- Lengths are in characters (code points), after that.
- All but identifiers are kept for the search for personal data and invisible characters; in
  identifiers only e-mail addresses and identity numbers are looked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final

from federation.records.days import day
from federation.records.fields import Seen
from federation.records.findings import Report
from federation.records.personal_data import find_in_identifier

BLANKS: Final = " \t\r\n\u3000\xa0"
NORMALISED_MAX: Final = 16_384
"""A longer text is left as it is: no field allows it, and NFKC can make it 18 times as long."""

CHINESE_PATENT: Final = re.compile(r"(?:CN|ZL)? ?(\d{12})\.([\dX])", re.ASCII)
"""Application number of a Chinese patent: 12 digits, a point and a check digit."""

_CARD_DIGITS: Final = 17
"""Of an identity number, before its check digit."""
_CARD: Final = re.compile(f"[0-9]{{{_CARD_DIGITS}}}")

_BLANK_RUN: Final = re.compile(f"[{BLANKS}]+")
_CUT_LAST: Final = frozenset("?….")
_CUT_END: Final = re.compile(r"(?:[\u4e00-\u9fff]\?|…|\.\.\.)\Z")


def folded(value: str, path: str, report: Report) -> str:
    """Return the NFKC form without blanks at the ends, and warn where NFKC changed something."""
    trimmed = value.strip(BLANKS)
    if trimmed.isascii() or len(trimmed) > NORMALISED_MAX:
        return trimmed if trimmed != value else value
    if unicodedata.is_normalized("NFKC", trimmed):
        return trimmed if trimmed != value else value
    stored = unicodedata.normalize("NFKC", trimmed).strip(BLANKS)
    report.note_folded(path, value, stored)
    return stored


def _keep(value: str, least: int, most: int, path: str, report: Report) -> None:
    """Report a wrong length; keep what is not too long for the search."""
    length = len(value)
    if length > most:
        report.add("TEXT_TOO_LONG", path, value, length=length, most=most)
        return
    if 0 < length < least:
        report.add("TEXT_TOO_SHORT", path, value, length=length, least=least)
    report.texts.append((path, value))


@dataclass(frozen=True, slots=True)
class Line:
    """A name, title or keyword."""

    most: int
    least: int = 1

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the line to store; see Field."""
        stored = value
        if not (value.isascii() or unicodedata.is_normalized("NFKC", value)):
            stored = folded(value, path, report)
        if " ".join(stored.split()) != stored:
            stored = _BLANK_RUN.sub(" ", stored).strip(" ")
        _keep(stored, self.least, self.most, path, report)
        return stored


@dataclass(frozen=True, slots=True)
class Prose:
    """A running text."""

    most: int

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the text to store; see Field."""
        stored = value
        if not unicodedata.is_normalized("NFC", value) and len(value) <= NORMALISED_MAX:
            stored = unicodedata.normalize("NFC", value)
        if "\r" in stored:
            stored = stored.replace("\r\n", "\n").replace("\r", "\n")
        if stored.strip(BLANKS) != stored:
            stored = stored.strip(BLANKS)
        if stored[-1:] in _CUT_LAST and _CUT_END.search(stored):
            report.add("E_TRUNC", path, stored)
        _keep(stored, 1, self.most, path, report)
        return stored


@dataclass(frozen=True, slots=True)
class RegisterNumber:
    """An application or registration number, as the office writes it: a `Line`.

    A Chinese patent number in its usual form is not searched for personal data: it holds none, and
    its long digits would have every listing that has one searched twice.
    """

    most: int

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the number to store; see Field."""
        if CHINESE_PATENT.fullmatch(value):
            return value
        return Line(self.most).normal(value, path, report)


def _may_be_personal(value: str) -> bool:
    """Tell of every e-mail address and identity number, and seldom of others. Hot."""
    if not value.isascii() or "@" in value or "(" in value or "[" in value:
        return True
    if len(value) <= _CARD_DIGITS:
        return False
    return _CARD.search(value.replace("-", "").replace(" ", "")) is not None


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier that belongs to a platform: kept to the byte, or refused."""

    most: int

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the value as it is; see Field."""
        if not value.isprintable() or value.strip() != value:
            report.add("IDENTIFIER_FORM", path, value)
        elif len(value) > self.most:
            report.add("TEXT_TOO_LONG", path, value, length=len(value), most=self.most)
        elif _may_be_personal(value):
            for found in find_in_identifier(value):
                report.add(f"PERSONAL_{found.kind}", path, place=found.offset + 1)
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """A day, YYYY-MM-DD."""

    known: ClassVar[Seen] = Seen()

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the day to store; see Field."""
        if day(value) is not None:
            return self.known.note(value)
        stored = folded(value, path, report)
        if stored and day(stored) is None:
            report.add("DATE_FORM", path, value)
        return stored
