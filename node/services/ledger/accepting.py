"""Accepting by policy: what an approver has allowed this node to accept without a person.

- A policy is of one agreement, and of this node alone. Every condition that it names must hold;
  what fails one waits for a person, and nothing is ever rejected by a policy. What a person here
  rejected is not accepted, and nothing by a policy that was changed before it is written.
- What this node would not let its own users write is left to a person: a day that has not come, a
  payment of before the agreement, an instalment that only looks like another.
- What is proposed here by who set the policy, or may be (`four_eyes`), is left to another person;
  so is what is proposed here by nobody knows whom, after a restore.
- What is to be accepted in this step counts among the incomes of its contract (`contracts`).
- Of open incomes with the same instalment only one is booked: which, a person says; and whether
  one that another says too is to be booked at all (`repeats`). Once the others are decided, or are
  taken back, the policy looks again.
- Many proposals of an agreement are accepted in one document. What was looked at is not looked at
  again until the node starts anew or a policy changes, but for what waits for its contract, for
  others of its instalment, or for the outcome of the center that it rests on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from federation.ledger.documents import (
    Acceptance,
    Document,
    Income,
    Payment,
    Rejection,
    Reversal,
)
from federation.ledger.judging import versions_that_sign
from federation.log.errors import Refused, YdxError
from federation.records.refs import Ref
from node.services.ledger import reading
from node.services.ledger.answering import PROPOSALS_MAX
from node.services.ledger.books import look_up
from node.services.ledger.contracts import ContractChecks
from node.services.ledger.documents import Documents
from node.services.ledger.four_eyes import may_be_the_same
from node.services.ledger.rebuilding import check_whole
from node.storage import ledger_local
from node.storage.failpoint import failpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from federation.ledger.books import Books
    from node.services.ledger.answering import LedgerAnswering
    from node.services.ledger.documents import Told
    from node.services.ledger.reading import AgreementRow
    from node.services.ledger.view import LedgerView
    from node.services.log.sealing import SealedPlace, Sealing
    from node.services.log.view import LogView
    from node.storage.database import Database
    from node.storage.ledger_local import Policy
    from node.storage.transaction import Transaction

_AGAIN_MAX: Final = 100
"""More that wait for their contract, for others or for an outcome are left to a person."""

_CHANGED: Final = "STALE_ETAG"

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class PolicyAcceptor:
    """Accepts for one member; one thread calls `step`."""

    def __init__(
        self,
        database: Database,
        view: LedgerView,
        sealing: Sealing,
        answering: LedgerAnswering,
        member: str,
    ) -> None:
        self._database = database
        self._view = view
        self._sealing = sealing
        self._answering = answering
        self._member = member
        self._policies: dict[bytes, Policy] = {}
        self._looked: dict[Ref, int] = {}
        """Agreement → the arrival up to which its proposals were looked at."""
        self._again: dict[Ref, list[Ref]] = {}
        """Agreement → proposals to be looked at again."""
        self._before: dict[Ref, tuple[int, list[Ref]]] = {}
        """Agreement → both as they were before this step."""
        self._own_size = 0
        """Of the own log when this step began: all below is in the view."""

    def step(self) -> int:
        """Accept what the policies allow; return how many.

        Raises BOOKS_REBUILDING, and the first error once every agreement had its turn.
        """
        with self._database.read() as tx:
            self._own_size = self._answering.size(tx)
        while self._view.step():
            pass
        with self._database.read() as tx:
            check_whole(tx)
            policies = ledger_local.policies(tx)
            if policies != self._policies:
                self._policies = policies
                self._looked.clear()
                self._again.clear()
            rows = _rows(tx, policies)
            documents = Documents(tx, self._view.shelf)
            checks = ContractChecks(tx, documents, self._member)
            due = [
                partial(self._due, tx, row, policies[row.ref.leaf_hash], documents, checks)
                for row in rows
            ]
            found, failed = _each(due)
        accepted, unwritten = _each([partial(self._accept, some) for some in found if some])
        failed = failed or unwritten
        if failed is not None:
            raise failed
        return sum(accepted)

    def _accept(self, proposals: Sequence[Document]) -> int:
        def make(view: LogView) -> SealedPlace:
            check_whole(view.transaction)
            self._check_policy(view.transaction, proposals[0])
            place = self._answering.add_acceptance(view, proposals, policy_from=self._own_size)
            failpoint("ledger_acceptance_before_commit")
            return place

        try:
            self._sealing.write(make)
            failpoint("ledger_acceptance_after_commit")
        except Refused as refusal:
            _log.debug("not accepted by policy", reason=refusal.reason, what=refusal.what)
            if len(proposals) == 1 or refusal.reason == _CHANGED:
                return 0  # decided meanwhile, or disputed: a person sees it
            return sum(self._accept([one]) for one in proposals)
        except YdxError:
            if proposals[0].agreement is not None:
                self._forget(proposals[0].agreement)
            raise
        return len(proposals)

    def _forget(self, agreement: Ref) -> None:
        """Look again at all that a step has looked at: it failed, and may go on failing."""
        self._looked[agreement], self._again[agreement] = self._before[agreement]

    def _check_policy(self, tx: Transaction, proposal: Document) -> None:
        """Refuse what a policy allowed that is another one by now: the next step looks anew."""
        agreement = proposal.agreement
        leaf_hash = b"" if agreement is None else agreement.leaf_hash
        if ledger_local.policy(tx, leaf_hash) != self._policies.get(leaf_hash):
            raise Refused(_CHANGED, "the policy was changed meanwhile")

    def _look_again(self, proposals: Sequence[Document]) -> None:
        for one in proposals:
            if one.agreement is not None:
                again = self._again.setdefault(one.agreement, [])
                if len(again) < _AGAIN_MAX:
                    again.append(one.ref)

    def _due(
        self,
        tx: Transaction,
        row: AgreementRow,
        policy: Policy,
        documents: Documents,
        checks: ContractChecks,
    ) -> list[Document]:
        """Return what is to be accepted now of one agreement, at most what one document takes."""
        self._before[row.ref] = self._looked.get(row.ref, 0), list(self._again.get(row.ref, ()))
        try:
            return self._found(tx, row, policy, documents, checks)
        except YdxError:
            self._forget(row.ref)
            raise

    def _found(
        self,
        tx: Transaction,
        row: AgreementRow,
        policy: Policy,
        documents: Documents,
        checks: ContractChecks,
    ) -> list[Document]:
        due: list[Document] = []
        waiting: list[Document] = []
        books = reading.books_of(tx, row, documents)
        while len(due) < PROPOSALS_MAX:
            found = self._fresh(tx, row, books, documents, PROPOSALS_MAX - len(due))
            if not found:
                break
            said = reading.said_of_all(tx, [one.ref for one in found], documents, books)
            proposers = ledger_local.proposers(tx, [one.ref.leaf_hash for one in found])
            found = [one for one in found if not self._has_said(said[one.ref])]
            waiting += [one for one in found if _is_early(books, one)]
            for one in found:
                if self._member not in signers_of(books, one):
                    continue
                if self._allows(policy, books, one, proposers, checks):
                    if isinstance(one.facts, Income) and checks.repeats.of(one, books.members):
                        waiting.append(one)  # a person may still reject the others
                        continue
                    due.append(one)
                    if policy.needs_contract:
                        checks.count(one)
                elif isinstance(one.facts, Income) and policy.needs_contract:
                    waiting.append(one)  # its contract may still come
        self._look_again(waiting)
        return [] if books.disputed else due

    def _fresh(
        self,
        tx: Transaction,
        row: AgreementRow,
        books: Books,
        documents: Documents,
        limit: int,
    ) -> list[Document]:
        """Return what is to be looked at now: what waited, and what has come since."""
        waited = (documents.get(ref) for ref in self._again.pop(row.ref, ()))
        found = [one for one in waited if isinstance(one, Document)]
        look_up(books, found)
        found = [one for one in found if one.ref not in books.rulings]
        arrived = reading.proposals(
            tx,
            row,
            open_only=True,
            after=self._looked.get(row.ref, 0),
            limit=max(1, limit - len(found)),
            documents=documents,
        )
        if arrived:
            self._looked[row.ref] = arrived[-1].arrived
        return found + [one.told.document for one in arrived]

    def _has_said(self, said: Sequence[Told]) -> bool:
        """Say whether this member has accepted, or a person here rejected."""
        return any(
            one.document.author == self._member
            and isinstance(one.document.facts, Acceptance | Rejection)
            for one in said
        )

    def _allows(
        self,
        policy: Policy,
        books: Books,
        proposal: Document,
        proposers: Mapping[bytes, str],
        checks: ContractChecks,
    ) -> bool:
        facts = proposal.facts
        if isinstance(facts, Income):
            allowed = (
                policy.incomes
                and _is_within(policy, facts.gross_fen)
                and _has_evidence(policy, facts)
                and (not policy.needs_contract or not checks.warnings(proposal.ref, facts))
            )
        elif isinstance(facts, Reversal):
            back_fen = _back_fen(books, facts)
            allowed = (
                policy.reversals
                and back_fen is not None
                and _is_within(policy, back_fen)
                and _has_evidence(policy, facts)
                and not checks.repeats.of(proposal, books.members)
            )
        elif isinstance(facts, Payment):
            # A payment without evidence is no document.
            allowed = (
                policy.payments
                and _is_within(policy, facts.amount_fen)
                and not checks.repeats.of(proposal, books.members)
            )
        else:
            allowed = False
        if not allowed:
            return False
        if proposal.author != self._member:
            return self._answering.would_write(proposal, books)
        proposer = proposers.get(proposal.ref.leaf_hash, "")
        return bool(proposer) and not may_be_the_same(proposer, policy.set_by)


def _each(steps: Iterable[Callable[[], T]]) -> tuple[list[T], YdxError | None]:
    """Take every step; return what they gave, and the first error."""
    given: list[T] = []
    failed: YdxError | None = None
    for step in steps:
        try:
            given.append(step())
        except YdxError as error:
            _log.warning("a policy was not carried out", reason=error.reason, what=error.what)
            failed = failed or error
    return given, failed


def signers_of(books: Books, proposal: Document) -> frozenset[str]:
    """Return the members that may accept a proposal."""
    return frozenset(
        name for version in versions_that_sign(books, proposal) for name in version.signers
    )


def _is_early(books: Books, proposal: Document) -> bool:
    """Say whether the version or the income that it rests on is not in these books, or not yet.

    Its proposer may have folded an outcome of the center that has not come here.
    """
    facts = proposal.facts
    if isinstance(facts, Reversal):
        return facts.income not in books.rulings
    return isinstance(facts, Income | Payment) and not versions_that_sign(books, proposal)


def _back_fen(books: Books, facts: Reversal) -> int | None:
    """Return what a reversal takes back, in fen; None where nothing is booked that it could.

    A person may have accepted an income above the bound of the policy: to take back all of it
    without saying how much is no smaller matter.
    """
    ruling = books.rulings.get(facts.income)
    if ruling is None or ruling.booked is None:
        return None
    return facts.amount_fen or sum(ruling.booked.left.values())


def _has_evidence(policy: Policy, facts: Income | Reversal) -> bool:
    return facts.has_evidence or not policy.needs_evidence


def _is_within(policy: Policy, fen: int) -> bool:
    return not policy.gross_max_fen or fen <= policy.gross_max_fen


def _rows(tx: Transaction, policies: dict[bytes, Policy]) -> list[AgreementRow]:
    rows = (reading.by_leaf_hash(tx, leaf_hash) for leaf_hash in policies)
    return [row for row in rows if row is not None and not row.disputed]
