"""`ydx log verify`: recomputes a log and all that is folded from it out of the stored bytes.

What is recomputed, and compared with what is stored:

1. entries → leaf hashes → tiles of every level, compact range and root; sampled proofs made from
   the stored tiles;
2. every stored note: its signature, and its root against the recomputed one at its size;
3. with `full`, every part that is held: commitment and place; every part that is not: its reason;
4. with `full`, the fold: catalogue, superseded and invalid entries, erasures, the list of sealed
   documents, and of the own log the platforms' numbers; and that every entry stands in the change
   feed once.

Differences are collected as values and never stop it. Parts that are withheld, erased, wanted or
void are counted; that is how a log looks, not a failure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from federation.log.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from federation.log.entry import scan_entries
from federation.log.errors import YdxError
from federation.log.hashing import HASH_BYTES
from federation.log.merkle import (
    CompactRange,
    leaf_hashes,
    verify_consistency,
    verify_inclusion,
)
from federation.log.note import parse_note
from federation.log.prover import TILE_WIDTH, Prover
from federation.log.tiles import tiles_between
from node.services.log.verification_records import FoldCheck
from node.storage import logs, mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.log.keys import VerifierKey
    from node.storage.database import Database
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

    LogKeys: TypeAlias = Callable[[int], Sequence[VerifierKey]]

DIFFERENCES_MAX: Final = 1000
_SAMPLES: Final = 64


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored is not what the log's bytes amount to."""

    place: str
    what: str


@dataclass(slots=True)
class Report:
    """What was found in one log. Only the first 1,000 differences are kept; all are counted."""

    origin: str
    tree_size: int = 0
    root: bytes = b""
    parts_held: int = 0
    parts_absent: Counter[str] = field(default_factory=Counter)
    """How many parts are withheld, erased, wanted or void."""
    differences: list[Difference] = field(default_factory=list)
    difference_count: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.difference_count == 0

    def differs(self, place: str, what: str) -> None:
        """Note a difference."""
        self.difference_count += 1
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(Difference(place, what))


def verify_log(
    database: Database, origin: str, log_keys: LogKeys | None = None, *, full: bool = True
) -> Report:
    """Verify one log as it stands now; see the module.

    `log_keys` gives the keys that may sign a checkpoint of a tree size; without it the signatures
    of notes are not looked at. Raises UNKNOWN_ORIGIN, DATABASE_ERROR.
    """
    report = Report(origin)
    with database.read() as tx:
        mirror = mirrors.get(tx, origin)
        _Verification(tx, mirror, report, log_keys, full=full).run()
    return report


