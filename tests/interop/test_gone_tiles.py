"""A reader with an older checkpoint, whose partial tiles have become full ones meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.hashing import leaf_hashes
from federation.log.keys import Signer
from federation.log.merkle import CompactRange
from federation.trust.ceremony import founding_registry
from node.services.sync.published_logs import PublishedLogs
from node.storage import logs, mirrors
from node.storage.database import Database
from node.web.logs import logs_application
from node.web.rate_limit import RateLimit
from node.web.server import Listener, WebServer
from tests.federation.trust.repository import FEDERATION, MEMBERS, line_of
from tests.interop.relays import forgetful
from tests.interop.verifier import RefusedError, Verifier
from tests.processes.asking import http

SIGNER = Signer(f"{FEDERATION}/anhui", bytes(32))
ENTRIES = [f"entry {number}".encode() for number in range(530)]
OLDER = 290
"""Its last tile has 34 leaves; now it has 256."""


def head(size: int) -> tuple[bytes, Checkpoint]:
    tree = CompactRange()
    tree.extend(leaf_hashes(ENTRIES[:size]))
    checkpoint = Checkpoint(SIGNER.name, size, tree.root())
    return sign_checkpoint(checkpoint, [SIGNER]), checkpoint


@contextmanager
def served(database: Database, published: int) -> Iterator[str]:
    """Serve the stored log up to a size; give the address."""
    registry = founding_registry([line_of(member) for member in MEMBERS])
    reader = PublishedLogs(database, "anhui", lambda: registry, {SIGNER.name: head(published)}.get)
    limit = RateLimit(1e6, clock=lambda: 0.0)
    application = logs_application(reader, limit, lambda _status: None)
    server = WebServer([Listener(application, "127.0.0.1", 0)])
    (port,) = server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    with database.write() as tx:
        origin_id = mirrors.add(tx, SIGNER.name, is_own=True).origin_id
        logs.append(tx, origin_id, 0, ENTRIES, CompactRange().extend(leaf_hashes(ENTRIES)))
    yield database
    database.close()


def test_edge_19_where_a_partial_tile_is_gone_the_full_one_is_read(
    database: Database, verifier: Verifier
) -> None:
    gone: list[str] = []
    with served(database, len(ENTRIES)) as address, forgetful(address, head(OLDER)[0], gone) as url:
        found = verifier.log(url, SIGNER.verifier().text())
    assert (found["size"], found["entries"]) == (OLDER, OLDER)
    assert set(gone) == {"/tile/0/001.p/34", "/tile/entries/001.p/34"}


def test_edge_19_a_node_gives_a_partial_tile_also_once_it_has_grown(database: Database) -> None:
    partials = ("/log/tile/0/001.p/34", "/log/tile/entries/001.p/34")
    told = []
    for published in (OLDER, len(ENTRIES)):
        with served(database, published) as address:
            told.append([http(address, path) for path in partials])
    assert [status for status, _ in told[0]] == [200, 200]
    assert told[0] == told[1]


def test_edge_19_a_tile_that_is_nowhere_is_missed(database: Database, verifier: Verifier) -> None:
    """The published log is smaller than the checkpoint: no tile is wide enough."""
    with (
        served(database, OLDER - 1) as address,
        forgetful(address, head(OLDER)[0], []) as url,
        pytest.raises(RefusedError, match=r"tile/0/001\.p/34: 404"),
    ):
        verifier.log(url, SIGNER.verifier().text())
