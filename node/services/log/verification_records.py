"""The second half of `ydx log verify`: parts, and what is folded from entries and parts.

Goes over the log once, beside the folded tables, which stream in the order of the log. An entry has
one row at most: in `catalogue` if it is its record's latest, in `superseded` if it was, in
`invalid_entry` if it breaks a rule of the fold. Sealed documents have their rows in `sealed`.
Holds a few hundred bytes for each record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from federation.log.batch import Absence
from federation.log.entry import (
    KIND_ERASE,
    KIND_GENESIS,
    RECORD_KINDS,
    Audience,
    Operation,
    parse_entry,
    scan_entries,
)
from federation.log.errors import Refused
from federation.log.part import PartHeader, open_named, open_part
from federation.records.codec_body import parse_erase
from federation.records.facets import RECORDED_AT_MS_MAX, WITHDRAWN, RecordState, facets
from federation.records.fold import Standing, can_be_erased, why_invalid
from federation.records.sealed import readable
from node.storage import audit, logs, parts, sources
from node.storage.positions import part_id, split_part_id

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from federation.log.batch import Facets
    from federation.log.entry import ScannedEntry
    from node.storage.audit import FoldedRow, LatestRow
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction


class Findings(Protocol):
    """Where differences and counts go."""

    parts_held: int
    parts_absent: Counter[str]

    def differs(self, place: str, what: str) -> None:
        """Note a difference."""


class _Latest(NamedTuple):
    """The last advancing entry of a record so far."""

    leaf_index: int
    standing: Standing
    facets: Facets
    is_in_catalogue: bool


class FoldCheck:
    """Takes the entries of a log in order, then `finish`."""

    def __init__(self, tx: Transaction, mirror: Mirror, findings: Findings) -> None:
        self._tx = tx
        self._mirror = mirror
        self._findings = findings
        self._latest: dict[bytes, _Latest] = {}
        self._erased: dict[tuple[int, int], int] = {}
        self._sealed: dict[int, tuple[bytes, int]] = {}
        self._rows = audit.folded_rows(tx, mirror.origin_id)
        self._row = next(self._rows, None)

    def take(
        self,
        first: int,
        entries: Sequence[bytes],
        scanned: Sequence[ScannedEntry],
        hashes: Sequence[bytes],
    ) -> None:
        """Check the parts and the fold of the entries from `first` on."""
        origin_id, end = self._mirror.origin_id, first + len(entries)
        held = {
            place: (audience, wire)
            for place, audience, wire in parts.of_range(self._tx, origin_id, first, end)
        }
        self._findings.parts_held += len(held)
        for at, entry in enumerate(scanned):
            leaf_index = first + at
            public = self._check_parts(leaf_index, entry, held)
            self._check_fold(leaf_index, entries[at], entry, hashes[at], public)
        for place in held:
            _, leaf_index, number = split_part_id(place)
            self._findings.differs(f"part {leaf_index}/{number}", "is of no entry")

    def finish(self) -> None:
        """Check what only the whole log shows."""
        while self._row is not None:
            self._findings.differs(f"entry {self._row.leaf_index}", "is folded and does not exist")
            self._row = next(self._rows, None)
        for subject, latest in self._latest.items():
            if not latest.is_in_catalogue:
                place = f"record {subject.hex()}"
                self._findings.differs(place, "its latest entry is not in the catalogue")
        self._check_erased()
        for leaf_index, number, what in audit.held_and_absent(self._tx, self._mirror.origin_id):
            self._findings.differs(f"part {leaf_index}/{number}", f"is held and {what} as well")
        self._check_sealed()
        self._check_arrivals()
        if self._mirror.is_own:
            self._check_sources()

    def _check_parts(
        self, leaf_index: int, entry: ScannedEntry, held: dict[int, tuple[int, bytes]]
    ) -> bytes | None:
        """Check the parts of an entry; return the content of its PUBLIC part, if that is held."""
        _, _, _, subject, revision, commitments = entry
        origin, public = self._mirror.origin, None
        named: dict[int, PartHeader] = {}
        for number, (audience, commitment) in enumerate(commitments):
            row = held.pop(part_id(self._mirror.origin_id, leaf_index, number), None)
            if row is None:
                self._check_absence(leaf_index, number, audience)
                continue
            place = f"part {leaf_index}/{number}"
            if row[0] != audience:
                self._findings.differs(place, f"stands under audience {row[0]}, not {audience}")
            try:
                if audience == Audience.NAMED:
                    named[number], _ = open_named(row[1], commitment, origin, number)
                    continue
                header = PartHeader(origin, subject, revision, number, Audience(audience))
                content = open_part(row[1], commitment, header)
                public = content if audience == Audience.PUBLIC else public
            except Refused as refusal:
                self._findings.differs(place, refusal.what)
        document = readable(named)
        if document is not None and leaf_index < self._mirror.visible_size:
            self._sealed[leaf_index] = document
        return public

    def _check_absence(self, leaf_index: int, number: int, audience: int) -> None:
        """Check that a part that is not held has a reason that it may have."""
        absence = parts.absence(self._tx, self._mirror.origin_id, leaf_index, number)
        self._findings.parts_absent[absence.name.lower()] += 1
        place = f"part {leaf_index}/{number}"
        if absence is Absence.WITHHELD:
            if self._mirror.is_own or audience in {Audience.PUBLIC, Audience.MEMBERS}:
                self._findings.differs(place, "is missing without a reason")
        elif absence is Absence.VOID and self._mirror.is_own:
            self._findings.differs(place, "is void in the own log, which writes none")
        elif absence is Absence.WANTED and audience == Audience.ORIGIN:
            self._findings.differs(place, "is wanted, and nobody else can hold it")

    def _check_fold(
        self,
        leaf_index: int,
        raw: bytes,
        entry: ScannedEntry,
        leaf_hash: bytes,
        public: bytes | None,
    ) -> None:
        """Compare what is folded from an entry with what it says."""
        reason, kind, operation, subject, revision, _ = entry
        row = self._row_at(leaf_index)
        if leaf_index >= self._mirror.visible_size:
            if row is not None:
                self._findings.differs(f"entry {leaf_index}", "is folded, a freeze hides it")
            return
        advances = False
        if kind in RECORD_KINDS:
            before = self._latest.get(subject)
            reason = why_invalid(kind, operation, revision, before and before.standing)
            advances = not reason
        elif kind == KIND_ERASE:
            reason = self._take_erasure(leaf_index, raw)
        elif kind == KIND_GENESIS and leaf_index:
            reason = "MISPLACED_GENESIS"
        marked = row.reason if row is not None else ""
        if marked != reason:
            what = f"is marked {marked or 'valid'}, is {reason or 'valid'}"
            self._findings.differs(f"entry {leaf_index}", what)
        elif advances:
            self._advance(leaf_index, raw, entry, leaf_hash, public, row)
        elif row is not None and not marked:
            self._findings.differs(f"entry {leaf_index}", "is folded but advances no record")

    def _advance(
        self,
        leaf_index: int,
        raw: bytes,
        entry: ScannedEntry,
        leaf_hash: bytes,
        public: bytes | None,
        row: FoldedRow | None,
    ) -> None:
        """Compare the row of an advancing entry, and move its record on."""
        _, kind, operation, subject, revision, commitments = entry
        place = f"entry {leaf_index}"
        shown = WITHDRAWN if operation == Operation.WITHDRAW else facets(kind, public)
        if row is None:
            self._findings.differs(place, "advances its record but is not folded")
        else:
            audiences = sum(1 << audience for audience, _ in commitments)
            if row.origin_id != self._mirror.origin_id:
                self._findings.differs(place, "is folded into another log")
            if row[2:6] != (subject, revision, audiences, leaf_hash):
                self._findings.differs(place, "is folded as another entry")
            if row.latest is not None:
                self._compare_latest(place, raw, row.latest, kind, shown)
        before = self._latest.get(subject)
        if before is not None and before.is_in_catalogue:
            what = "the catalogue shows it, a later entry replaces it"
            self._findings.differs(f"entry {before.leaf_index}", what)
        standing = Standing(kind, revision, operation == Operation.WITHDRAW)
        in_catalogue = row is not None and row.latest is not None
        self._latest[subject] = _Latest(leaf_index, standing, shown, in_catalogue)

    def _compare_latest(
        self, place: str, raw: bytes, latest: LatestRow, kind: int, shown: Facets
    ) -> None:
        recorded_at_ms = min(parse_entry(raw).recorded_at_ms, RECORDED_AT_MS_MAX)
        if (latest.kind, latest.recorded_at_ms) != (kind, recorded_at_ms):
            self._findings.differs(place, "the catalogue has another kind or time")
        if latest.facets != shown:
            self._findings.differs(place, "the catalogue shows another content")

    def _take_erasure(self, leaf_index: int, raw: bytes) -> str:
        """Note what an ERASE entry names; return why it is invalid, if it is."""
        try:
            lines = parse_erase(parse_entry(raw).body)
        except Refused as refusal:
            return refusal.reason
        for line in lines:
            if line.origin != self._mirror.origin or line.leaf_index >= leaf_index:
                continue
            target = logs.entry(self._tx, self._mirror.origin_id, line.leaf_index)
            if target is not None and can_be_erased(scan_entries([target])[0], line.part_number):
                self._erased.setdefault((line.leaf_index, line.part_number), leaf_index)
        return ""

    def _row_at(self, leaf_index: int) -> FoldedRow | None:
        """Return what is folded from an entry; rows below it that no entry has are reported."""
        while self._row is not None and self._row.leaf_index < leaf_index:
            self._findings.differs(f"entry {self._row.leaf_index}", "is folded twice")
            self._row = next(self._rows, None)
        row = self._row
        if row is None or row.leaf_index != leaf_index:
            return None
        self._row = next(self._rows, None)
        return row

    def _check_erased(self) -> None:
        expected = dict(self._erased)
        for row in audit.erased_rows(self._tx, self._mirror.origin_id):
            if self._mirror.visible_size <= row.erasing_leaf_index < self._mirror.verified_size:
                continue  # destroyed before a freeze hid the ERASE entry
            named_by = expected.pop((row.leaf_index, row.part_number), None)
            if named_by != row.erasing_leaf_index:
                place = f"part {row.leaf_index}/{row.part_number}"
                self._findings.differs(place, f"is erased by {row.erasing_leaf_index}")
        for leaf_index, number in expected:
            self._findings.differs(f"part {leaf_index}/{number}", "should be erased")

    def _check_sealed(self) -> None:
        """Check that what is readable of sealed documents, and nothing else, is listed."""
        expected = dict(self._sealed)
        for leaf_index, *listed in audit.sealed_rows(self._tx, self._mirror.origin_id):
            document = expected.pop(leaf_index, None)
            if document is None:
                what = "is listed as a sealed document, which it is not"
                self._findings.differs(f"entry {leaf_index}", what)
            elif tuple(listed) != document:
                self._findings.differs(f"entry {leaf_index}", "is listed as another document")
        for leaf_index in expected:
            what = "is a sealed document and not listed"
            self._findings.differs(f"entry {leaf_index}", what)

    def _check_arrivals(self) -> None:
        """Check that every entry arrived once, in order."""
        arrived = 0
        for first_leaf_index, count in audit.arrived_ranges(self._tx, self._mirror.origin_id):
            if first_leaf_index != arrived:
                self._findings.differs(f"arrival of {first_leaf_index}", f"follows {arrived}")
            arrived = first_leaf_index + count
        if arrived != self._mirror.verified_size:
            self._findings.differs("arrivals", f"end at {arrived}")

    def _check_sources(self) -> None:
        """Check that each live own record, and nothing else, stands for its platform's number."""
        for platform, number, subject in audit.source_rows(self._tx):
            latest = self._latest.get(subject)
            # An erased record keeps its number: a platform may still revise it.
            if latest is None or (
                latest.facets[0] != RecordState.HIDDEN and latest.facets[-2:] != (platform, number)
            ):
                self._findings.differs(f"source {platform}/{number}", "is of no live record")
        for subject, latest in self._latest.items():
            platform, number = latest.facets[-2:]
            if platform and number and sources.find(self._tx, platform, number) != subject:
                self._findings.differs(f"source {platform}/{number}", "is missing")
