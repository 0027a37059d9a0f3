"""Searching and matching in one process, over a database and an index at full scale.

- The listings are the demo's of all members, each with a description put together from sentences of
  the others, so that words are as rare as in real listings; supplies and demands of four regions.
- Indexing: from the database to a committed index. FTS5 takes in the same terms, ready made.
- Search: a keyword, two filters and all facets, or without facets; the answer as a caller gets it.
  FTS5 ranks the same by bm25 with the same filters in a table beside it, without facets.
- Match: a demand against all supplies, 20 matches with their reasons.
- While syncing: the same searches while another log is verified and stored at full speed, and
  indexed by a process of its own.
"""

from __future__ import annotations

import gc
import random
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from federation.log.entry import KIND_LISTING, Operation
from federation.log.subject import new_subject
from federation.matching.listing_text import listing_texts
from federation.matching.terms import is_single, terms
from federation.records.codec import Listing, ListingKind, ListingPublic, serialise_parts
from node.bootstrap import interpreter
from node.bootstrap.index_process import IndexProcess, IndexTask
from node.demo.founding import FEDERATION
from node.demo.listings import load_listings, multiply
from node.search.folder import IndexFolder
from node.search.query import ListingFilter
from node.services.access import Caller, Role
from node.services.catalogue.reading import Catalogue
from node.services.finding.asking import Asked
from node.services.finding.duplicates import Duplicates
from node.services.finding.index_standing import IndexStanding
from node.services.finding.indexing import Indexer, IndexerPorts
from node.services.finding.matching import Matching
from node.services.finding.searching import Search, SearchQuery
from node.services.finding.served_index import ServedIndex
from node.services.log.drafts import Draft, Encoded, Encoder, genesis
from node.storage import batches, mirrors
from node.storage.database import Database
from tests.bench import ingest_micro, raw
from tests.bench.corpus import MEMBER, ORIGIN
from tests.bench.figures import Result
from tests.bench.load import quantile
from tests.bench.nodes import World, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.scales import Scale

_SENTENCES: Final = 6
_CALLER: Final = Caller(frozenset({Role.CLERK}), "bench")
_TODAY: Final = date(2026, 11, 28)
_TIME_MS: Final = 1_790_000_000_000
_FILTER: Final = ListingFilter(kind=ListingKind.LISTING_KIND_SUPPLY, regions=("31", "32"))


def measure(scale: Scale) -> Iterator[Result]:
    """Measure all of it on SQLite."""
    with World() as world, tempfile.TemporaryDirectory() as folder:
        url = world.sqlite_url(MEMBER)
        fill(world.publisher, url, log(scale.finding))
        database = Database.open(url)
        found = _Found(database, url, Path(folder) / "search")
        peer = _Fts5(Path(folder) / "fts5.sqlite")
        with _as_in_a_node():
            yield from _indexing(found, peer, scale)
            yield from _searching(found, peer, scale)
            yield _matching(found, scale)
            yield _while_syncing(found, scale)
        peer.close()
        found.indexer.close()
        database.close()


@contextmanager
def _as_in_a_node() -> Iterator[None]:
    """Have the interpreter run as `ydx serve` has it."""
    before = (gc.get_threshold(), sys.getswitchinterval())
    interpreter.settle()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before[0])
        sys.setswitchinterval(before[1])


def log(count: int) -> Iterator[Encoded]:
    """Yield a log of GENESIS and `count` listings of all members' demo listings."""
    chance = random.Random(4)  # noqa: S311 - the same bytes in every run
    now_ms = _TIME_MS
    encoder = Encoder(ORIGIN, lambda: now_ms / 1000, chance.randbytes)
    yield encoder.encode(genesis(FEDERATION, MEMBER, 1), b"")
    for listing in listings(count):
        now_ms += 1
        draft = Draft(
            kind=KIND_LISTING,
            subject=new_subject(now_ms, chance.randbytes(10)),
            revision=1,
            operation=Operation.PUT,
            contents=serialise_parts(listing),
        )
        yield encoder.encode(draft, b"")


