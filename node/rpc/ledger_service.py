"""LedgerService: agreements, proposals and books.

- Request ids are bound to the caller, the method and the whole request.
- A write answers once it is in the own log; it takes effect once the center has decided, which no
  call waits for. Whoever reads proposals then finds it: the view takes in what is new first.
- Page tokens are bound to caller, method and filter; the page size may change between pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from federation.ledger.journal import Place
from node.rpc import ledger_messages as told
from node.rpc.catalogue_arguments import choice, page_size, request_body, waits_for_peer
from node.rpc.catalogue_messages import warnings
from node.rpc.ledger_arguments import (
    check_present,
    cursor_of,
    day_argument,
    entry_filter,
    formula_of,
    place_of_cursor,
    policy_of,
    simulated_incomes,
)
from node.services.arguments import invalid
from node.services.log.write_options import WriteOptions
from ydx.exchange.v1 import ledger_agreements_pb2 as agreements
from ydx.exchange.v1 import ledger_books_pb2 as books
from ydx.exchange.v1 import ledger_proposals_pb2 as proposals
from ydx.exchange.v1 import ledger_reconciliation_pb2 as reconciliation
from ydx.exchange.v1 import ledger_service_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator

    from node.exporting.exports import LedgerExports
    from node.rpc.page_tokens import PageTokens
    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller
    from node.services.ledger.accounts import LedgerAccounts
    from node.services.ledger.answering import LedgerAnswering
    from node.services.ledger.deciding import Bookkeeper
    from node.services.ledger.making import Written
    from node.services.ledger.policies import LedgerPolicies
    from node.services.ledger.proposing import LedgerProposing
    from node.services.ledger.reconciling import LedgerReconciling
    from node.services.ledger.shown import LedgerShown, ShownAgreement
    from node.services.ledger.simulating import LedgerSimulating
    from node.services.ledger.trails import LedgerTrails
    from node.services.ledger.view import LedgerView
    from node.services.log.sequencer import Sequencer

SERVICE: Final = pb.DESCRIPTOR.services_by_name["LedgerService"]
_CURSOR_BYTES: Final = 8
TAKE_IN_S_MAX: Final = 1.0


@dataclass(frozen=True, slots=True)
class LedgerServicer:
    """The servicer; one a node."""

    sequencer: Sequencer
    view: LedgerView
    proposing: LedgerProposing
    answering: LedgerAnswering
    policies: LedgerPolicies
    simulating: LedgerSimulating
    shown: LedgerShown
    accounts: LedgerAccounts
    trails: LedgerTrails
    exports: LedgerExports
    reconciling: LedgerReconciling
    bookkeeper: Bookkeeper
    tokens: PageTokens

    def CreateAgreement(
        self, request: agreements.CreateAgreementRequest, caller: Caller
    ) -> agreements.CreateAgreementResponse:
        """Write an agreement's first version."""
        check_present(request, "agreement")
        options = self._options("CreateAgreement", request, caller)
        done = self.proposing.create(caller, request.agreement, options)
        response = agreements.CreateAgreementResponse(warnings=warnings(done.warnings))
        if not done.is_check:
            while self.view.step():
                pass  # its row is the view's
            shown = self.shown.agreement_at(done.ref)
            response.agreement.CopyFrom(told.agreement_record(shown, self._state(shown)))
        return response

    def AmendAgreement(
        self, request: agreements.AmendAgreementRequest, caller: Caller
    ) -> agreements.AmendAgreementResponse:
        """Propose the next version."""
        check_present(request, "agreement")
        options = self._options("AmendAgreement", request, caller)
        done = self.proposing.amend(caller, request.name, request.agreement, options)
        return agreements.AmendAgreementResponse(
            **self._proposed(done, options), warnings=warnings(done.warnings)
        )

    def TerminateAgreement(
        self, request: agreements.TerminateAgreementRequest, caller: Caller
    ) -> agreements.TerminateAgreementResponse:
        """Propose that an agreement ends."""
        check_present(request, "termination")
        options = self._options("TerminateAgreement", request, caller)
        done = self.proposing.terminate(caller, request.name, request.termination, options)
        return agreements.TerminateAgreementResponse(**self._proposed(done, options))

    def GetAgreement(
        self, request: agreements.GetAgreementRequest, caller: Caller
    ) -> agreements.GetAgreementResponse:
        """Give one agreement, with the digest of its books."""
        state = self.accounts.agreement(caller, request.name)
        record = told.agreement_record(state.shown, told.books_state(state))
        return agreements.GetAgreementResponse(agreement=record)

    def ListAgreements(
        self, request: agreements.ListAgreementsRequest, caller: Caller
    ) -> agreements.ListAgreementsResponse:
        """Give agreements."""
        state = choice(agreements.AgreementState, request.state, "state")
        bound = _bound(caller, state)
        after = self._number("ListAgreements", bound, request.page_token)
        name = agreements.AgreementState.Name(state).removeprefix("AGREEMENT_STATE_")
        found, next_after = self.shown.agreements(
            caller, name if state else "", after, page_size(request.page_size)
        )
        return agreements.ListAgreementsResponse(
            agreements=[told.agreement_record(one, self._state(one)) for one in found],
            next_page_token=self._token("ListAgreements", bound, next_after),
        )

    def SimulateAllocation(
        self, request: agreements.SimulateAllocationRequest, caller: Caller
    ) -> agreements.SimulateAllocationResponse:
        """Show what incomes would give."""
        found = self.simulating.simulate(
            caller, formula_of(request), request.name, simulated_incomes(request)
        )
        return told.simulation(found)

    def SetAcceptancePolicy(
        self, request: agreements.SetAcceptancePolicyRequest, caller: Caller
    ) -> agreements.SetAcceptancePolicyResponse:
        """Say when this node accepts by itself."""
        policy = policy_of(request, caller)
        self.policies.set(caller, request.name, policy)
        return agreements.SetAcceptancePolicyResponse(policy=told.policy_message(policy))

    def ProposeIncome(
        self, request: proposals.ProposeIncomeRequest, caller: Caller
    ) -> proposals.ProposeIncomeResponse:
        """Propose an income."""
        check_present(request, "income")
        options = self._options("ProposeIncome", request, caller)
        done = self.proposing.propose_income(
            caller, request.agreement, request.income, options, request.contract
        )
        return proposals.ProposeIncomeResponse(**self._proposed(done, options))

    def BatchProposeIncomes(
        self, request: proposals.BatchProposeIncomesRequest, caller: Caller
    ) -> proposals.BatchProposeIncomesResponse:
        """Propose several incomes."""
        if not request.request_id and not request.validate_only:
            raise invalid("request_id", "REQUIRED")
        options = self._options("BatchProposeIncomes", request, caller)
        rows = [(one.income, one.contract) for one in request.incomes]
        done = self.proposing.propose_incomes(caller, request.agreement, rows, options)
        found = () if done.is_check else self.shown.proposals_from(done.ref, len(rows))
        here, checked = (map(told.proposal_record, each) for each in (found, done.checked))
        return proposals.BatchProposeIncomesResponse(proposals=here, checked=checked)

    def ProposeReversal(
        self, request: proposals.ProposeReversalRequest, caller: Caller
    ) -> proposals.ProposeReversalResponse:
        """Propose to take back an income."""
        check_present(request, "reversal")
        options = self._options("ProposeReversal", request, caller)
        done = self.proposing.propose_reversal(caller, request.income, request.reversal, options)
        return proposals.ProposeReversalResponse(**self._proposed(done, options))

    def ProposePayment(
        self, request: proposals.ProposePaymentRequest, caller: Caller
    ) -> proposals.ProposePaymentResponse:
        """Propose to book a payment."""
        check_present(request, "payment")
        options = self._options("ProposePayment", request, caller)
        done = self.proposing.propose_payment(caller, request.agreement, request.payment, options)
        return proposals.ProposePaymentResponse(**self._proposed(done, options))

    def AcceptProposals(
        self, request: proposals.AcceptProposalsRequest, caller: Caller
    ) -> proposals.AcceptProposalsResponse:
        """Accept proposals."""
        options = self._options("AcceptProposals", request, caller)
        done = self.answering.accept(caller, request.names, options)
        if done.is_check:
            found = self.shown.together(caller, request.names)
            return proposals.AcceptProposalsResponse(checked=map(told.proposal_record, found))
        return proposals.AcceptProposalsResponse(ref=self._taken_in(done))

    def RejectProposal(
        self, request: proposals.RejectProposalRequest, caller: Caller
    ) -> proposals.RejectProposalResponse:
        """Reject a proposal."""
        options = self._options("RejectProposal", request, caller)
        done = self.answering.reject(request.name, request.reason, options)
        return proposals.RejectProposalResponse(ref=self._taken_in(done))

    def DisputeIncome(
        self, request: proposals.DisputeIncomeRequest, caller: Caller
    ) -> proposals.DisputeIncomeResponse:
        """Dispute a booked income."""
        options = self._options("DisputeIncome", request, caller)
        done = self.answering.dispute(
            request.name, request.reason, options, is_over=request.is_over
        )
        return proposals.DisputeIncomeResponse(ref=self._taken_in(done))

    def GetProposal(
        self, request: proposals.GetProposalRequest, caller: Caller
    ) -> proposals.GetProposalResponse:
        """Give one proposal."""
        self._take_in()
        shown = self.shown.proposal(caller, request.name)
        return proposals.GetProposalResponse(proposal=told.proposal_record(shown))

    def ListProposals(
        self, request: proposals.ListProposalsRequest, caller: Caller
    ) -> proposals.ListProposalsResponse:
        """Give proposals of an agreement."""
        self._take_in()
        bound = _bound(caller, request.agreement, request.open_only)
        shown, found, next_after = self.shown.proposals(
            caller,
            request.agreement,
            self._number("ListProposals", bound, request.page_token),
            page_size(request.page_size),
            open_only=request.open_only,
        )
        return proposals.ListProposalsResponse(
            proposals=map(told.proposal_record, found),
            next_page_token=self._token("ListProposals", bound, next_after),
            state=self._state(shown),
        )

    def ListEntries(
        self, request: books.ListEntriesRequest, caller: Caller
    ) -> books.ListEntriesResponse:
        """Give entries of the journal."""
        which = entry_filter(request)
        bound = _bound(caller, request.agreement, which)
        after = None
        if request.page_token:
            after = place_of_cursor(self.tokens.open("ListEntries", bound, request.page_token))
        state, found, next_after = self.accounts.entries(
            caller, request.agreement, which, after, page_size(request.page_size)
        )
        cursor = None if next_after is None else cursor_of(next_after)
        token = self.tokens.seal("ListEntries", bound, cursor) if cursor else ""
        return books.ListEntriesResponse(
            entries=map(told.entry_record, found),
            next_page_token=token,
            state=told.books_state(state),
        )

    def GetBalances(
        self, request: books.GetBalancesRequest, caller: Caller
    ) -> books.GetBalancesResponse:
        """Give balances and the trial balance."""
        state, found = self.accounts.balances(
            caller,
            request.agreement,
            day_argument(request.value_date, "value_date"),
            request.known_size,
        )
        return books.GetBalancesResponse(
            lines=told.balance_lines(found),
            positions=told.positions(found.nets, found.pending),
            state=told.books_state(state),
        )

    def ClosePeriod(
        self, request: books.ClosePeriodRequest, caller: Caller
    ) -> books.ClosePeriodResponse:
        """Close a period, as the center."""
        options = self._options("ClosePeriod", request, caller)
        shown = self.shown.agreement(caller, request.agreement, "agreement")
        statement = self.bookkeeper.close_period(shown.row.ref, request.period, options)
        closing = self.accounts.closing(shown, statement)
        return books.ClosePeriodResponse(statement=told.statement_record(closing))

    def ListStatements(
        self, request: books.ListStatementsRequest, caller: Caller
    ) -> books.ListStatementsResponse:
        """Give the statements of closed periods."""
        state, found = self.accounts.statements(caller, request.agreement)
        return books.ListStatementsResponse(
            statements=map(told.statement_record, found), state=told.books_state(state)
        )

    def AcceptStatement(
        self, request: books.AcceptStatementRequest, caller: Caller
    ) -> books.AcceptStatementResponse:
        """Agree to a statement."""
        options = self._options("AcceptStatement", request, caller)
        done = self.answering.accept_statement(
            request.agreement, request.period, request.digest, options
        )
        return books.AcceptStatementResponse(ref=self._taken_in(done))

    def GetNetting(
        self, request: books.GetNettingRequest, caller: Caller
    ) -> books.GetNettingResponse:
        """Give payments that would settle."""
        mode = choice(books.NettingMode, request.mode, "mode")
        is_bilateral = mode == books.NETTING_MODE_BILATERAL
        state, payments, nets = self.accounts.netting(
            caller, request.agreement, is_bilateral=is_bilateral
        )
        return books.GetNettingResponse(
            payments=map(told.netting_payment, payments),
            positions=told.positions(nets),
            state=told.books_state(state),
        )

    def GetAuditTrail(
        self, request: books.GetAuditTrailRequest, caller: Caller
    ) -> books.GetAuditTrailResponse:
        """Lead from a posting, or from what is proposed, back to the listing."""
        place = Place(request.generation, request.leaf_index, request.number)
        name, proposal = request.agreement, request.proposal
        return told.audit_trail(self.trails.trail(caller, name, place, proposal))

    def ExportBooks(
        self, request: books.ExportBooksRequest, caller: Caller, _life: StreamLife
    ) -> Generator[books.ExportBooksResponse, None, None]:
        """Stream the books in an accountant's format."""
        kind = choice(books.ExportFormat, request.format, "format")
        if not kind:
            raise invalid("format", "REQUIRED")
        name = books.ExportFormat.Name(kind).removeprefix("EXPORT_FORMAT_")
        file_name, pieces = self.exports.export(caller, request.agreement, name, request.period)
        for piece in pieces:
            yield books.ExportBooksResponse(content=piece, file_name=file_name)
            file_name = ""

    def ReconcileBooks(
        self, request: reconciliation.ReconcileBooksRequest, caller: Caller
    ) -> reconciliation.ReconcileBooksResponse:
        """Compare books with another member's."""
        shown = self.shown.agreement(caller, request.agreement, "agreement")
        return told.reconciliation(self.reconciling.reconcile(shown.row, request.peer))

    def _options(self, method: str, request: Any, caller: Caller) -> WriteOptions:
        body = request_body(method, request)
        return WriteOptions(
            request=self.sequencer.request(caller.identity, request.request_id, body),
            validate_only=getattr(request, "validate_only", False),
            ack_peer=waits_for_peer(getattr(request, "ack", 0)),
        )

    def _take_in(self) -> None:
        """Let the view take in what was written, so that lists show it; not for long."""
        self.view.catch_up(TAKE_IN_S_MAX)

    def _taken_in(self, done: Written) -> Any:
        if done.is_check:
            return None
        self._take_in()
        return told.ref_message(done.ref)

    def _proposed(self, done: Written, options: WriteOptions) -> dict[str, Any]:
        if done.is_check:
            return {"checked": told.proposal_record(done.checked[0])} if done.checked else {}
        if options.request is None:
            self._take_in()  # the same again, without a request id, is found among the open ones
        return {"proposal": told.proposal_record(self.shown.proposals_from(done.ref)[0])}

    def _state(self, shown: ShownAgreement) -> books.BooksState:
        return told.books_state(self.accounts.state(shown))

    def _number(self, method: str, bound: bytes, token: str) -> int:
        return int.from_bytes(self.tokens.open(method, bound, token)) if token else 0

    def _token(self, method: str, bound: bytes, after: int | None) -> str:
        raw = None if after is None else after.to_bytes(_CURSOR_BYTES)
        return self.tokens.seal(method, bound, raw) if raw else ""


def _bound(caller: Caller, *query: object) -> bytes:
    """Return what a page token is good for, beside its method."""
    return repr((caller.identity, *query)).encode()
