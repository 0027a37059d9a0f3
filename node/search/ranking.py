"""Hits of a search in a total order, one after the other, from any place in that order.

- By relevance: first what holds all words, then what holds some; each by score, origin and
  subject. Newest: by the time of writing, latest first. Closing soon: by closing day, from a day
  on. Ties again by origin, then subject.
- Origins are compared by name, since their ids are each node's own.
- tantivy breaks ties by where a document lies. So hits are fetched until a whole group of equal
  ones is there, and sorted here, as far as somebody asks for them: thousands of listings of one
  text have one score. Of a day or millisecond that more than WINDOW share (an end of a year), they
  are fetched origin by origin, in the order of their subjects.
- A score moves with the statistics of the index: where pages went on in another commit, the order
  goes on behind the place that the last listing told has now; where that was revised or is gone
  since, behind the one told before it, of TOLD_MAX at most, or with the one that was to come.
- By relevance at most WINDOW hits are ever looked at: behind them a search should say more. By day
  or time there is no such end.
"""

from __future__ import annotations

from enum import IntEnum
from heapq import heapify, heappop
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from tantivy import FieldType, Occur, Order, Query

from node.search.documents import NO_DAY, document_id
from node.search.query import Words, listing_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tantivy import DocAddress, SearchResult

    from node.search.index import Snapshot
    from node.search.query import ListingFilter, QueryWords

WINDOW: Final = 10_000
TOLD_MAX: Final = 12
"""What a page knows of those before it: a token is to stay short."""
_FIRST: Final = 32
_ROUNDING: Final = 1e-5
_HIGH_MAX: Final = 2**64 - 1


class Sort(IntEnum):
    """In which order; the numbers of ydx.exchange.v1.SearchSort."""

    RELEVANCE = 1
    NEWEST = 2
    CLOSING_SOON = 3


class Place(NamedTuple):
    """A place in the order of a search. Places compare as their hits follow each other."""

    held: Words
    order: float
    """Minus the score, minus the milliseconds of writing, or the closing day."""
    origin: str
    subject: bytes


class Told(NamedTuple):
    """A listing that was given, by the entry that was indexed then."""

    origin_id: int
    subject: bytes
    position: int


class Hit(NamedTuple):
    """A listing that matches, at its place; `position` is of the entry that was indexed."""

    place: Place
    origin_id: int
    position: int

    @property
    def score(self) -> float:
        """Return the score of the text."""
        return -self.place.order

    @property
    def told(self) -> Told:
        """Return what is known of it once it was given."""
        return Told(self.origin_id, self.place.subject, self.position)


class Reached(NamedTuple):
    """Up to where pages were given: the last listing's place, and the index's mark.

    `told` are the last listings given, the latest first; `upcoming` was to be the next.
    """

    place: Place
    mark_position: int
    told: tuple[Told, ...]
    upcoming: Told


