"""Days, written YYYY-MM-DD in Asia/Shanghai, and how two of them stand to each other.

A text that is no day was reported by its field; here it compares with nothing.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from federation.records.findings import Report

_LENGTH: Final = 10
_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(text: str) -> date | None:
    """Return the day of a text, None where it is empty or no day."""
    return _day(text) if len(text) == _LENGTH else None


@lru_cache(maxsize=4096)  # listings name the same days again and again
def _day(text: str) -> date | None:
    if not _FORM.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_has_come(text: str, path: str, today: date, report: Report) -> None:
    """Refuse a day that has yet to come."""
    when = day(text)
    if when is not None and when > today:
        report.add("DATE_IN_FUTURE", path, text, today=today)


def warn_if_over(text: str, path: str, today: date, report: Report) -> None:
    """Warn of a last day that has passed."""
    when = day(text)
    if when is not None and when < today:
        report.add("E_EXPIRED", path, text, today=today)


def check_order(early: str, path: str, late: str, late_path: str, report: Report) -> None:
    """Refuse a day that is after the one that must not come before it."""
    first, last = day(early), day(late)
    if first is not None and last is not None and first > last:
        report.add("DATE_ORDER", path, early, other=late_path, other_value=late)
