"""A federation that has been at work, founded once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.world import World


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folders of a federation in which everybody has published and confirmed once."""
    folder = tmp_path_factory.mktemp("founded")
    world = World(5, folder)
    world.open_all()
    for member in world.up():
        member.publish()
    world.work_round()
    world.close()
    return folder


@pytest.fixture
def world(founded: Path, tmp_path: Path) -> Iterator[World]:
    """Start a copy of that federation; everybody may write."""
    shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
    world = World(5, tmp_path)
    world.open_all()
    yield world
    world.close()