class Ranking:
    """The hits of one search. `origins` are names by id; `today` is a day number."""

    def __init__(
        self,
        snapshot: Snapshot,
        words: QueryWords,
        which: ListingFilter,
        sort: Sort,
        origins: Mapping[int, str],
        today: int,
    ) -> None:
        self._snapshot = snapshot
        self._words = words
        self.which = which
        self._sort = sort
        self._origins = origins
        self._today = today
        self._counts: dict[Words, int] = {}
        self._is_cut = False

    def reached(self, told: Sequence[Hit], earlier: Reached | None, upcoming: Hit) -> Reached:
        """Return up to where hits were given, once these were, behind `earlier`."""
        latest = [hit.told for hit in reversed(told)]
        before = () if earlier is None else earlier.told
        return Reached(
            told[-1].place, self._mark_position, (*latest, *before)[:TOLD_MAX], upcoming.told
        )

    def hits(self, reached: Reached | None) -> Iterator[Hit]:
        """Yield the hits behind the last one given, in order."""
        after = None if reached is None else self._place_now(reached)
        for held in Words:
            if after is not None and held < after.held:
                continue
            if held is Words.SOME and not self._words.has_main:
                return
            start = after if after is not None and after.held is held else None
            yield from self._held(held, start)
            if self._is_cut:  # what holds all words has not ended
                return

    @property
    def sort(self) -> Sort:
        """Return in which order they come."""
        return self._sort

    def hits_of(self, ids: Sequence[tuple[int, bytes]]) -> list[Hit]:
        """Return the hits of those among some listings (origin id, subject) that match."""
        names = [document_id(origin_id, subject) for origin_id, subject in ids]
        among = Query.boolean_query(
            [
                (Occur.Should, Query.term_query(self._snapshot.schema, "id", name, "basic"))
                for name in names
            ]
        )
        found: list[Hit] = []
        for held in Words:
            if held is Words.SOME and not self._words.has_main:
                break
            query = Query.boolean_query(
                [
                    (Occur.Must, self.query(held)),
                    (Occur.Must, Query.const_score_query(among, 0.0)),
                ]
            )
            kept, _ = self._fetch(query, held, len(names) + 1)
            found += self._in_order(kept, held)
        return found

    def total(self) -> tuple[int, Words]:
        """Return how many hold all words, or how many hold some where none holds all."""
        for held in Words:
            count = self._count(held)
            if count or not self._words.has_main:
                break
        return count, held

    def query(self, held: Words) -> Query:
        """Return the query of those that hold all, or some, of the words."""
        query = listing_query(self._snapshot, self._words, self.which, held)
        if self._sort is Sort.CLOSING_SOON:
            return self._closing(query, self._today)
        return query

    def _place_now(self, reached: Reached) -> Place:
        """Return the place of the last listing given that still is what it was; else the one told.

        What was given behind it is no more there, so nothing comes twice.
        """
        place = reached.place
        if self._sort is not Sort.RELEVANCE or not self._words.is_text:
            return place
        last, *earlier = reached.told
        if hits := self._unchanged([last]):
            # A rebuild moves scores at the same mark; a sum in another order only its last digits.
            now = hits[0].place
            has_moved = abs(now.order - place.order) > _ROUNDING * abs(place.order)
            return now if has_moved or reached.mark_position != self._mark_position else place
        if hits := self._unchanged(earlier):
            return hits[0].place
        hits = self._unchanged([reached.upcoming])
        return _just_before(hits[0].place) if hits else place

    @property
    def _mark_position(self) -> int:
        return self._snapshot.mark.position

    def _unchanged(self, told: Sequence[Told]) -> list[Hit]:
        """Return the hits of those listings that were not revised since, in the order given."""
        if not told:
            return []
        found = {
            (hit.origin_id, hit.place.subject, hit.position): hit
            for hit in self.hits_of([(one.origin_id, one.subject) for one in told])
        }
        return [found[one] for one in told if one in found]

    def _count(self, held: Words) -> int:
        if held not in self._counts:
            found = self._snapshot.searcher.search(self.query(held), limit=1, count=True)
            self._counts[held] = found.count  # type: ignore[attr-defined] # the stubs forget it
        return self._counts[held]

    def _held(self, held: Words, after: Place | None) -> Iterator[Hit]:
        every = self.query(held)
        query = self._from(every, after)
        told = after
        fetch = _FIRST
        while True:
            kept, complete = self._fetch(query, held, fetch, has_all=query is every)
            for hit in self._in_order(kept, held):
                if told is None or hit.place > told:
                    told = hit.place
                    yield hit
            if complete:
                return
            if fetch < WINDOW:
                are_tied = 4 * (fetch - len(kept)) >= fetch  # so there may be thousands of them
                fetch = WINDOW if are_tied else min(4 * fetch, WINDOW)
                continue
            if self._sort is Sort.RELEVANCE:
                self._is_cut = True
                return
            if kept:
                value = self._sign * kept[-1][0]
            else:  # they all share one
                value = self._first_order(query)
                yield from self._sharing(every, held, value, told)
            query, fetch = self._from_order(every, value + 1), _FIRST

    def _sharing(
        self, every: Query, held: Words, order: float, after: Place | None
    ) -> Iterator[Hit]:
        """Yield those with one day or time, behind a place: too many to be sorted here."""
        column, value = self._column, int(abs(order))
        last = after if after is not None and after.order == order else None
        for origin_id, name in sorted(self._origins.items(), key=lambda one: one[1]):
            if last is not None and name < last.origin:
                continue
            parts = [
                self._between(every, column, value, value),
                Query.term_query(self._snapshot.schema, "origin_id", origin_id, "basic"),
            ]
            own = Query.boolean_query([(Occur.Must, one) for one in parts])
            begin = last.subject if last is not None and name == last.origin else b""
            for hit in self._by_subject(own, held, order, begin):
                if last is None or hit.place > last:
                    yield hit

    def _by_subject(self, own: Query, held: Words, order: float, begin: bytes) -> Iterator[Hit]:
        """Yield an origin's in the order of their subjects, from one on."""
        first, fetch = int.from_bytes(begin[:8]), _FIRST
        while True:
            found = self._snapshot.searcher.search(
                self._between(own, "subject_high", first, _HIGH_MAX),
                limit=fetch,
                count=False,
                order_by_field="subject_high",
                order=Order.Asc,
            ).hits
            shared = self._sign * order
            hits = list(self._in_order([(shared, address) for _, address in found], held))
            if len(found) < fetch:
                yield from hits
                return
            # What shares the last one's beginning may be cut; in a whole window nobody can sort it.
            first = _high(hits[-1])
            kept = [hit for hit in hits if _high(hit) != first]
            if not kept and fetch == WINDOW:
                kept, first = hits, first + 1
            yield from kept
            fetch = min(4 * fetch, WINDOW)

    def _fetch(
        self, query: Query, held: Words, limit: int, *, has_all: bool = False
    ) -> tuple[list[tuple[float, DocAddress]], bool]:
        """Return the first ones found, without a group that may be cut; whether that is all.

        A query that `has_all` also tells how many there are: counting costs nothing beside it.
        """
        counts = has_all and held not in self._counts
        result = self._top(query, limit, counts=counts)
        found: list[tuple[float, DocAddress]] = result.hits
        if counts:
            self._counts[held] = result.count  # type: ignore[attr-defined] # the stubs forget it
        complete = len(found) < limit
        if not complete and (limit < WINDOW or self._sort is not Sort.RELEVANCE):
            cut = found[-1][0]
            found = [one for one in found if one[0] != cut]
        return found, complete

    def _top(self, query: Query, limit: int, *, counts: bool) -> SearchResult:
        searcher = self._snapshot.searcher
        if self._sort is Sort.RELEVANCE:
            return searcher.search(query, limit=limit, count=counts)
        order = Order.Asc if self._sort is Sort.CLOSING_SOON else Order.Desc
        return searcher.search(
            query, limit=limit, count=counts, order_by_field=self._column, order=order
        )

    @property
    def _column(self) -> str:
        return "closes_on" if self._sort is Sort.CLOSING_SOON else "recorded_at_ms"

    def _first_order(self, query: Query) -> float:
        """Return the order of the first hit."""
        value: float = self._top(query, 1, counts=False).hits[0][0]
        return value if self._sort is Sort.CLOSING_SOON else -value

    @property
    def _sign(self) -> int:
        """Return what makes an order of tantivy's one that rises."""
        return 1 if self._sort is Sort.CLOSING_SOON else -1

    def _in_order(self, found: Sequence[tuple[float, DocAddress]], held: Words) -> Iterator[Hit]:
        """Yield the hits; of those that share an order one after the other is looked for."""
        addresses = [address for _, address in found]
        columns: list[list[int]] = [
            self._snapshot.searcher.fast_field_values(name, addresses)  # type: ignore[misc] # whole
            for name in ("subject_high", "subject_low", "position", "origin_id")
        ]
        sign = self._sign
        orders = [sign * order for order, _ in found]
        names = [self._origins.get(one, "") for one in columns[-1]]
        rows = zip(orders, names, *columns, strict=True)
        for order, sharing in groupby(rows, key=itemgetter(0)):
            waiting = list(sharing)
            heapify(waiting)
            while waiting:
                _, name, high, low, position, origin_id = heappop(waiting)
                subject = high.to_bytes(8) + low.to_bytes(8)
                yield Hit(Place(held, order, name, subject), origin_id, position)

    def _from(self, query: Query, after: Place | None) -> Query:
        """Leave out what lies before a place, where a column says so."""
        if after is None or self._sort is Sort.RELEVANCE:
            return query
        return self._from_order(query, after.order)

    def _from_order(self, query: Query, order: float) -> Query:
        """Leave out what comes before an order by day or time."""
        if self._sort is Sort.CLOSING_SOON:
            return self._closing(query, int(order))
        return self._between(query, "recorded_at_ms", 0, int(-order))

    def _closing(self, query: Query, first: int) -> Query:
        return self._between(query, "closes_on", first, NO_DAY - 1)

    def _between(self, query: Query, field: str, first: int, last: int) -> Query:
        if first > last:
            return Query.empty_query()
        within = Query.range_query(self._snapshot.schema, field, FieldType.Unsigned, first, last)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])


def _just_before(place: Place) -> Place:
    """Return the last place before one: no subject lies between."""
    number = int.from_bytes(place.subject)
    return place._replace(subject=(number - 1).to_bytes(len(place.subject)) if number else b"")


def _high(hit: Hit) -> int:
    """Return the first half of a subject, as the index has it."""
    return int.from_bytes(hit.place.subject[:8])
