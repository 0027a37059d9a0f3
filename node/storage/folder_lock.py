"""A lock on a folder that one process holds, and that ends with the process however it ends.

It is `flock` on the file `lock`; the file tells who holds it. A file that a killed process left
behind locks nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from federation.log.errors import YdxError

if TYPE_CHECKING:
    from pathlib import Path


class FolderLock:
    """Held from construction to `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock, or raise LOCK_HELD naming the holder's process, host and start."""
        path = folder / "lock"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(os.pread(self._file, 4_096, 0))
            os.close(self._file)
            text = "process {pid} on {host} has used it since {started}".format_map(holder)
            raise YdxError("LOCK_HELD", text, folder=str(folder), cure=None, **holder) from error
        self._write_holder()

    def release(self) -> None:
        """Give the lock up; doing so again changes nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write_holder(self) -> None:
        os.ftruncate(self._file, 0)
        started = datetime.fromtimestamp(os.fstat(self._file).st_mtime, UTC)
        holder = {
            "pid": str(os.getpid()),
            "host": socket.gethostname(),
            "started": started.isoformat(timespec="seconds"),
        }
        os.pwrite(self._file, json.dumps(holder).encode() + b"\n", 0)


def _holder(raw: bytes) -> dict[str, str]:
    """Return who holds the lock; the holder may be just about to write it."""
    try:
        found = json.loads(raw)
        return {name: str(found[name]) for name in ("pid", "host", "started")}
    except (ValueError, KeyError, TypeError):
        return {"pid": "?", "host": "?", "started": "just now"}
