"""Matching: for a demand the best supplies of all regions, for a supply the best demands.

- The points are those of `federation.matching`: two nodes whose index has come to the same sizes of
  the same logs give the same list; the sizes are told with it.
- Candidates are the CANDIDATES listings of the other kind whose texts fit best by tantivy's score;
  they are then scored exactly, from their own texts and exact statistics.
- Of a demand's terms the heaviest count (`text_score.HEAVIEST_MAX`), those of its name most. The
  text of a pair is always measured by the demand, whoever asks.
- A part that the caller may not read is not looked at: what rests on it is unknown.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from federation.matching import text_score
from federation.matching.eligibility import may_match
from federation.matching.listing_text import NAME_PATHS, listing_texts
from federation.matching.points import TERMS_MAX, reasons
from federation.matching.score import (
    Listed,
    Pair,
    Preference,
    Reason,
    Side,
    TermShare,
    TextScore,
    rank_key,
    total,
)
from federation.matching.terms import terms
from federation.records.codec import ListingKind
from federation.records.facets import RecordState
from node.search.query import ListingFilter, filter_queries
from node.search.statistics import IndexStatistics, candidates
from node.services.catalogue import not_found
from node.services.records import LISTING, parse_name
from node.storage import catalogue, mirrors, opinions
from node.storage.opinions import NO_FEEDBACK, Feedback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from federation.records.codec import ListingPublic
    from node.search.index import Snapshot
    from node.services.access import Caller
    from node.services.catalogue import Catalogue
    from node.services.index_standing import IndexStanding
    from node.services.indexing import Indexer
    from node.services.node_status import OriginFacts
    from node.storage.database import Database

CANDIDATES: Final = 200
ROUGHLY_HEAVIEST: Final = 2 * text_score.HEAVIEST_MAX
_PERMILLE: Final = 1000
_DEMAND: Final = ListingKind.LISTING_KIND_DEMAND
_SUPPLY: Final = ListingKind.LISTING_KIND_SUPPLY


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with its points: the reasons sum to the score."""

    listing: Any
    score: int
    reasons: tuple[Reason, ...]
    feedback: Feedback = NO_FEEDBACK


@dataclass(frozen=True, slots=True)
class MatchList:
    """The best candidates, and the sizes of the logs that they were chosen from, by origin."""

    asking: Any
    matches: Sequence[Match]
    sizes: Mapping[str, int]
    origins: Sequence[OriginFacts]
    index_position: int


