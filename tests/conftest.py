"""Options of the whole suite, and how many examples its laws are tried with."""

from __future__ import annotations

from typing import Final

import pytest

from tests import laws, replayed_migrations

_WAITING: Final = tuple(
    f"tests/{one}/" for one in ("processes", "end_to_end", "interop", "bench", "deploy")
)
_WAITING_ENDS: Final = 0.7
"""Where the last of them stands among the files."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --run-chaos."""
    parser.addoption(
        "--run-chaos", action="store_true", help="run the long tests too: kills, floods, by seed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of what only --run-chaos runs."""
    replayed_migrations.install()
    laws.choose(is_long=config.getoption("--run-chaos"))
    config.addinivalue_line("markers", "chaos: takes minutes; runs with --run-chaos only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, which pytest tells as deselected, and put the files in order."""
    if not config.getoption("--run-chaos"):
        long = [item for item in items if item.get_closest_marker("chaos")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    _spread(items)


def _spread(items: list[pytest.Item]) -> None:
    """Put files that mostly wait for processes between the others, none near the end.

    Workers take files in this order (`make test`): waiting beside computing, and no long tail.
    """
    files = dict.fromkeys(map(_file_of, items))
    waiting = [one for one in files if one.startswith(_WAITING)]
    computing = [one for one in files if not one.startswith(_WAITING)]
    place = {one: _WAITING_ENDS * at / len(waiting) for at, one in enumerate(waiting)}
    place |= {one: at / len(computing) for at, one in enumerate(computing)}
    items.sort(key=lambda item: place[_file_of(item)])


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
