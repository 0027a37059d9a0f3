"""Searching the listings of all members, in this node's verified copies.

- The index finds and orders; what is shown is the catalogue as it stands now. A hit whose entry is
  not its record's latest any more, or is withdrawn, erased or hidden, is dropped, however far the
  index lags behind. Counts are the index's; but no word of what is gone is told.
- Every answer says of each origin how complete it is; an index that is behind makes it partial.
- Of a confirmed group one hit is given: the listing that the others point to, where it matches, so
  that a claim never hides another's listing; else the hit that comes first.
- Pages go on behind the last hit's place in the order (`node.search.ranking`), so they neither
  double nor skip what keeps its place among the others, also while the index grows.
- Amounts stand in MEMBERS parts: only who may read these may filter by them.
- Facets are counted in `node.services.finding.facet_counting`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.log.subject import parse_origin, parse_record_name
from federation.matching.listing_text import listing_texts
from node.search.query import ListingFilter, Words, query_words
from node.search.ranking import Ranking, Sort
from node.search.suggesting import suggest
from node.services.answer_bytes import ANSWER_BYTES_MAX
from node.services.catalogue.feed_position import check_reached
from node.services.finding.facet_counting import FacetCounting, changed_after
from node.services.finding.highlighting import Highlight, highlights
from node.services.finding.still_shown import ADVERTISED, is_any_shown
from node.services.known_members import check_known
from node.storage import catalogue, enquiries, mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from federation.matching.duplicates import Group
    from node.search.facets import Counts
    from node.search.index import Snapshot
    from node.search.query import QueryWords
    from node.search.ranking import Hit, Place, Reached
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.finding.asking import Asked
    from node.services.finding.duplicates import Duplicates
    from node.services.finding.index_standing import IndexStanding
    from node.services.finding.served_index import ServedIndex
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database
    from node.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What to look for. `which` says all but members and what has changed since a position."""

    text: str
    which: ListingFilter
    members: Sequence[str] = ()
    changed_after_position: int = 0
    without_enquiry: bool = False
    sort: Sort | None = None
    with_facets: bool = False
    ask_origin: bool = False


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with its listing as the caller may see it."""

    listing: Any
    score: float
    is_partial: bool
    highlights: Sequence[Highlight]
    same_listings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search; `next_after` is None at the end."""

    hits: Sequence[ShownHit]
    next_after: Reached | None
    total: int
    is_partial: bool
    facets: Counts | None
    origins: Sequence[OriginFacts]
    index_position: int
    suggestions: Sequence[str] = ()
    asked: Sequence[Asked] = ()


