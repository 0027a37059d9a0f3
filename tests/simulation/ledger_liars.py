"""What a lying center and a lying party write into their own logs.

A lie is a true entry of the liar's log, with true signatures; only what it says is not so. Each
returns what it was. A lie that finds nothing to lie about returns "nothing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.ledger import codec
from federation.ledger.booking import book
from federation.ledger.documents import Acceptance, Document, Income, Payment, Reversal
from federation.ledger.journal import Place
from federation.ledger.judging import versions_that_sign
from federation.log.entry import KIND_CHECKPOINT
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from node.services.ledger import reading
from node.services.log.drafts import Draft, SealedDocument
from node.services.log.sealing import SealedPlace
from node.storage import mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from node.services.ledger.reading import AgreementRow
    from node.services.log.view import LogView
    from tests.simulation.ledger_world import LedgerWorld

KIND: Final = codec.OutcomeKind
_INCOMES: Final = (Income, Reversal, Payment)


def write(
    world: LedgerWorld,
    name: str,
    named: Collection[str],
    content: bytes,
    notes: Collection[bytes] = (),
) -> Ref:
    """Let a member seal any bytes for any members, behind CHECKPOINT entries of these notes."""
    member = world.books(name)
    subject = world.chance.randbytes(16)

    def make(view: LogView) -> SealedPlace:
        for note in notes:
            view.append(Draft(KIND_CHECKPOINT, body=codec.checkpoint_body(note, 1)))
        others = tuple(sorted({*named} - {name}))
        return member.sealing.add(view, SealedDocument(subject, 1, others, content))

    place = member.sealing.write(make)
    return Ref(world[name].origin, place.leaf_index, place.leaf_hash)


def say(world: LedgerWorld, name: str, row: AgreementRow, leave_out: str = "", **said: Any) -> Ref:
    """Let a member write a ledger document for all members of an agreement but one."""
    content = codec.serialise(codec.LedgerDocument(**said))
    return write(world, name, row.member_names - {leave_out}, content)


def decide(
    world: LedgerWorld,
    row: AgreementRow,
    *outcomes: codec.Outcome,
    by: str = "center",
    leave_out: str = "",
) -> Ref:
    """Let a member write outcomes; the center, as a rule."""
    said = codec.Outcomes(agreement=said_ref(row.ref), outcomes=outcomes)
    return say(world, by, row, leave_out, outcomes=said)


def outcome(
    kind: codec.OutcomeKind, proposal: Ref, *acceptances: Ref, **more: Any
) -> codec.Outcome:
    return codec.Outcome(
        kind=kind,
        proposal=said_ref(proposal),
        acceptances=map(said_ref, acceptances),
        **more,
    )


def vector(**amounts_fen: int) -> list[codec.VectorLine]:
    return [codec.VectorLine(party=name, amount_fen=fen) for name, fen in amounts_fen.items()]


class Sight:
    """What the liar sees of one agreement, of which it picks one at random."""

    def __init__(self, world: LedgerWorld, name: str) -> None:
        member = world.books(name)
        member.follow()
        rows = [one for one in member.agreements() if name in one.member_names]
        self.row = world.chance.choice(rows) if rows else None
        self.open: list[Document] = []
        self.decided: list[Document] = []
        self.yes: list[Document] = []
        self.true_vector: list[codec.VectorLine] = []
        self.all_accept = False
        if self.row is None:
            return
        with member.side.database.read() as tx:
            for one in reading.proposals(tx, self.row):
                document = one.told.document
                if not isinstance(document.facts, _INCOMES):
                    continue
                ruled = reading.ruling(tx, document.ref)
                (self.open if ruled is None else self.decided).append(document)
            self.proposal = world.chance.choice(self.open) if self.open else None
            if self.proposal is not None:
                self._see(tx, self.proposal)

    def _see(self, tx: Any, proposal: Document) -> None:
        assert self.row is not None
        said = [one.document for one in reading.said_of(tx, proposal.ref)]
        self.yes = [one for one in said if isinstance(one.facts, Acceptance)]
        books = reading.books_of(tx, self.row)
        signing = versions_that_sign(books, proposal)
        authors = {one.author for one in self.yes}
        self.all_accept = bool(signing) and all(one.is_signed_by(authors) for one in signing)
        try:
            _, amounts_fen = book(books, proposal, Place(1, 0, 0))
        except Refused:
            return
        self.true_vector = vector(**amounts_fen)


def books_without_acceptance(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None or not seen.true_vector:
        return "nothing"
    some = [one.ref for one in seen.yes[1:]]
    decide(world, seen.row, outcome(KIND.OUTCOME_KIND_BOOKED, seen.proposal.ref, *some,
                                    vector=seen.true_vector))  # fmt: skip
    return "BOOKED without all acceptances"


def decides_twice(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or not seen.decided:
        return "nothing"
    again = world.chance.choice(seen.decided).ref
    kind = world.chance.choice([KIND.OUTCOME_KIND_EXPIRED, KIND.OUTCOME_KIND_REFUSED])
    decide(world, seen.row, outcome(kind, again, refusal_reason="ALREADY_BOOKED"))
    return "two outcomes for one proposal"


def refuses_falsely(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None or not seen.true_vector:
        return "nothing"
    false = outcome(KIND.OUTCOME_KIND_REFUSED, seen.proposal.ref, refusal_reason="ALREADY_BOOKED")
    decide(world, seen.row, false)
    return "REFUSED for a false reason"


def expires_early(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None:
        return "nothing"
    decide(world, seen.row, outcome(KIND.OUTCOME_KIND_EXPIRED, seen.proposal.ref))
    return "EXPIRED early"


def leaves_a_member_out(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None:
        return "nothing"
    left_out = world.chance.choice(sorted(seen.row.member_names - {"center"}))
    said = outcome(KIND.OUTCOME_KIND_EXPIRED, seen.proposal.ref)
    decide(world, seen.row, said, leave_out=left_out)
    return "an outcome that a member cannot read"


def invents_a_document(world: LedgerWorld) -> str:
    seen = Sight(world, "center")
    if seen.row is None or not seen.open:
        return "nothing"
    nowhere = seen.open[0].ref._replace(leaf_index=100_000)
    decide(world, seen.row, outcome(KIND.OUTCOME_KIND_EXPIRED, nowhere))
    return "an outcome on what is not covered"


def books_another_vector(world: LedgerWorld) -> str:
    """Rarely: books end with it."""
    if world.chance.random() < 0.7:
        return "nothing"
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None or not seen.all_accept:
        return "nothing"
    other = seen.true_vector
    if len(other) < 2:
        return "nothing"
    other[0].amount_fen += 1
    other[1].amount_fen -= 1
    yes = [one.ref for one in seen.yes]
    said = outcome(KIND.OUTCOME_KIND_BOOKED, seen.proposal.ref, *yes, vector=other)
    decide(world, seen.row, said)
    return "BOOKED with another vector"


def closes_falsely(world: LedgerWorld) -> str:
    """Rarely: books end with it."""
    if world.chance.random() < 0.9:
        return "nothing"
    seen = Sight(world, "center")
    if seen.row is None:
        return "nothing"
    false = codec.Outcome(
        kind=KIND.OUTCOME_KIND_CLOSED, period="2026-12", statement_digest=bytes(32)
    )
    decide(world, seen.row, false)
    return "CLOSED with a false digest"


def carries_no_quorum(world: LedgerWorld) -> str:
    """Covers what is not confirmed by the owner's signature alone, and decides on it."""
    seen = Sight(world, "center")
    if seen.row is None or seen.proposal is None:
        return "nothing"
    with world["center"].side.database.read() as tx:
        note = mirrors.get(tx, seen.proposal.ref.origin).newest_note
    if not note:
        return "nothing"
    said = codec.Outcomes(
        agreement=said_ref(seen.row.ref),
        outcomes=[outcome(KIND.OUTCOME_KIND_EXPIRED, seen.proposal.ref)],
    )
    content = codec.serialise(codec.LedgerDocument(outcomes=said))
    write(world, "center", seen.row.member_names, content, [alone(note)])
    return "CHECKPOINT without quorum"


