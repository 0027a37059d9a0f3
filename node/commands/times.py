"""Times as a person reads them: those of Beijing, to the second, the zone said once.

- A heading that says so (`beijing_heading`) stands over times alone; elsewhere each says it
  (`zoned`).
- JSON, CSV and the wire keep ISO 8601 with its offset, which is what these are made from.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from node.commands.output import say

_BEIJING: Final = timezone(timedelta(hours=8))


def beijing_heading(zh: str, en: str) -> tuple[str, str]:
    """Return a heading of times, in both languages, that says their zone."""
    return f"{zh}（北京）", f"{en} (Beijing)"


def beijing_time(unix_s: float) -> str:
    """Return a time as it is in Beijing, without its zone; "" where it is none."""
    try:
        at = datetime.fromtimestamp(unix_s, UTC).astimezone(_BEIJING)
    except (OverflowError, OSError, ValueError):
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def beijing_time_of(text: str) -> str:
    """Return a time that JSON tells as it is in Beijing; what is no time as it came."""
    try:
        return beijing_time(datetime.fromisoformat(text).timestamp()) or text
    except (OverflowError, ValueError):
        return text


def zoned_of(text: str) -> str:
    """Return a time that JSON tells as it is in Beijing, with its zone; else what came."""
    time = beijing_time_of(text)
    return text if time == text else zoned(time)


def zoned(time: str) -> str:
    """Return a time of Beijing with its zone; "" where there is none."""
    return time and say(f"{time}（北京时间）", f"{time} Beijing time")
