"""Days: their form, and what is kept of texts that are none."""

from __future__ import annotations

from datetime import date

import pytest

from federation.records import days


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("2026-2-28", None),
        ("２０２６-02-28", None),
        ("", None),
    ],
)
def test_a_day_has_one_form(text: str, found: date | None) -> None:
    assert days.day(text) == found


def test_texts_that_cannot_be_days_are_not_kept() -> None:
    before = days._day.cache_info().currsize
    for n in range(10):
        assert days.day(f"{n}" * 100_000) is None
    assert days._day.cache_info().currsize == before
