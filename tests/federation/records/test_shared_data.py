"""Real texts hold no personal data by our measure, where they are known to hold none.

The data stands in the folder that YDX_SHARED names, else in `shared` beside the checkout. It is not
part of the project, so each of these tests is skipped, with its reason, where it is missing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from federation.records.personal_data import find_personal_data

_CHECKOUT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("YDX_SHARED", _CHECKOUT.parent / "shared")) / "data"


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return []


@pytest.mark.parametrize(
    ("name", "least_texts"),
    [
        ("zh_portal_sample/supply_real_10.jsonl", 80),
        ("zh_portal_sample/demand_invented_14.jsonl", 100),
        ("csl_zh/dev.jsonl", 5000),
        ("sbir_pairs/supply.jsonl", 5000),
    ],
)
def test_no_false_alarm(name: str, least_texts: int) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is missing: set YDX_SHARED to the folder that holds data/")
    texts = [
        text
        for line in path.read_text(encoding="utf-8").splitlines()
        for text in _texts(json.loads(line))
    ]
    assert len(texts) >= least_texts
    assert [text for text in texts if list(find_personal_data(text))] == []
