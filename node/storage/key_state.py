"""The files that bound the use of a signing key (DESIGN section 5).

- What is recorded is durable before the call returns, and never shrinks or changes its root.
- Each file names its key; a missing, torn or another key's file is KEY_WITHOUT_FILE.
- Once closed nothing is recorded any more, so that a thread which ends late signs nothing.
- A record is one small atomic file write, so that it can be made for every cosignature.
- Methods may be called from any thread.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from federation.log import strict_base64 as base64
from federation.log.errors import Refused, YdxError
from federation.log.hashing import EMPTY_ROOT, HASH_BYTES
from federation.trust.registry import TreeHead
from node.storage.state_file import read_state, without_file, write_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from federation.log.keys import VerifierKey

LOG_STATE_HEADER: Final = "ydx/log-state/v1"
WITNESS_STATE_HEADER: Final = "ydx/witness-state/v1"

_EMPTY: Final = TreeHead(0, EMPTY_ROOT)


class _KeyState:
    """A file that names its key; `_writing` is held around each record."""

    def __init__(self, path: Path, key: VerifierKey, header: str) -> None:
        self._path, self._key = path, key
        self._writing = threading.Lock()
        self._is_closed = False
        self._lines = read_state(path, header)
        if not self._lines or self._lines[0] != key.text():
            raise without_file(path, "belongs to another key")

    def close(self) -> None:
        """Let the record that is being made end, and no other begin."""
        with self._writing:
            self._is_closed = True

    def _write(self, lines: list[str]) -> None:
        if self._is_closed:
            raise YdxError("SIGNING_STOPPED", "the key folder was given up")
        write_state(self._path, lines)


class LogState(_KeyState):
    """The last (size, root) that the log key was meant to sign."""

    def __init__(self, path: Path, key: VerifierKey) -> None:
        super().__init__(path, key, LOG_STATE_HEADER)
        self._last = _parse_head(path, self._lines[-1])

    def last_intent(self) -> TreeHead:
        """Return the last intent; size 0 for a key that was never used."""
        return self._last

    def record_intent(self, size: int, root: bytes) -> None:
        """Record durably what is about to be signed: it extends the last one, or is the same.

        Raises RESTORED_BEHIND for a smaller size, SIGNING_STOPPED for the same with another root.
        """
        head = _new_head(size, root)
        with self._writing:
            if size < self._last.size:
                raise YdxError(
                    "RESTORED_BEHIND",
                    f"size {size} is below the intent of {self._last.size}",
                    size=str(size),
                    intent=str(self._last.size),
                )
            if size == self._last.size and root != self._last.root:
                raise YdxError(
                    "SIGNING_STOPPED",
                    f"another root was meant to be signed at size {size}",
                    size=str(size),
                )
            if head != self._last:
                self._write(log_state_lines(self._key, head))
                self._last = head


class WitnessState(_KeyState):
    """The last (size, root) that the witness key cosigned, per origin."""

    def __init__(self, path: Path, key: VerifierKey) -> None:
        super().__init__(path, key, WITNESS_STATE_HEADER)
        triples = (line.partition(" ") for line in self._lines[1:])
        self._last = {origin: _parse_head(path, head) for origin, _, head in triples}

    def last_cosigned(self, origin: str) -> TreeHead:
        """Return the largest tree of the origin that was cosigned; size 0 if none was."""
        return self._last.get(origin, _EMPTY)

    def record_cosigned(self, origin: str, size: int, root: bytes) -> None:
        """Record durably what is about to be cosigned: it extends the last one, or is the same.

        Refuses HEAD_NOT_GROWING for a smaller size, ROOT_MISMATCH for the same with another root.
        The caller has proven that a larger one extends the last.
        """
        head = _new_head(size, root)
        with self._writing:
            last = self.last_cosigned(origin)
            if size < last.size:
                raise Refused(
                    "HEAD_NOT_GROWING",
                    f"size {size} is below the {last.size} cosigned",
                    origin=origin,
                    cosigned=str(last.size),
                )
            if size == last.size and root != last.root:
                raise Refused(
                    "ROOT_MISMATCH",
                    f"another root was cosigned at size {size}",
                    origin=origin,
                    size=str(size),
                )
            if head != self._last.get(origin):
                newest = {**self._last, origin: head}
                self._write(witness_state_lines(self._key, newest))
                self._last = newest


def log_state_lines(key: VerifierKey, last: TreeHead = _EMPTY) -> list[str]:
    """Return the lines of log.state."""
    return [LOG_STATE_HEADER, key.text(), _head_text(last)]


def witness_state_lines(key: VerifierKey, last: Mapping[str, TreeHead]) -> list[str]:
    """Return the lines of witness.state."""
    heads = (f"{origin} {_head_text(head)}" for origin, head in sorted(last.items()))
    return [WITNESS_STATE_HEADER, key.text(), *heads]


def _new_head(size: int, root: bytes) -> TreeHead:
    if size < 0 or len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise ValueError("not a size and a root of 32 bytes")
    return TreeHead(size, root)


def _head_text(head: TreeHead) -> str:
    return f"{head.size} {base64.encode(head.root).decode()}"


def _parse_head(path: Path, text: str) -> TreeHead:
    try:
        size, root = text.split(" ")
        return _new_head(int(size), base64.decode(root.encode(), "KEY_WITHOUT_FILE"))
    except (ValueError, Refused) as error:
        raise without_file(path, "is not of its format") from error
