"""A relay of TCP connections, which can fall silent without closing any: a half-open network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE_BYTES = 65_536


class Relay:
    """Passes bytes on to a port of this machine until it is silenced."""

    def __init__(self, to_port: int) -> None:
        self.connections = 0
        """How many have been opened through it."""
        self._to_port = to_port
        self._is_silent = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def silence(self) -> None:
        """Swallow all that comes from now on; no connection is closed."""
        self._is_silent.set()

    def close(self) -> None:
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to_port))
                self._sockets += (near, far)
                self.connections += 1
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE_BYTES):
                if not self._is_silent.is_set():
                    target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def relay(to_port: int) -> Iterator[Relay]:
    """Give a relay; its connections are closed at the end."""
    made = Relay(to_port)
    try:
        yield made
    finally:
        made.close()
