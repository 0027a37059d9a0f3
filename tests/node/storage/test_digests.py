"""The state digest: equal whatever the order, the cuts, the parts still to come, the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.batch import Absence
from federation.log.entry import Audience, scan_entries
from federation.log.hashing import leaf_hash
from federation.records.digest import state_digest
from node.storage import digests, parts
from tests.node.storage.made_logs import MadeLog
from tests.node.storage.test_batches import busy_log, store
from tests.node.storage.world_check import expect

if TYPE_CHECKING:
    from node.storage.database import Database

ANHUI, JIANGSU = "ydx.example/anhui", "ydx.example/jiangsu"


def digest(database: Database, audience: Audience, sizes: dict[str, int]) -> bytes | None:
    with database.read() as tx:
        return digests.digest(tx, audience, sizes)


def plain_digest(audience: Audience, sizes: dict[str, int], *logs: MadeLog) -> bytes:
    """Fold each log's beginning afresh."""
    origins = []
    for log in sorted(logs, key=lambda one: one.origin):
        size = sizes[log.origin]
        cut = MadeLog(log.origin, log.entries[:size], log.parts[:size], log.publics[:size])
        expected = expect(cut)
        live = []
        for subject, (leaf_index, _, _, withdrawn) in sorted(expected.live.items()):
            audiences = [a for a, _ in scan_entries([log.entries[leaf_index]])[0][5]]
            if withdrawn or audience not in audiences:
                continue
            gone = bytes(
                number
                for number, of in enumerate(audiences)
                if of == audience and (leaf_index, number) in expected.erased
            )
            live.append((subject, leaf_hash(log.entries[leaf_index]), gone))
        origins.append((log.origin, size, live))
    return state_digest(audience.name, origins)


def test_it_is_what_folding_each_log_afresh_gives_at_every_size(database: Database) -> None:
    log, other = busy_log(60, JIANGSU), busy_log(20, ANHUI)
    store(database, log, [7, 50])
    store(database, other)
    seen = set()
    for size in (0, 1, 2, 10, 49, 50, 60, len(log.entries) - 1, len(log.entries)):
        sizes = {JIANGSU: size, ANHUI: 9}
        for audience in (Audience.PUBLIC, Audience.MEMBERS):
            found = digest(database, audience, sizes)
            assert found == plain_digest(audience, sizes, log, other)
            seen.add(found)
    assert len(seen) == 18


def test_the_order_of_arrival_does_not_count(database: Database) -> None:
    logs = [busy_log(30, JIANGSU), busy_log(40, ANHUI)]
    for log in reversed(logs):
        store(database, log, [11])
    sizes = {log.origin: len(log.entries) for log in logs}
    for audience in (Audience.PUBLIC, Audience.MEMBERS):
        assert digest(database, audience, sizes) == plain_digest(audience, sizes, *logs)


def test_there_is_none_while_a_part_of_the_audience_is_wanted(database: Database) -> None:
    log = busy_log(10, JIANGSU)
    origin_id = store(database, log, absences={(5, 0): Absence.WANTED})
    size = len(log.entries)
    assert digest(database, Audience.PUBLIC, {JIANGSU: size}) is None
    assert digest(database, Audience.PUBLIC, {JIANGSU: 5}) is not None
    assert digest(database, Audience.MEMBERS, {JIANGSU: size}) is not None
    with database.write() as tx:
        parts.arrive(tx, origin_id, 5, 0, log.parts[5][0], None)
    assert digest(database, Audience.PUBLIC, {JIANGSU: size}) == plain_digest(
        Audience.PUBLIC, {JIANGSU: size}, log
    )
