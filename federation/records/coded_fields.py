"""Fields that hold a code: regions, industries, IPC symbols, credit codes, record names, addresses.

Codes are folded to NFKC and upper case and written in one way (C3311, C22C 21/00), so that equal
codes are equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Final

from federation.log.errors import Refused
from federation.log.subject import parse_record_name
from federation.records import uscc
from federation.records.code_tables import (
    INDUSTRIES,
    REGIONS,
    RegionStanding,
    industry_with_letter,
    region_standing,
)
from federation.records.fields import Seen
from federation.records.findings import Report
from federation.records.personal_data import find_in_address
from federation.records.text_fields import folded

ADDRESS_MAX: Final = 500
NAME_MAX: Final = 80
_IPC: Final = re.compile(r"([A-H]\d{2}[A-Z])(?:\s?(\d{1,4}/\d{2,6}))?", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
_HTTPS: Final = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?(?:[/?#][!-?A-~]*)?",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=4096)  # listings name the same organisations and managers again and again
def _collection(name: str) -> str:
    """Return the collection of a record's name, empty where it is none."""
    try:
        return parse_record_name(name).collection
    except Refused:
        return ""


@dataclass(frozen=True, slots=True)
class Region:
    """A GB/T 2260 code. What only the table's date can explain is accepted with a warning."""

    known: ClassVar[Container[str]] = REGIONS

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the code to store; see Field."""
        if value in REGIONS:
            return value
        stored = folded(value, path, report)
        if stored:
            standing = region_standing(stored)
            if standing is RegionStanding.UNKNOWN:
                report.add("REGION_UNKNOWN", path, value)
            elif standing is RegionStanding.PLAUSIBLE:
                report.add("E_REGION", path, value)
        return stored


@dataclass(frozen=True, slots=True)
class Industry:
    """A GB/T 4754-2017 code, stored with its section letter."""

    known: ClassVar[Container[str]] = INDUSTRIES

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the code to store; see Field."""
        if value in INDUSTRIES:
            return value
        stored = industry_with_letter(folded(value, path, report).upper())
        if stored and stored not in INDUSTRIES:
            report.add("INDUSTRY_UNKNOWN", path, value)
        return stored if stored != value else value


@dataclass(frozen=True, slots=True)
class Ipc:
    """An IPC symbol, stored with one blank before its main group."""

    known: Seen = field(default_factory=Seen, compare=False, repr=False)

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the symbol to store; see Field."""
        stored = folded(value, path, report).upper()
        match = _IPC.fullmatch(stored)
        if match:
            stored = self.known.note(f"{match[1]} {match[2]}" if match[2] else match[1])
        elif stored:
            report.add("IPC_FORM", path, value)
        return stored if stored != value else value


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code."""

    known: ClassVar[Seen] = Seen()

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the code to store; see Field."""
        if uscc.is_valid(value):
            return self.known.note(value)
        stored = folded(value, path, report).upper()
        if stored and not uscc.has_form(stored):
            report.add("USCC_FORM", path, value)
        elif stored and not uscc.is_valid(stored):
            report.add("USCC_CHECK_DIGIT", path, value)
        return stored if stored != value else value


@dataclass(frozen=True, slots=True)
class RecordRef:
    """The name of a record of one collection."""

    collection: str

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the name as it is; see Field."""
        if len(value) > NAME_MAX or _collection(value) != self.collection:
            report.add("RECORD_NAME_FORM", path, value, collection=self.collection)
        return value


@dataclass(frozen=True, slots=True)
class HttpsAddress:
    """An https address, without user information, at most 500 characters, and nothing personal."""

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the address to store; see Field."""
        stored = value.strip()
        if stored and (len(stored) > ADDRESS_MAX or not _HTTPS.fullmatch(stored)):
            report.add("HTTPS_ADDRESS", path, value)
        else:
            for found in find_in_address(stored):
                report.add(f"PERSONAL_{found.kind}", path, place=found.offset + 1)
        return stored if stored != value else value


@dataclass(frozen=True, slots=True)
class DecimalNumber:
    """A decimal number such as 450 or 0.5."""

    known: Seen = field(default_factory=Seen, compare=False, repr=False)

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the number to store; see Field."""
        stored = folded(value, path, report)
        if _DECIMAL.fullmatch(stored):
            return self.known.note(stored)
        if stored:
            report.add("DECIMAL_FORM", path, value)
        return stored
