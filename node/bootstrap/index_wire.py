"""The socket between a node and the process that keeps its index: one JSON object a packet.

Packets come whole or not at all, whatever is killed when; the end of the other side is None.

| from the node | |
| --- | --- |
| begin | database, folder, log_format, log_level, beat_s: always first |
| news | something was stored |
| synced | answers `sync`; reason and what where it failed |
| rebuild, leave_rebuild | with a number, which the answers name |

| to the node | |
| --- | --- |
| show | name, position, sizes, erased_at_s: what is to serve |
| sync | the process waits until the database has everything on disk |
| alive | activity, is_over: some of its work is done; at least every beat_s while all is well |
| progress | number, done, total, is_finished; or reason and what where it failed |
"""

from __future__ import annotations

import json
import select
import socket
from contextlib import suppress
from typing import Any, Final, Self

PACKET_BYTES: Final = 1 << 18


class Wire:
    """One end. Safe for several threads that send and one that receives."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Return both ends."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), cls(theirs)

    @classmethod
    def of_file(cls, number: int) -> Self:
        """Return the end that an inherited file descriptor is."""
        return cls(socket.socket(fileno=number))

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._socket.fileno()

    def send(self, kind: str, **said: Any) -> bool:
        """Send a packet; return whether the other side had not ended before."""
        try:
            self._socket.send(json.dumps({"kind": kind} | said).encode())
        except OSError:
            return False
        return True

    def has_packet(self, timeout_s: float) -> bool:
        """Wait until there is something to receive, or the end; return whether there is."""
        number = self._socket.fileno()
        if number < 0:  # it was given up, which is an end
            return True
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def receive(self) -> dict[str, Any] | None:
        """Wait for a packet; None once either side has ended."""
        try:
            packet = self._socket.recv(PACKET_BYTES)
        except OSError:
            return None
        return json.loads(packet) if packet else None

    def end(self) -> None:
        """End the talk: who waits on either side is woken."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give this end up."""
        self._socket.close()
