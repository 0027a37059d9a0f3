"""Real nodes for the measurements: founded in a folder of their own, filled, started, stopped.

A log of any size is written straight into a member's storage, in final bytes and with its signed
checkpoint; the member then starts on it as on a log of its own, and serves it at once.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psycopg

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.merkle import CompactRange
from node.demo.founding import DemoMember, found
from node.services.log.drafts import Encoder
from node.storage import batches, mirrors, witnessing
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from tests.bench.corpus import MEMBER, ORIGIN, PLATFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from node.services.log.drafts import Encoded

_BATCH: Final = 512
_POLL_S: Final = 0.01
_START_S_MAX: Final = 120.0
_STOP_S_MAX: Final = 30.0
_INDEXED_S_MAX: Final = 600.0
_LOOK_S: Final = 0.5
_INDEX_BEHIND: Final = "ydx_index_behind_entries"
_SIZE: Final = "SELECT verified_size FROM mirror WHERE origin = "


class World:
    """Five members in a temporary folder; `close` stops what runs and removes the folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ydx-bench-"))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.members = {
                one.name: one for one in found(self.folder / "demo", 0, {MEMBER: [PLATFORM]})
            }
        except BaseException:
            self.close()
            raise

    @property
    def publisher(self) -> DemoMember:
        return self.members[MEMBER]

    @property
    def others(self) -> list[str]:
        return [name for name in self.members if name != MEMBER]

    @property
    def platform_token(self) -> str:
        return self.publisher.tokens[f"platform:{PLATFORM}"]

    def sqlite_url(self, name: str) -> str:
        """Return the URL of a member's own file."""
        return f"sqlite:///{self.members[name].folder}/ydx.sqlite"

    def start(self, name: str, url: str = "") -> float:
        """Start a member, on another database if one is named; return seconds to serving."""
        started = time.perf_counter()
        self._spawn(name, url)
        self._await_ready(name)
        return time.perf_counter() - started

    def start_all(self, *names: str, urls: Mapping[str, str] | None = None) -> None:
        """Start members together, each on its own file or on the database that is named."""
        for name in names:
            self._spawn(name, (urls or {}).get(name, ""))
        for name in names:
            self._await_ready(name)

    def await_indexed(self, name: str) -> None:
        """Return once a member's index has taken in all that `fill` wrote past it.

        No log of a running member comes from nowhere: what serves it has indexed it long ago.
        """
        until = time.monotonic() + _INDEXED_S_MAX
        while _metric(self.members[name], _INDEX_BEHIND) > 0:
            if time.monotonic() > until:
                raise TimeoutError(f"the index of {name} stays behind: {self.said(name)}")
            time.sleep(_LOOK_S)

    def stop(self, name: str) -> None:
        """Stop a member, first kindly."""
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(_STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def memory_mb(self, name: str) -> float:
        """Return what a member's processes hold in memory, in MB; what they share counts once."""
        pid = self._processes[name].pid
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        ]
        return sum(map(_resident_kib, (pid, *children))) * 1024 / 1e6

    def cpu_s(self, name: str) -> float:
        """Return the processor time that a member's process has used."""
        stat = Path(f"/proc/{self._processes[name].pid}/stat").read_text(encoding="utf-8")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def said(self, name: str) -> str:
        """Return the end of a member's log."""
        return (self.members[name].folder / "node.log").read_text(encoding="utf-8")[-2000:]

    def close(self) -> None:
        """Stop all, and leave nothing behind."""
        for name in list(self._processes):
            self.stop(name)
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _spawn(self, name: str, url: str = "") -> None:
        member = self.members[name]
        settings = {"YDX_DATABASE__URL": url} if url else {}
        with (member.folder / "node.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "node", "serve", "--config", f"{member.dir}/ydx.toml"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | settings,
            )

    def _await_ready(self, name: str) -> None:
        until = time.monotonic() + _START_S_MAX
        while not _is_ready(self.members[name]):
            if self._processes[name].poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} did not start: {self.said(name)}")
            time.sleep(_POLL_S)


def fill(member: DemoMember, url: str, log: Iterable[Encoded]) -> int:
    """Write a log and its checkpoint into a member's empty storage; return the tree size."""
    compact_range = store(url, log)
    size, root = compact_range.size, compact_range.root()
    database = Database.open(url)
    with KeyFolder(member.folder / "keys") as keys, database.write(own=True) as tx:
        origin_id = mirrors.get(tx, ORIGIN).origin_id
        witnessing.swap_intent(tx, None, (size, root))
        note = sign_checkpoint(Checkpoint(ORIGIN, size, root), [keys.log_signer])
        mirrors.set_newest_note(tx, origin_id, note)
        mirrors.set_published_note(tx, origin_id, note)
        keys.log_state.record_intent(size, root)
    database.close()
    return size


def store(url: str, log: Iterable[Encoded]) -> CompactRange:
    """Write a log into the tables of an empty storage, as its origin; return its range."""
    database = Database.open(url)
    encoder = Encoder(ORIGIN, time.time, os.urandom)
    compact_range = CompactRange()
    with database.write(own=True) as tx:
        mirrors.add(tx, ORIGIN, is_own=True)
    waiting = iter(log)
    while some := list(islice(waiting, _BATCH)):
        batch = encoder.batch(compact_range, some)
        with database.write(durable=False, own=True) as tx:
            batches.apply(tx, batch)
        compact_range = batch.compact_range
    database.close()
    return compact_range


def await_size(url: str, origin: str, size: int, timeout_s: float) -> None:
    """Return once a node's copy of a log is verified and committed up to a size.

    Raises TimeoutError, saying how far it came.
    """
    until = time.monotonic() + timeout_s
    look, close = _looking(url, origin)
    try:
        while (reached := look()) < size:
            if time.monotonic() > until:
                raise TimeoutError(f"{origin} came to {reached} of {size} in {timeout_s} s")
            time.sleep(_POLL_S)
    finally:
        close()


def _looking(url: str, origin: str) -> tuple[Callable[[], int], Callable[[], None]]:
    """Open a connection that reads a verified size, beside the node's own."""
    if url.startswith("sqlite"):
        file = sqlite3.connect(url.removeprefix("sqlite:///"))
        return (
            lambda: _first(file.execute(f"{_SIZE}?", (origin,)).fetchone()),
            file.close,
        )
    server = psycopg.connect(url, autocommit=True)
    return (
        lambda: _first(server.execute(f"{_SIZE}%s".encode(), (origin,)).fetchone()),
        server.close,
    )


def _resident_kib(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1])


def _first(row: tuple[int] | None) -> int:
    return row[0] if row else 0


def _metric(member: DemoMember, name: str) -> float:
    with urllib.request.urlopen(f"http://{member.telemetry}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def _is_ready(member: DemoMember) -> bool:
    try:
        with urllib.request.urlopen(f"http://{member.telemetry}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
