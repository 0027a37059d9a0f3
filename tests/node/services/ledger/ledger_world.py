"""Three members that share a benefit, each over its own database; logs go where links are up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from federation.ledger import codec
from federation.ledger.statement import state_digest
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.note import add_signatures
from federation.records.refs import Ref, said_ref
from federation.trust.registry import Registry
from node.services.access import Caller, Role
from node.services.ledger import reading
from node.services.ledger.accepting import PolicyAcceptor
from node.services.ledger.accounts import LedgerAccounts, all_entries
from node.services.ledger.answering import LedgerAnswering
from node.services.ledger.deciding import Bookkeeper, BookkeeperPorts
from node.services.ledger.making import LedgerMaker
from node.services.ledger.policies import LedgerPolicies
from node.services.ledger.proposing import LedgerProposing
from node.services.ledger.shown import LedgerShown
from node.services.ledger.simulating import LedgerSimulating
from node.services.ledger.trails import LedgerTrails
from node.services.ledger.view import LedgerView
from node.storage import logs, mirrors
from node.storage.database import Database
from tests.federation.ledger import paper
from tests.node.services.ledger.made_ledger import WITNESS, FixedRegistry, log_signer
from tests.node.services.partnership.contract_party import Party, small_party
from tests.node.services.partnership.contract_texts import NOW_S

MEMBERS: Final = ("anhui", "center", "jiangsu")
SIGNERS: Final = ("anhui", "jiangsu")
CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
APPROVER: Final = Caller(frozenset({Role.APPROVER}), "approver")


class LedgerMember:
    """The ledger of one member."""

    def __init__(self, party: Party) -> None:
        self.party, self.database, self.name = party, party.database, party.name
        registry = cast("Registry", FixedRegistry())
        self.view = LedgerView(self.database, lambda: registry)
        maker = LedgerMaker(
            party.sealing,
            party.origin,
            party.name,
            lambda: party.centers,
            lambda: party.left,
            party.clock,
            os.urandom,
        )
        self.proposing = LedgerProposing(maker)
        self.answering = LedgerAnswering(maker)
        self.shown = LedgerShown(self.database, party.name)
        self.accounts = LedgerAccounts(self.database, self.shown)
        self.policies = LedgerPolicies(self.database, self.shown)
        self.simulating = LedgerSimulating(self.database, self.shown, party.clock)
        self.trails = LedgerTrails(self.database, self.shown, party.receipts)
        self.start()

    def start(self) -> None:
        """Make what keeps something in memory, as a node does that starts anew."""
        party = self.party
        self.acceptor = PolicyAcceptor(
            self.database, self.view, party.sealing, self.answering, party.name
        )
        self.bookkeeper = Bookkeeper(
            BookkeeperPorts(
                database=self.database,
                sealing=party.sealing,
                view=self.view,
                origin=party.origin,
                member=party.name,
                confirmed=self.confirmed,
                registry_version=lambda: 1,
                clock=party.clock,
                random_bytes=os.urandom,
            )
        )

    def confirmed(self, origin: str) -> tuple[bytes, Checkpoint] | None:
        """Return a note of what is confirmed of a log."""
        with self.database.read() as tx:
            row = mirrors.find(tx, origin)
            if row is None or not row.confirmed_size:
                return None
            compact_range = CompactRange()
            entries = logs.entries(tx, row.origin_id, 0, row.confirmed_size)
            compact_range.extend(leaf_hashes(entries))
        head = Checkpoint(origin, row.confirmed_size, compact_range.root())
        signed = sign_checkpoint(head, [log_signer(origin)])
        return add_signatures(signed, [make_cosignature(signed, WITNESS, 9)]), head

    def fold(self) -> None:
        while self.view.step():
            pass

    def size(self) -> int:
        return self.party.size()

    def books_digest(self, agreement: Ref) -> bytes:
        """Return the state digest over the books, apart from how far the center is confirmed."""
        with self.database.read() as tx:
            row = reading.agreement(tx, agreement)
            assert row is not None
            return state_digest(agreement, 0, all_entries(tx, row))

    def state(self, name: str) -> str:
        """Return the state of a proposal, "OPEN" while there is none, with a reason."""
        shown = self.shown.proposal(CLERK, name)
        return f"{shown.state or 'OPEN'} {shown.reason}".strip()

    def nets(self, agreement: str) -> dict[str, int]:
        return dict(self.accounts.balances(CLERK, agreement, "", 0)[1].nets)


@dataclass
class LedgerWorld:
    """Members and the time; `cut` has the pairs between which nothing goes."""

    members: dict[str, LedgerMember] = field(default_factory=dict)
    now_s: float = NOW_S
    cut: set[frozenset[str]] = field(default_factory=set)

    def __getitem__(self, name: str) -> LedgerMember:
        return self.members[name]

    def send(self) -> None:
        """Copy all logs along the links that are up; what was copied is confirmed."""
        for to in self.members.values():
            for of in self.members.values():
                if to is not of and frozenset({to.name, of.name}) not in self.cut:
                    to.party.take_from(of.party)
        for to in self.members.values():
            self.confirm(to)
            to.fold()

    def confirm(self, to: LedgerMember) -> None:
        """Confirm all copies; of the own log what some other member has."""
        with to.database.write() as tx:
            for row in mirrors.every(tx):
                size = row.verified_size
                if row.origin == to.party.origin:
                    size = max(self._held(one, row.origin) for one in self.members.values()
                               if one is not to)  # fmt: skip
                if size > row.confirmed_size:
                    mirrors.set_confirmed(tx, row.origin_id, size, b"note")

    @staticmethod
    def _held(member: LedgerMember, origin: str) -> int:
        with member.database.read() as tx:
            row = mirrors.find(tx, origin)
        return row.verified_size if row else 0

    def settle(self) -> int:
        """Send and decide until nothing moves; return how many were decided."""
        decided = 0
        for _ in range(20):
            self.send()
            now = self["center"].bookkeeper.step()
            decided += now
            if not now:
                return decided
        raise AssertionError("the center does not come to an end")

    def accept(self, *names: str, by: tuple[str, ...] = SIGNERS) -> None:
        for one in by:
            member = self[one]
            member.answering.accept(APPROVER, names, member.party.options())
        self.send()

    def open(self, **changes: Any) -> str:
        """Make an agreement that is active everywhere; return its name."""
        anhui = self["anhui"]
        said = paper.agreement(**changes)
        done = anhui.proposing.create(CLERK, said, anhui.party.options())
        self.send()
        name = anhui.shown.agreement_at(done.ref).name
        self.accept(name)
        self.settle()
        return name

    def propose(self, agreement: str, number: int = 1, by: str = "anhui", **said: Any) -> str:
        """Propose an income and let everybody have it; return its name."""
        member = self[by]
        done = member.proposing.propose_income(
            CLERK, agreement, income(number, **said), member.party.options()
        )
        member.fold()
        self.send()
        return member.shown.proposals_from(done.ref)[0].name

    def book(self, agreement: str, number: int = 1, **said: Any) -> str:
        name = self.propose(agreement, number, **said)
        self.accept(name)
        self.settle()
        return name


def income(number: int = 1, **changes: Any) -> codec.Income:
    """Return an income of a contract of its own; agreement and version are the node's to say."""
    nowhere = Ref("ydx.example/anhui", 0, bytes(32))
    contract = said_ref(nowhere._replace(leaf_index=number))
    said = paper.income(nowhere, **({"instalment": str(number), "contract": contract} | changes))
    said.ClearField("agreement")
    said.ClearField("version")
    return said


@contextmanager
def ledger_world(folder: Path, urls: Mapping[str, str] | None = None) -> Iterator[LedgerWorld]:
    """Give the three members, with databases in a folder or where `urls` has one."""
    world = LedgerWorld()
    with ExitStack() as stack:
        for name in MEMBERS:
            url = (urls or {}).get(name, f"sqlite:///{folder}/{name}.db")
            database = Database.open(url)
            stack.callback(database.close)
            party = small_party(name, database, lambda: world.now_s)
            world.members[name] = LedgerMember(stack.enter_context(party))
        world.send()
        yield world
