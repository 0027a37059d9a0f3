"""Publish → visible: how long until the four others show, verified, what one has published.

Five real nodes; listings are published one at a time, with pauses of a random length between them,
so that they meet the cadence of checkpoints anywhere. A listing is visible on a member once its
GetListing shows it; each member is asked by a thread of its own every few milliseconds, which is
how exact the figure is. The latency of a listing is that of the slowest member, from the beginning
of PublishListing.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from node.rpc.exchange_client import CallFailedError, ExchangeClient
from tests.bench import corpus
from tests.bench.calls import await_open
from tests.bench.figures import Result
from tests.bench.load import quantile
from tests.bench.nodes import World
from tests.bench.scales import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ASK_EVERY_S: Final = 0.01
_VISIBLE_WITHIN_S: Final = 60.0
_PAUSE_S_MAX: Final = 0.4
_WARM: Final = 5


def measure(scale: Scale) -> Iterator[Result]:
    """Measure it on SQLite."""
    pauses = random.Random(5)  # noqa: S311 - repeatable, not secret
    listings = corpus.listings(scale.runs * scale.visible + _WARM)
    with World() as world, ThreadPoolExecutor(len(world.others)) as threads:
        world.start_all(*world.members)
        publisher = ExchangeClient(world.publisher.api, world.platform_token)
        readers = [
            ExchangeClient(world.members[name].api, world.members[name].tokens["auditor"])
            for name in world.others
        ]
        await_open(publisher)

        def latency_ms() -> float:
            started = time.perf_counter()
            done = publisher.call("PublishListing", listing=next(listings))
            name = done.listing.name
            seen = threads.map(lambda reader: _await(reader, name), readers)
            slowest = max(seen)
            time.sleep(pauses.uniform(0, _PAUSE_S_MAX))
            return (slowest - started) * 1000

        for _ in range(_WARM):
            latency_ms()
        runs = [[latency_ms() for _ in range(scale.visible)] for _ in range(scale.runs)]
        for client in (publisher, *readers):
            client.close()
    for share, asked in ((0.5, 300), (0.99, 800)):
        yield _result(runs, share, asked)


def _result(runs: Sequence[Sequence[float]], share: float, asked: float) -> Result:
    return Result(
        name="visible",
        figure=f"publish → visible on the four others, p{share * 100:.0f}",
        unit="ms",
        ours=[quantile(run, share) for run in runs],
        asked=asked,
        at_least=False,
        notes={"listings_a_run": len(runs[0])},
    )


def _await(reader: ExchangeClient, name: str) -> float:
    """Ask a member until it shows a listing; return when it did."""
    until = time.perf_counter() + _VISIBLE_WITHIN_S
    while True:
        asked_at = time.perf_counter()
        try:
            reader.call("GetListing", name=name)
        except CallFailedError as failure:
            if failure.reason != "RECORD_NOT_FOUND" or asked_at > until:
                raise
        else:
            return time.perf_counter()
        time.sleep(_ASK_EVERY_S)
