"""Three processes that keep books together, killed at points of the ledger, and looked over.

One member proposes and has a person accept, one accepts by policy, the center decides and closes.
Whoever dies is started again. Whatever is asked carries a request id, and is asked with it until it
is answered, and then once more. A round holds against what was asked, on every member:

- C1, C2: what was booked before is the beginning of the journal; what was acknowledged is booked;
- C3, promise 5: nothing stands twice, neither in the journal nor in the logs, and nothing is void;
- promise 4: books, digests and statements are equal to the fen, which two members sign in a line;
- all logs of the victims verify, and their tables are what a fold from their stored bytes makes.
"""

from __future__ import annotations

import itertools
import signal
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.ledger import codec
from federation.ledger.documents import Acceptance
from federation.ledger.equal_note import verify_equal
from federation.log.errors import YdxError
from federation.log.note import parse_note
from node.services.ledger import reading, view
from node.services.ledger.view import LedgerView
from node.storage import views
from node.storage.database import Database
from node.storage.trust_folder import read_trust
from tests.node.services.ledger.made_ledger import tables
from tests.processes.signed import Collected, check_stored
from tests.waiting import until
from ydx.exchange.v1.ledger_agreements_pb2 import AcceptancePolicy, AgreementState
from ydx.exchange.v1.ledger_proposals_pb2 import ProposalState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.processes.member_processes import Federation, MemberProcess

PROPOSER: Final = "shanghai"
BY_POLICY: Final = "anhui"
CENTER: Final = "center"
CODES: Final = {PROPOSER: "SH", BY_POLICY: "AH", CENTER: "NETC"}
SHARES_PPM: Final = {PROPOSER: 500_000, BY_POLICY: 300_001, CENTER: 199_999}
INCOMES_MAX: Final = 30
"""So many are booked before every victim must have passed its point."""
_CALL_S: Final = 20.0
_WRONG: Final = frozenset({"INVALID_FIELD", "REQUEST_ID_REUSED", "ROLE_MISSING"})
_PROPOSALS_MAX: Final = 10_000


class Kill(NamedTuple):
    """Which point of the ledger kills whom, at the n-th passing."""

    failpoint: str
    passing: int
    victim: str


