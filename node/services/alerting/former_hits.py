"""Which listings have ceased to match a search, by leaves of the change feed that touch them.

- Nobody keeps who was told what. A listing is told as gone if it was a hit as it stood just before
  the leaves that are looked at, or at one of them, and is none now. So everyone who may have been
  told of it hears of its end; who never was may hear it too, and knows no such name.
- How it stood before is read from its earlier entries, and held against the same query as the
  index is asked.
- What was erased is read by nobody. Whether it was a hit is not known then, and so it is told.
- What was read is kept for the next query that looks at the same leaves, until the feed goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from federation.log.entry import KIND_LISTING, Audience
from federation.records.facets import RecordState, facets
from node.search.among import Matching
from node.search.index import in_memory
from node.storage import arrivals, listing_versions
from node.storage.arrivals import ArrivalKind
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from node.search.index import Snapshot
    from node.search.query import ListingFilter, QueryWords
    from node.services.catalogue.listing_changes import Touch
    from node.storage.arrivals import Arrival
    from node.storage.listing_versions import Standing
    from node.storage.transaction import Transaction

    Key = tuple[int, bytes]

_NOT_SHOWN = frozenset({RecordState.WITHDRAWN.value, RecordState.HIDDEN.value})


class _Version(NamedTuple):
    """A listing as it stood at an earlier entry (`node.search.documents.Indexable`)."""

    position: int
    origin_id: int
    subject: bytes
    state: int
    recorded_at_ms: int
    public: bytes
    members: bytes | None


@dataclass(frozen=True, slots=True)
class Former:
    """The listings that some leaves touch, as they stood before."""

    standing: Mapping[Key, Standing]
    """How those stand now that may be gone; those that are not shown at all are missing."""
    _versions: Snapshot | None
    _unread: Collection[Key]
    """Those that stood by a PUBLIC part that was erased since."""
    _without_terms: Collection[Key]
    """Those that stood by a MEMBERS part that was erased since."""

    @property
    def size(self) -> int:
        """Return how many versions were read."""
        return 0 if self._versions is None else self._versions.searcher.num_docs

    def gone(self, words: QueryWords, which: ListingFilter, hits: Collection[Key]) -> set[Key]:
        """Return what may have been a hit before, and is not among the hits now."""
        if words.is_text and not words.has_main:
            return set()
        which = replace(which, but=())  # what is left out now may have been told before
        found = set(self._unread)
        if which.amount_min_fen or which.amount_max_fen:
            found |= set(self._without_terms)
        if which.origin_ids is not None:
            found = {key for key in found if key[0] in which.origin_ids}
        if self._versions is not None:
            found |= Matching(self._versions, words, which).every()
        return found - set(hits)


class FormerHits:
    """Reads how listings stood before. Safe for many threads."""

    def __init__(self) -> None:
        self._last: tuple[tuple[int, ...], Former] | None = None
        self._forgotten = 0

    def forget(self) -> None:
        """Keep nothing: something may have been erased."""
        self._forgotten += 1
        self._last = None

    def of(self, tx: Transaction, runs: Sequence[Arrival], touched: Sequence[Touch]) -> Former:
        """Return the listings touched by the leaves of runs, as they stood before."""
        end = runs[-1].position + runs[-1].count
        # All that changes how a listing stands, or stood, arrives in the feed.
        looked_at = (runs[0].position, end, arrivals.last_position(tx))
        last = self._last
        if last is None or last[0] != looked_at:
            forgotten = self._forgotten
            last = looked_at, _read(tx, runs, touched)
            if forgotten == self._forgotten:  # else what was read may have been erased meanwhile
                self._last = last
        return last[1]


def _read(tx: Transaction, runs: Sequence[Arrival], touched: Sequence[Touch]) -> Former:
    # Most stand by the one entry that they ever had, unless later ones are hidden.
    new = listing_versions.unchanged(tx, runs)
    new -= {
        (touch.origin_id, touch.subject)
        for touch in touched
        if touch.is_erasure or touch.kind == ArrivalKind.RETRACTED
    }
    by_origin: dict[int, dict[bytes, list[Touch]]] = {}
    for touch in touched:
        if (touch.origin_id, touch.subject) in new:
            continue
        by_origin.setdefault(touch.origin_id, {}).setdefault(touch.subject, []).append(touch)
    advanced = listing_versions.stood_at(
        tx,
        [
            position(touch.origin_id, touch.leaf_index)
            for subjects in by_origin.values()
            for touches in subjects.values()
            for touch in touches
            if not touch.is_erasure
        ],
    )
    standing: dict[Key, Standing] = {}
    stood: dict[int, Key] = {}
    for origin_id, subjects in by_origin.items():
        now = listing_versions.standing(tx, origin_id, subjects)
        for subject, touches in subjects.items():
            for place in _stood(touches, advanced, now.get(subject)):
                stood[place] = origin_id, subject
        standing |= {(origin_id, subject): one for subject, one in now.items()}
    erased = listing_versions.erased_audiences(tx, stood)
    shown = {one.position for one in standing.values() if one.state not in _NOT_SHOWN}
    versions = list(_versions(tx, {place: stood[place] for place in stood if place not in shown}))
    return Former(
        standing,
        in_memory(versions) if versions else None,
        {stood[place] for place, of in erased.items() if Audience.PUBLIC in of},
        {stood[place] for place, of in erased.items() if Audience.MEMBERS in of},
    )


def _stood(
    touches: Sequence[Touch], advanced: Mapping[int, Sequence[int]], now: Standing | None
) -> set[int]:
    """Return the positions of the entries by which a listing may have stood before."""
    entries = {
        position(one.origin_id, one.leaf_index): one.kind for one in touches if not one.is_erasure
    }
    # Before each, not before the first: a part may come late of an entry long superseded.
    found = {place for entry in entries for place in advanced.get(entry, ())}
    # What a freeze hides has left the tables.
    found |= {place for place, kind in entries.items() if kind == ArrivalKind.RETRACTED}
    if now is not None and (now.state in _NOT_SHOWN or any(one.is_erasure for one in touches)):
        found.add(now.position)
    return found


def _versions(tx: Transaction, stood: Mapping[int, Key]) -> Iterator[_Version]:
    for place, content in listing_versions.contents(tx, stood).items():
        public = content.get(Audience.PUBLIC)
        state = facets(KIND_LISTING, public)[0]
        if public is not None and state not in _NOT_SHOWN:
            origin_id, subject = stood[place]
            members = content.get(Audience.MEMBERS)
            yield _Version(place, origin_id, subject, state, 0, public, members)
