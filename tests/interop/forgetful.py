"""A cache before a log's files that keeps a checkpoint, and no partial tile beside a full one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes.asking import http


@contextmanager
def forgetful(address: str, checkpoint: bytes, gone: list[str]) -> Iterator[str]:
    """Give the URL of the cache; what it does not have any more is added to `gone`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            full, is_partial, _ = self.path.partition(".p/")
            if self.path == "/checkpoint":
                status, body = 200, checkpoint
            elif is_partial and http(address, f"/log{full}")[0] == 200:
                gone.append(self.path)
                status, body = 404, b"gone"
            else:
                status, body = http(address, f"/log{self.path}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="cache")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
