"""Every invariant of the ledger's model has a test, or a machine's law, that bears its number.

And what a README says of a test is true: there is one.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
ROOT: Final = TESTS.parent
NUMBER: Final = re.compile(r"[alprsqxc]\d+")
LAST: Final = {"a": 11, "r": 5, "l": 10, "p": 12, "s": 6, "q": 4, "x": 4, "c": 3}
"""Allocation, refunds, ledger, protocol, settlement, reconciliation, exports, crashes."""


def test_every_invariant_of_the_ledger_has_a_test_that_bears_its_number() -> None:
    named = set()
    for path in TESTS.rglob("*.py"):
        for name in re.findall(
            r"^ *def (?:test_)?(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            numbers = takewhile(NUMBER.fullmatch, name.replace("_and_", "_").split("_"))
            named |= {*numbers}
    wanted = {f"{letter}{at}" for letter, last in LAST.items() for at in range(1, last + 1)}
    assert not wanted - named


def test_every_test_that_a_readme_names_exists() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")}
    known = {*files, *re.findall(r"^ *def (test_\w+)", "\n".join(files.values()), re.MULTILINE)}
    readmes = [ROOT / "README.md", *(ROOT / of / "README.md" for of in ("federation", "node"))]
    named = {
        name.rpartition("/")[2]
        for one in readmes
        for name in re.findall(r"`([\w/]*test_\w+(?:\.py)?)`", one.read_text(encoding="utf-8"))
    }
    assert named
    assert not named - known
