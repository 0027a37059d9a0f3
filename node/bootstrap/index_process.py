"""The node's side of the process that keeps its index: begun, told of news, begun again.

- At the start it is a copy of the node that has not opened anything yet, which costs next to
  nothing; nor loaded what the node alone needs, which would be held twice where it is touched
  (measured: 200 MB of both instead of 212). One that has ended is begun again as a program of its
  own, since a process with threads cannot be copied; nothing is lost, for an index goes on from its
  last commit.
- One that hangs (`index_silence`) is killed, and so begun again too.
- What serves is read here, in the node, so a search waits for nobody.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

import structlog

from federation.log.errors import Unreachable, YdxError
from node.bootstrap.index_silence import LIMIT_S, Silence
from node.bootstrap.index_wire import Wire
from node.bootstrap.index_worker import work_and_exit
from node.search.index import Mark
from node.services.finding.indexing import Progress
from node.telemetry.metrics import INDEX_RESTART_CAUSES

BEGIN_AGAIN_AFTER_S: Final = 1.0
BEGIN_AGAIN_AFTER_MAX_S: Final = 60.0
"""Where it ends again and again without having shown anything."""

TELL_AGAIN_AFTER_S: Final = 1.0
BEATS_A_LIMIT: Final = 24
LOOK_S: Final = 1.0
"""How long the node waits for a word at a time: what it counts of one wait at most."""

_log = structlog.get_logger(__name__)

_Answers: TypeAlias = "queue.SimpleQueue[Progress | YdxError]"


@dataclass(frozen=True, slots=True)
class IndexTask:
    """What the process is to do, and what the node does for it."""

    database_url: str
    folder: Path
    log_format: str
    log_level: str
    show: Callable[[str, Mark], None]
    sync: Callable[[], None]


class IndexProcess:
    """The process, whichever it is at the moment. `listen` is for one thread, the rest for many."""

    def __init__(
        self, wire: Wire, wait: Callable[[], int], pid: int, silence_s_max: float = LIMIT_S
    ) -> None:
        """`silence_s_max`: it is killed when no progress was heard of for so long."""
        self._silence = Silence(silence_s_max)
        self._beat_s = silence_s_max / BEATS_A_LIMIT
        self._wire = wire
        self._wait: Callable[[], int] | None = wait
        self._pause_s = BEGIN_AGAIN_AFTER_S
        self.restarts = dict.fromkeys(INDEX_RESTART_CAUSES, 0)
        self.pid = pid
        self._task: IndexTask | None = None
        self._stopped = threading.Event()
        self._rebuilding = threading.Lock()
        self._numbers = count(1)
        self._asked: tuple[int, _Answers] = (0, queue.SimpleQueue())

    @property
    def is_running(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._wait is not None

    @classmethod
    def fork(cls) -> Self:
        """Begin it as a copy of this process, which must have one thread and nothing open yet."""
        ours, theirs = Wire.pair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            work_and_exit(theirs)
        theirs.close()
        return cls(ours, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), pid)

    @classmethod
    def spawn(cls, silence_s_max: float = LIMIT_S) -> Self:
        """Begin it as a program of its own."""
        return cls(*_spawned(), silence_s_max)

    def begin(self, task: IndexTask) -> None:
        """Let it work."""
        self._task = task
        self._wire.send(
            "begin",
            database=task.database_url,
            folder=str(task.folder),
            log_format=task.log_format,
            log_level=task.log_level,
            beat_s=self._beat_s,
        )

    def tell_news(self) -> None:
        """Say that something was stored."""
        self._wire.send("news")

    def listen(self) -> None:
        """Wait for what it says, and do that; begin it again where it has ended, or hangs."""
        if self._wait_for_packet():
            packet = self._wire.receive()
            if packet is not None:
                self._take(packet)
            elif not self._stopped.is_set():
                self._begin_again("ended")
        if self._wire.has_packet(0.0):  # it may tell of progress
            return
        activity = self._silence.hung()
        if activity and not self._stopped.is_set():
            _log.warning(
                "the index process hangs; ending it",
                pid=self.pid,
                activity=activity,
                silent_s=self._silence.limit_s,
            )
            self._silence.be_patient()
            self._begin_again("hung")

    def _wait_for_packet(self) -> bool:
        """Wait a moment for a packet; return whether there is one."""
        look_s = min(LOOK_S, self._beat_s)
        since_s = time.monotonic()
        has_packet = self._wire.has_packet(look_s)
        self._silence.waited(min(time.monotonic() - since_s, look_s))
        return has_packet

    def rebuild(self) -> Generator[Progress, None, None]:
        """Have a new index built beside the one that serves; yields its progress again and again.

        Broken off, it leaves everything as it was. Refuses OVERLOADED while another one runs;
        raises INDEX_FAILED.
        """
        if not self._rebuilding.acquire(blocking=False):
            raise Unreachable("OVERLOADED", "the index is being rebuilt already")
        try:
            number, answers = self._asked = next(self._numbers), queue.SimpleQueue()
            if not self._wire.send("rebuild", number=number):
                raise _ended("the process that keeps the index is begun again")
            told: Progress | YdxError = Progress(0, 0)
            while True:
                with suppress(queue.Empty):  # whoever asked may be gone meanwhile
                    told = answers.get(timeout=TELL_AGAIN_AFTER_S)
                if isinstance(told, YdxError):
                    raise told
                yield told
                if told.is_finished:
                    return
        finally:
            self._wire.send("leave_rebuild", number=self._asked[0])
            self._rebuilding.release()

    def stop(self) -> None:
        """Wake who listens: the node ends."""
        self._stopped.set()
        self._wire.end()
        self._asked[1].put(_ended("the node ends"))

    def close(self) -> None:
        """End it."""
        self.stop()
        self._reap()

    def _take(self, packet: dict[str, Any]) -> None:
        task = self._task
        assert task is not None  # noqa: S101 - it says nothing before it was begun
        match packet["kind"]:
            case "show":
                mark = Mark(packet["position"], dict(packet["sizes"]), packet["erased_at_s"])
                self._pause_s = BEGIN_AGAIN_AFTER_S
                task.show(packet["name"], mark)
            case "sync":
                try:
                    task.sync()
                except YdxError as error:
                    self._wire.send("synced", reason=error.reason, what=error.what)
                except Exception:
                    # Unanswered it would wait for ever.
                    self._wire.send("synced", reason="DATABASE_ERROR", what="the sync failed")
                    raise
                else:
                    self._wire.send("synced")
            case "alive":
                self._silence.heard(packet["activity"], is_over=packet["is_over"])
            case "progress":
                number, answers = self._asked
                if packet["number"] == number:
                    answers.put(_progress(packet))

    def _begin_again(self, cause: str) -> None:
        status = self._reap()
        self._asked[1].put(_ended("the process that keeps the index has ended"))
        _log.warning(
            "the index process has ended; beginning it again",
            pid=self.pid,
            status=status,
            in_s=self._pause_s,
        )
        if self._stopped.wait(self._pause_s):
            return
        self._pause_s = min(2 * self._pause_s, BEGIN_AGAIN_AFTER_MAX_S)
        self.restarts[cause] += 1
        self._silence.begin()
        self._wire, self._wait, self.pid = _spawned()
        assert self._task is not None  # noqa: S101 - it was begun before
        self.begin(self._task)

    def _reap(self) -> int | None:
        """End it; return its exit status, negative for a signal. None where that was done."""
        wait, self._wait = self._wait, None
        if wait is None:  # its number may be another program's by now
            return None
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        status = None
        with suppress(ChildProcessError):
            status = wait()
        self._wire.close()
        return status


def _spawned() -> tuple[Wire, Callable[[], int], int]:
    ours, theirs = Wire.pair()
    process = subprocess.Popen(  # noqa: S603 - this program's own module
        # With this process's path and not the working folder, where modules are nobody's.
        [sys.executable, "-P", "-m", "node.bootstrap.index_worker", str(theirs.fileno())],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    return ours, process.wait, process.pid


def _progress(packet: dict[str, Any]) -> Progress | YdxError:
    if "reason" in packet:
        return Unreachable(packet["reason"], packet["what"])
    return Progress(packet["done"], packet["total"], packet["is_finished"])


def _ended(why: str) -> YdxError:
    return Unreachable("INDEX_FAILED", f"the index cannot be written: {why}")
