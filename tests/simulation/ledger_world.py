"""A world whose members share income: agreements, proposals, answers, and the center's bookkeeper.

All that members say of the ledger goes through the real services, over the same network, crashes
and clock as the rest of the world. What services refuse is counted by its reason and is no failure.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.ledger import codec
from federation.ledger.agreement import Version
from federation.ledger.books import State
from federation.ledger.documents import Income
from federation.log.errors import Refused, YdxError
from federation.records.refs import Ref
from node.services.ledger import reading
from node.services.ledger.reading import EntryFilter
from tests.simulation.ledger_member import (
    APPROVER,
    CLERK,
    OPTIONS,
    LedgerMember,
    agreement_name,
    name_of,
)
from tests.simulation.ledger_papers import (
    CENTER,
    CODES,
    MEMBERS,
    SIGNERS,
    agreement_of,
    income_of,
    random_terms,
)
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from federation.ledger.documents import Document
    from node.services.ledger.reading import AgreementRow

_AGREEMENTS_MAX: Final = 3
_ROUND: Final = 0.15
_CARRY: Final = 0.4
_LIE: Final = 0.9
"""How often what is done."""
_INCOMES_AT_ONCE: Final = 4
_MONTHS: Final = ("2026-10", "2026-11", "2026-12", "2027-01")


class LedgerWorld(World):
    """A world in which members keep a ledger."""

    def __init__(self, seed: int, folder: Path, names: Sequence[str] = MEMBERS) -> None:
        super().__init__(seed, folder, names)
        self.refused: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.lies: Sequence[Callable[[LedgerWorld], str]] = ()
        """What the liar may write into its own log at random; see `ledger_liars`."""
        self._books: dict[tuple[str, int], LedgerMember] = {}
        self._number = 0

    def books(self, name: str) -> LedgerMember:
        """Return the ledger of a member that is up."""
        key = (name, self[name].starts)
        if key not in self._books:
            self._books[key] = LedgerMember(self[name])
        return self._books[key]

    def close(self) -> None:
        for member in self._books.values():
            member.close()
        self._books.clear()
        super().close()

    def work_round(self) -> bool:
        """Let everybody do everything once; what is cosigned is told in the next round."""
        moved = False
        for member in self.up():
            moved |= member.sign()
        self.meet_all()
        moved |= self.follow_all()
        for member in self.up():
            moved |= bool(member.seek())
            for other in self.others(member.name):
                moved |= member.offer(other)
        for member in self.up():
            member.flush()
            moved |= self.books(member.name).work()
        return moved

    def settle(self, rounds: int = 16) -> None:
        """Let everybody work until nothing moves."""
        quiet = 0
        for _ in range(rounds):
            quiet = 0 if self.work_round() else quiet + 1
            self.pass_time(1.5)
            if quiet > 1:
                return

    # --- what members say -----------------------------------------------------------------------

    def say(self, name: str, what: Callable[[LedgerMember], object]) -> bool:
        """Let a member say something; return whether it was written."""
        member = self.books(name)
        member.follow()
        try:
            what(member)
        except YdxError as error:
            self.refused[error.reason] += 1
            return False
        return True

    def open_agreements(self, *titles: str, members: Sequence[str] = SIGNERS) -> list[Ref]:
        """Have agreements written, signed and activated; return their first versions."""
        found: list[Ref] = []
        for title in titles:
            said = agreement_of(members, title=title)
            author = self.books(members[0])
            author.follow()
            found.append(author.proposing.create(CLERK, said, OPTIONS).ref)
        self.accept_all(*found)
        return found

    def propose(self, name: str, first: Ref, number: int, **more: Any) -> Ref:
        """Propose an income on an agreement; return its name."""
        said = income_of(str(number), CODES[name], **more)
        found: list[Ref] = []

        def write(one: LedgerMember) -> None:
            row = self.row(name, first)
            found.append(
                one.proposing.propose_income(CLERK, agreement_name(row), said, OPTIONS).ref
            )

        assert self.say(name, write), self.refused
        return found[0]

    def accept_all(self, *agreements: Ref, decides: bool = True) -> None:
        """Let all who sign accept all that is open, and the center decide."""
        self.settle()
        for name in SIGNERS:
            for first in agreements:
                member, row = self.books(name), self.row(name, first)
                member.follow()
                self._accept(member, row, all_of_it=True)
        if decides:
            self.settle()

    def accept_what_is_open(self) -> None:
        """Let all accept what they know of: a proposal that waits tells nothing of the books."""
        for one in self.up():
            member = self.books(one.name)
            member.follow()
            for row in member.agreements():
                if one.name in SIGNERS:
                    self._accept(member, row, all_of_it=True)

    def row(self, name: str, first: Ref) -> AgreementRow:
        with self[name].side.database.read() as tx:
            row = reading.agreement(tx, first)
        assert row is not None, f"{name} has no agreement"
        return row

    # --- at random ------------------------------------------------------------------------------

    def random_step(self) -> str:
        """Do one thing of the ledger, or carry messages."""
        what = self.chance.random()
        if what < _ROUND:
            self.work_round()
            self.pass_time(1.5)
            return "everybody works"
        if what < _CARRY:
            return self._carry()
        if self.lies and self[self.liar].is_up and what > _LIE:
            return self._lie()
        member = self.books(self.chance.choice(self.up()).name)
        member.follow()
        steps: dict[str, tuple[int, Callable[[LedgerMember], None]]] = {
            "agrees": (3, self._agree),
            "proposes an income": (14, self._income),
            "takes back": (5, self._reverse),
            "books a payment": (4, self._pay),
            "amends": (3, self._amend),
            "terminates": (1, self._terminate),
            "accepts": (22, self._accept_some),
            "rejects": (1, self._reject),
            "disputes": (1, self._dispute),
            "closes a month": (2, self._close_month),
            "repeats a request": (2, self._repeat),
            "accepts by policy": (3, self._policy),
        }
        told = self.chance.choices(list(steps), [weight for weight, _ in steps.values()])[0]
        try:
            steps[told][1](member)
            self.done[told] += 1
        except YdxError as error:
            self.refused[error.reason] += 1
            return f"{member.name} {told}: {error.reason}"
        return f"{member.name} {told}"

    def random_fault(self) -> str:
        """Crash, cut, or change the network; what an old disk forgets is promised to nobody."""
        name = self.chance.choice(sorted(self.members))
        faults = [self._crash_or_start, self._flip_link, self._change_network, self._mend]
        return self.chance.choices(faults, [2, 2, 2, 3])[0](name)

    def _mend(self, _name: str) -> str:
        self.network.heal()
        self.start_all()
        return "all is mended for now"

    def _lie(self) -> str:
        lie = self.chance.choice(self.lies)
        try:
            told = lie(self)
        except YdxError as error:
            return f"{self.liar} cannot lie: {error.reason}"
        self.done[told] += 1
        return f"{self.liar} lies: {told}"

    def _carry(self) -> str:
        """Let one member work, and meet and follow another."""
        member = self.chance.choice(self.up())
        for other in self.chance.sample(self.others(member.name), 2):
            member.meet(other)
            member.follow(self[other].origin)
        member.sign()
        for other in self.others(member.name):
            member.offer(other)
        member.seek()
        member.flush()
        self.books(member.name).work()
        self.pass_time(self.chance.choice([0.3, 2.0, 20.0]))
        return f"{member.name} works"

    def _some(self, member: LedgerMember) -> AgreementRow | None:
        rows = [one for one in member.agreements() if member.name in one.member_names]
        return self.chance.choice(rows) if rows else None

    def _agree(self, member: LedgerMember) -> None:
        if member.name not in SIGNERS or len(member.agreements()) >= _AGREEMENTS_MAX:
            return
        others = [name for name in SIGNERS if name != member.name]
        members = [member.name, *self.chance.sample(others, self.chance.choice([1, 2]))]
        self._number += 1
        said = agreement_of(
            members,
            title=f"第{self._number}份利益分享协议",
            signers_required=self.chance.choice([0, 0, len(members) - 1]),
            **random_terms(self.chance),
        )
        member.proposing.create(CLERK, said, OPTIONS)

    def _income(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is None:
            return
        for _ in range(self.chance.randint(1, _INCOMES_AT_ONCE)):
            self._number += 1
            instalment = str(self.chance.choice([self._number, self.chance.randint(1, 9)]))
            said = income_of(instalment, CODES[member.name], self.chance.randint(1, 400_000))
            said.income_date = f"{self.chance.choice(_MONTHS)}-{self.chance.randint(1, 14):02}"
            member.proposing.propose_income(CLERK, agreement_name(row), said, OPTIONS)

    def _booked(self, member: LedgerMember) -> Document | None:
        row = self._some(member)
        if row is None:
            return None
        with member.side.database.read() as tx:
            found = reading.entries(tx, row, EntryFilter())
            incomes = [one.income for one in found if one.income is not None]
            if not incomes:
                return None
            told = reading.told(tx, self.chance.choice(incomes))
        return None if told is None else told.document

    def _reverse(self, member: LedgerMember) -> None:
        income = self._booked(member)
        if income is None:
            return
        said = codec.Reversal(
            amount_fen=self.chance.choice([0, 1, 500, 20_000]),
            reversal_date=f"{self.chance.choice(_MONTHS)}-12",
            reason="合同款项退回",
        )
        member.proposing.propose_reversal(CLERK, name_of(income), said, OPTIONS)

    def _pay(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is None:
            return
        payer, payee = self.chance.sample([CODES[name] for name in sorted(row.member_names)], 2)
        said = codec.Payment(
            payer=payer,
            payee=payee,
            amount_fen=self.chance.randint(1, 30_000),
            paid_on="2027-01-11",
            evidence_sha256=bytes(32),
        )
        member.proposing.propose_payment(CLERK, agreement_name(row), said, OPTIONS)

    def _amend(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is None:
            return
        members = [name for name in SIGNERS if name in row.member_names]
        said = agreement_of(
            members,
            effective_from="2026-12-01",
            title="利益分享协议修订稿",
            **random_terms(self.chance),
        )
        member.proposing.amend(CLERK, agreement_name(row), said, OPTIONS)

    def _terminate(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is not None:
            said = codec.Termination(effective_to="2028-06-01", reason="协议提前到期")
            member.proposing.terminate(CLERK, agreement_name(row), said, OPTIONS)

    def _accept_some(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is not None:
            self._accept(member, row, all_of_it=self.chance.random() < 0.7)

    def _accept(self, member: LedgerMember, row: AgreementRow, *, all_of_it: bool) -> None:
        names = [name_of(one) for one in member.open_proposals(row)]
        if names and not all_of_it:
            names = [self.chance.choice(names)]
        try:
            if names:
                member.answering.accept(APPROVER, names, OPTIONS)
        except YdxError:
            for one in names:
                try:
                    member.answering.accept(APPROVER, [one], OPTIONS)
                except YdxError as error:
                    self.refused[error.reason] += 1

    def _reject(self, member: LedgerMember) -> None:
        row = self._some(member)
        found = [] if row is None else member.open_proposals(row)
        later = [one for one in found if not isinstance(one.facts, Version)]
        if later:
            member.answering.reject(name_of(self.chance.choice(later)), "金额与合同不符", OPTIONS)

    def _dispute(self, member: LedgerMember) -> None:
        income = self._booked(member)
        if income is not None:
            member.answering.dispute(name_of(income), "请求复核金额", OPTIONS, is_over=False)

    def _close_month(self, _member: LedgerMember) -> None:
        if not self[CENTER].is_up:
            return
        center = self.books(CENTER)
        row = self._some(center)
        if row is not None:
            center.bookkeeper.close_period(row.ref, self.chance.choice(_MONTHS[:-1]), OPTIONS)

    def _repeat(self, member: LedgerMember) -> None:
        """Ask the same twice and another thing under the same id: P3 and P5."""
        row = self._some(member)
        if row is None:
            return
        self._number += 1
        said = income_of(f"R{self._number}", CODES[member.name])
        name, options = agreement_name(row), member.request(self._number, b"one")
        written = member.proposing.propose_income(CLERK, name, said, options)
        size = member.sequencer.tree_size
        assert member.proposing.propose_income(CLERK, name, said, options).ref == written.ref
        other = member.request(self._number, b"another")
        with pytest.raises(Refused, match="another body"):
            member.proposing.propose_income(CLERK, name, said, other)
        assert member.sequencer.tree_size == size

    def _policy(self, member: LedgerMember) -> None:
        row = self._some(member)
        if row is not None:
            member.set_policy(row)


def states(world: LedgerWorld, name: str, first: Ref) -> dict[State, int]:
    """Count the incomes of an agreement that a member knows, by what became of them."""
    found: Counter[State] = Counter()
    with world[name].side.database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        for one in reading.proposals(tx, row):
            ruling = reading.ruling(tx, one.told.document.ref)
            if isinstance(one.told.document.facts, Income) and ruling is not None:
                found[ruling.state] += 1
    return found
