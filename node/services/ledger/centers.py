"""The logs of members that are the center of an agreement: what they cover, where judging ends.

- Their CHECKPOINT entries are judged in order, below the confirmed size. One that names a registry
  version which is not here yet stops its log until that version comes.
- A log may be judged up to its confirmed size, what is hidden, the CHECKPOINT entries that were
  judged, and the first document in it that we are named in and that has not come (`end`).
- Nothing of a successor is judged before all of the log that it succeeds may be: what that one
  decided last would come behind it.
- What is judged stands in the tables; here it is only remembered, and read again after a failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.coverage import ClosedLog, Coverage, Reach
from federation.log.entry import KIND_CHECKPOINT, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.records.refs import origin_of
from node.services.ledger.documents import HeldDocuments
from node.services.ledger.folding import CenterLog
from node.storage import ledger, ledger_covering, logs
from node.storage.positions import position

if TYPE_CHECKING:
    from federation.trust.registry import Registry
    from node.services.ledger.documents import Documents
    from node.storage.ledger_covering import CenterRow
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

ENTRIES_A_STEP: Final = 4_096
_VERSION_MAX: Final = (1 << 63) - 1
"""As much as a column holds. No registry comes to it: whoever names a later one waits for ever."""
_UNKNOWN_VERSION: Final = "UNKNOWN_REGISTRY_VERSION"


class Centers:
    """Remembers what the centers' logs cover."""

    def __init__(self) -> None:
        self._coverage: dict[int, Coverage] = {}

    def forget(self) -> None:
        """Read all again; after a failure, or when the tables began anew."""
        self._coverage.clear()

    def behind(self, tx: Transaction, documents: Documents, registry: Registry) -> list[Mirror]:
        """Return the logs that have entries to judge for CHECKPOINTs."""
        found = []
        for row in _logs(tx, documents):
            if not _may_begin(tx, row, documents, registry):
                continue
            center = ledger_covering.center(tx, row.origin_id)
            waits = center.waits_for_registry > registry.version
            if not waits and center.scanned_size < _shown_end(row):
                found.append(row)
        return found

    def advance(self, tx: Transaction, row: Mirror, registry: Registry) -> None:
        """Judge some more entries of a log."""
        center = ledger_covering.center(tx, row.origin_id)
        first = center.scanned_size
        end = min(_shown_end(row), first + ENTRIES_A_STEP)
        entries = logs.entries(tx, row.origin_id, first, end)
        coverage = self._of(tx, row.origin_id)
        added = []
        kept: CenterRow = center._replace(scanned_size=end, waits_for_registry=0)
        for leaf_index, scanned in enumerate(scan_entries(entries), start=first):
            if scanned[1] != KIND_CHECKPOINT:
                continue
            try:
                body = parse_entry(entries[leaf_index - first]).body
                origin, tree_size = coverage.add(leaf_index, body, registry)
            except Refused as refusal:
                if refusal.reason == _UNKNOWN_VERSION:
                    version = min(int(refusal.metadata["version"]), _VERSION_MAX)
                    kept = kept._replace(scanned_size=leaf_index, waits_for_registry=version)
                    break
                continue
            place = position(row.origin_id, leaf_index)
            added.append((place, origin, tree_size, coverage.registry_version))
        ledger_covering.add(tx, added)
        ledger_covering.keep_center(tx, kept)

    def logs_of(
        self, tx: Transaction, documents: Documents, registry: Registry
    ) -> dict[str, list[CenterLog]]:
        """Return the logs of each center in the order of their generations."""
        found: dict[str, list[CenterLog]] = {}
        earlier: dict[str, list[ClosedLog]] = {}
        for row in _logs(tx, documents):
            member = origin_of(row.origin).member
            coverage = self._of(tx, row.origin_id)
            held = HeldDocuments(documents, Reach(coverage, tuple(earlier.get(member, ()))))
            end, closed = end_of(tx, row), registry.log(row.origin).closed
            is_over = closed is not None and end >= closed.size
            if closed is not None:
                end = min(end, closed.size)
                before = ClosedLog(row.origin, closed.size, coverage)
                earlier.setdefault(member, []).append(before)
            log = CenterLog(row.origin_id, row.origin, end, held, is_over=is_over)
            found.setdefault(member, []).append(log)
        return found

    def _of(self, tx: Transaction, origin_id: int) -> Coverage:
        if origin_id not in self._coverage:
            coverage = Coverage()
            coverage.restore(ledger_covering.of_log(tx, origin_id))
            self._coverage[origin_id] = coverage
        return self._coverage[origin_id]


def end_of(tx: Transaction, row: Mirror) -> int:
    """Return up to where a log may be judged."""
    scanned = ledger_covering.center(tx, row.origin_id).scanned_size
    wanted = ledger_covering.first_wanted(tx, row.origin_id)
    end = min(scanned, _shown_end(row))
    return end if wanted is None else min(end, wanted)


def _may_begin(tx: Transaction, row: Mirror, documents: Documents, registry: Registry) -> bool:
    """Say whether all of the log that one succeeds may be judged, if it succeeds any."""
    predecessor = registry.log(row.origin).predecessor
    if predecessor is None:
        return True
    before, closed = documents.mirror(predecessor), registry.log(predecessor).closed
    if before is None or closed is None:
        return False
    return end_of(tx, before) >= closed.size


def _logs(tx: Transaction, documents: Documents) -> list[Mirror]:
    members = ledger.centers(tx)
    rows = [row for row in documents.mirrors() if origin_of(row.origin).member in members]
    return sorted(rows, key=lambda row: (origin_of(row.origin).generation, row.origin_id))


def _shown_end(row: Mirror) -> int:
    return min(row.confirmed_size, row.visible_size)
