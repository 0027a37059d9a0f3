"""Calls of one node over gRPC, held against the bare echo with the same client and message sizes.

The node is one of five, since a member alone may not sign; the others answer its start question
and are stopped, so that only the own log is measured.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from node.rpc.exchange_client import ExchangeClient
from node.storage import mirrors
from node.storage.database import Database
from tests.bench import corpus, load
from tests.bench.corpus import MEMBER, ORIGIN
from tests.bench.figures import Result
from tests.bench.nodes import World
from tests.bench.scales import Scale
from ydx.exchange.v1 import listing_messages_pb2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLERS: Final = 64
BATCH_ROWS: Final = 500
_ANSWERS: Final = 2
"""How many of four others must answer the start question."""
_PUBLISH_REPLY_BYTES: Final = 1_550
"""What PublishListing answers: the listing as it stands."""
_OPEN_WITHIN_S: Final = 120.0
_WRITE_STATE_OPEN: Final = 1


def measure(scale: Scale) -> Iterator[Result]:
    """Measure writes, batches and reads of one node on SQLite."""
    with lone_node() as world:
        yield _publish(world, scale)
        yield _batch(world, scale)
        yield _get(world, scale)
        world.stop(MEMBER)
        _check_size(world, 1 + scale.runs * (scale.calls + scale.batches * BATCH_ROWS) + BATCH_ROWS)


@contextmanager
def lone_node() -> Iterator[World]:
    """Give a node that may write, and nobody else."""
    with World() as world:
        witnesses = world.others[:_ANSWERS]
        world.start_all(MEMBER, *witnesses)
        client = ExchangeClient(world.publisher.api, world.platform_token)
        await_open(client)
        client.close()
        for name in witnesses:
            world.stop(name)
        yield world


def await_open(client: ExchangeClient) -> None:
    """Return once the node may write."""
    until = time.monotonic() + _OPEN_WITHIN_S
    while (state := client.call("GetNode")).write_state != _WRITE_STATE_OPEN:
        if time.monotonic() > until:
            raise RuntimeError(f"{client.address} may not write: {state.write_state_why}")
        time.sleep(0.1)


@contextmanager
def echo(reply_bytes: int) -> Iterator[str]:
    """Give the address of a bare echo server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.echo", str(reply_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        if process.stdout is None:
            raise AssertionError("the pipe was asked for")
        yield f"127.0.0.1:{int(process.stdout.readline())}"
        process.communicate()


def _publish(world: World, scale: Scale) -> Result:
    """Measure PublishListing by 64 callers, each write with a request id."""
    ids = random.Random(3)  # noqa: S311 - repeatable, not secret
    bodies = (
        messages.PublishListingRequest(listing=one, request_id=_uuid(ids)).SerializeToString()
        for one in corpus.listings(scale.calls * scale.runs)
    )
    token, address = world.platform_token, world.publisher.api
    ours, echoes = [], []
    with echo(_PUBLISH_REPLY_BYTES) as bare:
        for _ in range(scale.runs):
            some = list(itertools.islice(bodies, scale.calls))
            echoes.append(load.run(bare, "PublishListing", CALLERS, some, token))
            ours.append(load.run(address, "PublishListing", CALLERS, some, token))
    return Result(
        name="calls",
        figure=f"own log: PublishListing by {CALLERS} callers",
        unit="calls/s",
        ours=[one.rate for one in ours],
        base=[one.rate for one in echoes],
        base_name="bare echo",
        asked=0.5,
        at_least=True,
        notes={"p50_s": [one.p50_s for one in ours], "p99_s": [one.p99_s for one in ours]},
    )


def _batch(world: World, scale: Scale) -> Result:
    """Measure BatchPublishListings by one caller."""
    rates = []
    for run in range(scale.runs):
        waiting = corpus.listings(scale.batches * BATCH_ROWS, seed=run + 10)
        bodies = [
            messages.BatchPublishListingsRequest(
                listings=itertools.islice(waiting, BATCH_ROWS)
            ).SerializeToString()
            for _ in range(scale.batches)
        ]
        done = load.run(
            world.publisher.api, "BatchPublishListings", 1, bodies, world.platform_token
        )
        rates.append(done.rate * BATCH_ROWS)
    return Result(
        name="calls",
        figure=f"BatchPublishListings of {BATCH_ROWS}, SQLite",
        unit="listings/s",
        ours=rates,
        asked=10_000,
        at_least=True,
    )


def _get(world: World, scale: Scale) -> Result:
    """Measure GetListing by one caller, one call after the other."""
    client = ExchangeClient(world.publisher.api, world.platform_token)
    rows = client.call("BatchPublishListings", listings=corpus.listings(BATCH_ROWS, seed=9)).rows
    reply = sum(client.call("GetListing", name=row.name).ByteSize() for row in rows) // len(rows)
    client.close()
    picked = random.Random(4)  # noqa: S311 - repeatable, not secret
    bodies = [
        messages.GetListingRequest(name=picked.choice(rows).name).SerializeToString()
        for _ in range(scale.calls)
    ]
    token, address = world.platform_token, world.publisher.api
    ours, echoes = [], []
    with echo(reply) as bare:
        for _ in range(scale.runs):
            echoes.append(load.run(bare, "GetListing", 1, bodies, token).p50_s * 1000)
            ours.append(load.run(address, "GetListing", 1, bodies, token).p50_s * 1000)
    return Result(
        name="calls",
        figure="GetListing over gRPC, p50",
        unit="ms",
        ours=ours,
        base=echoes,
        base_name="bare echo",
        asked=1.25,
        at_least=False,
        notes={"reply_bytes": reply},
    )


def _check_size(world: World, size: int) -> None:
    """Make sure that everything that was answered stands in the log."""
    database = Database.open(world.sqlite_url(MEMBER))
    with database.read() as tx:
        found = mirrors.get(tx, ORIGIN).verified_size
    database.close()
    if found != size:
        raise RuntimeError(f"the log has {found} entries, not {size}")


def _uuid(ids: random.Random) -> str:
    digits = ids.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
