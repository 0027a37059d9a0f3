"""Members that compare their books in one process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from federation.log.keys import Signer, VerifierKey
from federation.records.refs import Ref
from federation.sync.frames import BooksTold, Peer
from node.services.ledger import reading
from node.services.ledger.books_answering import BooksAnswering
from node.services.ledger.reconciling import LedgerReconciling, Reconciled
from node.storage.database import Database
from tests.node.services.ledger.made_ledger import MadeLedger, origin


class Books:
    """One member's node, as far as books are concerned."""

    def __init__(self, member: str, database: Database) -> None:
        self.member = member
        self.database = database
        self.signer = signer_of(member)
        self.answering = BooksAnswering(database, self.signer, keys_of)
        self.refusals: list[tuple[str, str]] = []

    def row(self, first: Ref) -> Any:
        with self.database.read() as tx:
            return reading.agreement(tx, first)

    def compare(self, first: Ref, peer: Peer) -> Reconciled:
        reconciling = LedgerReconciling(
            self.database,
            {peer.name: peer},
            self.signer,
            keys_of,
            lambda name, _origin, refusal: self.refusals.append((name, refusal.reason)),
        )
        return reconciling.reconcile(self.row(first), peer.name)


class Asked:
    """A peer that answers in this process; `change` may alter (answer, signature)."""

    def __init__(
        self,
        other: Books,
        caller: str = "anhui",
        change: Callable[[bytes, bytes], tuple[bytes, bytes]] = lambda *told: told,
    ) -> None:
        self.name = other.member
        self.other = other
        self.caller = caller
        self.change = change
        self.count = 0

    def reconcile_books(self, question: bytes, proof: bytes) -> BooksTold:
        self.count += 1
        told = self.other.answering.answer(self.caller, question, proof)
        return BooksTold(*self.change(told.answer, told.signature), told.disputed)


def signer_of(member: str) -> Signer:
    return Signer(origin(member), member.ljust(32, ".").encode())


def keys_of(member: str) -> Sequence[VerifierKey]:
    return [signer_of(member).verifier()]


def peer_of(other: Books, **more: Any) -> Peer:
    return cast("Peer", Asked(other, **more))


def many(incomes: int) -> tuple[MadeLedger, Ref]:
    paper = MadeLedger()
    first = paper.open()
    for number in range(incomes):
        paper.book(first, number)
    return paper, first
