"""What the story tells of itself: the same amount in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

from node.demo.story import Story


class Agreeable:
    """Players whose nodes take everything at once."""

    seed = ""
    day = ""

    def call(self, *_: Any, **__: Any) -> Any:
        answer = MagicMock()
        answer.enquiry.submitted_at_ms = 0
        answer.hits = [MagicMock()]
        answer.contract.registration = 2
        return answer

    def until(self, look: Callable[[], Any], *_: Any, **__: Any) -> Any:
        return look()

    def request(self, step: str) -> str:
        return step


def test_the_amount_of_the_contract_is_the_same_in_both_languages() -> None:
    players: Any = Agreeable()
    (told,) = [line for line in Story(players).play() if "writes the contract" in line.en]
    assert told.zh == "登记技术合同 480 万元"
    assert told.en == "writes the contract, 4,800,000 yuan"
