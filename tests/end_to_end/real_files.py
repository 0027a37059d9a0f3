"""The real files, where they are at hand, loaded into the running demo: all five members equal.

They lie in ../shared/data beside the checkout, or where YDX_SHARED says.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from node.demo.listings import MEMBERS
from tests.end_to_end.running import Demo
from tests.node.importing.test_real_files import DATA, EXPECTED


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not at hand")
def test_all_members_are_equal_on_the_real_files(demo: Demo) -> None:
    said = demo.up("--data", DATA)
    assert said.json["equal"] is True
    digests = said.json["digests"]
    assert set(digests) == set(MEMBERS)
    assert all(digests[member] == digests["center"] for member in MEMBERS)
    accepted = {file.rpartition("/")[2]: known.accepted for file, known in EXPECTED.items()}
    refused = sum(known.records - known.accepted for known in EXPECTED.values())
    outcomes = outcomes_of(said.err)
    assert {file: outcomes[file]["create"] for file in accepted} == accepted
    assert sum(one["error"] for one in outcomes.values()) == refused
    assert demo.status().code == 0


def outcomes_of(text: str) -> dict[str, Counter[str]]:
    """Return what `ydx demo` says became of the rows, by file."""
    lines = re.findall(r"^(\S+): ((?:\w+ \d+(?:, )?)+)$", text, re.MULTILINE)
    return {
        file: Counter({name: int(count) for name, count in re.findall(r"(\w+) (\d+)", outcomes)})
        for file, outcomes in lines
    }