def alone(note: bytes) -> bytes:
    """Return a note with its first signature line only: the origin's."""
    text, _, lines = note.partition(b"\n\n")
    return text + b"\n\n" + lines.split(b"\n", 1)[0] + b"\n"


def decides_though_no_center(world: LedgerWorld) -> str:
    seen = Sight(world, world.liar)
    if seen.row is None or seen.proposal is None:
        return "nothing"
    said = outcome(KIND.OUTCOME_KIND_EXPIRED, seen.proposal.ref)
    decide(world, seen.row, said, by=world.liar)
    return "outcomes of a party"


def leaves_out_of_an_income(world: LedgerWorld) -> str:
    seen = Sight(world, world.liar)
    if seen.row is None:
        return "nothing"
    left_out = world.chance.choice(sorted(seen.row.member_names - {world.liar}))
    say(world, world.liar, seen.row, left_out, income=raw_income(world, seen.row.ref))
    return "an income that a member cannot read"


def accepts_twice(world: LedgerWorld) -> str:
    seen = Sight(world, world.liar)
    if seen.row is None or seen.proposal is None:
        return "nothing"
    for _ in range(2):
        say(world, world.liar, seen.row, acceptance=accepting(seen.row.ref, seen.proposal.ref))
    return "two acceptances"


def accepts_nothing(world: LedgerWorld) -> str:
    seen = Sight(world, world.liar)
    if seen.row is None:
        return "nothing"
    nowhere = seen.row.ref._replace(leaf_index=100_000)
    say(world, world.liar, seen.row, acceptance=accepting(seen.row.ref, nowhere))
    return "an acceptance of nothing"


