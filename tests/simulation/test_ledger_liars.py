"""A lying center and a lying party: what they write into their own logs, and what comes of it.

All lies are told in one world, each of an agreement's income of its own; then every member must
find the same: what is void, why, and what stands in the books.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import pytest

from federation.ledger import codec
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from node.services.ledger import outcomes, reading
from node.services.ledger.accounts import LedgerAccounts
from node.services.ledger.reading import EntryFilter
from node.services.ledger.shown import LedgerShown
from tests.simulation.conftest import started_ledger
from tests.simulation.ledger_checks import LedgerChecks
from tests.simulation.ledger_liars import (
    KIND,
    accepting,
    alone,
    decide,
    outcome,
    raw_income,
    say,
    vector,
    write,
)
from tests.simulation.ledger_member import CLERK, agreement_name
from tests.simulation.ledger_papers import MEMBERS, SIGNERS
from tests.simulation.ledger_world import LedgerWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOOKED: Final = KIND.OUTCOME_KIND_BOOKED
EXPIRED: Final = KIND.OUTCOME_KIND_EXPIRED
REFUSED: Final = KIND.OUTCOME_KIND_REFUSED
UNKNOWN: Final = cast("codec.OutcomeKind", 77)
TRUE: Final = {"AH": 25_001, "JS": 25_000, "NETC": 25_000, "ZJ": 25_000}
OTHER: Final = {"AH": 25_000, "JS": 25_001, "NETC": 25_000, "ZJ": 25_000}


@dataclass
class Stage:
    """A world in which an income is open that two of three have accepted."""

    world: LedgerWorld
    first: Ref
    final: Ref
    """An income that is booked."""
    open: Ref
    yes: dict[str, Ref] = field(default_factory=dict)
    told: dict[str, Ref] = field(default_factory=dict)
    """Sentence → the document that says the lie."""

    def row(self) -> reading.AgreementRow:
        return self.world.row("center", self.first)

    def outcome(self, said: codec.Outcome, leave_out: str = "", by: str = "center") -> Ref:
        return decide(self.world, self.row(), said, by=by, leave_out=leave_out)


def uncovered(stage: Stage) -> Ref:
    """Behind a CHECKPOINT that only its owner has signed: jiangsu's, of all that it has said."""
    late = say(stage.world, "jiangsu", stage.row(), income=raw_income(stage.world, stage.first))
    stage.world.pass_time(60.0)
    assert stage.world["jiangsu"].sign()
    heads = stage.world["jiangsu"].side.board.heads()
    note = next(one.newest for one in heads if one.origin == late.origin)
    said = codec.Outcomes(agreement=said_ref(stage.first), outcomes=[outcome(EXPIRED, late)])
    content = codec.serialise(codec.LedgerDocument(outcomes=said))
    return write(stage.world, "center", stage.row().member_names, content, [alone(note)])


def true_vector(stage: Stage, *members: str) -> codec.Outcome:
    yes = [stage.yes[name] for name in members]
    return outcome(BOOKED, stage.open, *yes, vector=vector(**TRUE))