class Matching:
    """Matches listings for callers. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        reader: Catalogue,
        indexer: Indexer,
        standing: IndexStanding,
        today: Callable[[], date],
    ) -> None:
        """`today` is the day in Asia/Shanghai."""
        self._database = database
        self._reader = reader
        self._indexer = indexer
        self._standing = standing
        self._today = today
        self._lock = threading.Lock()
        self._statistics: IndexStatistics | None = None

    def match(self, caller: Caller, name: str, limit: int, region: str = "") -> MatchList:
        """Return the best matches of a listing; `region` is what the caller prefers.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, INDEX_NOT_READY.
        """
        parsed = parse_name(name, LISTING)
        snapshot = self._indexer.snapshot()
        texts = _Texts(self._statistics_of(snapshot))
        with self._database.read() as tx:
            rows = {row.origin_id: row.origin for row in mirrors.every(tx)}
            log, stored = self._reader.find(tx, parsed.member, parsed.subject)
            if log is None or stored is None or stored.kind != LISTING.number:
                raise not_found(name)
            asking: Any = self._reader.show(tx, caller, stored)
            asked = texts.read(asking)
            places = self._candidates(texts, asked)
            found = catalogue.at(tx, places)
            shown = [(one, self._reader.show(tx, caller, one)) for one in found.values()]
        today = self._today()
        ranked = []
        for one, listing in shown:
            state = RecordState(one.state)
            if not may_match(asking.public, listing.public, state, today):  # type: ignore[arg-type] # listings
                continue
            why = texts.reasons(asked, texts.read(listing), today, region)
            key = rank_key(total(why), one.origin, one.subject)
            ranked.append((key, Match(listing, total(why), why)))
        ranked.sort(key=lambda pair: pair[0])
        sizes = snapshot.mark.sizes
        return MatchList(
            asking,
            self._with_feedback(caller, name, [match for _, match in ranked[:limit]]),
            {origin: sizes.get(origin_id, 0) for origin_id, origin in sorted(rows.items())},
            self._standing.origins(snapshot),
            snapshot.mark.position,
        )

    def give_feedback(
        self, caller: Caller, name: str, candidate: str, *, is_useful: bool | None
    ) -> Feedback:
        """Keep what a caller says of a match, None takes it back; return what was said in all.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND. The order of matches never depends on it.
        """
        names = {
            field: parse_name(said, LISTING, field)
            for field, said in (("name", name), ("candidate", candidate))
        }
        with self._database.write() as tx:
            for field, parsed in names.items():
                _, stored = self._reader.find(tx, parsed.member, parsed.subject)
                if stored is None or stored.kind != LISTING.number:
                    raise not_found(name if field == "name" else candidate)
            opinions.set_feedback(tx, name, candidate, caller.identity, is_useful=is_useful)
            return opinions.feedback(tx, name, [candidate], caller.identity).get(
                candidate, NO_FEEDBACK
            )

    def _with_feedback(self, caller: Caller, name: str, matches: list[Match]) -> list[Match]:
        with self._database.read() as tx:
            told = opinions.feedback(
                tx, name, [match.listing.name for match in matches], caller.identity
            )
        return [
            replace(match, feedback=told.get(match.listing.name, NO_FEEDBACK)) for match in matches
        ]

    def _candidates(self, texts: _Texts, asked: _Read) -> list[int]:
        """Return the positions of those of the other kind whose texts fit best."""
        kind = _SUPPLY if asked.public.kind == _DEMAND else _DEMAND
        which = ListingFilter(
            states=(RecordState.PUBLISHED.value,),
            kind=kind,
            open_for_enquiry=True,
            valid_on=self._today().isoformat(),
        )
        snapshot = texts.statistics.snapshot
        weights = [
            (term, weight / text_score.SCALE) for term, weight in texts.query(asked).heaviest()
        ]
        return candidates(snapshot, weights, filter_queries(snapshot, which), CANDIDATES)

    def _statistics_of(self, snapshot: Snapshot) -> IndexStatistics:
        with self._lock:
            if self._statistics is None or self._statistics.snapshot is not snapshot:
                self._statistics = IndexStatistics(snapshot)
            return self._statistics


@dataclass(slots=True)
class _Read:
    """A listing and the terms of its texts, by path, in the order of its texts."""

    listed: Listed
    texts: Sequence[tuple[str, str]]
    counts_by_path: Mapping[str, Counter[str]]
    counts: Counter[str]
    length: int
    query: tuple[text_score.Query, text_score.Statistics] | None = None
    """Made when it is asked for."""

    @property
    def public(self) -> ListingPublic:
        return self.listed.public

    def path_of(self, term: str) -> str:
        """Return the first path whose text holds a term."""
        return next(path for path, counts in self.counts_by_path.items() if term in counts)


class _Texts:
    """The texts of the listings of one match, scored over the statistics of one commit."""

    def __init__(self, statistics: IndexStatistics) -> None:
        self.statistics = statistics

    def read(self, listing: Any) -> _Read:
        """Take in a listing as the caller may see it."""
        texts = listing_texts(listing.public)
        by_path = {path: Counter(terms(text)) for path, text in texts}
        counts: Counter[str] = Counter()
        for one in by_path.values():
            counts.update(one)
        members = listing.members if listing.HasField("members") else None
        listed = Listed(listing.public, members)
        return _Read(listed, texts, by_path, counts, counts.total())

    def query(self, one: _Read) -> text_score.Query:
        """Return the query of a listing's texts: its heaviest terms."""
        return self._query(one)[0]

    def reasons(self, asked: _Read, other: _Read, today: date, region: str) -> tuple[Reason, ...]:
        """Return the reasons of a pair."""
        is_demand = asked.public.kind == _DEMAND
        demand, supply = (asked, other) if is_demand else (other, asked)
        asker = Side.DEMAND if is_demand else Side.SUPPLY
        pair = Pair(
            demand.listed,
            supply.listed,
            today,
            self._text(demand, supply),
            Preference(region, asker) if region else None,
        )
        return reasons(pair)

    def _text(self, demand: _Read, supply: _Read) -> TextScore:
        query, known = self._query(demand)
        own = text_score.score(query, demand.counts, demand.length, known)
        shares = text_score.shares(query, supply.counts, supply.length, known)
        score = sum(shares.values())
        largest = text_score.largest(shares, TERMS_MAX) if score else []
        told = tuple(
            TermShare(
                term,
                _PERMILLE * shares[term] // score,
                demand.path_of(term),
                supply.path_of(term),
            )
            for term in largest
        )
        return TextScore(score, own, told)

    def _query(self, one: _Read) -> tuple[text_score.Query, text_score.Statistics]:
        """Choose roughly, by counts that are quick, then exactly among those."""
        if one.query is None:
            weights = text_score.query_weights(
                (text, text_score.NAME_BOOST if path in NAME_PATHS else 1)
                for path, text in one.texts
            )
            roughly = self._known({term: self.statistics.rough(term) for term in weights})
            chosen = text_score.query(weights, roughly).heaviest(ROUGHLY_HEAVIEST)
            known = self._known(self.statistics.document_frequency(term for term, _ in chosen))
            exact = text_score.query(dict(chosen), known).heaviest()
            one.query = text_score.query(dict(exact), known), known
        return one.query

    def _known(self, frequencies: Mapping[str, int]) -> text_score.Statistics:
        statistics = self.statistics
        return text_score.Statistics(statistics.documents, statistics.total_terms, frequencies)
