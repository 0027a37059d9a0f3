"""The first sync: a member pulls a whole log from another one, both real processes on loopback.

Mutual TLS, every check made, parts and catalogue included; from the moment that the pulling node
serves until its verified size is that of the log, durably. Each run is another member, which has
nothing yet.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

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


class Pulled(NamedTuple):
    """What pulling a log took the pulling and the serving process."""

    took_s: float
    pulling_cpu_s: float
    serving_cpu_s: float
    memory_mb: float


def pull(world: World, name: str, size: int, url: str = "") -> Pulled:
    """Let a member that has nothing pull the publisher's log, and stop it again."""
    world.start(name, url)
    started = time.perf_counter()
    pulling_s, serving_s = world.cpu_s(name), world.cpu_s(MEMBER)
    url = url or world.sqlite_url(name)
    try:
        await_size(url, ORIGIN, size, _SPARE_S + size / _SLOWEST_PER_S)
    except TimeoutError as late:
        late.add_note(f"{name}: {world.said(name)}")
        late.add_note(f"{MEMBER}: {world.said(MEMBER)}")
        raise
    pulled = Pulled(
        time.perf_counter() - started,
        world.cpu_s(name) - pulling_s,
        world.cpu_s(MEMBER) - serving_s,
        world.memory_mb(name),
    )
    world.stop(name)
    return pulled


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
    mean_bytes = _mean_bytes(rows)
    world.start(MEMBER, source)
    world.await_indexed(MEMBER)
    pulls, raws, replicas, stored, copies = [], [], [], [], []
    for name in world.others[: scale.runs]:
        postgres.settle()
        raws.append(count / raw.insert(raw_url(), rows))
        replicas.append(count / postgres.replicate(rows))
        stored.append(count / postgres.replicate_node(log))
        copies.append(count / postgres.copy(rows))
        postgres.settle()
        pulls.append(pull(world, name, size, target(name)))
    name, on, way = names
    cpu_us = {
        "pulling": [one.pulling_cpu_s / count * 1e6 for one in pulls],
        "serving": [one.serving_cpu_s / count * 1e6 for one in pulls],
    }
    what = f"first sync of {count:,} listings, {on}"
    for base, base_name, bound in (
        (raws, f"raw {way}", asked[0]),
        (replicas, "logical replication", asked[1]),
        (stored, "the same of a node's tables", asked[1]),
    ):
        yield Result(
            name=name,
            figure=what,
            unit="/s",
            ours=[count / one.took_s for one in pulls],
            base=base,
            base_name=base_name,
            asked=bound,
            at_least=True,
            notes={
                "mean_bytes": mean_bytes,
                "cpu_us_a_record": cpu_us,
                "initial_copy_of_logical_replication_per_s": copies,
            },
        )


def _mean_bytes(rows: Sequence[Row]) -> dict[str, int]:
    """Return the mean size of an entry and its parts, salt and header included."""
    return {
        name: sum(len(row[column]) for row in rows) // len(rows)
        for column, name in enumerate(("entry", "public", "members"), 1)
    }
