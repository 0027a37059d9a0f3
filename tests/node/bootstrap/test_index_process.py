"""Both ends of the wire to the process that keeps the index, each against a made other end."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from node.bootstrap import index_process
from node.bootstrap.index_process import IndexProcess, IndexTask
from node.bootstrap.index_wire import Wire
from node.bootstrap.index_worker import IndexWorker
from node.search.folder import IndexFolder
from node.search.index import UnreadableIndexError
from node.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 20.0


class MadeProcess:
    """The node's side, and the other end of its wire; the process itself does nothing."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self.child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        ours, self.theirs = Wire.pair()
        self.side = IndexProcess(ours, self.child.wait, self.child.pid)
        self.side.begin(IndexTask("", Path(), "json", "info", lambda _name, _mark: None, sync))
        assert self.said()["kind"] == "begin"

    def said(self) -> dict[str, Any]:
        packet = self.theirs.receive()
        assert packet is not None
        return packet

    def rebuild_ends(self) -> str:
        """Return why a rebuild ends, empty where it goes on for ever."""
        ended: queue.SimpleQueue[str] = queue.SimpleQueue()

        def rebuild() -> None:
            try:
                list(self.side.rebuild())
            except YdxError as error:
                ended.put(error.reason)

        threading.Thread(target=rebuild, daemon=True).start()
        try:
            return ended.get(timeout=WAIT_S)
        except queue.Empty:
            return ""


@pytest.fixture
def no_more_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no process begun any more, as where no file can be opened."""

    def spawned() -> None:
        raise OSError("too many open files")

    monkeypatch.setattr(index_process, "_spawned", spawned)
    monkeypatch.setattr(index_process, "BEGIN_AGAIN_AFTER_S", 0.0)


@pytest.fixture
def made() -> Iterator[MadeProcess]:
    def fails() -> None:
        raise RuntimeError("a fault of ours")

    made = MadeProcess(fails)
    yield made
    made.side.stop()
    made.side._wire.close()
    made.theirs.close()
    assert made.child.stdin is not None
    made.child.stdin.close()
    made.child.wait()


@pytest.mark.usefixtures("no_more_processes")
def test_a_rebuild_asked_for_while_no_process_runs_fails_at_once(made: MadeProcess) -> None:
    made.theirs.end()
    with pytest.raises(OSError, match="too many"):
        made.side.listen()
    assert made.rebuild_ends() == "INDEX_FAILED"
    assert made.rebuild_ends() == "INDEX_FAILED"


@pytest.mark.usefixtures("no_more_processes")
def test_a_process_that_was_reaped_is_never_signalled_again(
    made: MadeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    signalled: list[int] = []
    kill = os.kill

    def counted(pid: int, name: int) -> None:
        signalled.append(pid)
        kill(pid, name)

    monkeypatch.setattr(os, "kill", counted)
    made.theirs.end()
    for _ in range(2):  # by then its number may be another program's
        with pytest.raises(OSError, match="too many"):
            made.side.listen()
    made.side.close()
    assert len(signalled) <= 1


def test_no_module_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "structlog.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    process = IndexProcess.spawn()
    process._wire.end()
    assert process._wait is not None
    assert process._wait() == 0
    process._wire.close()


def test_a_sync_that_fails_by_a_fault_is_answered_too(made: MadeProcess) -> None:
    made.theirs.send("sync")
    with suppress(RuntimeError):
        made.side.listen()
    made.side.tell_news()  # so that there is something to read in any case
    assert made.said()["kind"] == "synced"


@pytest.fixture
def node_end(tmp_path: Path) -> Iterator[Wire]:
    """Give the node's end of the wire of a worker that runs."""
    url = f"sqlite:///{tmp_path / 'ydx.sqlite'}"
    Database.open(url).close()
    ours, theirs = Wire.pair()
    worker = IndexWorker(theirs, url, tmp_path / "search")
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    yield ours
    worker._loops.stop(WAIT_S)  # the process itself ends without
    ours.end()
    thread.join()
    ours.close()
    theirs.close()


def test_a_rebuild_that_cannot_begin_its_files_says_so(
    node_end: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(_folder: IndexFolder) -> None:
        raise UnreadableIndexError("no space left on device")

    while (said := node_end.receive()) is not None and said["kind"] != "show":
        node_end.send("synced")
    monkeypatch.setattr(IndexFolder, "begin", begin)
    told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def listen() -> None:
        while (packet := node_end.receive()) is not None:
            if packet["kind"] == "progress":
                told.put(packet)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    node_end.send("rebuild", number=1)
    assert told.get(timeout=WAIT_S)["reason"] == "INDEX_FAILED"
