"""How fast a mirror takes in a log, without network: the setting of the design's measurements.

    python -m tests.bench.ingest_micro [--records N] [--runs N] [sqlite|postgresql]

Frames of 512 from memory, every check made, parts and catalogue in the same transaction, held
against *raw*: executemany or COPY of the same bytes and facets with two unique indexes, nothing
verified, in the same run. Growing ids; an entry has three commitments, a PUBLIC part of about 1 kB
and a MEMBERS part of 128 bytes.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Queue
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Column, LargeBinary, MetaData, Table, UniqueConstraint

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.entry import KIND_LISTING, Audience, Entry, Operation, encode_entry
from federation.log.keys import Signer, generate_private
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.part import PartHeader, new_part
from federation.log.prover import Prover
from federation.log.subject import new_subject
from federation.records.codec import (
    ListingKind,
    ListingPublic,
    ResultForm,
    TechField,
    TransferMode,
)
from federation.sync.frames import Batch
from federation.sync.mirror import OriginMirror
from node.storage import batches, mirrors, schema
from node.storage.database import Database
from node.storage.statement import Statement
from tests.node.storage.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.log.batch import VerifiedBatch
    from node.storage.transaction import Row, Transaction

ORIGIN: Final = "bench.example/shanghai"
FRAME: Final = 512
_TIME_MS: Final = 1_790_000_000_000


class MemoryTiles:
    """The hash tiles of the log that is served."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = []

    def add(self, tile_hashes: Sequence[Sequence[bytes]]) -> None:
        for level, hashes in enumerate(tile_hashes):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += b"".join(hashes)

    def tile(self, level: int, n: int, width: int) -> bytes:
        start = 8192 * n
        return bytes(self._levels[level][start : start + 32 * width])


class Log:
    """A log in memory, as frames and as the rows that hold the same."""

    def __init__(self, count: int, seed: int = 1) -> None:
        random = Random(seed)  # noqa: S311 - the same bytes in every run
        self.entries: list[bytes] = []
        self.parts: list[tuple[bytes, bytes]] = []
        self.facets: list[tuple[Any, ...]] = []
        for i in range(count):
            self._add(i, random)
        self._frames, self.note, self.key = self._sealed()

    def _add(self, i: int, random: Random) -> None:
        subject = new_subject(_TIME_MS + i, random.randbytes(10))
        listing = _listing(i)
        contents = (
            (Audience.PUBLIC, listing.SerializeToString()),
            (Audience.MEMBERS, bytes(128)),
            (Audience.ORIGIN, bytes(64)),
        )
        made = [
            new_part(PartHeader(ORIGIN, subject, 1, n, audience), content, random.randbytes(32))
            for n, (audience, content) in enumerate(contents)
        ]
        entry = Entry(
            kind=KIND_LISTING,
            subject=subject,
            revision=1,
            operation=Operation.PUT,
            recorded_at_ms=_TIME_MS + i,
            parts=tuple((a, c) for (a, _), (_, c) in zip(contents, made, strict=True)),
        )
        self.entries.append(encode_entry(entry))
        self.parts.append((made[0][0], made[1][0]))
        self.facets.append(
            (
                *(subject, 1, KIND_LISTING, 0b10110, bytes(32), _TIME_MS + i, 1, 1),
                *(listing.title, "310115", 5, 6, "2027-12-31"),
                *(listing.source_platform, listing.source_id),
            )
        )

    def _sealed(self) -> tuple[list[Batch], bytes, Signer]:
        tiles, compact_range = MemoryTiles(), CompactRange()
        for start in range(0, len(self.entries), FRAME):
            hashes = leaf_hashes(self.entries[start : start + FRAME])
            tiles.add(compact_range.extend(hashes))
        signer = Signer(ORIGIN, generate_private())
        checkpoint = Checkpoint(ORIGIN, compact_range.size, compact_range.root())
        prover = Prover(tiles)
        frames = []
        for start in range(0, len(self.entries), FRAME):
            end = min(start + FRAME, len(self.entries))
            frames.append(
                Batch(
                    first_leaf_index=start,
                    entries=self.entries[start:end],
                    parts=[p for pair in self.parts[start:end] for p in (*pair, b"")],
                    marks=[1] * (end - start),
                    proof=prover.consistency_proof(end, compact_range.size),
                )
            )
        return frames, sign_checkpoint(checkpoint, [signer]), signer

    def verified(self) -> Iterator[VerifiedBatch]:
        """Verify frame after frame, as a mirror does."""
        mirror = OriginMirror(ORIGIN, CompactRange(), lambda _: [self.key.verifier()], "anhui")
        mirror.set_target(self.note)
        for frame in self._frames:
            batch = mirror.verify(frame)
            mirror.advance(batch)
            yield batch


