"""Ways to search, ours and the ones that anybody would try first.

Each is built over the same texts in the same run, and answers a query with numbers of texts, the
best first; equal scores by number.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Protocol

import tantivy

from federation.matching.terms import STOP_WORDS, is_single, terms
from federation.matching.text_score import (
    NAME_BOOST,
    Query,
    Statistics,
    for_length,
    query,
    query_weights,
    score,
    sought,
)
from federation.records.codec import ListingKind, ListingPublic
from node.search.documents import listing_document
from node.search.index import ListingIndex, Mark
from node.search.query import ListingFilter, query_words
from node.search.ranking import Ranking, Sort
from node.services.finding.matching import CANDIDATES
from node.storage.live_listings import LiveListing
from tests.eval.corpora import Asked

WRITER_BYTES: Final = 50_000_000
_PUBLISHED: Final = 1


class Engine(Protocol):
    """Finds texts."""

    def search(self, asked: Asked, limit: int) -> list[int]:
        """Return the numbers of the best texts."""


class TermIndex:
    """Texts as blank-separated terms in tantivy, found by weighted terms."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True)
        builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer(
            "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        writer = self._index.writer(WRITER_BYTES, 1)
        for number, words in enumerate(texts):
            writer.add_document(tantivy.Document(number=number, terms=" ".join(words)))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def document_frequency(self, term: str) -> int:
        return self._searcher.doc_freq("terms", term)

    def present(self, points: Sequence[tuple[str, int]], limit: int) -> list[tuple[int, int]]:
        """Return the texts that hold terms of the most points, as (points, number)."""
        one_of = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.const_score_query(
                        tantivy.Query.term_query(self._schema, "terms", term, "basic"), float(worth)
                    ),
                )
                for term, worth in points
            ]
        )
        hits = self._searcher.search(one_of, limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [(int(hit[0]), int(number or 0)) for hit, number in zip(hits, numbers, strict=True)]

    def find(self, weighted: Sequence[tuple[str, float]], limit: int) -> list[int]:
        """Return the texts with the best BM25 of tantivy (k1 1.2, b .75)."""
        one_of = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._schema, "terms", term, "freq"), weight
                    ),
                )
                for term, weight in weighted
            ]
        )
        hits = self._searcher.search(one_of, limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        pairs = zip(hits, numbers, strict=True)
        return [
            int(number or 0) for _, number in sorted((-hit[0], number) for hit, number in pairs)
        ]


def weights_of(asked: Asked) -> dict[str, int]:
    """Return the weight of each term: of a demand's name and text, or of what was typed."""
    return query_weights([(asked.name, NAME_BOOST if asked.text else 1), (asked.text, 1)])


class Finder:
    """Our search: candidates by the heaviest terms, then the exact score of their texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        words = [terms(text) for text in texts]
        self.counts = [Counter(one) for one in words]
        self.lengths = [len(one) for one in words]
        frequency: Counter[str] = Counter()
        for counts in self.counts:
            frequency.update(counts.keys())
        self.statistics = Statistics(len(texts), sum(self.lengths), frequency)
        self.index = TermIndex(words)

    def asked_for(self, asked: Asked) -> Query:
        return query(weights_of(asked), self.statistics)

    def rescored(self, wanted: Query, numbers: Sequence[int], limit: int) -> list[int]:
        """Return the best of some texts by the exact score."""
        scored = sorted(
            (-score(wanted, self.counts[number], self.lengths[number], self.statistics), number)
            for number in numbers
        )
        return [number for _, number in scored[:limit]]

    def candidates(self, wanted: Query, limit: int) -> list[int]:
        found = self.index.present(sought(wanted, self.statistics), 4 * limit)
        ranked = sorted(
            (-for_length(points, self.lengths[number], self.statistics), number)
            for points, number in found
        )
        return [number for _, number in ranked[:limit]]


class Exact:
    """Candidates, then the exact score."""

    def __init__(self, finder: Finder, candidates: int = CANDIDATES) -> None:
        self._finder, self._candidates = finder, candidates

    def search(self, asked: Asked, limit: int) -> list[int]:
        wanted = self._finder.asked_for(asked)
        return self._finder.rescored(
            wanted, self._finder.candidates(wanted, self._candidates), limit
        )


class Exhaustive:
    """The exact score of every text: what candidates can lose."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def search(self, asked: Asked, limit: int) -> list[int]:
        return self._finder.rescored(
            self._finder.asked_for(asked), range(len(self._finder.counts)), limit
        )


class Boosted:
    """Candidates as tantivy ranks them, without the exact score."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def search(self, asked: Asked, limit: int) -> list[int]:
        return self._finder.candidates(self._finder.asked_for(asked), limit)


class SearchListings:
    """The search that callers have, as it is: its index, its words, its order."""

    def __init__(self, texts: Sequence[str]) -> None:
        folder = mkdtemp()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        index = ListingIndex(Path(folder))
        for number, text in enumerate(texts):
            public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, description=text)
            subject = number.to_bytes(16)
            content = public.SerializeToString()
            listing = LiveListing(number, 1, subject, 1, _PUBLISHED, number, content, None)
            document = listing_document(listing, index.snapshot.schema)
            index.add(document)
        index.commit(Mark(len(texts)))
        self._index = index

    def search(self, asked: Asked, limit: int) -> list[int]:
        snapshot = self._index.snapshot
        words = query_words(snapshot, f"{asked.name} {asked.text}")
        which = ListingFilter(states=(_PUBLISHED,))
        ranking = Ranking(snapshot, words, which, Sort.RELEVANCE, {1: "origin"}, 0)
        return [hit.position for hit in islice(ranking.hits(None), limit)]


class PlainTantivy:
    """tantivy with one of its own analyzers, a word of the query weighing as often as it stands.

    Measured: distinct words alone are far worse with long demands (MRR .84 instead of .90).
    """

    def __init__(self, texts: Sequence[str], *, stemmed: bool) -> None:
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        builder = builder.filter(tantivy.Filter.remove_long(40)).filter(tantivy.Filter.lowercase())
        if stemmed:
            builder = builder.filter(tantivy.Filter.stopword("english"))
            builder = builder.filter(tantivy.Filter.stemmer("english"))
        self._analyzer = builder.build()
        self._index = TermIndex([self._analyzer.analyze(text) for text in texts])

    def search(self, asked: Asked, limit: int) -> list[int]:
        words = Counter(self._analyzer.analyze(f"{asked.name} {asked.text}"))
        return self._index.find([(word, float(count)) for word, count in words.items()], limit)


class Fts5:
    """SQLite's full-text search, distinct words of the query joined by OR."""

    def __init__(
        self, texts: Sequence[str], words: Callable[[str], Sequence[str]], tokenizer: str
    ) -> None:
        self._words = words
        self._database = sqlite3.connect(":memory:")
        self._database.execute(f"CREATE VIRTUAL TABLE texts USING fts5(t, tokenize='{tokenizer}')")
        self._database.executemany(
            "INSERT INTO texts (rowid, t) VALUES (?, ?)",
            [(number, " ".join(words(text))) for number, text in enumerate(texts)],
        )

    def search(self, asked: Asked, limit: int) -> list[int]:
        words = dict.fromkeys(self._words(f"{asked.name} {asked.text}"))
        if not words:
            return []
        one_of = " OR ".join(f'"{word}"' for word in words)
        found = self._database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank, rowid LIMIT ?",
            (one_of, limit),
        )
        return [number for (number,) in found]


def pairs(text: str) -> list[str]:
    """Return the terms of a text but single characters."""
    return [term for term in terms(text) if not is_single(term)]


def words(text: str) -> list[str]:
    """Return the words of an English text but stop words."""
    return [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP_WORDS]
