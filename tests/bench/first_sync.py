"""The first sync: a member pulls a whole log from another one, both real processes on loopback.

Mutual TLS, every check made, parts and catalogue included; from the moment that the pulling node
serves until its verified size is that of the log, durably. Each run is another member, which has
nothing yet.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.bench import corpus, raw
from tests.bench.corpus import MEMBER, ORIGIN
from tests.bench.figures import Result
from tests.bench.nodes import World, await_size, fill
from tests.bench.scales import Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from node.storage.transaction import Row

_SLOWEST_PER_S: Final = 500
_SPARE_S: Final = 60.0


def pull(world: World, name: str, size: int, url: str = "") -> float:
    """Start a member that has nothing; return how long it took to hold the publisher's log."""
    world.start(name, url)
    started = time.perf_counter()
    url = url or world.sqlite_url(name)
    await_size(url, ORIGIN, size, _SPARE_S + size / _SLOWEST_PER_S)
    return time.perf_counter() - started


def on_sqlite(scale: Scale, postgres: raw.PostgresPair) -> Iterator[Result]:
    """Measure it on SQLite."""
    with World() as world:
        folder = world.folder
        urls = (f"sqlite:///{folder}/raw-{run}.sqlite" for run in range(scale.runs))
        yield from _measure(
            scale,
            world,
            postgres,
            source=world.sqlite_url(MEMBER),
            target=world.sqlite_url,
            raw_url=lambda: next(urls),
            asked=(0.40, 1.0),
            names=("sync-sqlite", "SQLite", "executemany"),
        )


def on_postgresql(scale: Scale, postgres: raw.PostgresPair) -> Iterator[Result]:
    """Measure it on PostgreSQL, each node on a server of its own."""
    with World() as world:
        yield from _measure(
            scale,
            world,
            postgres,
            source=postgres.publisher.new_database(),
            target=lambda _: postgres.subscriber.new_database(),
            raw_url=postgres.subscriber.new_database,
            asked=(0.40, 1.4),
            names=("sync-postgresql", "PostgreSQL", "COPY"),
        )


def _measure(
    scale: Scale,
    world: World,
    postgres: raw.PostgresPair,
    *,
    source: str,
    target: Callable[[str], str],
    raw_url: Callable[[], str],
    asked: tuple[float, float],
    names: tuple[str, str, str],
) -> Iterator[Result]:
    count = scale.sync
    log = list(corpus.log(count))
    rows = raw.rows_of(log)
    with raw.undisturbed():
        size = fill(world.publisher, source, log)
    notes = {"mean_bytes": _mean_bytes(rows)}
    del log
    world.start(MEMBER, source)
    ours, raws, replicas = [], [], []
    for name in world.others[: scale.runs]:
        raws.append(count / raw.insert(raw_url(), rows))
        replicas.append(count / postgres.replicate(rows))
        ours.append(count / pull(world, name, size, target(name)))
        world.stop(name)
    name, on, way = names
    what = f"first sync of {count:,} listings, {on}"
    for base, base_name, bound in (
        (raws, f"raw {way}", asked[0]),
        (replicas, "logical replication", asked[1]),
    ):
        yield Result(
            name=name,
            figure=what,
            unit="/s",
            ours=ours,
            base=base,
            base_name=base_name,
            asked=bound,
            at_least=True,
            notes=notes,
        )


def _mean_bytes(rows: Sequence[Row]) -> dict[str, int]:
    """Return the mean size of an entry and its parts, salt and header included."""
    return {
        name: sum(len(row[column]) for row in rows) // len(rows)
        for column, name in enumerate(("entry", "public", "members"), 1)
    }
