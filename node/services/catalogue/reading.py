"""Reading the catalogue: records of all members, as this node knows them.

- A member's records stand in its open log and in its closed ones; a name says only the member.
- Pages are in the order of positions and go on behind the last one; see `storage.catalogue`. They
  end early where records are large (`answer_bytes`).
- A list says of each origin how complete the answer is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.log.subject import parse_origin
from federation.records.facets import RecordState
from node.services.answer_bytes import fitting
from node.services.catalogue.catalogue_entries import shown, stored_of
from node.services.catalogue.feed_position import check_reached
from node.services.catalogue.records import parse_name
from node.services.known_members import check_known
from node.storage import arrivals, catalogue, logs, mirrors, parts
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.records.codec import Record
    from node.services.access import Caller
    from node.services.catalogue.records import RecordKind
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database
    from node.storage.transaction import Transaction

_ADVERTISED: Final = tuple(
    state.value for state in RecordState if state not in {RecordState.WITHDRAWN, RecordState.HIDDEN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which records. What is empty or 0 does not filter; no states means those advertised."""

    kind: RecordKind
    members: Sequence[str] = ()
    states: Sequence[int] = ()
    listing_kind: int = 0
    region: str = ""
    tech_field: int = 0
    source_platform: str = ""
    source_id: str = ""
    changed_after_position: int = 0


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Records of the kind asked for; behind what the next page goes on, None at the end."""

    records: Sequence[Any]
    next_after: int | None
    origins: Sequence[OriginFacts] = ()


@dataclass(frozen=True, slots=True)
class _Log:
    origin: str
    origin_id: int
    member: str


class Catalogue:
    """Reads records for callers. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        own_origin: str,
        completeness: Callable[[], Sequence[OriginFacts]],
    ) -> None:
        """`completeness` tells of each origin how far it is known here."""
        self._database = database
        self._own_origin = own_origin
        self._own_member = parse_origin(own_origin).member
        self._completeness = completeness
        self._logs: dict[str, _Log] = {}

    def get(self, caller: Caller, kind: RecordKind, name: str) -> Any:
        """Return a record of a kind, a withdrawn one without content.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND.
        """
        parsed = parse_name(name, kind)
        with self._database.read(snapshot=False) as tx:
            log, stored = self.find(tx, parsed.member, parsed.subject)
            if log is None or stored is None or stored.kind != kind.number:
                raise not_found(name)
            return self._shown(tx, caller, log, stored)

    def page(self, caller: Caller, query: RecordQuery, after: int, limit: int) -> RecordPage:
        """Return at most `limit` records behind a position; the first page begins behind 0.

        Refuses INVALID_FIELD for a member that is not known, POSITION_IN_FUTURE.
        """
        origins = [
            facts
            for facts in self._completeness()
            if not query.members or facts.member in query.members
        ]
        with self._database.read() as tx:
            check_known(tx, query.members)
            check_reached(tx, query.changed_after_position)
            names = self._origins_of(tx, query.members)
            which = catalogue.Filter(
                kind=query.kind.number,
                origins=names,
                states=query.states or _ADVERTISED,
                listing_kind=query.listing_kind,
                region=query.region,
                tech_field=query.tech_field,
                source_platform=query.source_platform,
                source_id=query.source_id,
                sizes=arrivals.sizes_at(tx, query.changed_after_position)
                if query.changed_after_position
                else {},
            )
            found = catalogue.page(tx, which, after, limit + 1)
            records = fitting(self.show(tx, caller, stored) for stored in found[:limit])
            next_after = None
            if len(found) > len(records):
                last = found[len(records) - 1]
                next_after = position(self.log(tx, last.origin).origin_id, last.leaf_index)
        return RecordPage(records, next_after, origins)

    def history(
        self, caller: Caller, kind: RecordKind, name: str, after_revision: int, limit: int
    ) -> RecordPage:
        """Return the revisions behind one, oldest first; a withdrawal is the last.

        Refuses RECORD_NOT_FOUND.
        """
        parsed = parse_name(name, kind)
        with self._database.read() as tx:
            log, stored = self.find(tx, parsed.member, parsed.subject)
            if log is None or stored is None or stored.kind != kind.number:
                raise not_found(name)
            found = catalogue.history(tx, log.origin, parsed.subject, after_revision, limit + 1)
            confirmed_size = mirrors.get(tx, log.origin).confirmed_size
            records = fitting(
                self._shown(
                    tx,
                    caller,
                    log,
                    stored_of(log.origin, one.leaf_index, one.entry, one.parts, confirmed_size),
                )
                for one in found[:limit]
            )
        more = len(found) > len(records)
        return RecordPage(records, found[len(records) - 1].revision if more else None)

    def own_revision(self, caller: Caller, leaf_index: int) -> Record:
        """Return an own record as the entry at a leaf index has it."""
        with self._database.read() as tx:
            log = self.log(tx, self._own_origin)
            entry = logs.entry(tx, log.origin_id, leaf_index)
            if entry is None:
                raise AssertionError("an outcome is kept with its entry")
            wires = parts.of_entry(tx, log.origin_id, leaf_index)
            confirmed_size = mirrors.get(tx, log.origin).confirmed_size
            stored = stored_of(log.origin, leaf_index, entry, wires, confirmed_size)
            return self._shown(tx, caller, log, stored)

    def find(
        self, tx: Transaction, member: str, subject: bytes
    ) -> tuple[_Log | None, catalogue.Record | None]:
        """Return a member's record and the log in which it stands."""
        for known in (self._logs, None):
            held = known if known is not None else self._read_logs(tx)
            for log in held.values():
                if log.member == member:
                    stored = catalogue.find(tx, log.origin, subject)
                    if stored is not None:
                        return log, stored
        return None, None

    def show(self, tx: Transaction, caller: Caller, stored: catalogue.Record) -> Record:
        """Return a record that storage gave, as the caller may see it."""
        return self._shown(tx, caller, self.log(tx, stored.origin), stored)

    def log(self, tx: Transaction, origin: str) -> _Log:
        """Return what is known of a log that is held here."""
        return self._logs.get(origin) or self._read_logs(tx)[origin]

    def _read_logs(self, tx: Transaction) -> dict[str, _Log]:
        self._logs = {
            row.origin: _Log(row.origin, row.origin_id, parse_origin(row.origin).member)
            for row in mirrors.every(tx)
        }
        return self._logs

    def _origins_of(self, tx: Transaction, members: Sequence[str]) -> list[str]:
        if not members:
            return []
        return [log.origin for log in self._read_logs(tx).values() if log.member in members]

    def _shown(
        self, tx: Transaction, caller: Caller, log: _Log, stored: catalogue.Record
    ) -> Record:
        own = log.member == self._own_member
        return shown(tx, caller, stored, log.member, log.origin_id, own=own)


_LISTED_BY: Final = {
    "listings": "ydx search",
    "enquiries": "ydx enquiry list",
    "contracts": "ydx contract list",
    "agreements": "ydx ledger agreements",
    "proposals": "ydx ledger proposals",
}


def not_found(name: str, **metadata: str) -> Refused:
    """Return the refusal of a name that this node does not know; it tells what lists its kind."""
    command = _LISTED_BY.get(name.split("/")[2] if name.count("/") > 1 else "")
    cure = (
        (
            f"请核对编号；{command} 列出现有的",
            f"Check the name; {command} lists what there is",
        )
        if command
        else ("请核对编号", "Check the name")
    )
    return Refused("RECORD_NOT_FOUND", f"there is no {name}", cure=cure, name=name, **metadata)
