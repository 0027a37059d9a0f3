"""Checks of persons' phone numbers and e-mail addresses: that somebody can be reached by them.

Numbers are of any country, in any grouping, with an extension or not. Records of a catalogue take
what their platforms have; contacts of an enquiry are given by hand, for somebody who waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from federation.records.codec import Person
from federation.records.findings import Report

_DIGITS_MIN: Final = 7
_PHONE: Final = re.compile(
    r"(?P<number>\+?[\d ()-]+?)(?: ?(?:转|分机|ext\.?|x|#)[ :.]{0,2}\d{1,6})?",
    re.ASCII | re.IGNORECASE,
)
_SERVICE: Final = re.compile(r"[19]\d{4}", re.ASCII)
"""A short number of a Chinese service, such as 12345 or 95588."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def check_reachable(persons: Iterable[Person], path: str, report: Report) -> None:
    """Report what is no phone number or no e-mail address; `persons` are in their normal form."""
    for index, person in enumerate(persons):
        if person.phone and not _is_phone(person.phone):
            report.add("PHONE_FORM", f"{path}[{index}].phone")
        if person.email and not _EMAIL.fullmatch(person.email):
            report.add("EMAIL_FORM", f"{path}[{index}].email")


def _is_phone(text: str) -> bool:
    found = _PHONE.fullmatch(text)
    if found is None:
        return False
    count = sum(one.isdigit() for one in found["number"])
    return count >= _DIGITS_MIN or _SERVICE.fullmatch(text) is not None
