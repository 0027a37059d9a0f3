"""The systemd unit: understood by systemd, and hardened. Needs systemd-analyze, not systemd."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.places import DEPLOY, UNIT

PROGRAM: Final = "/opt/ydx/bin/ydx"
EXPOSURE_MAX: Final = 20
"""In tenths: systemd calls 2.0 and less OK, an unhardened unit has 9.6."""


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine: the unit was not verified")
    command = ["systemd-analyze", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name  # with a program that is there
    unit.write_text(UNIT.read_text().replace(PROGRAM, "/bin/true"))
    verified = analyze("verify", str(unit))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_a_line_that_systemd_does_not_know_is_noticed(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    text = UNIT.read_text().replace(PROGRAM, "/bin/true")
    unit.write_text(text.replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"))
    assert "NoNewPrivilege" in analyze("verify", str(unit)).stderr


def test_little_is_exposed() -> None:
    judged = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", str(UNIT))
    assert judged.returncode == 0, judged.stdout


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_the_node_can_write_to_its_own_folder_and_nowhere_else() -> None:
    unit = settings()
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["StateDirectory"] == ["ydx"]
    assert "ReadWritePaths" not in unit


def test_a_database_that_comes_up_late_finds_a_node_that_still_tries() -> None:
    unit = settings()
    assert unit["Restart"] == ["on-failure"]
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_secrets_stand_where_only_the_node_reads_them() -> None:
    unit = settings()
    assert unit["EnvironmentFile"] == ["-/var/lib/ydx/ydx.env"]
    assert not [one for one in unit["Environment"] if "DATABASE" in one]


def test_what_a_node_asks_of_the_scheduler_is_allowed() -> None:
    allowed = " ".join(settings()["SystemCallFilter"]).split()
    asked = re.compile(r"\bos\.(sched_set\w+|nice)\(")
    sources = [path.read_text() for path in (DEPLOY.parent / "node").rglob("*.py")]
    calls = {call for source in sources for call in asked.findall(source)}
    names = {"sched_setscheduler": "sched_setscheduler", "nice": "setpriority"}
    assert {names.get(call, call) for call in calls} <= set(allowed)
    assert {"sched_setaffinity", "sched_setscheduler", "nice"} <= calls
