"""`ydx demo run` told to end at any moment from its first start on: it leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from node.demo import founding
from tests.waiting import until


def _has_started_one(folder: Path, _said: Path) -> bool:
    state = folder / founding.STATE_FILE
    return state.exists() and any(one.pid for one in founding.read_state(folder))


def _is_loading(_folder: Path, said: Path) -> bool:
    return "waiting until every member" in said.read_text(encoding="utf-8")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGTERM, _has_started_one),
        (signal.SIGINT, _has_started_one),
        (signal.SIGTERM, _is_loading),
    ],
)
def test_a_demo_that_is_told_to_end_while_it_begins_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals, moment: Callable[[Path, Path], bool]
) -> None:
    folder, said = tmp_path / "demo", tmp_path / "said"
    # Whatever runs the tests may ignore interrupts, as a shell does for what it runs behind.
    python = ["env", "--default-signal=INT", sys.executable]
    command = ["-m", "node", "--lang", "en", "demo", "run", "--base-port", "0"]
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*python, *command, "--dir", folder], stdout=output, stderr=output
        )
    try:
        until(lambda: moment(folder, said), "the demo begins")
        process.send_signal(number)
        assert process.wait(60) != 0
        text = said.read_text(encoding="utf-8")
        assert text.endswith("stopped\n"), text
        assert [one.pid for one in founding.read_state(folder)] == [0] * 5
        assert _left(folder) == []
    finally:
        process.kill()
        process.wait()
        for pid in _left(folder):
            os.kill(pid, signal.SIGKILL)


def _left(folder: Path) -> list[int]:
    """Return the processes that still run for a demo's folder."""
    pids = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            if str(folder).encode() in file.read_bytes():
                pids.append(int(file.parent.name))
    return pids