class _Verification:
    """One pass over one log."""

    def __init__(
        self,
        tx: Transaction,
        mirror: Mirror,
        report: Report,
        log_keys: LogKeys | None,
        *,
        full: bool,
    ) -> None:
        self._tx = tx
        self._mirror = mirror
        self._report = report
        self._log_keys = log_keys
        self._fold = FoldCheck(tx, mirror, report) if full else None
        self._range = CompactRange()
        self._opened = self._open_notes()
        self._notes = list(self._opened)
        sizes = {which: size for which, size, _ in self._opened}
        self._confirmed_by_note = sizes.get("confirmed note", 0)

    def run(self) -> None:
        """Check everything."""
        size = self._mirror.verified_size
        for first in range(0, size, TILE_WIDTH):
            self._take(first, self._entries(first, min(first + TILE_WIDTH, size)))
        self._check_head()
        self._check_end(size)
        self._check_proofs(size)
        if self._fold is not None:
            self._fold.finish()
        self._report.tree_size = self._range.size
        self._report.root = self._range.root()

    def _entries(self, first: int, end: int) -> list[bytes]:
        """Return the entries of a bundle; what cannot be read is reported and stands as b""."""
        try:
            entries = logs.entries(self._tx, self._mirror.origin_id, first, end)
        except YdxError as error:
            self._report.differs(f"bundle {first // TILE_WIDTH}", error.what)
            entries = []
        if len(entries) < end - first:
            missing = f"{end - first - len(entries)} entries are missing"
            self._report.differs(f"bundle {first // TILE_WIDTH}", missing)
            entries += [b""] * (end - first - len(entries))
        return entries

    def _take(self, first: int, entries: Sequence[bytes]) -> None:
        """Go on over the entries of one bundle."""
        hashes = leaf_hashes(entries)
        before = self._range.copy()
        added = self._range.extend(hashes)
        for level, n, width in tiles_between(first, self._range.size):
            held = logs.tile(self._tx, self._mirror.origin_id, level, n, width)
            expected = b"".join(added[level])
            if held[-len(expected) :] != expected or len(held) != HASH_BYTES * width:
                self._report.differs(f"tile {level}/{n}", "is not what the entries hash to")
        self._compare_notes(before, hashes)
        if self._fold is not None:
            self._fold.take(first, entries, scan_entries(entries), hashes)

    def _open_notes(self) -> list[tuple[str, int, bytes]]:
        """Return (which, size, root) of the stored notes, ascending by size."""
        mirror = self._mirror
        # What others say of a log is heard before the log itself has come.
        may_lead = {"newest note"} if mirror.is_own else {"newest note", "confirmed note"}
        found = []
        for which, note in (
            ("newest note", mirror.newest_note),
            ("confirmed note", mirror.confirmed_note),
            ("published note", mirror.published_note),
        ):
            if not note:
                continue
            try:
                checkpoint = _open(note, self._log_keys)
            except YdxError as error:
                self._report.differs(which, error.what)
                continue
            if checkpoint.origin != mirror.origin:
                self._report.differs(which, f"speaks of {checkpoint.origin}")
            elif checkpoint.tree_size > mirror.verified_size and which not in may_lead:
                self._report.differs(which, f"speaks of {checkpoint.tree_size} entries")
            found.append((which, checkpoint.tree_size, checkpoint.root))
        return sorted(found, key=lambda one: one[1])

    def _compare_notes(self, before: CompactRange, hashes: Sequence[bytes]) -> None:
        """Compare the notes whose size is reached within the run after `before`."""
        while self._notes and self._notes[0][1] <= self._range.size:
            which, size, root = self._notes.pop(0)
            at_size = before.copy()
            at_size.extend(hashes[: size - before.size])
            if at_size.root() != root:
                self._report.differs(which, f"has another root at {size} entries")

    def _check_head(self) -> None:
        mirror = self._mirror
        if mirror.confirmed_size > mirror.verified_size:
            self._report.differs("confirmed size", "is above the verified size")
        elif mirror.confirmed_size > self._confirmed_by_note:
            what = f"is {mirror.confirmed_size}, the confirmed note says {self._confirmed_by_note}"
            self._report.differs("confirmed size", what)
        if mirror.verified_root != self._range.root():
            self._report.differs("verified root", "is not what the entries hash to")
        if mirror.compact_range != self._range.to_bytes():
            self._report.differs("compact range", "is not what the entries hash to")

    def _check_end(self, size: int) -> None:
        """Check that nothing stands behind the last entry."""
        try:
            behind = logs.entries(self._tx, self._mirror.origin_id, size, size + TILE_WIDTH)
        except YdxError:
            return  # reported where the bundle was read
        if behind:
            self._report.differs(f"entry {size}", "stands behind the verified size")

    def _check_proofs(self, size: int) -> None:
        """Make proofs from the stored tiles and verify them against the recomputed root."""
        prover = Prover(_Tiles(self._tx, self._mirror.origin_id))
        root = self._range.root()
        for leaf_index in _samples(size):
            entries = self._entries(leaf_index, leaf_index + 1)
            try:
                proof = prover.inclusion_proof(leaf_index, size)
                verify_inclusion(leaf_index, size, leaf_hashes(entries)[0], proof, root)
            except YdxError as error:
                self._report.differs(f"proof of entry {leaf_index}", error.what)
        for note, old_size, old_root in self._opened:
            if old_size <= size:
                try:
                    proof = prover.consistency_proof(old_size, size)
                    verify_consistency(old_size, size, old_root, root, proof)
                except YdxError as error:
                    self._report.differs(f"consistency with the {note}", error.what)


class _Tiles:
    """The tiles as the transaction sees them (a `TileReader`)."""

    def __init__(self, tx: Transaction, origin_id: int) -> None:
        self._tx = tx
        self._origin_id = origin_id

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile."""
        return logs.tile(self._tx, self._origin_id, level, n, width)


def _open(note: bytes, log_keys: LogKeys | None) -> Checkpoint:
    """Return the checkpoint of a stored note, with keys only if one of them has signed it."""
    claimed = parse_checkpoint(parse_note(note).text)
    if log_keys is None:
        return claimed
    return open_checkpoint(note, log_keys(claimed.tree_size))


def _samples(size: int) -> Iterator[int]:
    """Yield leaf indexes spread over a log, the first and the last among them."""
    if size:
        step = max(1, size // _SAMPLES)
        yield from range(0, size - 1, step)
        yield size - 1
