"""Options of the whole suite, and how many examples its laws are tried with."""

from __future__ import annotations

import os

import pytest

from node.commands.output import Language, choose_language
from tests import laws, one_reader, replayed_migrations


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --run-chaos."""
    parser.addoption(
        "--run-chaos", action="store_true", help="run the long tests too: kills, floods, by seed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of what only --run-chaos runs; forget the node that its owner speaks to."""
    for name in [one for one in os.environ if one.startswith("YDX_") and one != "YDX_SHARED"]:
        del os.environ[name]
    replayed_migrations.install()
    one_reader.install()
    laws.choose(is_long=config.getoption("--run-chaos"))
    config.addinivalue_line("markers", "chaos: takes minutes; runs with --run-chaos only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, which pytest tells as deselected."""
    if config.getoption("--run-chaos"):
        return
    long = [item for item in items if item.get_closest_marker("chaos")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def _as_a_run_of_ydx_starts() -> None:
    """Have no test speak the language, or in the JSON, of whichever ran before it."""
    choose_language(Language.ZH)
