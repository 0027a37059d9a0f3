"""Working days: the calendar, what it does not know yet, and a file in its place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import chinese_calendar  # type: ignore[import-untyped] # it carries no type information
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from node.services.partnership.working_days import WorkingDays

if TYPE_CHECKING:
    from pathlib import Path

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 30), True),
        (date(2031, 10, 8), True),
        (date(2031, 10, 4), False),
        (date(2031, 10, 1), False),
        (date(2032, 1, 1), False),
    ],
    ids=[
        "before the holiday",
        "the national day",
        "a Saturday that is worked for it",
        "a Saturday",
        "a Monday",
        "a year that is not known: a Wednesday",
        "a year that is not known: a Saturday",
        "a year that is not known: the national day is in every year",
        "a year that is not known: New Year's Day",
    ],
)
def test_a_day_is_worked_as_the_calendar_says(day: date, *, is_working: bool) -> None:
    assert WorkingDays().is_working(day) is is_working


def test_five_working_days_go_around_the_national_holiday() -> None:
    assert WorkingDays().after(date(2026, 9, 29), 5) == date(2026, 10, 12)


def test_five_working_days_over_the_end_of_the_last_known_year_leave_out_new_years_day() -> None:
    known = chinese_calendar.constants.holidays
    last = max(known).year
    while date(last + 1, 1, 1).weekday() >= 5:
        last += 1
    days, day = WorkingDays(), date(last, 12, 31)
    assert days.after(day, 1) > date(last + 1, 1, 1)


def test_a_year_that_is_not_known_is_told_once() -> None:
    days = WorkingDays()
    with structlog.testing.capture_logs() as logs:
        for day in range(1, 20):
            days.is_working(date(2033, 1, day))
        days.is_working(date(2034, 1, 2))
    assert [one["year"] for one in logs] == [2033, 2034]


@given(DAYS, st.integers(1, 60))
def test_what_is_left_after_counting_ahead_is_what_was_counted(day: date, count: int) -> None:
    days = WorkingDays()
    until = days.after(day, count)
    assert days.is_working(until)
    assert days.left(day, until) == count
    assert days.left(until, day) == -count
    assert days.left(day, day) == 0


def test_a_day_far_away_is_cut_and_not_counted_out() -> None:
    assert 0 < WorkingDays().left(date(2026, 1, 1), date(9999, 12, 31)) <= 1_000


def test_a_file_stands_for_the_calendar(tmp_path: Path) -> None:
    file = tmp_path / "holidays.txt"
    file.write_text("# 2027\n2027-01-01 off # 元旦\n\n2027-01-03 work\n", encoding="utf-8")
    days = WorkingDays(str(file))
    assert not days.is_working(date(2027, 1, 1))
    assert days.is_working(date(2027, 1, 3))
    assert days.is_working(date(2027, 1, 4))
    assert not days.is_working(date(2027, 1, 3) + timedelta(days=6))


@pytest.mark.parametrize("text", ["2027-01-01", "2027-02-30 off", "2027-01-01 maybe", "a b c"])
def test_a_file_that_is_no_calendar_is_a_wrong_setting(tmp_path: Path, text: str) -> None:
    file = tmp_path / "holidays.txt"
    file.write_text(f"2027-01-01 off\n{text}\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        WorkingDays(str(file))
    assert caught.value.reason == "BAD_CONFIG"
    assert f"{file}:2" in caught.value.what
    with pytest.raises(Refused):
        WorkingDays(str(tmp_path / "none.txt"))


def test_days_that_the_other_side_sets_far_away_are_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[date] = []

    def is_workday(when: date) -> bool:
        looked_up.append(when)
        raise NotImplementedError

    monkeypatch.setattr("chinese_calendar.is_workday", is_workday)
    days, today = WorkingDays(), date(2026, 11, 29)
    for year in range(1, 9999, 7):
        left = days.left(today, date(year, 6, 1))
        assert abs(left) <= 1_000
        assert (left > 0) == (year > 2026)
    assert len(looked_up) <= 2_001
