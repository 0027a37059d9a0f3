"""What a receipt proves to whoever trusts a registry; the same on every machine, without a network.

In this order, each with its own reason:

1. The file is a receipt that carries its entry (MALFORMED_RECEIPT), its note a checkpoint
   (MALFORMED_NOTE, MALFORMED_CHECKPOINT).
2. A key that the registry gives the origin for that size has signed it (UNKNOWN_ORIGIN,
   NO_TRUSTED_SIGNATURE, BAD_SIGNATURE).
3. Witnesses are counted, each member once, its keys where they count at that size. Without the
   quorum of any registry version the entry is proven to be the origin's word, and provisional.
4. The entry stands at its index in the tree of the checkpoint (BAD_PROOF), and is well-formed
   (MALFORMED_ENTRY, UNKNOWN_KIND, UNKNOWN_FORMAT).
5. Each opened part fits its commitment and its place (PART_DOES_NOT_OPEN, PART_MISPLACED).
   A NAMED part's header tells its document and who may read it.

Of a file with several receipts each is proven by itself; one that is refused refuses the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.checkpoint import open_checkpoint, parse_checkpoint
from federation.log.cosignature import cosignatures
from federation.log.entry import (
    KIND_LISTING,
    KIND_MANAGER,
    KIND_ORGANISATION,
    Audience,
    Entry,
    parse_entry,
)
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.log.merkle import verify_inclusion
from federation.log.note import parse_note
from federation.log.part import PartHeader, open_named, open_part
from federation.log.receipt import (
    parse_opening,
    parse_receipt,
    split_receipts,
)
from federation.log.subject import COLLECTIONS, RecordName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from federation.log.checkpoint import Checkpoint
    from federation.trust.registry import Registry

_COLLECTIONS: Final = dict(
    zip((KIND_LISTING, KIND_ORGANISATION, KIND_MANAGER), COLLECTIONS, strict=True)
)


class OpenedPart(NamedTuple):
    """A part that fits its commitment and its place: its header and its content."""

    header: PartHeader
    content: bytes


@dataclass(frozen=True, slots=True)
class ProvenReceipt:
    """An entry that is proven to stand in a log, and who vouches for the log."""

    member: str
    leaf_index: int
    checkpoint: Checkpoint
    entry: Entry
    leaf_hash: bytes
    opened: Mapping[int, OpenedPart]
    """The parts that the receipt opens, by part number."""
    cosigned_at_s: Mapping[str, int]
    """Witness → when it cosigned, in Unix seconds."""
    required: int
    """How many witnesses the newest registry version asks for."""
    is_confirmed: bool
    """Whether they meet the quorum of any registry version."""

    @property
    def record(self) -> str:
        """Return the name of the record that the entry is of, or "" where it is of none."""
        if self.entry.kind not in _COLLECTIONS:
            return ""
        return str(RecordName(self.member, _COLLECTIONS[self.entry.kind], self.entry.subject))


class _Vouched(NamedTuple):
    """A checkpoint that its log has signed, and who has cosigned it."""

    member: str
    checkpoint: Checkpoint
    cosigned_at_s: dict[str, int]
    required: int
    is_confirmed: bool


class ReceiptProver:
    """Proves receipts under one registry; of those that lead to one note it verifies that once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._vouched: dict[bytes, _Vouched] = {}

    def prove(self, raw: bytes) -> ProvenReceipt:
        """Return what the bytes of a receipt prove; refuses as the module says."""
        receipt = parse_receipt(raw)
        if not receipt.extra:
            raise Refused(
                "MALFORMED_RECEIPT", "the receipt does not carry the entry that it proves"
            )
        opening = parse_opening(receipt.extra)
        vouched = self._vouch(receipt.checkpoint)
        checkpoint, leaf = vouched.checkpoint, leaf_hash(opening.entry)
        verify_inclusion(
            receipt.leaf_index, checkpoint.tree_size, leaf, receipt.path, checkpoint.root
        )
        entry = parse_entry(opening.entry)
        return ProvenReceipt(
            member=vouched.member,
            leaf_index=receipt.leaf_index,
            checkpoint=checkpoint,
            entry=entry,
            leaf_hash=leaf,
            opened=_opened(checkpoint.origin, entry, opening.parts),
            cosigned_at_s=vouched.cosigned_at_s,
            required=vouched.required,
            is_confirmed=vouched.is_confirmed,
        )

    def _vouch(self, raw_note: bytes) -> _Vouched:
        known = self._vouched.get(raw_note)
        if known is not None:
            return known
        registry = self._registry
        claimed = parse_checkpoint(parse_note(raw_note).text)
        origin = claimed.origin
        member = registry.member_of_origin(origin).name
        log_keys = registry.log_keys_at(origin, claimed.tree_size)
        checkpoint = open_checkpoint(raw_note, log_keys)
        cosigned_at_s = _witnesses(registry, checkpoint, raw_note)
        quorums = registry.quorums(origin)
        is_confirmed = any(
            len(cosigned_at_s.keys() & quorum.witness_keys.keys()) >= quorum.required
            for quorum in quorums
        )
        vouched = _Vouched(member, checkpoint, cosigned_at_s, quorums[-1].required, is_confirmed)
        self._vouched[raw_note] = vouched
        return vouched


def prove_receipt(registry: Registry, raw: bytes) -> ProvenReceipt:
    """Return what the bytes of a receipt prove; refuses as the module says."""
    return ReceiptProver(registry).prove(raw)


def prove_receipts(registry: Registry, raw: bytes) -> list[ProvenReceipt]:
    """Return what each receipt of a file proves; a refusal names the `receipt`, from 1."""
    receipts = split_receipts(raw)
    prover, proven = ReceiptProver(registry), []
    for number, one in enumerate(receipts, 1):
        try:
            proven.append(prover.prove(one))
        except Refused as refusal:
            if len(receipts) == 1:
                raise
            what = f"receipt {number} of {len(receipts)}: {refusal.what}"
            details = refusal.metadata | {"receipt": str(number)}
            raise Refused(refusal.reason, what, cure=refusal.cure, **details) from refusal
    return proven


def _witnesses(registry: Registry, checkpoint: Checkpoint, raw_note: bytes) -> dict[str, int]:
    """Return the members whose cosignatures count, and when each cosigned last."""
    origin, size = checkpoint.origin, checkpoint.tree_size
    members = {member for quorum in registry.quorums(origin) for member in quorum.witness_keys}
    keys = {
        key: member
        for member in sorted(members)
        for key in registry.witness_keys_at(origin, member, size)
    }
    found: dict[str, int] = {}
    for timestamp_s, line in cosignatures(raw_note, keys).values():
        member = next(member for key, member in keys.items() if line.is_of(key))
        found[member] = max(found.get(member, 0), timestamp_s)
    return dict(sorted(found.items()))


def _opened(origin: str, entry: Entry, parts: Mapping[int, bytes]) -> dict[int, OpenedPart]:
    opened = {}
    for number, wire in parts.items():
        if number >= len(entry.parts):
            raise Refused("MALFORMED_RECEIPT", "the receipt opens a part that the entry has not")
        audience, commitment = entry.parts[number]
        if audience == Audience.NAMED:
            opened[number] = OpenedPart(*open_named(wire, commitment, origin, number))
            continue
        place = PartHeader(origin, entry.subject, entry.revision, number, audience)
        opened[number] = OpenedPart(place, open_part(wire, commitment, place))
    return opened
