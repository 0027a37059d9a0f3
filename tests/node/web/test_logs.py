"""The web listener: a monitor that knows only the standard verifies every log, and gets no more."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

import pytest

from federation.log.checkpoint import open_checkpoint
from federation.log.errors import YdxError
from federation.log.hashing import leaf_hashes, split_hashes
from federation.log.merkle import CompactRange, verify_inclusion
from federation.log.prover import Prover
from federation.log.tiles import (
    decode_bundle,
    entries_path,
    partial_width,
    tile_path,
    tile_width,
)
from node.web.logs import logs_application
from node.web.rate_limit import RateLimit
from node.web.server import Listener, WebServer
from tests.node.web.memory_log import MemoryLogs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PUBLISHED = {"anhui": 600, "jiangsu": 256, "center": 0}


class Get(Protocol):
    def __call__(self, path: str, method: str = "GET") -> Reply: ...


class Reply:
    """An answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def request(port: int, path: str, method: str = "GET") -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        return Reply(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture
def logs() -> MemoryLogs:
    entries = {
        member: [f"{member} {number}".encode() for number in range(size + 20)]
        for member, size in PUBLISHED.items()
    }
    return MemoryLogs("anhui", entries, dict(PUBLISHED))


@contextmanager
def served(
    logs: MemoryLogs,
    *,
    rate_per_s: float = 1e6,
    answered: Callable[[int], None] = lambda _status: None,
) -> Iterator[Get]:
    limit = RateLimit(rate_per_s, clock=lambda: 0.0)
    server = WebServer([Listener(logs_application(logs, limit, answered), "127.0.0.1", 0)])
    (port,) = server.start()
    try:
        yield partial(request, port)
    finally:
        server.stop()


class Monitor:
    """Reads tiles over HTTP, as any C2SP client does: only those that a checkpoint implies."""

    def __init__(self, get: Get, prefix: str) -> None:
        self._get = get
        self._prefix = prefix

    def tile(self, level: int, n: int, width: int) -> bytes:
        return self.read(tile_path(level, n, width))

    def read(self, path: str) -> bytes:
        reply = self._get(f"{self._prefix}/{path}")
        assert reply.status == 200, path
        return reply.body


@pytest.mark.parametrize(("prefix", "member"), [("/log", "anhui"), ("/mirror/jiangsu", "jiangsu")])
def test_a_monitor_verifies_the_log(logs: MemoryLogs, prefix: str, member: str) -> None:
    with served(logs) as get:
        monitor = Monitor(get, prefix)
        head = open_checkpoint(monitor.read("checkpoint"), logs.key(member))
        assert head.tree_size == PUBLISHED[member]
        tree = CompactRange()
        for n in range(-(-head.tree_size // 256)):
            width = tile_width(0, n, head.tree_size)
            entries = decode_bundle(monitor.read(entries_path(n, width)))
            assert leaf_hashes(entries) == list(split_hashes(monitor.tile(0, n, width)))
            tree.extend(leaf_hashes(entries))
        assert tree.root() == head.root
        prover = Prover(PublishedTiles(monitor, head.tree_size))
        leaf = leaf_hashes(logs.entries[member][100:101])[0]
        proof = prover.inclusion_proof(100, head.tree_size)
        verify_inclusion(100, head.tree_size, leaf, proof, head.root)


class PublishedTiles:
    """A tile reader that fetches at the width of the published tree."""

    def __init__(self, monitor: Monitor, tree_size: int) -> None:
        self._monitor = monitor
        self._tree_size = tree_size

    def tile(self, level: int, n: int, width: int) -> bytes:
        whole = self._monitor.tile(level, n, tile_width(level, n, self._tree_size))
        return whole[: 32 * width]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/log/checkpoint", 200),
        ("/log/tile/0/000", 200),
        ("/log/tile/0/002.p/88", 200),
        ("/log/tile/1/000.p/2", 200),
        ("/log/tile/entries/000", 200),
        ("/log/tile/0/002.p/40", 200),
        ("/mirror/jiangsu/tile/1/000.p/1", 200),
        ("/log/tile/0/002.p/0", 404),
        ("/log/tile/0/002.p/89", 404),
        ("/log/tile/0/002", 404),
        ("/log/tile/entries/002", 404),
        ("/log/tile/0/003.p/1", 404),
        ("/log/tile/1/000", 404),
        ("/log/tile/2/000.p/1", 404),
        ("/log/tile/64/000", 404),
        ("/log/tile/0/2", 404),
        ("/log/tile/00/002", 404),
        ("/log/tile/0/x000/002", 404),
        ("/log/tile/data/000", 404),
        ("/log/tile/0/../../checkpoint", 404),
        ("/log/tile/0/%2e%2e/checkpoint", 404),
        ("/log/tile/0/%EF%BC%90%EF%BC%90%EF%BC%90", 404),
        ("/log/tile/0/000%00", 404),
        ("/log/part/0", 404),
        ("/mirror/center/checkpoint", 404),
        ("/mirror/shanghai/checkpoint", 404),
        ("/mirror/shanghai/tile/0/000", 404),
        ("/", 404),
    ],
)
def test_what_exists_and_what_does_not(logs: MemoryLogs, path: str, status: int) -> None:
    with served(logs) as get:
        assert get(path).status == status


@pytest.mark.parametrize(
    ("path", "cache", "content_type"),
    [
        ("/log/checkpoint", "no-cache", "text/plain; charset=utf-8"),
        ("/log/tile/0/000", "public, max-age=31536000, immutable", "application/octet-stream"),
        ("/log/tile/0/002.p/88", "public, max-age=60", "application/octet-stream"),
        (
            "/log/tile/entries/000",
            "public, max-age=31536000, immutable",
            "application/octet-stream",
        ),
        ("/log/tile/entries/002.p/88", "public, max-age=60", "application/octet-stream"),
        ("/mirror/jiangsu/checkpoint", "no-cache", "text/plain; charset=utf-8"),
        (
            "/mirror/jiangsu/tile/0/000",
            "public, max-age=31536000, immutable",
            "application/octet-stream",
        ),
        ("/log/tile/0/009", "no-store", "text/plain; charset=utf-8"),
        ("/log/tile/0/2", "no-store", "text/plain; charset=utf-8"),
        ("/log/tile/data/000", "no-store", "text/plain; charset=utf-8"),
        ("/mirror/center/checkpoint", "no-store", "text/plain; charset=utf-8"),
        ("/mirror/shanghai/tile/0/000", "no-store", "text/plain; charset=utf-8"),
        ("/log/part/0", "no-store", "text/plain; charset=utf-8"),
        ("/", "no-store", "text/plain; charset=utf-8"),
    ],
)
def test_how_long_an_answer_may_be_kept(
    logs: MemoryLogs, path: str, cache: str, content_type: str
) -> None:
    with served(logs) as get:
        headers = get(path).headers
    assert headers["Cache-Control"] == cache
    assert headers["Content-Type"] == content_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Server"] == "ydx"


def test_edge_19_a_tile_that_grew_still_answers_for_its_earlier_width(logs: MemoryLogs) -> None:
    with served(logs) as get:
        before = get("/log/tile/0/002.p/88").body
        logs.published["anhui"] = 610
        assert get("/log/tile/0/002.p/88").body == before
        assert get("/log/tile/0/002.p/98").body[: len(before)] == before
        assert partial_width(0, 610) == 98


def test_nothing_can_be_written_here(logs: MemoryLogs) -> None:
    with served(logs) as get:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            reply = get("/log/checkpoint", method)
            assert (reply.status, reply.headers["Cache-Control"]) == (405, "no-store")
            assert reply.headers["Allow"] == "GET,HEAD"


def test_head_answers_without_a_body(logs: MemoryLogs) -> None:
    with served(logs) as get:
        reply = get("/log/tile/0/000", "HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Content-Length"] == "8192"


def test_too_many_requests_of_one_address_are_put_off(logs: MemoryLogs) -> None:
    with served(logs, rate_per_s=0.3) as get:
        replies = [get("/log/checkpoint") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].headers["Retry-After"] == "4"


def test_every_answer_is_counted(logs: MemoryLogs) -> None:
    counted: list[int] = []
    with served(logs, answered=counted.append) as get:
        for path in ("/log/checkpoint", "/log/tile/0/009", "/nowhere"):
            get(path)
    assert counted == [200, 404, 404]


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [
        (YdxError("DATABASE_ERROR", "the database is away"), 503, b"the database is away\n"),
        (RuntimeError("password hunter2"), 500, b"internal error\n"),
    ],
    ids=["a failure that we know can be tried again", "one that we do not know is not shown"],
)
def test_when_reading_fails(
    logs: MemoryLogs, failure: Exception, status: int, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_asked: object) -> bytes:
        raise failure

    monkeypatch.setattr(logs, "tile", fail)
    with served(logs) as get:
        reply = get("/log/tile/0/000")
    assert (reply.status, reply.body) == (status, said)