@dataclass(slots=True)
class Asked:
    """One request of a client, and what it was told."""

    member: str
    role: str
    method: str
    fields: dict[str, Any]
    told: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class LedgerArena:
    """A federation with an agreement, and the memory of all its rounds."""

    def __init__(self, federation: Federation, folder: Path) -> None:
        self.federation = federation
        self._folder = folder
        self._seen = Collected()
        self._numbers = itertools.count(1)
        self._months = itertools.count()
        self._armed: dict[str, Kill] = {}
        self._asked: list[Asked] = []
        self._clients = {
            (one.name, role): one.client(role)
            for one in federation
            for role in ("clerk", "approver")
        }
        self.agreement = ""
        self._incomes: dict[str, int] = {}
        """Names of all incomes proposed, with their amounts in fen."""
        self._closed = 0

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def run(self, *kills: Kill) -> int:
        """Run a round and check every promise; return how many incomes were booked in it."""
        known = len(self._incomes)
        before = self._journal(PROPOSER) if self.agreement else []
        self._asked.clear()
        self._start(kills)
        with self._seen.watching(self.federation):
            if not self.agreement:
                self._open()
            while self._armed or len(self._incomes) == known:
                assert len(self._incomes) < known + INCOMES_MAX, f"{self._armed} does not kill"
                self._book(closes=any("closing" in kill.failpoint for kill in kills))
            for asked in list(self._asked):
                self._ask(asked)
            self._until(self._is_booked, f"all is booked after {kills}")
        self._check_books(before)
        for kill in kills:
            self._check_stored(self.federation[kill.victim])
        return len(self._incomes) - known

    def book_one_more(self) -> int:
        """Have one income booked, and check nothing yet; return how many were proposed so far."""
        self._start(())
        if not self.agreement:
            self._open()
        self._book(closes=False)
        return len(self._incomes)

    # --- who lives ------------------------------------------------------------------------------

    def _start(self, kills: Sequence[Kill]) -> None:
        for kill in kills:
            self.federation[kill.victim].terminate()
            self.federation[kill.victim].start_armed(kill.failpoint, kill.passing)
            self._armed[kill.victim] = kill
        for one in self.federation:
            if not one.is_running():
                one.start()

    def _until(self, ask: Callable[[], object], what: str) -> None:
        """Ask until the answer is true; whoever dies meanwhile is started again."""

        def asked() -> bool:
            for name in list(self._armed):
                member = self.federation[name]
                if not member.is_running():
                    assert member.ended() == -signal.SIGKILL, member.log_tail()
                    del self._armed[name]
                    member.start()
            try:
                return bool(ask())
            except YdxError as error:
                if error.reason in _WRONG:
                    raise
                return False

        until(asked, what)

    # --- what clients do ------------------------------------------------------------------------

    def _open(self) -> None:
        """Carry an agreement into force, and set the policy of who accepts by it."""
        self.agreement = self._ask(
            Asked(PROPOSER, "clerk", "CreateAgreement", {"agreement": _agreement()})
        )
        for name in (PROPOSER, BY_POLICY):
            self._ask(Asked(name, "approver", "AcceptProposals", {"names": [self.agreement]}))
        policy = AcceptancePolicy(incomes=True, payments=True)
        more = {"name": self.agreement, "policy": policy}
        self._until(
            lambda: self._call(BY_POLICY, "approver", "SetAcceptancePolicy", **more),
            "the policy is set",
        )
        self._until(lambda: all(map(self._is_active, self.federation)), "the agreement is active")

    def _book(self, *, closes: bool) -> None:
        """Have an income booked, and a month closed."""
        number = next(self._numbers)
        name = self._ask(Asked(PROPOSER, "clerk", "ProposeIncome", self._income(number)))
        self._incomes[name] = 100_000 + number
        self._ask(Asked(PROPOSER, "approver", "AcceptProposals", {"names": [name]}))
        self._until(self._is_booked, "the income is booked")
        if closes:
            self._ask(Asked(CENTER, "clerk", "ClosePeriod", self._next_month()))
            self._closed += 1
            self._until(self._is_booked, "the month is closed")

    def _ask(self, asked: Asked) -> str:
        """Ask until it is answered; return what was told."""
        if asked not in self._asked:
            self._asked.append(asked)
        self._until(lambda: self._ask_once(asked), f"{asked.member} answers {asked.method}")
        return asked.told

    def _ask_once(self, asked: Asked) -> bool:
        fields = asked.fields | {"request_id": asked.request_id}
        answer = self._call(asked.member, asked.role, asked.method, **fields)
        if asked.method == "ProposeIncome":
            told = answer.proposal.name
        elif asked.method == "CreateAgreement":
            told = answer.agreement.name
        elif asked.method == "ClosePeriod":
            told = answer.statement.digest.hex()
        else:
            told = str(answer.ref)
        assert asked.told in {"", told}, f"{asked.method} acted twice: {asked.told}, {told}"
        asked.told = told
        return True

    def _call(self, member: str, role: str, method: str, **fields: Any) -> Any:
        client = self._clients[member, role]
        return client.call(method, repeat=False, timeout_s=_CALL_S, **fields)

    def _income(self, number: int) -> dict[str, Any]:
        income = codec.Income(
            contract=codec.DocumentRef(
                origin=self.federation[PROPOSER].member.origin, leaf_index=0, leaf_hash=bytes(32)
            ),
            instalment=str(number),
            kind=codec.IncomeKind.INCOME_KIND_SERVICE_FEE,
            income_date="2025-11-03",
            gross_fen=100_000 + number,
            received_by=CODES[PROPOSER],
            evidence_sha256=number.to_bytes(32),
        )
        return {"agreement": self.agreement, "income": income}

    def _next_month(self) -> dict[str, Any]:
        years, months = divmod(next(self._months), 12)
        return {"agreement": self.agreement, "period": f"{2010 + years}-{1 + months:02}"}

    # --- what must hold -------------------------------------------------------------------------

    def _is_active(self, member: MemberProcess) -> bool:
        shown = self._call(member.name, "clerk", "GetAgreement", name=self.agreement)
        return bool(shown.agreement.state == AgreementState.AGREEMENT_STATE_ACTIVE)

    def _is_booked(self) -> bool:
        """Say whether all members show all that was asked, up to the same size."""
        if len({self._books(one.name).SerializeToString() for one in self.federation}) > 1:
            return False
        is_booked = len(self._journal(PROPOSER)) == len(self._incomes)
        return is_booked and len(self._statements(PROPOSER)) == self._closed

    def _journal(self, name: str) -> list[bytes]:
        client = self._clients[name, "clerk"]
        pages = client.pages("ListEntries", "entries", agreement=self.agreement, page_size=200)
        return [one.SerializeToString(deterministic=True) for one in pages]

    def _books(self, name: str) -> Any:
        return self._call(name, "clerk", "GetAgreement", name=self.agreement).agreement.books

    def _statements(self, name: str) -> list[bytes]:
        told = self._call(name, "clerk", "ListStatements", agreement=self.agreement)
        return [one.digest for one in told.statements]

    def _check_books(self, before: list[bytes]) -> None:
        journal = self._journal(PROPOSER)
        assert journal[: len(before)] == before, "C1, L5: what was posted has changed"
        client = self._clients[PROPOSER, "clerk"]
        incomes = Counter(
            (one.name, one.income.gross_fen, one.state)
            for one in client.pages("ListProposals", "proposals", agreement=self.agreement)
            if one.HasField("income")
        )
        final = ProposalState.PROPOSAL_STATE_FINAL
        assert incomes == Counter((name, fen, final) for name, fen in self._incomes.items())
        assert len(journal) == len(self._incomes), "promise 5: an income is booked twice"
        gross_fen = sum(self._incomes.values())
        for one in self.federation:
            assert self._journal(one.name) == journal, one.name
            assert self._statements(one.name) == self._statements(PROPOSER), one.name
            books = self._books(one.name)
            assert books == self._books(PROPOSER), one.name
            assert (books.waits, books.disputed, list(books.void_outcomes)) == (False, "", [])
            told = self._call(one.name, "clerk", "GetBalances", agreement=self.agreement)
            assert sum(line.debit_fen for line in told.lines) == gross_fen
            assert sum(line.credit_fen for line in told.lines) == gross_fen, "L2"
        told = self._compared()
        assert told.equal, told
        registry = read_trust(self.federation[CENTER].folder / "trust" / "root.json").registry
        text = parse_note(told.proof).text
        for name in (PROPOSER, BY_POLICY):
            keys = registry.log(self.federation[name].member.origin).keys
            verify_equal(told.proof, text, [one.key for one in keys])

    def _compared(self) -> Any:
        """Return how two books compare, once the proposer has found its peer again."""
        told: list[Any] = []

        def compare() -> bool:
            asked = {"agreement": self.agreement, "peer": BY_POLICY}
            told.append(self._call(PROPOSER, "clerk", "ReconcileBooks", **asked))
            return True

        self._until(compare, "two members compare their books")
        return told[0]

    def _check_stored(self, victim: MemberProcess) -> None:
        for member in self.federation:
            self._seen.look(member)
        copy = check_stored(victim, self._folder)
        assert self._seen.check(copy) == len(self.federation.members)
        registry = read_trust(victim.folder / "trust" / "root.json").registry
        database = Database.open(copy)
        try:
            _fold(LedgerView(database, lambda: registry))
            kept = tables(database)
            with database.write() as tx:
                views.keep(tx, view.NAME, 0, "another program's")
            _fold(LedgerView(database, lambda: registry))
            assert tables(database) == kept, "L3: the tables are not what the bytes say"
            with database.read() as tx:
                [row] = reading.agreements(tx)
                found = reading.proposals(tx, row, limit=_PROPOSALS_MAX)
                assert len(found) == 1 + len(self._incomes), "a proposal stands twice"
                for one in found:
                    said = reading.said_of(tx, one.told.document.ref)
                    assert sorted(
                        told.document.author
                        for told in said
                        if isinstance(told.document.facts, Acceptance)
                    ) == sorted([PROPOSER, BY_POLICY]), "an acceptance stands twice"
        finally:
            database.close()


def _fold(view: LedgerView) -> None:
    while view.step():
        pass


def _agreement() -> codec.Agreement:
    return codec.Agreement(
        title="跨区域技术转移服务费分配协议",
        parties=[
            codec.AgreementParty(
                party=CODES[name],
                member=name,
                role=codec.PartyRole.PARTY_ROLE_OTHER,
                display_name=f"{name} 平台",
                share_ppm=ppm,
            )
            for name, ppm in SHARES_PPM.items()
        ],
        base=codec.AllocationBase.ALLOCATION_BASE_SERVICE_FEE,
        effective_from="2010-01-01",
        effective_to="2100-01-01",
        signers=[BY_POLICY, PROPOSER],
    )
