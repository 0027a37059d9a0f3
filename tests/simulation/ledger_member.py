"""The ledger of one simulated member: the real services, wired as a node wires them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.log.errors import Unreachable, YdxError
from federation.trust.registry import CENTER
from node.services.access import Caller, Role
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName
from node.services.ledger import reading
from node.services.ledger.accepting import PolicyAcceptor
from node.services.ledger.answering import LedgerAnswering
from node.services.ledger.deciding import Bookkeeper, BookkeeperPorts
from node.services.ledger.making import LedgerMaker
from node.services.ledger.proposing import LedgerProposing
from node.services.ledger.reconciling import LedgerReconciling
from node.services.ledger.view import LedgerView
from node.services.log.drafts import Draft, Encoder, genesis
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Request, Sequencer, SequencerPorts
from node.services.log.write_options import WriteOptions
from node.storage import ledger_local
from node.storage.ledger_local import Policy
from tests.simulation.network import keys_of

if TYPE_CHECKING:
    from federation.ledger.documents import Document
    from node.bootstrap.federation_side import FederationSide
    from node.services.ledger.reading import AgreementRow
    from tests.simulation.member import SimulatedMember

CLERK: Final = Caller(frozenset({Role.CLERK}), token_id="clerk")
APPROVER: Final = Caller(frozenset({Role.APPROVER}), token_id="approver")
OPTIONS: Final = WriteOptions()
STEPS_MAX: Final = 10_000
WAIT: Final = "the node is stopping"


class LedgerMember:
    """The ledger of a member from its start to its crash; all that lasts is in the database."""

    def __init__(self, member: SimulatedMember) -> None:
        side = member.side
        self.name = member.name
        self.side = side
        self.member = member
        self.sequencer = self._sequencer(side)
        names = [one.name for one in side.trust.registry().members]
        self.sealing = Sealing(self.sequencer, self.name, lambda: names)
        random_bytes = member.chance.randbytes
        maker = LedgerMaker(
            self.sealing,
            member.origin,
            self.name,
            self._centers,
            tuple,
            member.clock,
            random_bytes,
        )
        self.view = LedgerView(side.database, side.trust.registry)
        self.proposing = LedgerProposing(maker)
        self.answering = LedgerAnswering(maker)
        self.acceptor = PolicyAcceptor(
            side.database, self.view, self.sealing, self.answering, self.name
        )
        self.bookkeeper = Bookkeeper(
            BookkeeperPorts(
                database=side.database,
                sealing=self.sealing,
                view=self.view,
                origin=member.origin,
                member=self.name,
                confirmed=side.board.confirmed,
                registry_version=lambda: side.trust.registry().version,
                clock=member.clock,
                random_bytes=random_bytes,
            )
        )
        self.reconciling = LedgerReconciling(
            side.database, side.peers, side.keys.log_signer, keys_of(side), side.refused
        )
        self.sequencer.start()

    def close(self) -> None:
        """Stop the writer's thread."""
        self.sequencer.stop()

    @property
    def is_center(self) -> bool:
        return self.name in self._centers()

    def follow(self) -> None:
        """Fold all that is here."""
        self.view.recheck()
        for _ in range(STEPS_MAX):
            if not self.view.step():
                return
        raise AssertionError(f"the view of {self.name} never ends")

    def work(self) -> bool:
        """Do what the loop of a node does; return whether anything was written."""
        self.follow()
        try:
            done = self.acceptor.step()
            done += self.bookkeeper.step() if self.is_center else 0
        except YdxError:
            return False
        return done > 0

    def agreements(self) -> list[AgreementRow]:
        with self.side.database.read() as tx:
            return reading.agreements(tx)

    def open_proposals(self, row: AgreementRow) -> list[Document]:
        with self.side.database.read() as tx:
            found = reading.proposals(tx, row, open_only=True)
        return [one.told.document for one in found]

    def set_policy(self, row: AgreementRow) -> None:
        """Accept incomes and payments up to an amount without a person."""
        policy = Policy(
            incomes=True,
            reversals=False,
            payments=True,
            gross_max_fen=300_000,
            needs_evidence=False,
            needs_contract=False,
            set_by="token/approver",
        )
        with self.side.database.write() as tx:
            ledger_local.set_policy(tx, row.leaf_hash, policy)

    def request(self, number: int, body: bytes) -> WriteOptions:
        """Return options with the request id of a number."""
        made = self.sequencer.request("clerk", f"00000000-0000-4000-8000-{number:012x}", body)
        assert isinstance(made, Request)
        return WriteOptions(request=made)

    def _centers(self) -> list[str]:
        return [one.name for one in self.side.trust.registry().members if one.holds(CENTER)]

    def _sequencer(self, side: FederationSide) -> Sequencer:
        def may_write() -> None:
            if not self.member.is_open:
                raise Unreachable("OVERLOADED", WAIT)

        def make_genesis() -> Draft:
            return genesis(side.settings.node.federation, self.name, 1)

        return Sequencer(
            side.database,
            Encoder(side.board.own_origin, self.member.clock, self.member.chance.randbytes),
            SequencerPorts(
                may_write=may_write,
                on_commit=side.signer.committed,
                wait_stored_by_peer=lambda _size, _timeout_s: True,
                genesis=make_genesis,
            ),
            bytes(32),
        )


def name_of(document: Document) -> str:
    """Return how services name a proposal, or an agreement's first version."""
    is_first = document.agreement == document.ref
    collection = AGREEMENTS if is_first else PROPOSALS
    return str(DocumentName(document.author, collection, document.subject))


def agreement_name(row: AgreementRow) -> str:
    return str(DocumentName(row.author, AGREEMENTS, row.subject))
