"""Agreements, proposals and books to messages of ydx.exchange.v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.ledger.books import State
from federation.ledger.capital_amount import capital_form
from federation.ledger.codec import which_document
from federation.records.refs import said_ref
from node.rpc.catalogue_messages import warnings
from node.services.ledger.item_text import difference_text
from ydx.exchange.v1 import ledger_agreements_pb2 as agreements
from ydx.exchange.v1 import ledger_books_pb2 as pb
from ydx.exchange.v1 import ledger_proposals_pb2 as proposals
from ydx.exchange.v1 import ledger_reconciliation_pb2 as reconciled
from ydx.exchange.v1.ledger_pb2 import VectorLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from federation.ledger.decisions import Decision
    from federation.ledger.journal import JournalEntry
    from federation.ledger.netting import Payment
    from federation.ledger.preview import Row, Simulation
    from federation.ledger.reconcile import Difference
    from federation.records.refs import Ref
    from node.services.ledger.accounts import Balances, BooksState, ShownStatement
    from node.services.ledger.reconciling import Reconciled
    from node.services.ledger.shown import ShownAgreement, ShownProposal
    from node.services.ledger.trails import Trail, TrailStep
    from node.storage.ledger_local import Policy

_AGREEMENT_STATES: Final = {
    "PROPOSED": agreements.AGREEMENT_STATE_PROPOSED,
    "ACTIVE": agreements.AGREEMENT_STATE_ACTIVE,
    "REFUSED": agreements.AGREEMENT_STATE_REFUSED,
}
_STATES: Final = {
    None: proposals.PROPOSAL_STATE_OPEN,
    State.ACTIVE: proposals.PROPOSAL_STATE_ACTIVE,
    State.FINAL: proposals.PROPOSAL_STATE_FINAL,
    State.PARTLY_REVERSED: proposals.PROPOSAL_STATE_PARTLY_REVERSED,
    State.REVERSED: proposals.PROPOSAL_STATE_REVERSED,
    State.REJECTED: proposals.PROPOSAL_STATE_REJECTED,
    State.EXPIRED: proposals.PROPOSAL_STATE_EXPIRED,
    "DISPUTED": proposals.PROPOSAL_STATE_DISPUTED,
}
_FIELDS: Final = {"agreement": "version"}
"""What a document of this field is called in a ProposalRecord; others have its name."""


def agreement_record(shown: ShownAgreement, books: pb.BooksState) -> agreements.AgreementRecord:
    """Return an agreement as a node shows it."""
    return agreements.AgreementRecord(
        name=shown.name,
        first=said_ref(shown.row.ref),
        state=_AGREEMENT_STATES[shown.state],
        version=said_ref(shown.version),
        agreement=shown.said,
        versions=[
            agreements.VersionRecord(
                ref=said_ref(one.ref),
                effective_from=one.effective_from,
                effective_to=one.effective_to,
                activated_at=one.since.leaf_index,
                activated_generation=one.since.generation,
            )
            for one in shown.books.versions
        ],
        books=books,
        open_proposals=shown.open_proposals,
        policy=policy_message(shown.policy),
        accepted_by=shown.accepted_by,
        waits_for=shown.still_to_accept,
    )


def policy_message(policy: Policy | None) -> agreements.AcceptancePolicy | None:
    """Return a policy."""
    if policy is None:
        return None
    return agreements.AcceptancePolicy(
        incomes=policy.incomes,
        gross_max_fen=policy.gross_max_fen,
        needs_evidence=policy.needs_evidence,
        needs_contract=policy.needs_contract,
        reversals=policy.reversals,
        payments=policy.payments,
    )


def books_state(state: BooksState) -> pb.BooksState:
    """Return how far the books of an agreement are known."""
    shown = state.shown
    return pb.BooksState(
        center_size=state.center_size,
        waits=shown.row.waits,
        waits_for=map(said_ref, shown.waits_for),
        disputed=shown.books.disputed,
        closed_through=shown.books.closed_through,
        state_digest=state.digest,
        void_outcomes=[
            pb.VoidOutcome(
                leaf_index=one.place.leaf_index,
                number=one.place.number,
                proposal=said_ref(one.proposal) if one.proposal else None,
                void_reason=one.void,
                detail=one.why,
                generation=one.place.generation,
            )
            for one in state.voids
        ],
        disputed_incomes=state.disputed_incomes,
    )


def proposal_record(shown: ShownProposal) -> proposals.ProposalRecord:
    """Return a proposal as a node shows it; without a name it was only checked."""
    which = which_document(shown.said)
    content: dict[str, Any] = {_FIELDS.get(which, which): getattr(shown.said, which)}
    record = proposals.ProposalRecord(
        name=shown.name,
        ref=said_ref(shown.document.ref) if any(shown.document.ref.leaf_hash) else None,
        agreement=shown.agreement,
        state=_STATES[shown.state],
        reason=shown.reason,
        accepted_by=shown.accepted_by,
        waits_for=shown.waits_for,
        rejections=map(_rejection, shown.rejections),
        vector=vector(shown.vector),
        decisions=map(decided, shown.decisions),
        disputes=map(_rejection, shown.disputes),
        provisional=shown.is_provisional,
        warnings=warnings(shown.warnings),
        value_date=shown.value_date,
        **content,
    )
    if shown.decided_at is not None:
        record.decided_at = shown.decided_at.leaf_index
        record.decided_number = shown.decided_at.number
        record.decided_generation = shown.decided_at.generation
    return record


def vector(fen: Mapping[str, int]) -> Iterable[VectorLine]:
    """Return what each party gets."""
    return [VectorLine(party=party, amount_fen=amount) for party, amount in fen.items()]


def decided(decision: Decision) -> pb.DecidedFen:
    """Return what one rule gave."""
    return pb.DecidedFen(party=decision.party, rule=decision.rule.value, amount_fen=decision.fen)


def entry_record(entry: JournalEntry) -> pb.EntryRecord:
    """Return an entry of the journal."""
    return pb.EntryRecord(
        generation=entry.place.generation,
        leaf_index=entry.place.leaf_index,
        number=entry.place.number,
        kind=entry.kind.value,
        own_date=entry.own_date,
        value_date=entry.value_date,
        proposal=said_ref(entry.proposal),
        income=said_ref(entry.income) if entry.income else None,
        postings=[
            pb.PostingLine(
                account=one.account.kind.value, party=one.account.party, amount_fen=one.amount_fen
            )
            for one in entry.postings
        ],
    )


def balance_lines(found: Balances) -> list[pb.BalanceLine]:
    """Return the trial balance: each account in the column of its side."""
    return [
        pb.BalanceLine(
            account=account.kind.value,
            party=account.party,
            debit_fen=max(0, fen),
            credit_fen=max(0, -fen),
        )
        for account, fen in found.fen.items()
    ]


def positions(
    nets: Mapping[str, int], pending: Mapping[str, int] | None = None
) -> list[pb.NetPosition]:
    """Return net positions, ascending by party."""
    pending = pending or {}
    return [
        pb.NetPosition(party=party, net_fen=nets.get(party, 0), pending_fen=pending.get(party, 0))
        for party in sorted(nets.keys() | pending.keys())
    ]


def statement_record(shown: ShownStatement) -> pb.StatementRecord:
    """Return a statement."""
    statement = shown.statement
    return pb.StatementRecord(
        period=statement.period,
        after=statement.after,
        lines=[
            pb.StatementLine(
                account=line.account.kind.value,
                party=line.account.party,
                opening_fen=line.opening_fen,
                debit_fen=line.debit_fen,
                credit_fen=line.credit_fen,
                closing_fen=line.closing_fen,
            )
            for line in statement.lines
        ],
        positions=positions(statement.net_fen()),
        digest=shown.digest,
        previous_digest=statement.previous_digest,
        accepted_by=shown.accepted_by,
        carried=[said_ref(one.ref) for one in shown.carried],
        carried_names=[one.name for one in shown.carried],
    )


def netting_payment(payment: Payment) -> pb.NettingPayment:
    """Return a payment that would settle."""
    return pb.NettingPayment(
        payer=payment.payer,
        payee=payment.payee,
        amount_fen=payment.amount_fen,
        capital_form=capital_form(payment.amount_fen),
    )


def simulation(found: Simulation) -> agreements.SimulateAllocationResponse:
    """Return what incomes would give."""
    totals: dict[str, int] = {}
    for row in found.rows:
        for party, fen in row.allocated.shares.items() if row.allocated else ():
            totals[party] = totals.get(party, 0) + fen
    return agreements.SimulateAllocationResponse(
        allocations=map(_simulated, found.rows), totals=vector(totals)
    )


def _simulated(row: Row) -> agreements.SimulatedAllocation:
    allocated = row.allocated
    if allocated is None:
        return agreements.SimulatedAllocation(
            income_date=row.income.income_date, reason=row.refused.reason if row.refused else ""
        )
    return agreements.SimulatedAllocation(
        income_date=row.income.income_date,
        base_fen=allocated.base_fen,
        amount_fen=allocated.amount_fen,
        vector=vector(allocated.shares),
        decisions=map(decided, allocated.decisions),
    )


def ref_message(ref: Ref) -> Any:
    """Return where a document stands."""
    return said_ref(ref)


def audit_trail(trail: Trail) -> pb.GetAuditTrailResponse:
    """Return the way from a posting back to the listing."""
    return pb.GetAuditTrailResponse(steps=map(_trail_step, trail.steps), receipts=trail.receipts)


def _trail_step(step: TrailStep) -> pb.TrailStep:
    return pb.TrailStep(
        what=step.what,
        ref=said_ref(step.ref) if step.ref else None,
        text_zh=step.text_zh,
        text_en=step.text_en,
        held=step.is_held,
        decisions=map(decided, step.decisions),
    )


def reconciliation(found: Reconciled) -> reconciled.ReconcileBooksResponse:
    """Return what comparing two books found."""
    return reconciled.ReconcileBooksResponse(
        equal=found.equal,
        center_size=found.center_size,
        proof=found.proof,
        differences=map(_difference, found.differences),
        messages=found.messages,
        complete=found.complete,
        disputed=found.disputed,
        peer_disputed=found.peer_disputed,
        own_size=found.own_size,
    )


def _difference(one: Difference) -> reconciled.BooksDifference:
    place = one.place
    return reconciled.BooksDifference(
        kind=one.kind.value,
        leaf_index=place.leaf_index if place else 0,
        number=place.number if place else 0,
        detail=difference_text(one),
        generation=place.generation if place else 0,
    )


def _rejection(told: tuple[str, str]) -> proposals.RejectionRecord:
    return proposals.RejectionRecord(member=told[0], reason=told[1])
