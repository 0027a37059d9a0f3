"""A receipt as an honest node gives it, from parts that a test can bend."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.entry import KIND_LISTING, KIND_SEALED, Audience, Entry, Operation, encode_entry
from federation.log.hashing import leaf_hash
from federation.log.keys import Signer
from federation.log.note import add_signatures
from federation.log.part import PartHeader, new_part
from federation.log.receipt import Opening, Receipt, encode_opening, encode_receipt
from federation.records.codec import Listing
from federation.trust import names
from tests.federation.log.trees import inclusion, leaves, root
from tests.federation.trust.repository import FEDERATION

MEMBER = "anhui"
ORIGIN = f"{FEDERATION}/{MEMBER}"
SUBJECT = bytes(range(16))
COSIGNED_S = 1_780_000_100


def signer_named(name: str) -> Signer:
    """Return the private half of `repository.key_of(name, …)`."""
    return Signer(name, sha256(name.encode()).digest())


def content() -> bytes:
    listing = Listing()
    listing.public.title = "高强铝合金低压铸造技术"
    listing.public.region = "340100"
    return listing.public.SerializeToString()


@dataclass
class MadeReceipt:
    """What goes into a receipt; change a field, then take `text`."""

    witnesses: tuple[str, ...] = ("center", "jiangsu", "shanghai")
    log_signer: Signer = field(default_factory=lambda: signer_named(ORIGIN))
    tree_size: int = 7
    leaf_index: int = 4
    opened: tuple[int, ...] = (0,)
    header_revision: int = 1
    proven_index: int | None = None
    wire_suffix: bytes = b""
    carries_entry: bool = True
    note_suffix: bytes = b""
    is_sealed: bool = False
    """Whether the entry is a document for center instead of a listing."""

    def text(self) -> bytes:
        entry, wires = self._sealed() if self.is_sealed else self._listing()
        hashes = leaves(self.tree_size)
        hashes[self.leaf_index] = leaf_hash(entry)
        checkpoint = Checkpoint(self.log_signer.name, self.tree_size, root(hashes))
        note = sign_checkpoint(checkpoint, [self.log_signer])
        lines = [
            make_cosignature(
                note, signer_named(names.witness_key_name(FEDERATION, name)), COSIGNED_S + at
            )
            for at, name in enumerate(self.witnesses)
        ]
        opening = Opening(entry, {n: wires[n % len(wires)] + self.wire_suffix for n in self.opened})
        index = self.leaf_index if self.proven_index is None else self.proven_index
        return encode_receipt(
            Receipt(
                index,
                inclusion(self.leaf_index, hashes),
                add_signatures(note, lines) + self.note_suffix,
                encode_opening(opening) if self.carries_entry else b"",
            )
        )

    def _listing(self) -> tuple[bytes, list[bytes]]:
        header = PartHeader(ORIGIN, SUBJECT, self.header_revision, 0, Audience.PUBLIC)
        wire, commitment = new_part(header, content(), bytes(32))
        entry = Entry(
            kind=KIND_LISTING,
            subject=SUBJECT,
            revision=1,
            operation=Operation.PUT,
            recorded_at_ms=COSIGNED_S * 1000,
            parts=((Audience.PUBLIC, commitment), (Audience.ORIGIN, bytes(32))),
        )
        return encode_entry(entry), [wire]

    def _sealed(self) -> tuple[bytes, list[bytes]]:
        made = [
            new_part(
                PartHeader(ORIGIN, SUBJECT, 1, n, Audience.NAMED, ("center",)), said, bytes(32)
            )
            for n, said in enumerate((b"step", b"who"))
        ]
        parts = tuple((Audience.NAMED, commitment) for _, commitment in made)
        return encode_entry(Entry(kind=KIND_SEALED, parts=parts)), [wire for wire, _ in made]
