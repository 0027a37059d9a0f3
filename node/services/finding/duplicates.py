"""Listings that are one: candidates with what agrees and differs, confirmed groups, dismissals.

- A candidate is a hint. It is confirmed only by an origin itself, by `same_as` in a revision of its
  own listing; whoever does not agree dismisses the pair for itself, and nobody else hears of it.
- A confirmed group is found by following `same_as` both ways, in the index and the catalogue, to at
  most GROUP_MAX listings.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.log.subject import parse_record_name
from federation.matching.duplicates import (
    DuplicateEvidence,
    Group,
    Likelihood,
    compare,
    groups,
)
from federation.records.facets import RecordState
from node.search.duplicate_candidates import near, pointing_to, repeated, with_key
from node.services.answer_bytes import fitting
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import LISTING, parse_name
from node.storage import catalogue, opinions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.search.duplicate_candidates import KeyPlace
    from node.search.index import Mark, Snapshot
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.finding.index_standing import IndexStanding
    from node.services.finding.served_index import ServedIndex
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database
    from node.storage.transaction import Transaction

GROUP_MAX: Final = 50
_ORDER: Final = {Likelihood.LIKELY: 0, Likelihood.POSSIBLE: 1, Likelihood.UNLIKELY: 2}
_GONE: Final = (RecordState.WITHDRAWN.value, RecordState.HIDDEN.value)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing that may be the same, with what speaks for and against it."""

    listing: Any
    evidence: DuplicateEvidence
    is_confirmed: bool
    is_dismissed: bool


@dataclass(frozen=True, slots=True)
class DuplicateList:
    """The candidates of one listing, likeliest first, and its confirmed group, if there is one."""

    listing: Any
    candidates: Sequence[Candidate]
    group: Group | None
    origins: Sequence[OriginFacts]


