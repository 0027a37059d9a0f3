"""Leaving a demo: only what this command has started is stopped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.commands import demo
from node.demo import founding, processes
from node.demo.founding import DemoMember
from tests.node.commands.running import runner


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[DemoMember]]:
    """Two members whose processes do nothing but bear their folder, so that they count as ours."""
    members = founding.found(tmp_path / "demo", 0, {})
    idle = "import sys, time; time.sleep(120)"
    started = [subprocess.Popen([sys.executable, "-c", idle, one.dir]) for one in members[:2]]
    pids = [one.pid for one in started]
    members = [replace(one, pid=pid) for one, pid in zip(members, [*pids, 0, 0, 0], strict=True)]
    founding.write_state(tmp_path / "demo", members)
    try:
        yield members
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_what_ran_before_goes_on_and_is_named(
    running: list[DemoMember], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, ours, *_ = running
    demo._stop(tmp_path / "demo", frozenset({before.name}))
    left = {one.name: one for one in founding.read_state(tmp_path / "demo")}
    assert processes.is_running(left[before.name])
    assert not processes.is_running(ours)
    assert left[ours.name].pid == 0
    told = capsys.readouterr().err
    assert before.name in told
    assert "ydx demo down --dir" in told


def test_down_stops_all(running: list[DemoMember], tmp_path: Path) -> None:
    demo._stop(tmp_path / "demo")
    assert not any(map(processes.is_running, running))
    assert {one.pid for one in founding.read_state(tmp_path / "demo")} == {0}


def test_down_tells_who_was_stopped_and_who_did_not_run(
    running: list[DemoMember],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ydx = runner(monkeypatch, capsys)
    names = [one.name for one in running]
    down = ("demo", "down", "--dir", tmp_path / "demo", "--json")
    said = ydx(*down)
    assert (said.code, said.err) == (0, "已停止\n")
    assert said.json == {"stopped": names[:2], "not_running": names[2:]}
    assert ydx(*down).json == {"stopped": [], "not_running": names}


def test_who_watches_a_demo_hears_who_ends_and_leaves_when_none_is_left(
    running: list[DemoMember],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = [one.name for one in running]
    looks = iter([names, names[:2], names[:1], names[:2], []])
    now: list[str] = []

    def look(_: Path) -> list[DemoMember]:
        now[:] = next(looks)
        return running

    monkeypatch.setattr(demo, "WATCH_S", 0.0)
    monkeypatch.setattr(founding, "read_state", look)
    monkeypatch.setattr(processes, "is_running", lambda one: one.name in now)
    demo._watch(tmp_path / "demo")
    told = capsys.readouterr().err.splitlines()
    ended = [*names[2:], names[1], names[1], *names[:2]]
    assert [line.split()[0] for line in told] == [*ended, "已没有节点在运行"]
    assert f"日志 {running[1].dir}/node.log" in told[3]
    assert told[4] == f"{names[1]} 又在运行"


def test_down_of_no_demo_is_an_error_in_its_last_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = runner(monkeypatch, capsys)("demo", "down", "--dir", tmp_path / "demo", "--json")
    assert said.code == 1
    assert said.json["error"]["reason"]
