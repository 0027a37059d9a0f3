"""A relay that serves a log over HTTP as it is, but for one byte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes.asking import http


@contextmanager
def relay(address: str, prefix: str, changed: str) -> Iterator[str]:
    """Give the URL of a relay of a log that changes the last byte but one below a path.

    The last byte of a checkpoint is the end of its line.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = http(address, f"{prefix}{self.path}")
            if self.path.startswith(changed):
                body = body[:-2] + bytes((body[-2] ^ 1,)) + body[-1:]
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
