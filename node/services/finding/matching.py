"""Matching: for a demand the best supplies of all regions, for a supply the best demands.

- The points are those of `federation.matching`: two nodes whose index has come to the same sizes of
  the same logs give the same list; the sizes are told with it.
- Candidates are CANDIDATES listings of the other kind, chosen by rule 3 of `text_score` and not by
  tantivy's score, which counts deleted ones; they are then scored exactly, from their own texts.
- Candidates are looked for by the heaviest terms of the listing, and scored by all of the demand's,
  whoever asks.
- A part that the caller may not read is not looked at: what rests on it is unknown.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.matching import text_score
from federation.matching.eligibility import may_match
from federation.matching.listing_text import NAME_PATHS, listing_texts, searched_text
from federation.matching.points import TERMS_MAX, other_reasons, text_points, text_reasons
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
from federation.matching.terms import counted, held, joined_terms
from federation.records.codec import ListingKind, ListingPublic
from federation.records.facets import RecordState
from node.search.query import ListingFilter, filter_queries
from node.search.statistics import IndexStatistics, present
from node.services.answer_bytes import fitting
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import LISTING, parse_name
from node.services.finding.matched import bounded, candidate
from node.storage import catalogue, mirrors, opinions
from node.storage.opinions import NO_FEEDBACK, Feedback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from node.search.index import Snapshot
    from node.search.statistics import Present
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.finding.index_standing import IndexStanding
    from node.services.finding.served_index import ServedIndex
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database

CANDIDATES: Final = 100
"""More change nothing among 2,000 supplies, and each costs the reading of its text (tests/eval)."""

LOOKED_AT: Final = 4 * CANDIDATES
"""Long texts hold more terms: the best for their length are among so many."""

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
        index: ServedIndex,
        standing: IndexStanding,
        today: Callable[[], date],
    ) -> None:
        """`today` is the day in Asia/Shanghai."""
        self._database = database
        self._reader = reader
        self._index = index
        self._standing = standing
        self._today = today
        self._lock = threading.Lock()
        index.subscribe(self._forget)
        self._statistics: IndexStatistics | None = None

    def match(self, caller: Caller, name: str, limit: int, region: str = "") -> MatchList:
        """Return the best matches of a listing; `region` is what the caller prefers.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, INDEX_NOT_READY.
        """
        parsed = parse_name(name, LISTING)
        snapshot = self._index.snapshot()
        texts = _Texts(self._statistics_of(snapshot))
        with self._database.read() as tx:
            origins = mirrors.names(tx)
            log, stored = self._reader.find(tx, parsed.member, parsed.subject)
            if log is None or stored is None or stored.kind != LISTING.number:
                raise not_found(name)
            asking: Any = self._reader.show(tx, caller, stored)
            members = asking.members if asking.HasField("members") else None
            asked = texts.read(Listed(bounded(asking.public), members))
            own = texts.statistics.holds(log.origin_id, parsed.subject)
            places = self._candidates(texts, asked, own)
            ranked = self._ranked(caller, texts, asked, catalogue.at(tx, places).values(), region)
            matches = fitting(
                (
                    Match(
                        self._reader.show(tx, caller, one.stored),
                        one.points,
                        (*texts.reasons(one.pair), *one.others),
                    )
                    for one in ranked[:limit]
                ),
                lambda match: match.listing,
            )
        sizes = snapshot.mark.sizes
        return MatchList(
            asking,
            self._with_feedback(caller, name, matches),
            {origin: sizes.get(origin_id, 0) for origin_id, origin in sorted(origins.items())},
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

    def _ranked(
        self,
        caller: Caller,
        texts: _Texts,
        asked: _Read,
        found: Iterable[catalogue.Record],
        region: str,
    ) -> list[_Ranked]:
        """Return those that may match, with their points, best first."""
        today = self._today()
        ranked = []
        for stored in found:
            listed = candidate(caller, stored)
            state = RecordState(stored.state)
            if listed is not None and may_match(asked.public, listed.public, state, today):
                pair = texts.pair(asked, texts.read(listed, asked), today, region)
                others = other_reasons(pair.pair)
                points = text_points(pair.text) + total(others)
                ranked.append(_Ranked(points, others, stored, pair))
        return sorted(
            ranked, key=lambda one: rank_key(one.points, one.stored.origin, one.stored.subject)
        )

    def _candidates(self, texts: _Texts, asked: _Read, own: int) -> list[int]:
        """Return the positions of those of the other kind whose texts fit best.

        `own` is 1 where the index holds the listing that asks, too. What `may_match` would refuse
        is left out here, for it would take the place of others.
        """
        kind = _SUPPLY if asked.public.kind == _DEMAND else _DEMAND
        today = self._today().isoformat()
        which = ListingFilter(
            states=(RecordState.PUBLISHED.value,),
            kind=kind,
            open_for_enquiry=True,
            valid_on=today,
            not_closed_on=today,
        )
        snapshot = texts.statistics.snapshot
        filters = filter_queries(snapshot, which)
        found = present(snapshot, texts.sought(asked, own), filters, LOOKED_AT)
        found.sort(key=lambda one: (-texts.for_length(asked, one), one.subject))
        return [one.position for one in found[:CANDIDATES]]

    def _forget(self) -> None:
        """Let go of files that may be removed, after an erasure because of their words."""
        self._statistics = None

    def _statistics_of(self, snapshot: Snapshot) -> IndexStatistics:
        with self._lock:
            statistics = self._statistics
            if statistics is None or statistics.snapshot is not snapshot:
                statistics = self._statistics = IndexStatistics(snapshot)
            return statistics


class _Asked(NamedTuple):
    """A listing's texts as a query, and their score for themselves."""

    query: text_score.Query
    known: text_score.Statistics
    own: int


