"""Both ends of the wire to the process that keeps the index, each against a made other end."""

from __future__ import annotations

import os
import queue
import signal
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
from node.bootstrap.index_silence import LIMIT_S
from node.bootstrap.index_wire import Wire
from node.bootstrap.index_worker import IndexWorker
from node.search.folder import IndexFolder
from node.search.index import UnreadableIndexError
from node.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.search.index import Mark

WAIT_S = 20.0


class MadeProcess:
    """The node's side, and the other end of its wire; the process itself does nothing."""

    def __init__(self, sync: Callable[[], None], silence_s_max: float = LIMIT_S) -> None:
        self.child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        ours, self.theirs = Wire.pair()
        self.side = IndexProcess(ours, self.child.wait, self.child.pid, silence_s_max)
        self.side.begin(IndexTask("", Path(), "json", "info", lambda _name, _mark: None, sync))
        assert self.said()["kind"] == "begin"

    def end(self) -> None:
        self.side.stop()
        self.side._wire.close()
        self.theirs.close()
        assert self.child.stdin is not None
        self.child.stdin.close()
        self.child.wait()

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


def fails() -> None:
    raise RuntimeError("a fault of ours")


@pytest.fixture
def made() -> Iterator[MadeProcess]:
    made = MadeProcess(fails)
    yield made
    made.end()


@pytest.fixture
def impatient() -> Iterator[MadeProcess]:
    """Give one of which the node wants to hear all the time."""
    made = MadeProcess(lambda: None, silence_s_max=0.05)
    yield made
    made.end()


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


@pytest.mark.usefixtures("no_more_processes")
def test_a_rebuild_that_hangs_is_found_though_the_index_is_followed(
    impatient: MadeProcess,
) -> None:
    side, say = impatient.side, impatient.theirs.send
    say("alive", activity="rebuild 1", is_over=False)

    def follow() -> None:
        while True:
            say("alive", activity="following", is_over=False)
            side.listen()
            side.listen()  # there is nothing: it waits

    with pytest.raises(OSError, match="too many"):
        follow()
    assert side.restarts == {"ended": 0, "hung": 1}
    assert impatient.child.wait(WAIT_S) == -signal.SIGKILL


@pytest.mark.usefixtures("no_more_processes")
def test_a_rebuild_that_is_over_may_be_silent(impatient: MadeProcess) -> None:
    side, say = impatient.side, impatient.theirs.send
    say("alive", activity="rebuild 1", is_over=False)
    say("alive", activity="rebuild 1", is_over=True)
    for _ in range(50):
        say("alive", activity="following", is_over=False)
        side.listen()
        side.listen()
    assert impatient.child.poll() is None


def test_a_process_that_stands_still_is_killed_and_another_one_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ydx.sqlite'}"
    Database.open(url).close()
    shown: list[int] = []

    def show(_name: str, _mark: Mark) -> None:
        shown.append(side.pid)

    side = IndexProcess.spawn(silence_s_max=3.0)
    side.begin(IndexTask(url, tmp_path / "search", "json", "info", show, lambda: None))
    _listen_until(side, lambda: bool(shown))
    first = side.pid
    os.kill(first, signal.SIGSTOP)
    _listen_until(side, lambda: shown[-1] != first)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)  # it was waited for, too
    assert side.restarts["hung"] >= 1
    assert side.is_running
    side.close()


def _listen_until(side: IndexProcess, has_come: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if has_come():
            return
        side.listen()
    pytest.fail("it does not come")


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
    worker = IndexWorker(theirs, url, tmp_path / "search", beat_s=0.5)
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
