"""What the story tells of itself: the same amount in both languages, and days that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from node.commands import demo
from node.demo.listings import load_listings, multiply, shares
from node.demo.story import LISTINGS_MIN, Story

FOLDER = Path(__file__).parents[3] / "deploy" / "example" / "listings"


class Agreeable:
    """Players whose nodes take everything at once."""

    seed = ""
    day = ""

    def __init__(self, submitted_at_ms: int = 0) -> None:
        self.submitted_at_ms = submitted_at_ms
        self.contracts: list[dict[str, Any]] = []

    def call(self, *_: Any, **said: Any) -> Any:
        answer = MagicMock()
        answer.enquiry.submitted_at_ms = self.submitted_at_ms
        self.contracts += [said["contract"]] if "contract" in said else []
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


@pytest.mark.parametrize("submitted_on", ["2026-11-01", "2027-01-01", "2028-02-29", "2026-12-31"])
def test_the_contract_is_signed_on_the_day_of_its_enquiry(submitted_on: str) -> None:
    noon = datetime.fromisoformat(f"{submitted_on}T12:00:00+08:00")
    players: Any = Agreeable(int(noon.timestamp() * 1000))
    list(Story(players).play())
    (contract,) = players.contracts
    assert contract["signed_on"] == contract["valid_from"] == submitted_on
    assert date.fromisoformat(contract["valid_until"]) > noon.date()


def test_with_fewer_listings_no_story_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo._play([], LISTINGS_MIN - 1) == []
    assert f" {LISTINGS_MIN} " in capsys.readouterr().err


def test_the_fewest_listings_with_which_it_is_played_hold_what_it_searches_for() -> None:
    for count in (LISTINGS_MIN, LISTINGS_MIN + 1, 200):
        listings = load_listings(FOLDER)["anhui"]
        published = multiply(listings, shares(count)["anhui"], seed=1)
        titles = [listing.public.title for listing in published]
        assert any("压铸" in title or "铝合金" in title for title in titles)