def listings(count: int) -> Iterator[Listing]:
    """Yield listings, each with sentences of others in its description."""
    folder = Path(__file__).parents[2] / "deploy" / "example" / "listings"
    originals = [one for of_member in load_listings(folder).values() for one in of_member]
    sentences = [
        sentence
        for one in originals
        for _, text in listing_texts(one.public)
        for sentence in text.split("。")
        if len(sentence) > 12
    ]
    chance = random.Random(5)  # noqa: S311 - repeatable, not secret
    for listing in multiply(originals, count, 3):
        listing.public.description = "。".join(chance.choices(sentences, k=_SENTENCES))
        listing.public.open_for_enquiry = True
        yield listing


@dataclass
class _Found:
    """Everything that finds, over one database."""

    database: Database
    database_url: str
    folder: Path

    def __post_init__(self) -> None:
        reader = Catalogue(self.database, ORIGIN, tuple)
        self.index = index = ServedIndex(self.database, self.folder)
        ports = IndexerPorts(self.database.sync, index.show)
        self.indexer = Indexer(self.database, IndexFolder(self.folder), ports)
        standing = IndexStanding(self.database, tuple)
        duplicates = Duplicates(self.database, reader, index, standing)
        self.finder = Search(
            self.database, reader, index, duplicates, standing, lambda: _TODAY, _nobody
        )
        self.matching = Matching(self.database, reader, index, standing, lambda: _TODAY)

    def search(self, text: str, *, with_facets: bool) -> int:
        query = SearchQuery(text=text, which=_FILTER, with_facets=with_facets)
        return self.finder.search(_CALLER, query, None, 20).total


def _nobody(_members: Sequence[str]) -> list[Asked]:
    return []


class _Fts5:
    """SQLite's own text search over the same terms, with what is filtered in a table beside it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(
            "CREATE VIRTUAL TABLE words USING fts5(terms, content='', tokenize='unicode61');"
            "CREATE TABLE listing(id INTEGER PRIMARY KEY, kind INTEGER, region TEXT);"
        )

    def index(self, rows: Sequence[tuple[int, str, int, str]]) -> None:
        with self._connection:
            self._connection.executemany(
                "INSERT INTO words(rowid, terms) VALUES (?, ?)", [row[:2] for row in rows]
            )
            self._connection.executemany(
                "INSERT INTO listing VALUES (?, ?, ?)", [(row[0], *row[2:]) for row in rows]
            )

    def search(self, text: str) -> int:
        wanted = " ".join(f'"{term}"' for term in _spelt(text))
        rows = self._connection.execute(
            "SELECT words.rowid FROM words JOIN listing ON listing.id = words.rowid"
            " WHERE words MATCH ? AND kind = 1 AND (region LIKE '31%' OR region LIKE '32%')"
            " ORDER BY bm25(words) LIMIT 20",
            (wanted,),
        ).fetchall()
        return len(rows)

    def close(self) -> None:
        self._connection.close()


def _spelt(text: str) -> list[str]:
    """Return the main terms as FTS5's tokenizer leaves them whole."""
    return [term for term in terms(text) if not is_single(term)]


def _indexing(found: _Found, peer: _Fts5, scale: Scale) -> Iterator[Result]:
    rows, text_bytes = [], 0
    for number, listing in enumerate(listings(scale.finding), 1):
        public: ListingPublic = listing.public
        text = "\n".join(one for _, one in listing_texts(public))
        text_bytes += len(text.encode())
        rows.append((number, " ".join(_spelt(text)), int(public.kind), public.region))
    with raw.undisturbed():
        started = time.perf_counter()
        while found.indexer.step():
            pass
        ours = scale.finding / (time.perf_counter() - started)
        started = time.perf_counter()
        peer.index(rows)
        base = scale.finding / (time.perf_counter() - started)
    yield Result(
        name="search",
        figure=f"indexing {scale.finding:,} listings",
        unit="/s",
        ours=[ours],
        asked=5_000,
        at_least=True,
        notes={"fts5_per_s_of_ready_made_terms": base},
    )
    size = IndexFolder(found.folder).size_bytes
    yield Result(
        name="search",
        figure="index on disk",
        unit="MB",
        ours=[size / 1e6],
        base=[text_bytes / 1e6],
        base_name="the text",
        asked=1.5,
        at_least=False,
    )