LIES: Final[dict[str, tuple[str, Callable[[Stage], Ref]]]] = {
    "a second outcome for one proposal": (
        "ALREADY_DECIDED",
        lambda stage: stage.outcome(outcome(EXPIRED, stage.final)),
    ),
    "BOOKED without any acceptance": (
        "NOT_ACCEPTED",
        lambda stage: stage.outcome(true_vector(stage)),
    ),
    "BOOKED with an acceptance omitted": (
        "NOT_ACCEPTED",
        lambda stage: stage.outcome(true_vector(stage, "anhui", "jiangsu")),
    ),
    "BOOKED with one acceptance twice for a missing one": (
        "NOT_A_SIGNER",
        lambda stage: stage.outcome(true_vector(stage, "anhui", "jiangsu", "anhui")),
    ),
    "BOOKED with an acceptance of another income": (
        "NOT_AN_ACCEPTANCE",
        lambda stage: stage.outcome(
            outcome(BOOKED, stage.open, stage.final, vector=vector(**TRUE))
        ),
    ),
    "BOOKED with the center's own acceptance for a signer's": (
        "NOT_A_SIGNER",
        lambda stage: stage.outcome(
            outcome(
                BOOKED,
                stage.open,
                *stage.yes.values(),
                say(
                    stage.world,
                    "center",
                    stage.row(),
                    acceptance=accepting(stage.first, stage.open),
                ),
                vector=vector(**TRUE),
            )
        ),
    ),
    "REFUSED for a reason that nobody finds": (
        "REASON_NOT_FOUND",
        lambda stage: stage.outcome(outcome(REFUSED, stage.open, refusal_reason="ALREADY_BOOKED")),
    ),
    "an outcome on a document that is nowhere": (
        "NOT_COVERED",
        lambda stage: stage.outcome(outcome(EXPIRED, stage.open._replace(leaf_index=10_000))),
    ),
    "an outcome on what a checkpoint without quorum covers": ("NOT_COVERED", uncovered),
    "CLOSED for a month that is none": (
        "NO_PERIOD",
        lambda stage: stage.outcome(codec.Outcome(kind=KIND.OUTCOME_KIND_CLOSED, period="now")),
    ),
    "an outcome that leaves zhejiang out": (
        "NOT_ADDRESSED",
        lambda stage: stage.outcome(outcome(EXPIRED, stage.open), "zhejiang"),
    ),
    "an outcome by a party": (
        "NOT_THE_CENTER",
        lambda stage: stage.outcome(outcome(EXPIRED, stage.open), by="jiangsu"),
    ),
}
PARTY: Final[dict[str, Callable[[Stage], Ref]]] = {
    "an income that leaves anhui out": lambda stage: say(
        stage.world, "jiangsu", stage.row(), "anhui", income=raw_income(stage.world, stage.first)
    ),
    "a second acceptance": lambda stage: say(
        stage.world, "jiangsu", stage.row(), acceptance=accepting(stage.first, stage.open)
    ),
    "an acceptance of what is nowhere": lambda stage: say(
        stage.world,
        "jiangsu",
        stage.row(),
        acceptance=accepting(stage.first, stage.open._replace(leaf_hash=bytes(32))),
    ),
    "bytes that nobody can read": lambda stage: write(
        stage.world, "jiangsu", MEMBERS, b"\x92\x01\x05abcde"
    ),
}


