"""The process that keeps a node's full-text index: it reads the database and writes the folder.

- Reading listings, cutting them into terms and merging files takes more processor than all else
  that a node does with an entry. Here it is on another core, and behind everything else:
  measured in turns, a first sync of 200,000 listings took in 41,800 to 45,300 a second beside it
  where it took in 34,400 to 35,300 while the process was only nice.
- It never writes the database: it asks the node to sync before it commits.
- It tells the node of work done, never of time passed, so that one that hangs falls silent
  (`index_silence`) and is killed.
- It may be killed at any moment. It ends when the node does, at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import structlog

from federation.log.errors import YdxError
from node.bootstrap import interpreter
from node.bootstrap.index_rest import LOOK_S, Rest
from node.bootstrap.index_silence import FOLLOWING
from node.bootstrap.index_wire import Wire
from node.bootstrap.loops import Loops
from node.search.folder import IndexFolder
from node.search.index import Mark
from node.services.finding.indexing import Indexer, IndexerPorts, Progress
from node.storage.database import Database
from node.telemetry.logs import configure

TELL_ALIVE_S: Final = 1.0
"""Work is told of no more often."""
ERASE_WAIT_S: Final = 60.0

_log = structlog.get_logger(__name__)


def work(wire: Wire) -> None:
    """Keep the index that the first packet names until the node ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # they mean the node, which may need a while
    interpreter.stand_back()
    interpreter.hold_memory()
    interpreter.settle()
    begin = wire.receive()
    if begin is not None:
        configure(begin["log_format"], begin["log_level"])
        folder, beat_s = Path(begin["folder"]), begin["beat_s"]
        IndexWorker(wire, begin["database"], folder, beat_s).run()


def work_and_exit(wire: Wire) -> NoReturn:
    """Do the work of the process; whatever still waits or writes then is dropped."""
    status = 1
    try:
        work(wire)
        status = 0
    except Exception:  # noqa: BLE001 - this is the end of the process
        _log.exception("the index process failed")
    finally:
        os._exit(status)


class IndexWorker:
    """Keeps the index and answers the node."""

    def __init__(self, wire: Wire, database_url: str, folder: Path, beat_s: float) -> None:
        """Open nothing yet; the node hears of it at least every `beat_s` while it is well."""
        self._wire = wire
        self._beat_s = beat_s
        self._told_at_s: dict[str, float] = {}
        self._news = threading.Event()
        self._syncing = threading.Lock()
        self._sync_answered = threading.Event()
        self._sync_answer: dict[str, Any] = {}
        self._left: set[int] = set()
        self._indexer = Indexer(
            Database.open(database_url, migrate=False),
            IndexFolder(folder),
            IndexerPorts(self._sync, self._show),
        )
        self._rest = Rest()
        self._loops = Loops()
        self._loops.add("index", self._follow)
        self._loops.add("index-erasures", self._erase)

    def run(self) -> None:
        """Do what the node says until it ends."""
        self._loops.start()
        kinds: dict[str, Callable[[dict[str, Any]], None]] = {
            "news": lambda _: self._news.set(),
            "synced": self._take_sync_answer,
            "rebuild": self._begin_rebuild,
            "leave_rebuild": lambda said: self._left.add(said["number"]),
        }
        while (packet := self._wire.receive()) is not None:
            kinds[packet["kind"]](packet)

    def _follow(self) -> None:
        """Take in what is new, or rest; then wait for news, or until a commit is due."""
        self._tell_alive(FOLLOWING)
        self._news.clear()
        if self._rest.is_due(self._indexer.newest_position()):
            self._indexer.rest()
            self._loops.stopped.wait(LOOK_S)
        elif not self._indexer.step():
            self._news.wait(self._indexer.due_in_s(self._beat_s))

    def _erase(self) -> None:
        if not self._loops.stopped.wait(ERASE_WAIT_S) and self._indexer.is_rebuild_due():
            for _ in self._rebuilding("erasure"):
                pass

    def _rebuilding(self, activity: str) -> Iterator[Progress]:
        """Yield the progress of a rebuild, and let the node hear of it."""
        self._tell_alive(activity)
        try:
            for one in self._indexer.rebuild():
                self._tell_alive(activity)
                yield one
        finally:
            del self._told_at_s[activity]
            self._wire.send("alive", activity=activity, is_over=True)

    def _tell_alive(self, activity: str) -> None:
        """Say that it has come as far as here; each activity is of one thread."""
        now_s = time.monotonic()
        told_at_s = self._told_at_s.get(activity)
        if told_at_s is None or now_s >= told_at_s + min(TELL_ALIVE_S, self._beat_s / 2):
            self._told_at_s[activity] = now_s
            self._wire.send("alive", activity=activity, is_over=False)

    def _show(self, name: str, mark: Mark) -> None:
        self._wire.send(
            "show",
            name=name,
            position=mark.position,
            sizes=list(mark.sizes.items()),
            erased_at_s=mark.erased_at_s,
        )

    def _sync(self) -> None:
        with self._syncing:
            self._sync_answered.clear()
            self._wire.send("sync")
            self._sync_answered.wait()
            if "reason" in self._sync_answer:
                raise YdxError(self._sync_answer["reason"], self._sync_answer["what"])

    def _take_sync_answer(self, said: dict[str, Any]) -> None:
        self._sync_answer = said
        self._sync_answered.set()

    def _begin_rebuild(self, said: dict[str, Any]) -> None:
        name, number = "index-rebuild", said["number"]
        threading.Thread(target=self._rebuild, args=(number,), name=name, daemon=True).start()

    def _rebuild(self, number: int) -> None:
        try:
            for one in self._rebuilding(f"rebuild {number}"):
                self._wire.send(
                    "progress",
                    number=number,
                    done=one.done,
                    total=one.total,
                    is_finished=one.is_finished,
                )
                if number in self._left:
                    return
        except YdxError as error:
            self._wire.send("progress", number=number, reason=error.reason, what=error.what)
        except Exception as error:  # noqa: BLE001 - unanswered the node would wait for ever
            _log.exception("the index cannot be rebuilt")
            self._wire.send("progress", number=number, reason="INDEX_FAILED", what=str(error))
        finally:
            self._left.discard(number)


if __name__ == "__main__":
    work_and_exit(Wire.of_file(int(sys.argv[1])))
