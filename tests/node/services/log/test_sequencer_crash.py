"""kill -9 of a real process at each failpoint of append: what was acknowledged is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from node.services.catalogue.records import LISTING
from node.services.log.verification import verify_log
from node.storage.database import Database
from node.storage.failpoint import FAILPOINTS, VARIABLE
from tests.node.services.own_node import ORIGIN, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

CALLERS = 8
APPEND = [name for name in FAILPOINTS if name.startswith("append.")]


def publish_until_killed(url: str) -> None:
    """Publish from many threads; print the name of each listing once it is acknowledged."""
    import threading  # noqa: PLC0415 - only in the child

    with OwnNode(Database.open(url)) as node:

        def work(thread: int) -> None:
            for i in range(1000):
                listing = supply(10_000 * thread + i)
                written = node.publishing.publish(PLATFORM, LISTING, listing, node.options())
                os.write(1, written.record.name.encode() + b"\n")

        threads = [threading.Thread(target=work, args=(one,)) for one in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("passing", [1, 7])
@pytest.mark.parametrize("name", APPEND)
def test_edge_10_acknowledged_writes_survive_a_kill(
    tmp_path: Path, name: str, passing: int
) -> None:
    url = f"sqlite:///{tmp_path}/node.db"
    child = subprocess.run(
        [sys.executable, "-c", f"import {__name__} as t; t.publish_until_killed({url!r})"],
        env={**os.environ, VARIABLE: f"{name}:{passing}"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    acknowledged = child.stdout.decode().split()
    database = Database.open(url)
    with OwnNode(database) as node:
        for record in acknowledged:
            assert node.catalogue.get(PLATFORM, LISTING, record).public.title
        node.publishing.publish(PLATFORM, LISTING, supply(900_000), node.options())
        report = verify_log(database, ORIGIN)
        assert report.differences == []
        assert report.tree_size >= len(acknowledged) + 2
    database.close()
