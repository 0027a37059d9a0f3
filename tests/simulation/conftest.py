"""A federation that has been at work, founded once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.simulation.ledger_running import LATER_S, found_ledger
from tests.simulation.ledger_world import LedgerWorld
from tests.simulation.world import REGIONS, World

FEW = ("anhui", "center", "jiangsu", "zhejiang")
"""Who is needed for what two members and the center do, and a member that it is not for."""


def found(folder: Path, names: Collection[str]) -> Path:
    """Make the folders of a federation in which everybody has published and confirmed once."""
    world = World(5, folder, names)
    world.open_all()
    for member in world.up():
        member.publish()
    world.work_round()
    world.close()
    return folder


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("founded"), tuple(REGIONS))


@pytest.fixture(scope="session")
def founded_few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("founded-few"), FEW)


@pytest.fixture(scope="session")
def founded_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_ledger(tmp_path_factory.mktemp("founded-ledger"))


@pytest.fixture
def sharing(founded_ledger: Path, tmp_path: Path) -> Iterator[LedgerWorld]:
    """Start a copy of the federation of few that shares income."""
    yield from started_ledger(founded_ledger, tmp_path)


@pytest.fixture
def world(founded: Path, tmp_path: Path) -> Iterator[World]:
    """Start a copy of the federation of five; everybody may write."""
    yield from started(founded, tmp_path, tuple(REGIONS))


@pytest.fixture
def few(founded_few: Path, tmp_path: Path) -> Iterator[World]:
    """Start a copy of the federation of few: a round of meetings costs the square of members."""
    yield from started(founded_few, tmp_path, FEW)


def started(founded: Path, folder: Path, names: Collection[str]) -> Iterator[World]:
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    world = World(5, folder, names)
    world.open_all()
    yield world
    world.close()


def started_ledger(founded: Path, folder: Path) -> Iterator[LedgerWorld]:
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    world = LedgerWorld(5, folder)
    world.pass_time(LATER_S)
    world.open_all()
    yield world
    world.close()