def _listing(i: int) -> ListingPublic:
    listing = ListingPublic(
        kind=ListingKind.LISTING_KIND_SUPPLY,
        title=f"高性能碳纤维复合材料的制备方法与应用 {i}",
        region="310115",
        tech_field=TechField.TECH_FIELD_NEW_MATERIALS,
        trl=6,
        valid_until="2027-12-31",
        open_for_enquiry=True,
        source_platform="sh-techmarket",
        source_id=f"SH-2026-{i:07d}",
        summary="本成果面向航空航天与轨道交通领域的轻量化需求" * 5,
        description="提出了一种连续纤维增强树脂基复合材料的快速成型工艺" * 5,
        keywords=["碳纤维", "复合材料", "轻量化"],
        industry=["C2829"],
        ipc=["C08J5/04"],
    )
    listing.owner.name = "上海某某大学"
    listing.supply.advantages = "抗拉强度高"
    listing.supply.result_form = ResultForm.RESULT_FORM_INVENTION_PATENT
    listing.supply.transfer_modes.append(TransferMode.TRANSFER_MODE_LICENCE)
    return listing


class Took(NamedTuple):
    """What a run took: by the clock, and of this process's processor time."""

    wall_s: float
    cpu_s: float

    @classmethod
    def since(cls, start: Took) -> Took:
        """Return what was taken since a reading."""
        now = cls.now()
        return cls(now.wall_s - start.wall_s, now.cpu_s - start.cpu_s)

    @classmethod
    def now(cls) -> Took:
        """Read both clocks."""
        return cls(time.perf_counter(), time.process_time())


def ingest(url: str, log: Log) -> Took:
    """Take the log in, as a mirror does on SQLite: one thread, a transaction a frame."""
    database = _receiver(url)
    start = Took.now()
    for batch in log.verified():
        with database.write(durable=False) as tx:
            batches.apply(tx, batch)
    database.sync()
    took = Took.since(start)
    database.close()
    return took


def ingest_in_two_threads(url: str, log: Log) -> Took:
    """Take the log in with a thread that verifies the next frame while one is being written."""
    database = _receiver(url)
    queue: Queue[VerifiedBatch | None] = Queue(maxsize=4)

    def verify() -> None:
        for batch in log.verified():
            queue.put(batch)
        queue.put(None)

    start = Took.now()
    verifier = threading.Thread(target=verify)
    verifier.start()
    while (batch := queue.get()) is not None:
        with database.write(durable=False) as tx:
            batches.apply(tx, batch)
    verifier.join()
    database.sync()
    took = Took.since(start)
    database.close()
    return took


def _receiver(url: str) -> Database:
    database = Database.open(url)
    with database.write() as tx:
        mirrors.add(tx, ORIGIN)
    return database


_metadata: Final = MetaData()
_raw_entry: Final = Table(
    "raw_entry",
    _metadata,
    Column("position", schema.catalogue.c.position.type, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("members", LargeBinary, nullable=False),
    *(
        Column(column.name, column.type, nullable=False)
        for column in list(schema.catalogue.columns)[1:]
    ),
    UniqueConstraint("origin_id", "subject"),
)


_RAW_INSERT: Final = Statement(_raw_entry.insert(), *_raw_entry.columns.keys())


def raw(url: str, log: Log) -> Took:
    """Insert the same bytes and facets, unverified."""
    database = Database.open(url)
    with database.write() as tx:
        _metadata.create_all(tx.connection)
    rows = [
        (i, entry, *parts, 1, *facets)
        for i, (entry, parts, facets) in enumerate(
            zip(log.entries, log.parts, log.facets, strict=True)
        )
    ]
    insert = _executemany if url.startswith("sqlite") else _copy
    start = Took.now()
    for first in range(0, len(rows), FRAME):
        with database.write(durable=False) as tx:
            insert(tx, rows[first : first + FRAME])
    database.sync()
    took = Took.since(start)
    database.close()
    return took


def _executemany(tx: Transaction, rows: list[Row]) -> None:
    tx.run_many(_RAW_INSERT, rows)


def _copy(tx: Transaction, rows: list[Row]) -> None:
    tx.insert_rows(_raw_entry, rows)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    log = Log(asked.records)
    gc.collect()
    gc.freeze()  # a receiver does not hold the sender's log
    _say(f"entry {len(log.entries[0])} bytes, parts {[len(part) for part in log.parts[0]]}")
    if asked.database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            numbers = iter(range(10_000))
            _measure(
                log, asked.runs, lambda: f"sqlite:///{Path(folder)}/{next(numbers)}.db", ingest
            )
    else:
        with PostgresServer("synchronous_commit=on") as server:
            _measure(log, asked.runs, server.new_database, ingest_in_two_threads)


def _measure(
    log: Log, runs: int, new_url: Callable[[], str], way: Callable[[str, Log], Took]
) -> None:
    ratios = []
    count = len(log.entries)
    for _ in range(runs):
        plain = raw(new_url(), log)
        taken = way(new_url(), log)
        ratios.append(plain.wall_s / taken.wall_s)
        _say(
            f"raw {count / plain.wall_s / 1000:.1f}k/s ({plain.cpu_s / count * 1e6:.1f} us CPU)  "
            f"taken in {count / taken.wall_s / 1000:.1f}k/s ({taken.cpu_s / count * 1e6:.1f} us)  "
            f"ratio {ratios[-1]:.2f}"
        )
    _say(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
