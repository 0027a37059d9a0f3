"""What is new, changed or gone among the hits of a saved query, since a position of the feed.

- A listing is told at a leaf of the feed that touches it (`listing_changes`), if it matches now:
  the index finds it by all words and the filter, and the catalogue still shows what was indexed.
  All words, not the rarest as in a search: which are rare changes with listings of others, and
  what ends so is told at no leaf.
  It is told as gone if it matched before and does not now (`former_hits`): withdrawn, erased,
  hidden, or revised. So who takes in all that is told holds just what matches.
- No gap. A look ends at the index's mark at the latest, and the position given with its hits is one
  up to which every leaf was looked at. A listing whose latest entry lies at or below it and that
  matches was told; one that has changed again since is touched by a later leaf, and told there.
  That holds for whatever touches a listing: an entry, a part that comes late, an erasure, a freeze,
  a thaw; and for an index that lags, is built again, or is exchanged between two looks.
- At least once. Who goes back is told again; a listing that changes again is told again, and one
  that an index ahead of its mark holds already may be told a leaf early as well. Of a listing that
  nobody was told of, its end may be told.
- An index of another database (one put back from a copy) tells nothing: INDEX_NOT_READY until it is
  built again.
- Hits are in the order of their leaves. A page is cut between two leaves, so it holds more than was
  asked for only where one ERASE entry touches more.
- A saved query of reminders is looked at by their numbers instead (`reminders`).
- A hit is the name of a listing with the least that says what it is: no texts, no terms, no
  contacts. Of what is gone, only name and state. It is seen as its owner may see it now; a token
  that has ended sees nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from federation.log.entry import Audience
from federation.log.errors import Unreachable
from federation.log.subject import parse_origin
from federation.records.codec import ListingPublic
from federation.records.facets import RecordState
from node.search.among import Matching
from node.search.query import every_word
from node.services.alerting.former_hits import FormerHits
from node.services.catalogue.changes import HEARTBEAT_S, Bell
from node.services.catalogue.feed_position import check_reached
from node.services.catalogue.listing_changes import first_touches
from node.services.catalogue.records import LISTING, record_name
from node.services.finding.index_marks import is_known
from node.services.finding.searching import check_may_ask, is_shown, which_listings
from node.storage import arrivals, catalogue, mirrors, parts
from node.storage.arrivals import ArrivalKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from node.search.index import Snapshot
    from node.services.access import Caller
    from node.services.alerting.reminders import Reminder, Reminders
    from node.services.alerting.saved_queries import SavedQueries
    from node.services.catalogue.changes import Life
    from node.services.catalogue.listing_changes import Touch
    from node.services.finding.searching import SearchQuery
    from node.services.finding.served_index import ServedIndex
    from node.storage.arrivals import Arrival
    from node.storage.database import Database
    from node.storage.listing_versions import Standing
    from node.storage.saved_queries import SavedQuery
    from node.storage.transaction import Transaction

LEAVES_A_LOOK: Final = 2_000
LOOKS_MAX: Final = 12
"""How often one call looks on where little matched."""

VERSIONS_MAX: Final = 2_000
"""About how many earlier versions of listings one call reads: each costs a millisecond."""

TOUCHES_MAX: Final = LOOKS_MAX * LEAVES_A_LOOK
"""About how many listings one call looks at: one ERASE entry may touch thousands."""

_LOOK_GROWTH: Final = 4

CALLER_SEEN_FOR_S: Final = 2.0
"""After how long a stream notices that its token has ended."""

_LOOK_INTERVAL_S: Final = 0.1


class AlertChange(IntEnum):
    """What happened to a hit."""

    NEW = 1
    """Its first revision came, or a part of it."""
    REVISED = 2
    """A later revision came, or a part of it."""
    RESTATED = 3
    """Something else changed what is shown of it: an erasure, or a freeze of its origin."""
    GONE = 4
    """It matched, and does not any more."""


@dataclass(frozen=True, slots=True)
class AlertHit:
    """A listing at the leaf for which it is told; `region` is a GB/T 2260 code.

    `state` is a RecordState. Of what is gone nothing of its content is told.
    """

    position: int
    change: AlertChange
    name: str
    revision: int
    member: str
    title: str
    region: str
    kind: int
    is_provisional: bool
    state: int


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Hits in order, the position to go on from, and whether there is more to look at now."""

    hits: Sequence[AlertHit]
    position: int
    more: bool = False
    is_end: bool = False
    reminders: Sequence[Reminder] = ()
    """Of a saved query of reminders; it has no hits, and its position is their number."""

    @property
    def is_empty(self) -> bool:
        """Whether it tells nothing."""
        return not self.hits and not self.reminders


