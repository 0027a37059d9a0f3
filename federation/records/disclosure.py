"""The look at all texts of a record at once: nothing personal where others read, or invisible.

Most texts hold neither, so they are searched as one first, and one by one only if something stirs.
"""

from __future__ import annotations

import re
from typing import Final

from federation.records.findings import Report
from federation.records.personal_data import SIEVE, find_personal_data

INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control and format characters, which can hide something; line feed and tab may stay."""

DAMAGE: Final = "\ufffd"
"""Stands where a text was read in the wrong encoding."""

JOINT: Final = "|"
"""Stands between texts: it combines with nothing and belongs to no pattern."""


def check_disclosed(report: Report) -> None:
    """Report personal data in the texts that the report has kept so far: public and members."""
    if SIEVE.search(JOINT.join([text for _, text in report.texts])) is None:
        return
    for path, text in report.texts:
        for found in find_personal_data(text):
            report.add(f"PERSONAL_{found.kind}", path, place=found.offset + 1)


def check_visible(report: Report) -> None:
    """Report invisible and damaged characters in all texts of the record."""
    together = JOINT.join([text for _, text in report.texts])
    if together.isprintable() and DAMAGE not in together:
        return
    for path, text in report.texts:
        invisible = INVISIBLE.search(text)
        if invisible:
            code, place = f"{ord(invisible[0]):04X}", invisible.start() + 1
            report.add("CONTROL_CHARACTER", path, code=code, place=place)
        if DAMAGE in text:
            report.add("E_TRUNC", path)
