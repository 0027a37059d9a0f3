"""Published logs: what the checkpoint covers, byte for byte, and nothing above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.hashing import leaf_hashes
from federation.log.keys import Signer
from federation.log.merkle import CompactRange
from federation.log.tiles import TilePath, decode_bundle
from federation.trust.ceremony import founding_registry
from node.services.sync.published_logs import PublishedLogs
from node.storage import logs, mirrors
from node.storage.database import Database
from tests.federation.trust.repository import FEDERATION, MEMBERS, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORIGIN = f"{FEDERATION}/anhui"
ENTRIES = [f"entry {number}".encode() for number in range(300)]
PUBLISHED = 290


def head(size: int) -> tuple[bytes, Checkpoint]:
    tree = CompactRange()
    tree.extend(leaf_hashes(ENTRIES[:size]))
    checkpoint = Checkpoint(ORIGIN, size, tree.root())
    return sign_checkpoint(checkpoint, [Signer(ORIGIN, bytes(32))]), checkpoint


@pytest.fixture
def published(tmp_path: Path) -> Iterator[PublishedLogs]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    with database.write() as tx:
        origin_id = mirrors.add(tx, ORIGIN, is_own=True).origin_id
        logs.append(tx, origin_id, 0, ENTRIES, CompactRange().extend(leaf_hashes(ENTRIES)))
    registry = founding_registry([line_of(member) for member in MEMBERS])
    heads = {ORIGIN: head(PUBLISHED)}
    yield PublishedLogs(database, "anhui", lambda: registry, heads.get)
    database.close()


def test_the_checkpoint_is_the_publishable_note(published: PublishedLogs) -> None:
    assert published.checkpoint("anhui") == head(PUBLISHED)[0]


def test_tiles_and_bundles_hold_the_published_entries(published: PublishedLogs) -> None:
    hashes = leaf_hashes(ENTRIES)
    assert published.tile("anhui", TilePath(0, 0)) == b"".join(hashes[:256])
    assert published.tile("anhui", TilePath(0, 1, 34)) == b"".join(hashes[256:PUBLISHED])
    assert published.tile("anhui", TilePath(0, 1, 3)) == b"".join(hashes[256:259])
    bundle = published.tile("anhui", TilePath(None, 1, 34))
    assert bundle is not None
    assert decode_bundle(bundle) == ENTRIES[256:PUBLISHED]


@pytest.mark.parametrize(
    "path",
    [TilePath(0, 1, 35), TilePath(0, 1), TilePath(None, 1, 44), TilePath(0, 2, 1), TilePath(1, 0)],
    ids=["one more hash", "the full tile", "unpublished entries", "the next tile", "a level above"],
)
def test_what_is_stored_but_not_published_does_not_exist(
    published: PublishedLogs, path: TilePath
) -> None:
    assert published.tile("anhui", path) is None


@pytest.mark.parametrize("member", ["jiangsu", "nobody", ""])
def test_a_log_without_a_checkpoint_or_outside_the_registry_does_not_exist(
    published: PublishedLogs, member: str
) -> None:
    assert published.checkpoint(member) is None
    assert published.tile(member, TilePath(0, 0)) is None
