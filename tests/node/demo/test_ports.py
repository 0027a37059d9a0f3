"""Ports that others have: refused before anything starts, and nobody else's answer counts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from federation.log.errors import Unreachable, YdxError
from node.demo import ports, processes
from node.demo.founding import DemoMember, found
from tests.waiting import until


@contextmanager
def listener() -> Iterator[int]:
    """Give a port on which another program listens, as the first of five members' would be."""
    with socket.socket() as other:
        while True:
            base = int(ports.choose(0)["center"]["federation"].rpartition(":")[2])
            try:
                ports.choose(base)
            except YdxError:
                continue
            break
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", base + 20))
        other.listen()
        yield base


def test_a_port_that_another_program_has_is_refused_before_anything_is_founded(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "demo"
    with listener() as base, pytest.raises(YdxError, match="--base-port") as refused:
        found(folder, base, {})
    assert f"127.0.0.1:{base + 20}" in refused.value.what
    assert f"127.0.0.1:{base}," not in refused.value.what
    assert not folder.exists()
    assert found(folder, base, {})[0].federation == f"127.0.0.1:{base}"


def test_another_base_port_than_that_of_the_founding_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    founded = found(folder, 0, {})
    base = int(founded[0].federation.rpartition(":")[2])
    for same in (None, 0, base):
        assert [one.api for one in found(folder, same, {})] == [one.api for one in founded]
    with pytest.raises(YdxError, match=f"founded with --base-port {base}") as refused:
        found(folder, base + 1, {})
    assert "--dir" in refused.value.what


def test_another_database_than_that_of_the_founding_is_refused(tmp_path: Path) -> None:
    """A demo that went on with its own files said that it ran on the one that was asked for."""
    folder, url = tmp_path / "demo", f"sqlite:///{tmp_path}/{{member}}.sqlite"
    found(folder, 0, {}, url)
    assert len(found(folder, 0, {}, url)) == len(found(folder, 0, {}))
    with pytest.raises(YdxError, match="founded with another database") as refused:
        found(folder, 0, {}, f"sqlite:///{tmp_path}/other.sqlite")
    assert "--dir" in refused.value.what


def test_a_stopped_member_whose_port_was_taken_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = found(tmp_path / "demo", 0, {})
    monkeypatch.setattr(processes, "_spawn", lambda _: pytest.fail("it was started"))
    host, _, port = members[2].http.rpartition(":")
    with socket.socket() as other:
        other.bind((host, int(port)))
        other.listen()
        with pytest.raises(YdxError, match=members[2].http):
            processes.start(members, lambda _: None)


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that the standard library calls
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def somebody_else() -> Iterator[str]:
    """Give an address where another node says that it is ready."""
    server = HTTPServer(("127.0.0.1", 0), _Ready)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def member(tmp_path: Path, somebody_else: str) -> Iterator[DemoMember]:
    """Give a member whose process lives, while somebody else answers at its addresses."""
    folder = tmp_path / "shanghai"
    folder.mkdir()
    (folder / "node.log").write_text("cannot listen on 127.0.0.1:7500\n", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", "input()", folder], stdin=subprocess.PIPE)
    yield DemoMember(
        name="shanghai",
        origin="ydx.example/shanghai",
        vkey="ours",
        api=somebody_else,
        federation="",
        http="",
        telemetry=somebody_else,
        dir=str(folder),
        tokens={"operator": "ydx_a_b"},
        pid=process.pid,
    )
    process.kill()
    process.communicate()


def test_a_member_is_not_ready_because_somebody_else_answers(
    member: DemoMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "START_S_MAX", 0.5)
    with pytest.raises(Unreachable, match="shanghai did not start"):
        processes.wait_ready([member], lambda name: pytest.fail(f"{name} is told to be ready"))


def test_a_member_that_ended_is_told_with_the_end_of_its_log(member: DemoMember) -> None:
    ended = replace(member, pid=0)
    with pytest.raises(Unreachable, match="cannot listen on"):
        processes.wait_ready([ended], lambda name: pytest.fail(f"{name} is told to be ready"))
    processes.check_running([member])
    with pytest.raises(Unreachable, match="shanghai ended:\ncannot listen on"):
        processes.check_running([ended])


def test_a_member_that_is_just_being_executed_runs_though_its_command_is_not_there_yet(
    member: DemoMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"")
    assert processes.is_running(member)
    os.kill(member.pid, signal.SIGKILL)
    until(lambda: not processes.is_running(member), "its end is seen")
