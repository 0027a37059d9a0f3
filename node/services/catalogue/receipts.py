"""Receipts: offline-checkable proofs that an entry stands in its origin's log (tlog-proof).

- A receipt leads to a checkpoint that clients may see: the quorum-cosigned one if it covers the
  entry, else the largest that another member has stored. Without one it is NO_CHECKPOINT_YET.
- It always carries the entry itself, so that it can be checked alone, and on request the opening of
  one part that the caller may see.
- `receipt_at` makes one for any place, sealed entries too, and opens the parts that it is asked
  for. Who calls it has decided who may see them. ORIGIN parts are never opened.
- A file may hold several receipts, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log.batch import Absence
from federation.log.entry import Audience, parse_entry, scan_entries
from federation.log.errors import Refused, Unreachable
from federation.log.receipt import Opening, Receipt, encode_opening, encode_receipt
from node.services.arguments import invalid
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import KINDS_BY_COLLECTION, parse_name
from node.storage import catalogue, logs, mirrors, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.services.sync.copies import Copies
    from node.storage.database import Database
    from node.storage.transaction import Transaction

_AUDIENCES: Final = {"public": Audience.PUBLIC, "members": Audience.MEMBERS}


@dataclass(frozen=True, slots=True)
class PublishableNote:
    """A checkpoint note that clients may see; `is_confirmed` where it has its quorum."""

    note: bytes
    tree_size: int
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class GivenReceipt:
    """The receipt file, the entry that it proves, and whether its checkpoint has its quorum."""

    receipt: bytes
    entry: bytes
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Receipts:
    """Makes receipts. `note_over(origin, leaf_index)` gives the note to lead to, or None."""

    database: Database
    catalogue: Catalogue
    copies: Copies
    note_over: Callable[[str, int], PublishableNote | None]

    def get(self, caller: Caller, name: str, revision: int, part: str) -> GivenReceipt:
        """Return the receipt of a record's revision, of the latest for 0.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NO_CHECKPOINT_YET, ROLE_MISSING, PART_ERASED.
        """
        parsed = parse_name(name, None)
        if part and part not in _AUDIENCES:
            raise invalid("part", "PART_UNKNOWN", part)
        with self.database.read() as tx:
            log, stored = self.catalogue.find(tx, parsed.member, parsed.subject)
            if (
                log is None
                or stored is None
                or stored.kind != KINDS_BY_COLLECTION[parsed.collection].number
            ):
                raise not_found(name)
            leaf_index = stored.leaf_index
            if revision not in {0, stored.revision}:
                leaf_index = _past(tx, log.origin, parsed.subject, revision, name)
            entry = logs.entry(tx, log.origin_id, leaf_index)
            if entry is None:
                raise AssertionError("the catalogue names entries of the log")
            opened = self._opened(tx, caller, log.origin_id, leaf_index, entry, part)
        return self._prove(log.origin, leaf_index, Opening(entry, opened), name)

    def receipt_at(
        self, origin: str, leaf_index: int, part_numbers: Collection[int] = ()
    ) -> GivenReceipt:
        """Return the receipt of an entry that opens these parts.

        Refuses RECORD_NOT_FOUND where there is no such entry (shown), or a part is not held,
        INVALID_FIELD for a part that it has not or that never leaves this node, PART_ERASED,
        NO_CHECKPOINT_YET.
        """
        name = f"{origin}#{leaf_index}"
        with self.database.read() as tx:
            row = mirrors.find(tx, origin)
            shown = row is not None and 0 <= leaf_index < row.visible_size
            entry = logs.entry(tx, row.origin_id, leaf_index) if row and shown else None
            if row is None or entry is None:
                raise not_found(name)
            commitments = scan_entries([entry])[0][5]
            for number in part_numbers:
                if not 0 <= number < len(commitments) or commitments[number][0] == Audience.ORIGIN:
                    raise invalid("part", "PART_ABSENT", number)
            opened = {
                number: _held(tx, row.origin_id, leaf_index, number, f"part {number}")
                for number in part_numbers
            }
        return self._prove(origin, leaf_index, Opening(entry, opened), name)

    def _prove(self, origin: str, leaf_index: int, opening: Opening, name: str) -> GivenReceipt:
        note = self.note_over(origin, leaf_index)
        if note is None or note.tree_size <= leaf_index:
            raise Unreachable("NO_CHECKPOINT_YET", f"no checkpoint covers {name} yet", name=name)
        with self.copies.prover(origin) as prover:
            path = prover.inclusion_proof(leaf_index, note.tree_size)
        receipt = Receipt(leaf_index, path, note.note, encode_opening(opening))
        return GivenReceipt(encode_receipt(receipt), opening.entry, note.is_confirmed)

    def _opened(
        self,
        tx: Transaction,
        caller: Caller,
        origin_id: int,
        leaf_index: int,
        entry: bytes,
        part: str,
    ) -> dict[int, bytes]:
        """Return salt ‖ payload of the part that the receipt is to open, by its number."""
        if not part:
            return {}
        audiences = [audience for audience, _ in parse_entry(entry).parts]
        if _AUDIENCES[part] not in audiences:
            raise invalid("part", "PART_ABSENT", part)
        if part == "members" and not caller.reads_members_parts:
            raise Refused("ROLE_MISSING", "the members part is not for this caller")
        number = audiences.index(_AUDIENCES[part])
        return {number: _held(tx, origin_id, leaf_index, number, f"the {part} part")}


def _held(tx: Transaction, origin_id: int, leaf_index: int, number: int, which: str) -> bytes:
    """Return salt ‖ payload of a part; refuses PART_ERASED, RECORD_NOT_FOUND."""
    wire = parts.find(tx, origin_id, leaf_index, number)
    if wire is None:
        reason = parts.absence(tx, origin_id, leaf_index, number)
        if reason is Absence.ERASED:
            raise Refused("PART_ERASED", f"{which} was erased")
        cure = (
            "该部分可能尚未到达本节点；请稍后重试，或向其来源地区的节点取得",
            "It may not have come here yet; try again later, or ask the node of its region",
        )
        raise Refused("RECORD_NOT_FOUND", f"{which} is not held here", cure=cure)
    return wire


def _past(tx: Transaction, origin: str, subject: bytes, revision: int, name: str) -> int:
    """Return the leaf index of an earlier revision."""
    found = catalogue.history(tx, origin, subject, revision - 1, 1)
    if not found or found[0].revision != revision:
        raise invalid("revision", "REVISION_UNKNOWN", revision, name=name)
    return found[0].leaf_index
