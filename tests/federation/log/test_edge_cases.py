"""Each edge case that simple implementations miss has a test that bears its number.

`.venv/bin/pytest --collect-only -k edge_` lists them, `-k edge_16_` names those of one case.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[2]
CASES: Final = {
    1: "the empty tree, one leaf, equal sizes, powers of two, the borders of tiles",
    2: "base64 with junk, without padding, with stray bits",
    3: "line ends of Unicode that are none of ours",
    4: "numbers with a sign, foreign digits, underscores, leading zeros, or too large",
    5: "hashes that are no 32 bytes",
    6: "a plus sign in a key's base64, another rule for key ids, a known name with another id",
    7: "a bad signature beside a good one",
    8: "one witness under two names, one key that signs twice",
    9: "another offer between a witness's check and its record",
    10: "kill -9 between intent, signature and commit",
    11: "notes that differ in what is no part of the tree",
    12: "a branch that extends the checkpoint before the last, and not the last",
    13: "fields that a relay does not know",
    14: "clocks that differ, cosignatures from the future",
    15: "trust that expires on the way, forty versions behind",
    16: "deadlines, half-open peers, GOAWAY, large messages, streams that are given up",
    17: "a disk that flips a bit before it is signed for",
    18: "personal data in earlier versions of what is erased",
    19: "a partial tile that is gone",
    20: "two sequencers after a failover",
}


def test_every_edge_case_has_a_test_that_bears_its_number() -> None:
    borne = {
        int(number)
        for path in TESTS.rglob("test_*.py")
        for number in re.findall(
            r"^def test_\w*?edge_(\d+)_", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert borne == {*CASES}
