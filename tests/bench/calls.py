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
_WARM_CALLS: Final = 500
_OPEN_WITHIN_S: Final = 60.0
_WRITE_STATE_OPEN: Final = 1


@contextmanager
def lone_node() -> Iterator[tuple[World, ExchangeClient]]:
    """Give a node that may write, and nobody else; the client is its platform's."""
    with World() as world:
        witnesses = world.others[:_ANSWERS]
        for name in (MEMBER, *witnesses):
            world.start(name)
        client = ExchangeClient(world.publisher.api, world.platform_token)
        try:
            await_open(client)
            for name in witnesses:
                world.stop(name)
            yield world, client
        finally:
            client.close()


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


def publish(scale: Scale) -> Iterator[Result]:
    """Measure PublishListing by 64 callers, each write with a request id."""
    warm_calls = min(_WARM_CALLS, scale.calls)
    waiting = corpus.listings(scale.calls * scale.runs + warm_calls + 1)
    ids = random.Random(3)  # noqa: S311 - repeatable, not secret
    bodies = (
        messages.PublishListingRequest(listing=one, request_id=_uuid(ids)).SerializeToString()
        for one in waiting
    )
    ours, echoes, p99s = [], [], []
    with lone_node() as (world, client):
        first = messages.PublishListingRequest.FromString(next(bodies))
        reply = client.call("PublishListing", listing=first.listing).ByteSize()
        token, address = world.platform_token, world.publisher.api
        with echo(reply) as bare:
            warm = list(itertools.islice(bodies, warm_calls))
            for at in (address, bare):
                load.run(at, "PublishListing", CALLERS, warm, token)
            for _ in range(scale.runs):
                some = list(itertools.islice(bodies, scale.calls))
                echoes.append(load.run(bare, "PublishListing", CALLERS, some, token).rate)
                done = load.run(address, "PublishListing", CALLERS, some, token)
                ours.append(done.rate)
                p99s.append(done.p99_s)
        world.stop(MEMBER)
        _check_size(world, scale.calls * scale.runs + warm_calls + 2)
    yield Result(
        name="publish",
        figure=f"own log: PublishListing by {CALLERS} callers",
        unit="calls/s",
        ours=ours,
        base=echoes,
        base_name="bare echo",
        asked=0.5,
        at_least=True,
        notes={"p99_s": p99s, "reply_bytes": reply, "request_ids": True},
    )


def batch(scale: Scale) -> Iterator[Result]:
    """Measure BatchPublishListings by one caller."""
    with lone_node() as (world, _):
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
        world.stop(MEMBER)
        _check_size(world, scale.runs * scale.batches * BATCH_ROWS + 1)
    yield Result(
        name="batch",
        figure=f"BatchPublishListings of {BATCH_ROWS}, SQLite",
        unit="listings/s",
        ours=rates,
        asked=10_000,
        at_least=True,
    )


def get(scale: Scale) -> Iterator[Result]:
    """Measure GetListing by one caller, one call after the other."""
    ours, echoes = [], []
    with lone_node() as (world, client):
        listings = list(corpus.listings(BATCH_ROWS))
        rows = client.call("BatchPublishListings", listings=listings).rows
        picked = random.Random(4)  # noqa: S311 - repeatable, not secret
        bodies = [
            messages.GetListingRequest(name=picked.choice(rows).name).SerializeToString()
            for _ in range(scale.calls)
        ]
        reply = sum(client.call("GetListing", name=row.name).ByteSize() for row in rows)
        token, address = world.platform_token, world.publisher.api
        with echo(reply // len(rows)) as bare:
            for at in (address, bare):
                load.run(at, "GetListing", 1, bodies[:_WARM_CALLS], token)
            for _ in range(scale.runs):
                echoes.append(load.run(bare, "GetListing", 1, bodies, token).p50_s * 1000)
                ours.append(load.run(address, "GetListing", 1, bodies, token).p50_s * 1000)
    yield Result(
        name="get",
        figure="GetListing over gRPC, p50",
        unit="ms",
        ours=ours,
        base=echoes,
        base_name="bare echo",
        asked=1.25,
        at_least=False,
        notes={"reply_bytes": reply // len(rows)},
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