class Search:
    """Searches for callers. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        reader: Catalogue,
        index: ServedIndex,
        duplicates: Duplicates,
        standing: IndexStanding,
        today: Callable[[], date],
        ask: Callable[[Sequence[str]], Sequence[Asked]],
    ) -> None:
        """`today` is the day in Asia/Shanghai; `ask` asks members for their newest heads."""
        self._database = database
        self._reader = reader
        self._index = index
        self._duplicates = duplicates
        self._standing = standing
        self._today = today
        self._ask = ask
        self._facets = FacetCounting(database, index, today)

    def search(
        self, caller: Caller, query: SearchQuery, after: Reached | None, limit: int
    ) -> SearchPage:
        """Return at most `limit` hits behind a place.

        Refuses ROLE_MISSING, INVALID_FIELD for an unknown member, INDEX_NOT_READY.
        """
        check_may_ask(caller, query)
        with self._database.read() as tx:
            check_known(tx, query.members)
        asked = self._ask(query.members) if query.ask_origin else ()
        snapshot = self._index.snapshot()
        with self._database.read() as tx:
            origins = mirrors.names(tx)
            ranking, words = self._ranking(tx, snapshot, query, origins)
            counting = None
            if query.with_facets:
                counting = self._facets.counting(tx, snapshot, ranking)
                counting.begin(Words.ALL)
            shown: list[ShownHit] = []
            told: list[Hit] = []
            next_after: Reached | None = None
            size_bytes = 0
            for one in self._shown(tx, caller, snapshot, ranking, after, limit):
                if counting is not None and not shown:
                    counting.begin(one[0].place.held)
                if len(shown) == limit or size_bytes >= ANSWER_BYTES_MAX:
                    next_after = ranking.reached(told, after, one[0])
                    break
                size_bytes += one[1].ByteSize()
                shown.append(_told(words, ranking.sort, *one))
                told.append(one[0])
        total, held = ranking.total()
        suggestions: Sequence[str] = ()
        if words.is_text and _is_missed(ranking):
            # Words that stand in listings which the filter leaves out are not misspelt.
            anywhere = Ranking(snapshot, words, ListingFilter(), Sort.RELEVANCE, origins, 0)
            if _is_missed(anywhere):
                suggestions = suggest(snapshot, query.text, self._is_any_shown)
        facets = None
        if counting is not None:
            facets = self._facets.shown(caller, snapshot, counting.result(held), origins)
        return SearchPage(
            hits=shown,
            next_after=next_after,
            total=total,
            is_partial=held is Words.SOME,
            facets=facets,
            origins=self._standing.origins(snapshot, query.members),
            index_position=snapshot.mark.position,
            suggestions=suggestions,
            asked=asked,
        )

    def _is_any_shown(self, positions: Sequence[int]) -> bool:
        with self._database.read() as tx:
            return is_any_shown(tx, positions)

    def _ranking(
        self,
        tx: Transaction,
        snapshot: Snapshot,
        query: SearchQuery,
        origins: Mapping[int, str],
    ) -> tuple[Ranking, QueryWords]:
        which = which_listings(tx, query, origins)
        if query.changed_after_position:
            check_reached(tx, query.changed_after_position)
            which = replace(which, since=changed_after(tx, query.changed_after_position))
        words = query_words(snapshot, query.text)
        sort = query.sort or Sort.RELEVANCE
        if sort is Sort.RELEVANCE and not words.is_text:
            sort = Sort.NEWEST
        today = self._today().toordinal()
        return Ranking(snapshot, words, which, sort, origins, today), words

    def _shown(
        self,
        tx: Transaction,
        caller: Caller,
        snapshot: Snapshot,
        ranking: Ranking,
        after: Reached | None,
        limit: int,
    ) -> Iterator[tuple[Hit, Any, Group | None]]:
        """Yield the hits that the catalogue still shows, one of each confirmed group."""
        first: dict[Group, Place | None] = {}
        for hits in _batched(ranking.hits(after), limit + 1):
            current = [
                (hit, self._reader.show(tx, caller, stored))
                for hit, stored in _current(tx, hits, ranking.which)
            ]
            groups = self._duplicates.groups_of(
                tx, snapshot, caller, [listing for _, listing in current]
            )
            for hit, listing in current:
                group = groups.get(listing.name)
                if (
                    group is None
                    or group.shown == listing.name
                    or self._stands_in(tx, ranking, group, hit, first)
                ):
                    yield hit, listing, group

    def _stands_in(
        self,
        tx: Transaction,
        ranking: Ranking,
        group: Group,
        hit: Hit,
        first: dict[Group, Place | None],
    ) -> bool:
        """Tell whether a hit comes first of a confirmed group whose shown listing is no hit.

        `first` has the place of the hit that does, of each group that was asked for before.
        """
        if group not in first:
            first[group] = self._first_of(tx, ranking, group, hit)
        place = first[group]
        return place is not None and hit.place <= place

    def _first_of(self, tx: Transaction, ranking: Ranking, group: Group, hit: Hit) -> Place | None:
        """Return the first place of a group's hits; None where its shown listing is one.

        `hit` is one of them, also where its record is found in another log by now.
        """
        names = {}
        for name in group.members:
            parsed = parse_record_name(name)
            log, stored = self._reader.find(tx, parsed.member, parsed.subject)
            if log is not None and stored is not None and stored.state in ADVERTISED:
                names[log.origin_id, parsed.subject] = name
        standing = [other for other, _ in _current(tx, ranking.hits_of(list(names)), ranking.which)]
        if any(names[one.origin_id, one.place.subject] == group.shown for one in standing):
            return None
        return min((one.place for one in standing), default=hit.place)


def _is_missed(ranking: Ranking) -> bool:
    """Tell whether no listing holds all words."""
    count, held = ranking.total()
    return held is Words.SOME or not count


def _told(words: QueryWords, sort: Sort, hit: Hit, listing: Any, group: Group | None) -> ShownHit:
    is_scored = words.is_text and sort is Sort.RELEVANCE
    others = [name for name in group.members if name != listing.name] if group is not None else ()
    return ShownHit(
        listing,
        hit.score if is_scored else 0.0,
        hit.place.held is Words.SOME,
        highlights(listing_texts(listing.public), words.main, words.added),
        others,
    )


def check_may_ask(caller: Caller, query: SearchQuery) -> None:
    """Refuse a filter by prices from who may not read them: ROLE_MISSING."""
    by_price = query.which.amount_min_fen or query.which.amount_max_fen
    if by_price and not caller.reads_members_parts:
        raise Refused("ROLE_MISSING", "prices are for members and the platforms they serve")


def which_listings(
    tx: Transaction, query: SearchQuery, origins: Mapping[int, str]
) -> ListingFilter:
    """Return the filter of a query with its members as this node's numbers of their logs.

    What is known of enquiries is in it too, all but what has changed since a position.
    """
    which = query.which
    if query.members:
        asked = [one for one, origin in origins.items() if _member(origin) in query.members]
        which = replace(which, origin_ids=asked)
    if query.without_enquiry:
        which = replace(which, but=_named_listings(enquiries.listings(tx), origins))
    return which


def _named_listings(names: Sequence[str], origins: Mapping[int, str]) -> list[tuple[int, bytes]]:
    """Return (origin id, subject) of listings by name, in each log of their member."""
    return [
        (origin_id, parsed.subject)
        for parsed in map(parse_record_name, names)
        for origin_id, origin in origins.items()
        if _member(origin) == parsed.member
    ]


def _batched(hits: Iterator[Hit], count: int) -> Iterator[list[Hit]]:
    while some := list(islice(hits, count)):
        yield some


def is_shown(record: catalogue.Record, which: ListingFilter) -> bool:
    """Tell whether a listing that the index finds by a filter may be shown as the catalogue has it.

    A price that was erased is in the index until it has taken that in; nothing is found by it.
    """
    by_price = which.amount_min_fen or which.amount_max_fen
    return record.state in ADVERTISED and (not by_price or Audience.MEMBERS in record.parts)


def _current(
    tx: Transaction, hits: Sequence[Hit], which: ListingFilter
) -> Iterator[tuple[Hit, catalogue.Record]]:
    """Yield those whose entry is still their record's latest, and advertised.

    An index of another database, until it is built again, may have another record's positions.
    """
    stored = catalogue.at(tx, [hit.position for hit in hits])
    for hit in hits:
        record = stored.get(hit.position)
        if record is None or record.subject != hit.place.subject:
            continue
        if is_shown(record, which):
            yield hit, record


def _member(origin: str) -> str:
    return parse_origin(origin).member
