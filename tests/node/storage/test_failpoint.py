"""The table of failpoints is the one that the code passes."""

from __future__ import annotations

import re
from pathlib import Path

import node
from node.storage.failpoint import FAILPOINTS

CALL = re.compile(r'failpoint\(f?"([^"]+)"\)')
SOURCES = Path(node.__file__).parent


def passed() -> set[str]:
    """Return the names in all calls; a batch is of the own log (append) or of a mirror (ingest)."""
    names = {
        name for file in SOURCES.rglob("*.py") for name in CALL.findall(file.read_text("utf-8"))
    }
    return {name.replace("{stage}", stage) for name in names for stage in ("append", "ingest")}


def test_every_name_that_the_code_passes_stands_in_the_table() -> None:
    assert passed() - set(FAILPOINTS) == set()


def test_no_name_stands_twice() -> None:
    assert len(set(FAILPOINTS)) == len(FAILPOINTS)
