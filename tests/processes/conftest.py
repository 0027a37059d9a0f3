"""Federations of real processes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes.member_processes import Federation, running_federation

MEMBERS = ("shanghai", "anhui", "center")


@pytest.fixture(scope="session")
def lasting_federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Give three members that serve one test after the other."""
    with running_federation(tmp_path_factory.mktemp("federation"), MEMBERS) as members:
        yield members


@pytest.fixture
def federation(lasting_federation: Federation) -> Federation:
    """Give three members that all take writes, whatever the test before did to their processes."""
    lasting_federation.mend()
    return lasting_federation