def _searching(found: _Found, peer: _Fts5, scale: Scale) -> Iterator[Result]:
    words = _keywords(scale)
    faceted = _times(lambda word: found.search(word, with_facets=True), words)
    plain = _times(lambda word: found.search(word, with_facets=False), words)
    base = _times(peer.search, words)
    for share, name, asked in ((0.5, "p50", 5.0), (0.99, "p99", 25.0)):
        yield Result(
            name="search",
            figure=f"keyword, two filters, facets, {name}",
            unit="ms",
            ours=[1000 * quantile(faceted, share)],
            asked=asked,
            at_least=False,
        )
    yield Result(
        name="search",
        figure="keyword, two filters, p50",
        unit="ms",
        ours=[1000 * quantile(plain, 0.5)],
        base=[1000 * quantile(base, 0.5)],
        base_name="FTS5",
        asked=1,
        at_least=False,
        notes={"p99_ms": 1000 * quantile(plain, 0.99), "fts5_p99_ms": 1000 * quantile(base, 0.99)},
    )


def _matching(found: _Found, scale: Scale) -> Result:
    names = _demands(found, scale)
    took = _times(lambda name: len(found.matching.match(_CALLER, name, 20).matches), names)
    return Result(
        name="search",
        figure="match of a demand, p50",
        unit="ms",
        ours=[1000 * quantile(took, 0.5)],
        asked=50,
        at_least=False,
        notes={"p99_ms": 1000 * quantile(took, 0.99)},
    )


def _while_syncing(found: _Found, scale: Scale) -> Result:
    """Search while another log comes in, and until it is indexed; against the quiet p99 of now."""
    words = _keywords(scale)
    quiet = _times(lambda word: found.search(word, with_facets=True), words)
    coming = ingest_micro.Log(scale.finding_meanwhile)
    with found.database.write() as tx:
        mirrors.add(tx, ingest_micro.ORIGIN)
    done = threading.Event()

    def take_in() -> None:
        for batch in coming.verified():
            with found.database.write(durable=False) as tx:
                batches.apply(tx, batch)
        found.database.sync()
        done.set()

    busy: list[float] = []
    with _index_process(found) as index_process:
        thread = threading.Thread(target=take_in)
        thread.start()
        while not done.is_set() or found.index.behind():
            index_process.tell_news()
            busy += _times(lambda word: found.search(word, with_facets=True), words[:50])
        thread.join()
    return Result(
        name="search",
        figure="keyword, two filters, facets, p99 while syncing",
        unit="ms",
        ours=[1000 * quantile(busy, 0.99)],
        base=[1000 * quantile(quiet, 0.99)],
        base_name="quiet",
        asked=2,
        at_least=False,
        notes={"p50_ms": 1000 * quantile(busy, 0.5), "searches": len(busy)},
    )


@contextmanager
def _index_process(found: _Found) -> Iterator[IndexProcess]:
    """Have the index kept by a process of its own, as in a node."""
    found.indexer.close()
    process = IndexProcess.spawn()
    url = found.database_url
    process.begin(
        IndexTask(url, found.folder, "console", "warning", found.index.show, found.database.sync)
    )
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            process.listen()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield process
    finally:
        ended.set()
        process.close()
        thread.join()


def _keywords(scale: Scale) -> list[str]:
    folder = Path(__file__).parents[2] / "deploy" / "example" / "listings"
    words = sorted(
        {
            word
            for of_member in load_listings(folder).values()
            for one in of_member
            for word in one.public.keywords
        }
    )
    chance = random.Random(6)  # noqa: S311 - repeatable, not secret
    chance.shuffle(words)
    return words[: scale.searches]


def _demands(found: _Found, scale: Scale) -> list[str]:
    which = ListingFilter(kind=ListingKind.LISTING_KIND_DEMAND)
    page = found.finder.search(
        _CALLER, SearchQuery(text="", which=which), None, min(200, scale.searches)
    )
    return [hit.listing.name for hit in page.hits]


def _times(call: Callable[[str], Any], asked: Sequence[str]) -> list[float]:
    """Return how long each call took, in seconds; the first ones only warm up."""
    for one in asked[:10]:
        call(one)
    took = []
    for one in asked:
        started = time.perf_counter()
        call(one)
        took.append(time.perf_counter() - started)
    return took
