"""Filling a book for export from the ledger's tables: all of it, as of one state of the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from federation.ledger.codec import parse_document
from federation.ledger.documents import Document, Income, Payment, Reversal
from federation.ledger.journal import EntryKind
from federation.ledger.statement import state_digest
from node.exporting.book import LedgerBook, NarratedEntry, OpenItem
from node.services.ledger import reading
from node.services.ledger.accounts import agreed_by, all_entries, center_size
from node.services.ledger.disputes import disputes_of
from node.services.ledger.documents import Documents

if TYPE_CHECKING:
    from federation.ledger.journal import JournalEntry
    from federation.records.refs import Ref
    from node.services.ledger.shown import ShownAgreement
    from node.storage.transaction import Transaction

_OPEN_MAX = 1000


def filled_book(tx: Transaction, shown: ShownAgreement) -> LedgerBook:
    """Return the books of an agreement with what its documents say of each entry."""
    row, books = shown.row, shown.books
    entries = list(all_entries(tx, row))
    size = center_size(tx, row)
    open_now = reading.proposals(tx, row, open_only=True, limit=_OPEN_MAX + 1)
    parties = {
        one.party: one for active in books.versions for one in active.version.parties
    }  # the last version that names a party says how it is called
    statements = tuple(one for one, _ in reading.statements(tx, row))
    disputes = disputes_of(tx, row, books, Documents(tx))
    return LedgerBook(
        agreement=row.ref,
        title=row.title,
        center=row.center,
        center_size=size,
        state_digest=state_digest(row.ref, size, entries),
        parties=tuple(parties.values()),
        entries=[
            replace(_narrated(tx, one), disputes=tuple(disputes.get(one.proposal, {}).items()))
            for one in entries
        ],
        balances={account: fen for account, fen in books.balances.items() if fen},
        statements=statements,
        agreed={one.period: agreed_by(tx, row, one.digest()) for one in statements},
        open_items=tuple(
            _open_item(one.told.document)
            for one in open_now[:_OPEN_MAX]
            if isinstance(one.told.document.facts, Income | Reversal | Payment)
        ),
        has_more_open=len(open_now) > _OPEN_MAX,
    )


def _narrated(tx: Transaction, entry: JournalEntry) -> NarratedEntry:
    proposal = reading.document(tx, entry.proposal)
    if not isinstance(proposal, Document):
        return NarratedEntry(entry)
    said = parse_document(proposal.content)
    if isinstance(proposal.facts, Income):
        return NarratedEntry(
            entry,
            contract=_contract_text(proposal.facts.contract),
            instalment=proposal.facts.instalment,
            income_kind=proposal.facts.kind.name,
            evidence=said.income.evidence_sha256.hex(),
        )
    if entry.kind is EntryKind.REVERSAL and isinstance(proposal.facts, Reversal):
        evidence = said.reversal.evidence_sha256.hex()
        income = reading.document(tx, proposal.facts.income)
        facts = income.facts if isinstance(income, Document) else None
        if isinstance(facts, Income):
            return NarratedEntry(
                entry,
                contract=_contract_text(facts.contract),
                instalment=facts.instalment,
                income_kind=facts.kind.name,
                reason=said.reversal.reason,
                evidence=evidence,
            )
        return NarratedEntry(entry, reason=said.reversal.reason, evidence=evidence)
    if isinstance(proposal.facts, Payment):
        return NarratedEntry(
            entry,
            payment=(proposal.facts.payer, proposal.facts.payee),
            evidence=said.payment.evidence_sha256.hex(),
        )
    return NarratedEntry(entry)


def _open_item(document: Document) -> OpenItem:
    facts, said = document.facts, parse_document(document.content)
    if isinstance(facts, Income):
        return OpenItem(
            document.ref,
            EntryKind.INCOME.value,
            facts.income_date,
            facts.gross_fen,
            _contract_text(facts.contract),
            facts.instalment,
        )
    if isinstance(facts, Reversal):
        return OpenItem(
            document.ref,
            EntryKind.REVERSAL.value,
            facts.reversal_date,
            facts.amount_fen,
            reason=said.reversal.reason,
        )
    assert isinstance(facts, Payment)  # noqa: S101 - one of the three; tells the checker
    return OpenItem(document.ref, EntryKind.PAYMENT.value, facts.paid_on, facts.amount_fen)


def _contract_text(contract: Ref) -> str:
    return f"{contract.member} {contract.leaf_index}"
