"""Asking origins live: who answers in time, who does not, and what waits for what."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from federation.log.errors import Unreachable
from node.services.finding.asking import Asked, OriginAsker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIZES = {"anhui": {"d/anhui": 7}, "jiangsu": {"d/jiangsu": 4, "d/jiangsu.2": 9}}


def waiting_for(event: threading.Event) -> Callable[[], None]:
    def meet() -> None:
        event.wait(30)

    return meet


def test_each_member_is_told_with_its_size_or_why_not() -> None:
    never = threading.Event()

    def gone() -> None:
        raise Unreachable("OUT_OF_REACH", "zhejiang is down")

    meets = {
        "anhui": lambda: None,
        "jiangsu": lambda: None,
        "zhejiang": gone,
        "center": waiting_for(never),
    }
    taken: list[Mapping[str, int]] = []

    def has_taken(news: Mapping[str, int]) -> bool:
        taken.append(news)
        return len(taken) > 2

    asker = OriginAsker(meets, lambda member: SIZES[member], has_taken, ask_s=0.3)
    told = asker.ask(())
    never.set()
    asker.close()
    assert told == [
        Asked("anhui", has_answered=True, tree_size=7),
        Asked("jiangsu", has_answered=True, tree_size=9),
        Asked("zhejiang", has_answered=False, why="zhejiang is down"),
        Asked("center", has_answered=False, why="no answer in time"),
    ]
    assert taken[0] == {"d/anhui": 7, "d/jiangsu": 4, "d/jiangsu.2": 9}


def test_only_those_asked_for_are_asked_and_nobody_unknown() -> None:
    asker = OriginAsker({"anhui": lambda: None}, lambda member: SIZES[member], lambda _: True)
    assert [one.member for one in asker.ask(("anhui", "shanghai"))] == ["anhui"]
    assert asker.ask(("shanghai",)) == []
    asker.close()


def test_however_many_do_not_answer_the_others_are_asked() -> None:
    never = threading.Event()
    meets = {f"m{number:02}": waiting_for(never) for number in range(49)}
    meets["zhejiang"] = lambda: None
    asker = OriginAsker(meets, lambda member: {member: 1}, lambda _: True, ask_s=0.3)
    told = asker.ask(())
    never.set()
    asker.close()
    assert [one.member for one in told if one.has_answered] == ["zhejiang"]


def test_searches_at_the_same_time_share_one_question() -> None:
    asked: list[int] = []
    may_answer = threading.Event()

    def meet() -> None:
        asked.append(1)
        may_answer.wait(30)

    asker = OriginAsker({"anhui": meet}, lambda member: SIZES[member], lambda _: True, ask_s=0.05)
    for _ in range(3):
        assert asker.ask(("anhui",)) == [
            Asked("anhui", has_answered=False, why="no answer in time")
        ]
    may_answer.set()
    asker.close()
    assert asked == [1]


def test_who_does_not_answer_costs_no_more_than_the_deadline() -> None:
    never = threading.Event()
    meets = {"anhui": waiting_for(never)}
    asker = OriginAsker(meets, lambda member: SIZES[member], lambda _: False, ask_s=0.05)
    assert asker.ask(()) == [Asked("anhui", has_answered=False, why="no answer in time")]
    assert asker.ask(()) == [Asked("anhui", has_answered=False, why="no answer in time")]
    never.set()
    asker.close()
