"""What the receipts of a bundle prove, and what is wrong with each.

- A receipt counts by what it proves, wherever its line of the list says that it stands; what the
  two do not share is told. Of two receipts of one place the first counts.
- One that is refused is told and left out; the others count.
- A document is what the opened part 0 of a SEALED entry holds. One that is not opened, or has no
  receipt here, is not here yet; where another entry is proven to stand, opened or not, it is
  nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from federation.ledger.documents import Document, read_document
from federation.ledger.judging import Missing
from federation.log.entry import KIND_SEALED
from federation.log.errors import Refused
from federation.records.refs import Ref
from federation.records.sealed import DOCUMENT
from federation.trust.proven_receipt import ReceiptProver

if TYPE_CHECKING:
    from collections.abc import Collection

    from federation.ledger.bundle import Bundle
    from federation.trust.proven_receipt import ProvenReceipt
    from federation.trust.registry import Registry


class Kind(StrEnum):
    """What a difference is."""

    RECEIPT_CHANGED = "RECEIPT_CHANGED"
    RECEIPT_REFUSED = "RECEIPT_REFUSED"
    RECEIPT_ELSEWHERE = "RECEIPT_ELSEWHERE"
    RECEIPT_TWICE = "RECEIPT_TWICE"
    NOT_OPENED = "NOT_OPENED"
    NOT_OF_THESE_BOOKS = "NOT_OF_THESE_BOOKS"
    CHECKPOINT_VOID = "CHECKPOINT_VOID"
    TWO_ROOTS = "TWO_ROOTS"
    NO_AGREEMENT = "NO_AGREEMENT"
    DOCUMENT_MISSING = "DOCUMENT_MISSING"
    DISPUTED = "DISPUTED"
    FOLD_STOPPED = "FOLD_STOPPED"
    TOO_MANY_VOID = "TOO_MANY_VOID"
    BEYOND_SIZE = "BEYOND_SIZE"
    SUMMARY = "SUMMARY"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be."""

    item: str
    """`<origin>#<leaf index>`, `<origin>#<leaf index>/<outcome>`, or a line of the summary."""
    kind: Kind
    claimed: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a receipt proves to stand at a place."""

    ref: Ref
    kind: int
    body: bytes
    document: Document | None


@dataclass(slots=True)
class Shelf:
    """What the receipts of a bundle prove, and what is wrong with them."""

    leaves: dict[tuple[str, int], Leaf] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    provisional: list[str] = field(default_factory=list)
    confirmed_sizes: dict[str, int] = field(default_factory=dict)
    _roots: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def differs(self, item: object, kind: Kind, claimed: object = "", found: object = "") -> None:
        """Tell a difference."""
        self.differences.append(Difference(str(item), kind, str(claimed), str(found)))

    def prove(self, bundle: Bundle, registry: Registry) -> None:
        """Take in all receipts."""
        prover = ReceiptProver(registry)
        for listed, raw in bundle.receipts():
            digest = sha256(raw).digest()
            if digest != listed.digest:
                self.differs(listed, Kind.RECEIPT_CHANGED, listed.digest.hex(), digest.hex())
            try:
                proven = prover.prove(raw)
            except Refused as refusal:
                self.differs(listed, Kind.RECEIPT_REFUSED, "", refusal)
                continue
            place = (proven.checkpoint.origin, proven.leaf_index)
            if place != (listed.origin, listed.leaf_index):
                self.differs(listed, Kind.RECEIPT_ELSEWHERE, listed, name_of(*place))
            if place in self.leaves:
                self.differs(name_of(*place), Kind.RECEIPT_TWICE)
                continue
            self._take(place, proven)

    def _take(self, place: tuple[str, int], proven: ProvenReceipt) -> None:
        checkpoint, item = proven.checkpoint, name_of(*place)
        tree = (checkpoint.origin, checkpoint.tree_size)
        root = self._roots.setdefault(tree, checkpoint.root)
        if root != checkpoint.root:
            self.differs(item, Kind.TWO_ROOTS, root.hex(), checkpoint.root.hex())
        if proven.is_confirmed:
            size = max(self.confirmed_sizes.get(checkpoint.origin, 0), checkpoint.tree_size)
            self.confirmed_sizes[checkpoint.origin] = size
        else:
            self.provisional.append(item)
        ref = Ref(*place, proven.leaf_hash)
        document, opened = None, proven.opened.get(DOCUMENT)
        if proven.entry.kind == KIND_SEALED and opened is not None:
            header = opened.header
            named = frozenset(header.named)
            document = read_document(ref, named, opened.content, header.subject)
        self.leaves[place] = Leaf(ref, proven.entry.kind, proven.entry.body, document)

    def document(self, ref: Ref) -> Document | Missing:
        """Return the document of that name."""
        leaf = self.leaves.get((ref.origin, ref.leaf_index))
        if leaf is None:
            return Missing.NOT_YET
        if leaf.ref != ref:
            return Missing.NOWHERE
        if leaf.document is None:
            return Missing.NOT_YET if leaf.kind == KIND_SEALED else Missing.NOWHERE
        return leaf.document

    def tell_unopened(self, elsewhere: Collection[tuple[str, int]] = ()) -> None:
        """Tell the documents that are not opened, but for places where another was looked for."""
        for place, leaf in self.leaves.items():
            if leaf.kind == KIND_SEALED and leaf.document is None and place not in elsewhere:
                self.differs(name_of(*place), Kind.NOT_OPENED)


def name_of(origin: str, leaf_index: int) -> str:
    """Return how an entry is called: `<origin>#<leaf index>`."""
    return f"{origin}#{leaf_index}"


def item_of(ref: Ref) -> str:
    """Return how the entry of a document is called."""
    return name_of(ref.origin, ref.leaf_index)