@pytest.fixture(scope="module")
def stage(founded_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Tell all lies, and let everybody work until nothing moves."""
    for world in started_ledger(founded_ledger, tmp_path_factory.mktemp("liars")):
        [row] = world.books("anhui").agreements()
        with world["anhui"].side.database.read() as tx:
            [entry] = reading.entries(tx, row, EntryFilter())
        wrong_vector, wrong_digest, unknown = world.open_agreements(
            "另一份利益分享协议", "又一份利益分享协议", "第四份利益分享协议"
        )
        open_income = world.propose("anhui", row.ref, 1)
        victim = world.propose("anhui", wrong_vector, 1)
        world.settle()
        stage = Stage(world, row.ref, entry.proposal, open_income)
        for name in ("anhui", "jiangsu"):
            said = accepting(row.ref, open_income)
            stage.yes[name] = say(world, name, row, acceptance=said)
        other = world.row("center", wrong_vector)
        yes = [
            say(world, name, other, acceptance=accepting(wrong_vector, victim)) for name in SIGNERS
        ]
        # All is confirmed and covered, but the center's bookkeeper has not come to it.
        decided = outcome(BOOKED, victim, *yes, vector=vector(**OTHER))
        carry(world)
        cover(world)
        stage.told["another vector"] = decide(world, other, decided)
        false = codec.Outcome(
            kind=KIND.OUTCOME_KIND_CLOSED, period="2026-11", statement_digest=bytes(32)
        )
        third = world.row("center", wrong_digest)
        stage.told["another digest"] = decide(world, third, false)
        fourth = world.row("center", unknown)
        stage.told["a kind that nobody knows"] = decide(world, fourth, outcome(UNKNOWN, unknown))
        for sentence, (_, lie) in LIES.items():
            stage.told[sentence] = lie(stage)
        for sentence, write_it in PARTY.items():
            stage.told[sentence] = write_it(stage)
        world.settle()
        yield stage


def carry(world: LedgerWorld) -> None:
    """Let logs and cosignatures go round without the ledger."""
    for _ in range(3):
        for member in world.up():
            member.sign()
        world.meet_all()
        world.follow_all()
        for member in world.up():
            for other in world.others(member.name):
                member.offer(other)
            member.flush()
        world.pass_time(1.5)


def cover(world: LedgerWorld) -> None:
    """Let the center's log carry what a quorum has confirmed of each signer."""
    notes = []
    for name in SIGNERS:
        found = world["center"].side.board.confirmed(world[name].origin)
        assert found is not None
        notes.append(found[0])
    write(world, "center", MEMBERS, b"nothing of the ledger", notes)


def readers(sentence: str) -> list[str]:
    return [name for name in MEMBERS if not (name == "zhejiang" and "zhejiang" in sentence)]


@pytest.mark.parametrize("sentence", LIES)
def test_a_lie_of_the_center_is_void_for_every_member(stage: Stage, sentence: str) -> None:
    void, _ = LIES[sentence]
    at = stage.told[sentence]
    for name in readers(sentence):
        row = stage.world.row(name, stage.first)
        with stage.world[name].side.database.read() as tx:
            found = {
                one.void
                for one in outcomes.voids(tx, row)
                if (one.document, one.place.leaf_index) == (at.origin, at.leaf_index)
            }
        assert found == {void}, name


def test_nothing_is_booked_against_anybodys_will_and_the_proposal_stays_open(stage: Stage) -> None:
    LedgerChecks(stage.world).mended()
    for name in MEMBERS:
        row = stage.world.row(name, stage.first)
        assert (row.disputed, row.waits) == ("", False)
        with stage.world[name].side.database.read() as tx:
            journal = reading.entries(tx, row, EntryFilter())
            assert [one.proposal for one in journal] == [stage.final]
            assert reading.ruling(tx, stage.open) is None


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("another vector", "VECTOR_DIFFERS"),
        ("another digest", "STATEMENT_DIFFERS"),
        ("a kind that nobody knows", "UNKNOWN_OUTCOME"),
    ],
)
def test_disputed_books_are_disputed_for_every_member_and_tell_no_balance(
    stage: Stage, sentence: str, why: str
) -> None:
    for name in MEMBERS:
        books = stage.world.books(name)
        [row] = [one for one in books.agreements() if one.disputed == why]
        accounts = LedgerAccounts(books.side.database, LedgerShown(books.side.database, name))
        with pytest.raises(Refused) as refusal:
            accounts.balances(CLERK, agreement_name(row), "", 0)
        assert refusal.value.reason == "BOOKS_DISPUTED"
    assert sentence in stage.told


@pytest.mark.parametrize("sentence", PARTY)
def test_a_lie_of_a_party_changes_nothing(stage: Stage, sentence: str) -> None:
    at = stage.told[sentence]
    for name in MEMBERS:
        row = stage.world.row(name, stage.first)
        with stage.world[name].side.database.read() as tx:
            assert reading.ruling(tx, at) is None
            proposals = [one.told.document.ref for one in reading.proposals(tx, row)]
        assert at not in proposals, "it is no proposal of all members"


def test_nobody_accepts_on_anothers_behalf(stage: Stage) -> None:
    """An acceptance speaks for the log that it stands in; its bytes name no author."""
    for name in MEMBERS:
        with stage.world[name].side.database.read() as tx:
            said = reading.said_of(tx, stage.open)
        assert {one.document.author for one in said} == {"anhui", "jiangsu", "center"}