def names_another_agreement(world: LedgerWorld) -> str:
    """Write an income whose version is another agreement's, or none."""
    seen = Sight(world, world.liar)
    if seen.row is None:
        return "nothing"
    said = raw_income(world, seen.row.ref)
    others = [one.ref for one in world.books(world.liar).agreements() if one.ref != seen.row.ref]
    version = others[0] if others else seen.row.ref._replace(leaf_hash=bytes(32))
    said.version.CopyFrom(said_ref(version))
    say(world, world.liar, seen.row, income=said)
    return "an income under a foreign version"


def says_garbage(world: LedgerWorld) -> str:
    seen = Sight(world, world.liar)
    if seen.row is None:
        return "nothing"
    said = raw_income(world, seen.row.ref)
    said.gross_fen = -5
    contents = [
        codec.serialise(codec.LedgerDocument(income=said)),
        b"\x82\x01\x05ab",
        b"\x92\x01\x00",
        world.chance.randbytes(40),
    ]
    write(world, world.liar, seen.row.member_names, world.chance.choice(contents))
    return "unreadable bytes"


def raw_income(world: LedgerWorld, first: Ref) -> codec.Income:
    return codec.Income(
        agreement=said_ref(first),
        version=said_ref(first),
        contract=said_ref(Ref("ydx.example/anhui", 0, bytes(32))),
        instalment=str(world.chance.randint(1, 1_000_000)),
        kind=codec.IncomeKind.INCOME_KIND_SERVICE_FEE,
        income_date="2026-11-03",
        gross_fen=100_001,
        received_by="JS",
    )


def accepting(first: Ref, *proposals: Ref) -> codec.Acceptance:
    return codec.Acceptance(agreement=said_ref(first), proposals=map(said_ref, proposals))


CENTER_LIES: Final[tuple[Callable[[LedgerWorld], str], ...]] = (
    books_without_acceptance,
    decides_twice,
    refuses_falsely,
    expires_early,
    leaves_a_member_out,
    invents_a_document,
    books_another_vector,
    closes_falsely,
    carries_no_quorum,
)
PARTY_LIES: Final[tuple[Callable[[LedgerWorld], str], ...]] = (
    decides_though_no_center,
    leaves_out_of_an_income,
    accepts_twice,
    accepts_nothing,
    names_another_agreement,
    says_garbage,
)