@dataclass  # no slots: its texts are read once
class _Read:
    """A listing as it is matched, and the terms of its texts.

    Of a supply that a demand is matched with, only the terms of the demand are counted.
    """

    listed: Listed
    counts: Counter[str]
    length: int
    asked: _Asked | None = None
    """Made when it is asked for."""

    @property
    def public(self) -> ListingPublic:
        return self.listed.public

    @cached_property
    def texts(self) -> Sequence[tuple[str, str]]:
        return list(listing_texts(self.public))


class _Pair(NamedTuple):
    """Two listings; `text` is the score of their texts without its terms."""

    pair: Pair
    text: TextScore
    demand: _Read
    supply: _Read


class _Ranked(NamedTuple):
    """A candidate with its points, and its reasons but those of the texts."""

    points: int
    others: tuple[Reason, ...]
    stored: catalogue.Record
    pair: _Pair


class _Texts:
    """The texts of the listings of one match, scored over the statistics of one commit."""

    def __init__(self, statistics: IndexStatistics) -> None:
        self.statistics = statistics

    def read(self, listed: Listed, asked: _Read | None = None) -> _Read:
        """Take in a listing, or a candidate for the one that asked. Hot."""
        text = searched_text(listed.public)
        if asked is not None and asked.public.kind == _DEMAND:
            return _Read(listed, *counted(text, self.query(asked).impacts))
        joined = joined_terms(text)
        counts = Counter(joined.unspaced.split())
        counts.update(joined.words)
        return _Read(listed, counts, joined.length)

    def query(self, one: _Read) -> text_score.Query:
        """Return the query of a listing's texts."""
        return self._asked(one).query

    def sought(self, one: _Read, own: int) -> list[tuple[str, int]]:
        """Return the terms to look for candidates by; `own` is as of `text_score.Query`."""
        query, known, _ = self._asked(one)
        return text_score.sought(query, known, own)

    def for_length(self, one: _Read, found: Present) -> int:
        """Return what the points of a candidate are worth."""
        return text_score.for_length(found.points, found.length, self._asked(one).known)

    def pair(self, asked: _Read, other: _Read, today: date, region: str) -> _Pair:
        """Return two listings with all that their points depend on. Hot."""
        is_demand = asked.public.kind == _DEMAND
        demand, supply = (asked, other) if is_demand else (other, asked)
        query, known, own = self._asked(demand)
        score = text_score.score(query, supply.counts, supply.length, known)
        text = TextScore(score, own, ())
        preference = Preference(region, Side.DEMAND if is_demand else Side.SUPPLY)
        pair = Pair(demand.listed, supply.listed, today, text, preference if region else None)
        return _Pair(pair, text, demand, supply)

    def reasons(self, one: _Pair) -> Iterable[Reason]:
        """Return the reason of a pair's texts, with their terms and where they stand first."""
        text = one.text
        if not text.pair:
            return ()
        supply = one.supply
        shares = text_score.shares(self.query(one.demand), supply.counts)
        every = sum(shares.values())
        largest = text_score.largest(shares, TERMS_MAX)
        demand_fields, supply_fields = (
            _first_paths(side.texts, largest) for side in (one.demand, supply)
        )
        told = tuple(
            TermShare(
                term,
                _PERMILLE * shares[term] // every,
                demand_fields[term],
                supply_fields[term],
            )
            for term in largest
            if term in demand_fields and term in supply_fields
        )
        return text_reasons(replace(one.pair, text=replace(text, terms=told)))

    def _asked(self, one: _Read) -> _Asked:
        if one.asked is None:
            weights = text_score.query_weights(
                (text, text_score.NAME_BOOST if path in NAME_PATHS else 1)
                for path, text in one.texts
            )
            statistics = self.statistics
            known = text_score.Statistics(
                statistics.documents,
                statistics.total_terms,
                statistics.document_frequency(weights),
            )
            query = text_score.query(weights, known)
            own = text_score.score(query, one.counts, one.length, known)
            one.asked = _Asked(query, known, own)
        return one.asked


def _first_paths(texts: Sequence[tuple[str, str]], wanted: Iterable[str]) -> dict[str, str]:
    """Return the path of the first text in which each term stands."""
    missing, found = set(wanted), {}
    for path, text in texts:
        here = held(text, missing)
        found.update(dict.fromkeys(here, path))
        missing -= here
        if not missing:
            break
    return found
