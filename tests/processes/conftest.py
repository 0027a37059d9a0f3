"""Federations of real processes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes.member_processes import Federation, running_federation

MEMBERS = ("shanghai", "anhui", "center")


@pytest.fixture(scope="session")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Give three members that all take writes. Who stops or harms one mends it."""
    with running_federation(tmp_path_factory.mktemp("federation"), MEMBERS) as members:
        yield members
