"""A demo with logs of several tiles, and the verifier that looks at it from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.running import Demo
from tests.interop.verifier import Verifier

LISTINGS = 2_600
"""So many that each log has two full tiles and one that is partial."""


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return Verifier(tmp_path_factory.mktemp("verifier"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        demo.up("--listings", LISTINGS)
        yield demo
    finally:
        demo.down()
