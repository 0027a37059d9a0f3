"""How many indicators of real and invented demands are read, and which are left as text.

The data stands in the folder that YDX_SHARED names, else in `shared` beside the checkout. It is not
part of the project, so each of these tests is skipped, with its reason, where it is missing.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from federation.matching.indicator import Parsed, Unparsed
from federation.matching.indicators import parse

_CHECKOUT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("YDX_SHARED", _CHECKOUT.parent / "shared")) / "data"


def _rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is missing: set YDX_SHARED to the folder that holds data/")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_three_of_four_indicators_of_chinese_demands_are_read() -> None:
    pieces = [
        piece
        for row in _rows("zh_portal_sample/demand_invented_14.jsonl")
        for piece in re.split("[；;，,、]", row["technicalIndicators"])
    ]
    left = [piece for piece in pieces if isinstance(parse(piece), Unparsed)]
    assert len(pieces) >= 30
    assert 4 * len(left) <= len(pieces) + 1, left
    # What is left says something else than a number of something.
    assert not [piece for piece in left if re.search("[≥≤<>]|小于|大于|以上|以内", piece)]


def test_running_english_is_read_only_where_it_names_a_quantity() -> None:
    phrases = [
        phrase.strip()
        for row in _rows("sbir_topics/topics.jsonl")
        for phrase in re.split(r"[;,()]|(?<!\d)\.|\.(?!\d)", row["description"])
        if re.search(r"\d", phrase)
    ]
    read = [indicator for indicator in map(parse, phrases) if isinstance(indicator, Parsed)]
    assert 0 < len(read) < len(phrases) / 10
    for indicator in read:
        assert parse(indicator.written) == indicator
