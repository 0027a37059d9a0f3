"""The federation on paper with real logs: entries, parts, signed checkpoints, receipts.

All members of `Repository` are witnesses of each other; its keys are known, so a test can sign what
it likes. `play_story` plays one agreement from its signatures to its first closed month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from federation.ledger import codec
from federation.ledger.bundle import make_bundle
from federation.ledger.closing import close
from federation.ledger.documents import read_document
from federation.ledger.summary import OutcomeName, Summary, summarise
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.entry import KIND_CHECKPOINT, KIND_SEALED, Audience, Entry, encode_entry
from federation.log.hashing import leaf_hash
from federation.log.note import add_signatures
from federation.log.part import PartHeader, new_part
from federation.log.prover import Prover
from federation.log.receipt import Opening, Receipt, encode_opening, encode_receipt
from federation.records.refs import Ref, said_ref
from federation.trust import names
from tests.federation.ledger.paper import MEMBERS, Paper, activated, agreement, booked, income
from tests.federation.log.trees import Tiles
from tests.federation.trust.made_receipt import COSIGNED_S, signer_named
from tests.federation.trust.repository import FEDERATION, Repository
from tests.federation.trust.repository import MEMBERS as WITNESSES

if TYPE_CHECKING:
    from federation.ledger.books import Books, Effect

REGISTRY: Final = Repository().state.registry
CENTER: Final = f"{FEDERATION}/center"

Sign = Callable[[Checkpoint], bytes]


def signed_note(checkpoint: Checkpoint, witnesses: tuple[str, ...] = WITNESSES) -> bytes:
    """Return the note of a checkpoint, signed by its log and cosigned by all other members."""
    note = sign_checkpoint(checkpoint, [signer_named(checkpoint.origin)])
    others = [one for one in witnesses if f"{FEDERATION}/{one}" != checkpoint.origin]
    keys = [signer_named(names.witness_key_name(FEDERATION, one)) for one in others]
    return add_signatures(note, [make_cosignature(note, key, COSIGNED_S) for key in keys])


@dataclass
class SignedLog:
    """The bytes of one member's log."""

    origin: str
    entries: list[bytes] = field(default_factory=list)
    wires: list[bytes | None] = field(default_factory=list)
    tiles: Tiles = field(default_factory=Tiles)

    def append(self, entry: Entry, wire: bytes | None = None) -> Ref:
        raw = encode_entry(entry)
        self.entries.append(raw)
        self.wires.append(wire)
        self.tiles.extend([leaf_hash(raw)])
        return Ref(self.origin, len(self.entries) - 1, leaf_hash(raw))

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.origin, len(self.entries), self.tiles.tree.root())


@dataclass
class SignedPaper(Paper):
    """A federation on paper whose logs have bytes."""

    signed: dict[str, SignedLog] = field(
        default_factory=lambda: {one: SignedLog(f"{FEDERATION}/{one}") for one in MEMBERS}
    )

    def write_content(
        self, member: str, content: bytes, named: frozenset[str] | None = None
    ) -> Ref:
        log = self.signed[member]
        others = frozenset(MEMBERS if named is None else named) - {member}
        subject = sha256(f"{member} {len(log.entries)}".encode()).digest()
        header = PartHeader(log.origin, subject[:16], 1, 0, Audience.NAMED, tuple(sorted(others)))
        wire, commitment = new_part(header, content, subject)
        ref = log.append(Entry(kind=KIND_SEALED, parts=((Audience.NAMED, commitment),)), wire)
        self.logs[member].append(read_document(ref, others, content))
        return ref

    def cover(self, *members: str) -> None:
        for member in members or [one for one in MEMBERS if one != "center"]:
            log, center = self.signed[member], self.signed["center"]
            body = codec.checkpoint_body(signed_note(log.checkpoint()), REGISTRY.version)
            at = center.append(Entry(kind=KIND_CHECKPOINT, body=body)).leaf_index
            self.logs["center"].append(None)
            self.covered.append((at, log.origin, len(log.entries)))

    def receipts(self, sign: Sign = signed_note, *, opens: bool = True) -> dict[Ref, bytes]:
        """Return the receipt of every entry, each log's under its checkpoint of now."""
        made: dict[Ref, bytes] = {}
        for log in self.signed.values():
            if not log.entries:
                continue
            prover, note = Prover(log.tiles), sign(log.checkpoint())
            for at, (entry, wire) in enumerate(zip(log.entries, log.wires, strict=True)):
                opening = Opening(entry, {0: wire} if wire and opens else {})
                path = prover.inclusion_proof(at, len(log.entries))
                receipt = Receipt(at, path, note, encode_opening(opening))
                made[Ref(log.origin, at, leaf_hash(entry))] = encode_receipt(receipt)
        return made

    def summary(self, first: Ref) -> Summary:
        """Return what the books of an agreement come to."""
        books, effects = self.fold(first)
        size = len(self.signed["center"].entries)
        entries = [one.entry for one in effects if one.entry is not None]
        return summarise(books, entries, CENTER, size, self._voids(effects))

    def bundle(self, first: Ref) -> bytes:
        """Return the bundle of the only agreement that these logs hold."""
        return make_bundle(self.summary(first), self.receipts().values())

    @staticmethod
    def _voids(effects: list[Effect]) -> list[tuple[OutcomeName, str]]:
        return [
            (OutcomeName(CENTER, one.place.leaf_index, one.place.number), one.void)
            for one in effects
            if one.void
        ]


def opened(paper: Paper) -> Ref:
    """Let an agreement be signed and activated."""
    first = paper.write("anhui", agreement=agreement())
    accepted = [paper.accept(member, first, first) for member in ("anhui", "jiangsu")]
    paper.cover()
    paper.decide(first, activated(first, *accepted))
    return first


def accepted(paper: Paper, first: Ref, *proposals: Ref) -> tuple[Ref, Ref]:
    """Let both signers accept, and the center cover it."""
    yes = tuple(paper.accept(member, first, *proposals) for member in ("anhui", "jiangsu"))
    paper.cover()
    return yes[0], yes[1]


def closed(books: Books, period: str) -> codec.Outcome:
    """Return an outcome CLOSED as the books have it."""
    return codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_CLOSED,
        period=period,
        statement_digest=close(books, period).digest(),
    )


def play_story(paper: Paper) -> Ref:
    """Let an income be shared, partly refunded, paid out, and its month closed."""
    first = opened(paper)
    event = paper.write("anhui", income=income(first))
    yes = accepted(paper, first, event)
    paper.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
    reversal = codec.Reversal(
        agreement=said_ref(first),
        income=said_ref(event),
        amount_fen=10_000,
        reversal_date="2026-11-09",
        reason="退款",
    )
    back = paper.write("jiangsu", reversal=reversal)
    yes = accepted(paper, first, back)
    paper.decide(first, booked(back, yes, AH=-5_000, JS=-3_000, NETC=-2_000))
    payment = codec.Payment(
        agreement=said_ref(first),
        payer="AH",
        payee="JS",
        amount_fen=27_000,
        paid_on="2026-11-20",
        evidence_sha256=bytes(32),
    )
    paid = paper.write("anhui", payment=payment)
    yes = accepted(paper, first, paid)
    paper.decide(first, booked(paid, yes, AH=27_000, JS=-27_000))
    paper.decide(first, closed(paper.fold(first)[0], "2026-11"))
    return first
