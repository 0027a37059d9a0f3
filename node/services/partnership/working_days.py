"""Working days in China, by which deadlines are counted.

- Days are those of Asia/Shanghai. What the calendar says is worked on a weekend is a working day,
  what it says is off is none.
- Years that the calendar does not know yet (the State Council names each year's in the autumn
  before) are Monday to Friday but for the holidays that have the same days in every year; each is
  told once in the log.
- A file may stand for the calendar: lines `YYYY-MM-DD off` and `YYYY-MM-DD work`, `#` begins a
  comment; all other days are Monday to Friday.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import chinese_calendar  # type: ignore[import-untyped] # it carries no type information
import structlog

from federation.log.errors import Refused
from federation.records.days import day as read_day

CHINA: Final = "china"
_SATURDAY: Final = 5
_DAYS_MAX: Final = 1_000
_KNOWN_MAX: Final = 10_000
_ALWAYS_OFF: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of 元旦, 劳动节 and 国庆节, as 全国年节及纪念日放假办法 has them since 2025."""
_MARKS: Final = {"work": True, "off": False}

_log = structlog.get_logger(__name__)


def calendar(holidays: str, folder: Path) -> str:
    """Return the calendar that a setting names; a relative path counts from the node's folder."""
    return holidays if holidays == CHINA else str(folder / holidays)


class WorkingDays:
    """Counts working days. Safe for many threads."""

    def __init__(self, holidays: str = CHINA) -> None:
        """`holidays` is `china` or the path of a file; refuses BAD_CONFIG what is neither."""
        self._marked = None if holidays == CHINA else _read(Path(holidays))
        self._told: set[int] = set()
        self._known: dict[date, bool] = {}

    def is_working(self, when: date) -> bool:
        """Tell whether a day is worked."""
        known = self._known.get(when)
        if (
            known is None
        ):  # the calendar takes its time, lists ask for the same days again and again
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            known = self._known[when] = self._look_up(when)
        return known

    def _look_up(self, when: date) -> bool:
        if self._marked is not None:
            return self._marked.get(when, when.weekday() < _SATURDAY)
        try:
            return bool(chinese_calendar.is_workday(when))
        except NotImplementedError:
            if when.year not in self._told:
                self._told.add(when.year)
                _log.warning("no calendar of this year: Monday to Friday count", year=when.year)
            return when.weekday() < _SATURDAY and (when.month, when.day) not in _ALWAYS_OFF

    def after(self, when: date, count: int) -> date:
        """Return the `count`-th working day after a day."""
        while count:
            when += timedelta(days=1)
            count -= self.is_working(when)
        return when

    def left(self, today: date, until: date) -> int:
        """Return how many working days are left after today, the last one counted.

        0 on the last day, negative once it has passed; cut at 1,000 days either way.
        """
        if until < today:
            return -self.left(max(until, today - timedelta(days=_DAYS_MAX)), today)
        days = min((until - today).days, _DAYS_MAX)
        return sum(self.is_working(today + timedelta(days=ahead)) for ahead in range(1, days + 1))


def _read(file: Path) -> dict[date, bool]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = (
            f"it is not UTF-8 from byte {error.start} on"
            if isinstance(error, UnicodeDecodeError)
            else error.strerror
        )
        raise Refused(
            "BAD_CONFIG", f"partnership.holidays: {file} cannot be read: {why}", file=str(file)
        ) from None
    marked = {}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        when = read_day(words[0])
        if when is None or len(words) != len(("day", "mark")) or words[1] not in _MARKS:
            what = f"partnership.holidays: {file}:{number} is not `YYYY-MM-DD off` or `… work`"
            raise Refused("BAD_CONFIG", what, file=str(file))
        marked[when] = _MARKS[words[1]]
    return marked
