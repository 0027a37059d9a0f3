"""The five members of the demo as real processes, driven as a person would drive them.

Each engine is one module, so that a run on two cores has them side by side and founds each demo
once; both import the same tests.
"""

from __future__ import annotations

import pytest

TESTS = (
    "cut_link",
    "demo_command",
    "exchange",
    "outage",
    "outside",
    "privacy",
    "readme",
    "real_files",
    "receipts",
)
pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in TESTS))
