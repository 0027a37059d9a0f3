"""What may stand before a log's files over HTTP: a relay that changes a byte, a forgetful cache."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes.asking import http


@contextmanager
def relay(address: str, prefix: str, changed: str) -> Iterator[str]:
    """Give the URL of a relay of a log that changes the last byte but one below a path.

    The last byte of a checkpoint is the end of its line.
    """

    def answer(path: str) -> tuple[int, bytes]:
        status, body = http(address, f"{prefix}{path}")
        if path.startswith(changed):
            body = body[:-2] + bytes((body[-2] ^ 1,)) + body[-1:]
        return status, body

    with _answering(answer) as url:
        yield url


@contextmanager
def forgetful(address: str, checkpoint: bytes, gone: list[str]) -> Iterator[str]:
    """Give the URL of a cache that keeps a checkpoint, and no partial tile beside a full one.

    What it does not have any more is added to `gone`.
    """

    def answer(path: str) -> tuple[int, bytes]:
        full, is_partial, _ = path.partition(".p/")
        if path == "/checkpoint":
            return 200, checkpoint
        if is_partial and http(address, f"/log{full}")[0] == 200:
            gone.append(path)
            return 404, b"gone"
        return http(address, f"/log{path}")

    with _answering(answer) as url:
        yield url


@contextmanager
def _answering(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    """Give the URL of a server that answers a path with this status and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="relay")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
