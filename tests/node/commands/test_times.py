"""Times as a person reads them."""

from __future__ import annotations

from node.commands.output import Language, choose_language
from node.commands.times import beijing_heading, beijing_time, beijing_time_of, zoned_of
from node.commands.translating import in_chinese

LOCKED = "process 7 on anhui-1 has used it since "


def test_a_time_is_that_of_beijing_to_the_second() -> None:
    assert beijing_time(1_800_000_000) == "2027-01-15 16:00:00"
    assert beijing_time_of("2027-01-15T08:00:07.250Z") == "2027-01-15 16:00:07"
    assert beijing_time_of("2027-01-15T18:00:07+00:00") == "2027-01-16 02:00:07"


def test_what_is_no_time_is_told_as_it_came() -> None:
    assert beijing_time(1e30) == ""
    for text in ("", "just now", "1e30"):
        assert beijing_time_of(text) == zoned_of(text) == text


def test_the_zone_is_said_by_the_heading_or_by_the_time() -> None:
    assert beijing_heading("到期", "expires") == ("到期（北京）", "expires (Beijing)")
    assert zoned_of("2027-01-15T08:00:00+00:00") == "2027-01-15 16:00:00（北京时间）"
    choose_language(Language.EN)
    assert zoned_of("2027-01-15T08:00:00+00:00") == "2027-01-15 16:00:00 Beijing time"


def test_since_when_a_lock_is_held_is_told_in_that_time() -> None:
    told = in_chinese(f"{LOCKED}2027-01-15T08:00:00+00:00")
    assert told == "anhui-1 上的进程 7 自 2027-01-15 16:00:00（北京时间） 起在使用"
    assert in_chinese(f"{LOCKED}just now") == "anhui-1 上的进程 7 自 just now 起在使用"
