"""The facets of a search, as a caller may see them.

- They are counted beside what else a search does: counting needs no interpreter.
- Counts are the index's; but no label or owner of what is gone is told (`StillShown`).
- Amounts stand in MEMBERS parts: only who may read these is told how many have which.
- What changed lately is told from as many positions back as `RECENT` says.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.log.subject import parse_origin
from node import processors
from node.search.facets import VALUES_MAX, Counts, Facets
from node.services.finding.still_shown import StillShown
from node.storage import arrivals
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from datetime import date

    from node.search.facet_ranges import Since
    from node.search.facets import Values
    from node.search.index import Snapshot
    from node.search.query import Words
    from node.search.ranking import Ranking
    from node.services.access import Caller
    from node.services.finding.served_index import ServedIndex
    from node.storage.database import Database
    from node.storage.transaction import Transaction

RECENT: Final = (100, 1_000, 10_000, 100_000)


@dataclass
class Counting:
    """Counts the facets of one search: of what holds all, or some, of its words."""

    count: Callable[[Words], Future[Counts]]
    _begun: dict[Words, Future[Counts]] = field(default_factory=dict)

    def begin(self, held: Words) -> None:
        """Begin to count."""
        if held not in self._begun:
            self._begun[held] = self.count(held)

    def result(self, held: Words) -> Counts:
        """Return what was counted, once it is."""
        self.begin(held)
        return self._begun[held].result()


class FacetCounting:
    """Counts facets for callers. Safe for many threads."""

    def __init__(self, database: Database, index: ServedIndex, today: Callable[[], date]) -> None:
        """`today` is the day in Asia/Shanghai."""
        self._database = database
        self._today = today
        self._facets = Facets()
        self._still_shown = StillShown()
        for kept in (self._facets, self._still_shown):
            index.subscribe(kept.forget)
        self._threads = ThreadPoolExecutor(os.cpu_count(), "facets", processors.apart)
        self._recent: tuple[int, Since] = (0, {})

    def counting(self, tx: Transaction, snapshot: Snapshot, ranking: Ranking) -> Counting:
        """Return what counts the facets of a search."""
        today, since = self._today().toordinal(), self._since(tx, snapshot.mark.position)

        def count(held: Words) -> Future[Counts]:
            query = ranking.query(held)
            return self._threads.submit(self._facets.count, snapshot, query, today, since)

        return Counting(count)

    def shown(
        self, caller: Caller, snapshot: Snapshot, counts: Counts, origins: Mapping[int, str]
    ) -> Counts:
        """Return what a caller may see of what was counted; `origins` are names by id."""
        values, ranges = dict(counts.values), dict(counts.ranges)
        values["members"] = _named(values["origin_id"], origins)
        if not caller.reads_members_parts:
            del ranges["amount_min_fen"]
        with self._database.read() as tx:
            for column in ("labels", "owners"):
                values[column] = self._still_shown.of(tx, snapshot, column, values[column])
        return Counts(values, ranges)

    def _since(self, tx: Transaction, newest: int) -> Since:
        """Return what changed after each of the recent positions of an index's change feed."""
        if self._recent[0] != newest:
            afters = [newest - many for many in RECENT if many < newest]
            self._recent = (newest, {after: changed_after(tx, after) for after in afters})
        return self._recent[1]


def changed_after(tx: Transaction, after: int) -> list[tuple[int, int]]:
    """Return the positions [first, end) of what changed after a position of the change feed."""
    return [
        (position(origin_id, size), position(origin_id + 1, 0))
        for origin_id, size in arrivals.sizes_at(tx, after).items()
    ]


def _named(counted: Values, origins: Mapping[int, str]) -> Values:
    """Give members by name instead of this node's origin ids; logs of one member count together."""
    by_member: dict[str, int] = {}
    for value, count in counted:
        origin = origins.get(int(value))
        if origin is not None:
            member = parse_origin(origin).member
            by_member[member] = by_member.get(member, 0) + count
    return sorted(by_member.items(), key=lambda pair: (-pair[1], pair[0]))[:VALUES_MAX]