@dataclass(frozen=True, slots=True)
class Key:
    """A title or a right that several listings share: where to look for duplicates."""

    field: str
    key: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Keys, most shared first; `next_after` is None at the end."""

    keys: Sequence[Key]
    next_after: KeyPlace | None


class Duplicates:
    """Finds duplicates for callers. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        reader: Catalogue,
        index: ServedIndex,
        standing: IndexStanding,
    ) -> None:
        self._database = database
        self._reader = reader
        self._index = index
        self._standing = standing
        self._counting = threading.Lock()
        self._repeated: tuple[Mark, Sequence[tuple[KeyPlace, str]]] | None = None
        index.subscribe(self._forget)

    def of(self, caller: Caller, name: str, limit: int) -> DuplicateList:
        """Return the candidates of a listing; refuses RECORD_NOT_FOUND, INDEX_NOT_READY."""
        snapshot = self._index.snapshot()
        with self._database.read() as tx:
            listing = self._get(tx, caller, name)
            group = self.group_of(tx, snapshot, caller, listing)
            confirmed = set(group.members) if group is not None else set()
            dismissed = opinions.dismissed(tx, caller.identity, name)
            found = []
            for other in self._shown(tx, caller, near(snapshot, listing.public), confirmed):
                evidence = compare(listing.public, other.public)
                is_confirmed = other.name in confirmed
                if other.name != name and (
                    is_confirmed or evidence.likelihood is not Likelihood.UNLIKELY
                ):
                    is_dismissed = other.name in dismissed
                    found.append(Candidate(other, evidence, is_confirmed, is_dismissed))
        found.sort(key=_likeliest)
        likeliest = fitting(found[:limit], lambda one: one.listing)
        return DuplicateList(listing, likeliest, group, self._standing.origins(snapshot))

    def keys(self, caller: Caller, after: KeyPlace | None, limit: int) -> KeyPage:
        """Return the titles and rights that several live listings share, behind a place.

        Raises INDEX_NOT_READY.
        """
        snapshot = self._index.snapshot()
        counted = self._counted(snapshot)
        begin = 0 if after is None else bisect_right(counted, after, key=lambda one: one[0])
        some = counted[begin : begin + limit]
        told = []
        with self._database.read() as tx:
            for place, key in some:
                shown = self._shown(tx, caller, with_key(snapshot, place.field, key), set())
                names = sorted(listing.name for listing in shown)
                if len(names) > 1:
                    told.append(Key(place.field, key, names))
        return KeyPage(told, some[-1][0] if begin + limit < len(counted) else None)

    def _counted(self, snapshot: Snapshot) -> Sequence[tuple[KeyPlace, str]]:
        """Return what several listings share, counted once for all pages of a commit."""
        with self._counting:
            known = self._repeated
            if known is None or known[0] != snapshot.mark:
                known = self._repeated = snapshot.mark, repeated(snapshot)
            return known[1]

    def _forget(self) -> None:
        self._repeated = None

    def dismiss(self, caller: Caller, name: str, other: str, *, is_dismissed: bool) -> None:
        """Keep that the caller does not take two listings for one, or take it back."""
        if name == other:
            cure = ("请给出两条不同的信息", "Name two listings")
            what = "a listing is no duplicate of itself"
            raise Refused("RECORD_NOT_FOUND", what, cure=cure, name=name)
        with self._database.write() as tx:
            self._get(tx, caller, name)
            self._get(tx, caller, other)
            opinions.set_dismissed(tx, caller.identity, name, other, is_dismissed=is_dismissed)

    def groups_of(
        self, tx: Transaction, snapshot: Snapshot, caller: Caller, listings: Sequence[Any]
    ) -> dict[str, Group]:
        """Return the confirmed groups of those listings that stand in one, by the names in them."""
        names = [listing.name for listing in listings]
        linked = {listing.name for listing in listings if listing.public.same_as}
        pointing = pointing_to(snapshot, names)
        if pointing:
            linked.update(one.public.same_as for one in self._shown(tx, caller, pointing, set()))
        found: dict[str, Group] = {}
        for listing in listings:
            if listing.name in linked and listing.name not in found:
                group = self.group_of(tx, snapshot, caller, listing)
                if group is not None:
                    # Once for all of it: any member can make thousands of its listings one.
                    found |= dict.fromkeys(group.members, group)
        return found

    def group_of(
        self, tx: Transaction, snapshot: Snapshot, caller: Caller, listing: Any
    ) -> Group | None:
        """Return the confirmed group of a listing that is shown; None where it stands alone."""
        same_as: dict[str, str] = {}
        gone: set[str] = set()
        waiting, seen = [listing.name], {listing.name}
        known = {listing.name: listing}
        while waiting and len(seen) <= GROUP_MAX:
            name = waiting.pop()
            one = known.get(name) or self._find(tx, caller, name)
            if one is None or one.state in _GONE:
                gone.add(name)
            elif one.public.same_as:
                same_as[name] = one.public.same_as
            for other in self._shown(tx, caller, with_key(snapshot, "same_as", name), set()):
                known[other.name] = other
            linked = [same_as.get(name, ""), *(key for key in known if key not in seen)]
            for other_name in linked:
                if other_name and other_name not in seen:
                    seen.add(other_name)
                    waiting.append(other_name)
        found = groups(same_as, gone)
        return next((group for group in found if listing.name in group.members), None)

    def _get(self, tx: Transaction, caller: Caller, name: str) -> Any:
        parse_name(name, LISTING)
        found = self._find(tx, caller, name)
        if found is None:
            raise not_found(name)
        return found

    def _find(self, tx: Transaction, caller: Caller, name: str) -> Any:
        """Return a listing by a name that anybody may have written; None where there is none."""
        try:
            parsed = parse_record_name(name)
        except Refused:
            return None
        _, stored = self._reader.find(tx, parsed.member, parsed.subject)
        if stored is None or stored.kind != LISTING.number:
            return None
        return self._reader.show(tx, caller, stored)

    def _shown(
        self, tx: Transaction, caller: Caller, positions: Sequence[int], names: set[str]
    ) -> list[Any]:
        """Return the live listings at positions and with names, each once."""
        stored = catalogue.at(tx, positions) if positions else {}
        shown = {
            listing.name: listing
            for one in stored.values()
            if one.state not in _GONE
            for listing in (self._reader.show(tx, caller, one),)
        }
        for name in names:
            if name not in shown and (listing := self._find(tx, caller, name)) is not None:
                shown[name] = listing
        return list(shown.values())


def _likeliest(candidate: Candidate) -> tuple[bool, int, int, str]:
    evidence = candidate.evidence
    return (
        not candidate.is_confirmed,
        _ORDER[evidence.likelihood],
        -evidence.text_permille,
        candidate.listing.name,
    )