class Alerts:
    """Looks what saved queries have to tell. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        index: ServedIndex,
        saved: SavedQueries,
        read_request: Callable[[bytes], SearchQuery],
        callers: Callable[[str], Caller],
        heartbeat_s: float = HEARTBEAT_S,
        reminders: Reminders | None = None,
    ) -> None:
        """`callers` tells who the holder of a token is now; refuses TOKEN_INVALID."""
        self._database = database
        self._index = index
        self._saved = saved
        self._read_request = read_request
        self._callers = callers
        self._heartbeat_s = heartbeat_s
        self._reminders = reminders
        self._former = FormerHits()
        self._bell = Bell()
        index.subscribe(self._former.forget)
        index.subscribe(self._bell.ring)
        if reminders is not None:
            reminders.listeners.append(self._bell.ring)

    def end_of(self, saved: SavedQuery) -> int:
        """Return up to where there is anything to look at; raises INDEX_NOT_READY."""
        if saved.is_reminders:
            return self._reminders.end() if self._reminders is not None else 0
        return self._index.snapshot().mark.position

    def list(self, caller: Caller, query_id: str, after: int | None, limit: int) -> AlertPage:
        """Return the next hits behind a position; None is the saved one.

        Refuses RECORD_NOT_FOUND, POSITION_IN_FUTURE, ROLE_MISSING, INDEX_NOT_READY.
        """
        found = self._saved.get(caller, query_id)
        return self.evaluate(caller, found, found.position if after is None else after, limit)

    def watch(
        self, caller: Caller, query_id: str, after: int | None, limit: int, life: Life
    ) -> Generator[AlertPage, None, None]:
        """Yield pages as hits come, an empty one as a heartbeat, and at the end a last one.

        Refuses what `list` refuses, and TOKEN_INVALID once the token has ended.
        """
        position = self._saved.get(caller, query_id).position if after is None else after
        bell = self._bell
        told_at = time.monotonic()
        life.on_end(bell.ring)
        while not life.ended:
            rung, looked_at = bell.rung, time.monotonic()
            page = self.list(self._callers(caller.token_id), query_id, position, limit)
            position = page.position
            if not page.is_empty or looked_at - told_at >= self._heartbeat_s:
                told_at = looked_at
                yield page
            if not page.more:
                due_s = told_at + self._heartbeat_s - looked_at
                bell.wait(rung, min(due_s, CALLER_SEEN_FOR_S), life)
                life.wait(max(0.0, looked_at + _LOOK_INTERVAL_S - time.monotonic()))
        yield AlertPage((), position, is_end=True)

    def evaluate(self, caller: Caller, saved: SavedQuery, after: int, limit: int) -> AlertPage:
        """Return the first hits behind a position, as a caller sees them; about `limit` of them.

        Refuses POSITION_IN_FUTURE, ROLE_MISSING, INDEX_NOT_READY.
        """
        if saved.is_reminders:
            return self._remind(caller, after, limit)
        query = self._read_request(saved.request)
        check_may_ask(caller, query)
        snapshot = self._index.snapshot()
        with self._database.read() as tx:
            check_reached(tx, after)
            if not is_known(tx, snapshot.mark):
                raise Unreachable("INDEX_NOT_READY", "the index is of another database")
            look = _Look(tx, snapshot, query, self._former)
            position, hits, leaves = after, list[AlertHit](), limit
            for _ in range(LOOKS_MAX):
                count = min(
                    leaves,
                    LEAVES_A_LOOK,
                    VERSIONS_MAX - look.versions,
                    TOUCHES_MAX - look.touches,
                    snapshot.mark.position - position,
                )
                if len(hits) >= limit or count <= 0:
                    break
                runs = arrivals.after(tx, position, count)
                position, found = look.at(runs, limit - len(hits))
                hits += found
                leaves *= _LOOK_GROWTH  # what matches may be rare
        return AlertPage(hits, position, more=position < snapshot.mark.position)

    def _remind(self, caller: Caller, after: int, limit: int) -> AlertPage:
        """Return the first reminders behind a number, of enquiries that a caller finds in lists."""
        if self._reminders is None:
            return AlertPage((), after)
        page = self._reminders.page(caller, after, limit)
        return AlertPage((), page.number, more=page.more, reminders=page.reminders)


class _Look:
    """One look at the feed, with one state of the index and a later one of the database."""

    def __init__(
        self, tx: Transaction, snapshot: Snapshot, query: SearchQuery, former: FormerHits
    ) -> None:
        self._tx = tx
        self._origins = mirrors.names(tx)
        self._which = which_listings(tx, query, self._origins)
        self._words = every_word(query.text)
        self._matching = Matching(snapshot, self._words, self._which)
        self._former = former
        self.versions = 0
        """How many earlier versions of listings were read."""
        self.touches = 0
        """How many listings were looked at."""

    def at(self, runs: Sequence[Arrival], limit: int) -> tuple[int, list[AlertHit]]:
        """Return the hits of leaves, or of the first of them; and up to where they were told."""
        touched, runs = first_touches(self._tx, runs, TOUCHES_MAX - self.touches)
        self.touches += len(touched)
        last = {(touch.origin_id, touch.subject): touch for touch in touched}
        # By its first leaf: were the page cut before the last one, the next would begin with how
        # the listing stood between them, and that may have been no hit.
        first = {(touch.origin_id, touch.subject): touch for touch in reversed(touched)}
        found = self._matching.among(last)
        former = self._former.of(self._tx, runs, touched)
        self.versions += former.size
        gone = former.gone(self._words, self._which, found)
        told = sorted(
            [last[key] for key in found] + [first[key] for key in gone],
            key=lambda one: (one.position, one.subject),
        )
        hits: list[AlertHit] = []
        for begin in range(0, len(told), limit):
            some = told[begin : begin + limit]
            chunk = [(touch, (touch.origin_id, touch.subject)) for touch in some]
            stored = catalogue.at(self._tx, [found[key] for _, key in chunk if key in found])
            for touch, key in chunk:
                if len(hits) >= limit and touch.position > hits[-1].position:
                    return hits[-1].position, hits
                if key in gone:
                    hits.append(self._gone(touch, former.standing.get(key)))
                    continue
                record = stored.get(found[key])
                if record is not None and is_shown(record, self._which):
                    hits += _hit(touch, record)
        return runs[-1].position + runs[-1].count - 1, hits

    def _gone(self, touch: Touch, standing: Standing | None) -> AlertHit:
        member = parse_origin(self._origins[touch.origin_id]).member
        return AlertHit(
            position=touch.position,
            change=AlertChange.GONE,
            name=record_name(member, LISTING.number, touch.subject),
            revision=standing.revision if standing is not None else 0,
            member=member,
            title="",
            region="",
            kind=0,
            is_provisional=standing is not None and standing.is_provisional,
            state=standing.state if standing is not None else RecordState.HIDDEN.value,
        )


def _hit(touch: Touch, record: catalogue.Record) -> Iterator[AlertHit]:
    wire = record.parts.get(Audience.PUBLIC)
    if wire is None:
        return
    public = ListingPublic.FromString(parts.content_of(wire))
    change = AlertChange.NEW if record.revision == 1 else AlertChange.REVISED
    if touch.is_erasure or touch.kind == ArrivalKind.RETRACTED:
        change = AlertChange.RESTATED
    member = parse_origin(record.origin).member
    yield AlertHit(
        position=touch.position,
        change=change,
        name=record_name(member, LISTING.number, record.subject),
        revision=record.revision,
        member=member,
        title=public.title,
        region=public.region,
        kind=public.kind,
        is_provisional=record.is_provisional,
        state=record.state,
    )
