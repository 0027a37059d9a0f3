"""A node that holds a million listings: its receipts, its start, its memory, and how it grew.

- Receipts are made where the node makes them, behind the listener, by one thread, for listings
  picked at random.
- Start is from the start of the process to its being ready.
- Memory is what both processes of the publishing node hold after its start, after reads and after
  serving the whole log, and what those of a node do that has just pulled it; the most is judged.
- Growth is the first sync of all listings against that of a tenth of them.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final

from federation.log.entry import KIND_LISTING
from node.rpc.exchange_client import ExchangeClient
from node.services.access import Caller, Role
from node.services.catalogue.reading import Catalogue
from node.services.catalogue.receipts import PublishableNote, Receipts
from node.services.catalogue.records import record_name
from node.services.sync.copies import Copies
from node.storage import mirrors
from node.storage.database import Database
from node.storage.stored_tiles import StoredTiles
from tests.bench import corpus, load, raw
from tests.bench.corpus import MEMBER, ORIGIN
from tests.bench.figures import Result
from tests.bench.first_sync import Pulled, pull
from tests.bench.nodes import World, fill
from tests.bench.scales import Scale
from ydx.exchange.v1 import listing_messages_pb2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from node.services.log.drafts import Encoded

_CALLERS: Final = 8
_PAGES: Final = 50


def measure(scale: Scale) -> Iterator[Result]:
    """Measure all of it on SQLite."""
    few = scale.large // 10
    with World() as world:
        size = fill(world.publisher, world.sqlite_url(MEMBER), corpus.log(few))
        world.start(MEMBER)
        tenth = _pulls(world, size, scale.runs)
    with World() as world:
        names: list[str] = []
        log = _remembering(corpus.log(scale.large), names)
        size = fill(world.publisher, world.sqlite_url(MEMBER), log)
        yield _receipts(world.sqlite_url(MEMBER), names, scale)
        starts = []
        for run in range(scale.runs):
            starts.append(world.start(MEMBER))
            if run < scale.runs - 1:
                world.stop(MEMBER)
        memory = {"started": [world.memory_mb(MEMBER)]}
        _read(world, names, scale.receipts)
        memory["read"] = [world.memory_mb(MEMBER)]
        whole = _pulls(world, size, scale.runs)
        memory["pulled"] = [one.memory_mb for one in whole]
        memory["served"] = [world.memory_mb(MEMBER)]
    what = f"a node holding {scale.large:,} listings"
    yield Result(
        name="large",
        figure=f"{what}: memory",
        unit="MB",
        ours=[max(value for values in memory.values() for value in values)],
        asked=300,
        at_least=False,
        notes={"memory_mb": memory},
    )
    yield Result(
        name="large",
        figure=f"{what}: start to serving",
        unit="s",
        ours=starts,
        asked=2,
        at_least=False,
    )
    yield Result(
        name="large",
        figure=f"first sync of {scale.large:,} against {few:,}",
        unit="s",
        ours=[one.took_s for one in whole],
        base=[one.took_s for one in tenth],
        base_name="a tenth",
        asked=11,
        at_least=False,
        notes={
            "pulling_cpu_s": [one.pulling_cpu_s for one in whole],
            "pulling_cpu_s_of_a_tenth": [one.pulling_cpu_s for one in tenth],
        },
    )


def _receipts(url: str, names: Sequence[str], scale: Scale) -> Result:
    database = Database.open(url)
    with database.read() as tx:
        row = mirrors.get(tx, ORIGIN)
    note = PublishableNote(row.published_note or b"", row.verified_size, is_confirmed=False)
    maker = Receipts(
        database,
        Catalogue(database, ORIGIN, tuple),
        Copies(lambda _: StoredTiles(database, row.origin_id)),
        lambda _origin, _leaf_index: note,
    )
    caller = Caller(frozenset({Role.AUDITOR}), token_id="bench")
    picked = random.Random(6)  # noqa: S311 - repeatable, not secret
    rates = []
    for _ in range(scale.runs):
        asked = picked.choices(names, k=scale.receipts)
        with raw.undisturbed():
            started = time.perf_counter()
            for name in asked:
                maker.get(caller, name, 0, "")
            rates.append(len(asked) / (time.perf_counter() - started))
    database.close()
    return Result(
        name="large",
        figure=f"receipt made from a log of {row.verified_size:,}",
        unit="/s",
        ours=rates,
        asked=5_000,
        at_least=True,
    )


def _read(world: World, names: Sequence[str], count: int) -> None:
    """Read listings at random, and pages of them."""
    picked = random.Random(7)  # noqa: S311 - repeatable, not secret
    bodies = [
        messages.GetListingRequest(name=name).SerializeToString()
        for name in picked.choices(names, k=count)
    ]
    token, address = world.platform_token, world.publisher.api
    load.run(address, "GetListing", _CALLERS, bodies, token)
    client = ExchangeClient(address, token)
    page_token = ""
    for _ in range(_PAGES):
        page_token = client.call("ListListings", page_token=page_token).next_page_token
    client.close()


def _pulls(world: World, size: int, runs: int) -> list[Pulled]:
    """Let other members pull the log, one after the other."""
    return [pull(world, name, size) for name in world.others[:runs]]


def _remembering(log: Iterator[Encoded], names: list[str]) -> Iterator[Encoded]:
    """Pass a log on, keeping the names of its listings."""
    for one in log:
        if one.draft.kind == KIND_LISTING:
            names.append(record_name(MEMBER, KIND_LISTING, one.draft.subject))
        yield one
