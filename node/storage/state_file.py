"""Small files that a kill or power loss leaves either old or new, never torn, never lost.

- Written beside (`<name>.new`), synced, renamed over the old one, the folder synced.
- The first line names the format, the last is the SHA-256 of all lines before it. A file that is
  cut, changed or missing is refused (KEY_WITHOUT_FILE): it is never taken for an empty one.
- A full disk is DISK_FULL and leaves the old file.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from federation.log.errors import YdxError
from node.storage.failpoint import failpoint

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_state(path: Path, lines: list[str]) -> None:
    """Replace the file durably; when this returns, the lines survive power loss."""
    body = "".join(f"{line}\n" for line in lines).encode()
    replace_file(path, body + _digest_line(body))


def read_state(path: Path, header: str) -> list[str]:
    """Return the lines after the header, or refuse the file (KEY_WITHOUT_FILE)."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise without_file(path, "is missing") from error
    cut = raw.rfind(b"\n", 0, -1) + 1
    if raw[cut:] != _digest_line(raw[:cut]):
        raise without_file(path, "is torn or was changed")
    first, *lines = raw[:cut].decode().split("\n")[:-1]
    if first != header:
        raise without_file(path, f"is not of the format {header}")
    return lines


def without_file(path: Path, what: str) -> YdxError:
    """Return the error for a key whose state file cannot be relied on."""
    text = f"{path.name} {what}; the key beside it must not be used again"
    return YdxError("KEY_WITHOUT_FILE", text, file=str(path))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file durably and atomically, readable by its owner only."""
    beside = path.with_name(f"{path.name}.new")
    try:
        _write_synced(beside, content)
        beside.rename(path)
        failpoint("state_file_renamed")
        sync_folder(path.parent)
        failpoint("state_file_done")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise YdxError("DISK_FULL", f"{path.name} cannot be written", file=str(path)) from error


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder (0700) to fill, which appears at `path` whole as the block ends, or not at all.

    Raises BAD_CONFIG where the path is not free.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield beside
        try:
            beside.rename(path)  # onto nothing or an empty folder, else it fails
        except OSError as error:
            text = f"{path} is not free; keys and pinned roots are never overwritten"
            raise YdxError("BAD_CONFIG", text, folder=str(path)) from error
    except BaseException:
        shutil.rmtree(beside)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_synced(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        half = len(content) // 2
        _write_all(file, content[:half])
        failpoint("state_file_half_written")
        _write_all(file, content[half:])
        failpoint("state_file_written")
        os.fsync(file)
        failpoint("state_file_synced")
    finally:
        os.close(file)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _digest_line(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode() + b"\n"
