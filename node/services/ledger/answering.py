"""Answering proposals: acceptances, rejections, disputes, and agreeing to statements.

- A signer accepts facts under a formula that it signed. What it accepts is not decided yet, and of
  one agreement; what it has said already is not said again; its last word counts.
- Who proposed does not accept (`four_eyes`): the proposer is noted beside the log. Another
  member's proposal can be accepted by any approver here. One's own may be rejected.
- An agreement names the center that the registry does: its author's node may not check what ours
  would, so that is checked once more before an agreement is accepted.
- On disputed books nothing is accepted; disputes can be said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger import codec
from federation.ledger.agreement import Version
from federation.ledger.codec import LedgerDocument, serialise, without_time
from federation.ledger.documents import (
    Acceptance,
    Dispute,
    Document,
    Income,
    Payment,
    Rejection,
    Reversal,
    Termination,
)
from federation.ledger.judging import versions_that_sign
from federation.log.errors import Refused
from federation.records.refs import said_ref
from node.services.arguments import invalid
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName, parse_document_name
from node.services.errors import InvalidFields, renamed
from node.services.ledger import reading
from node.services.ledger.books import look_up
from node.services.ledger.disputes import standing_disputes
from node.services.ledger.four_eyes import may_be_the_same, person_of
from node.services.ledger.making import (
    LedgerMaker,
    Standing,
    Written,
    check_sound,
    named,
    named_alone,
    stands,
)
from node.storage import ledger_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.books import Books
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.ledger.documents import Told
    from node.services.ledger.reading import AgreementRow
    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.storage.transaction import Transaction

PROPOSALS_MAX: Final = 200


class LedgerAnswering:
    """Writes answers for one member."""

    def __init__(self, maker: LedgerMaker) -> None:
        self._maker = maker

    def accept(self, caller: Caller, names: Sequence[str], options: WriteOptions) -> Written:
        """Accept proposals of one agreement, as a signer.

        Refuses INVALID_FIELD, RECORD_NOT_FOUND, NOT_A_SIGNER, OWN_PROPOSAL, ALREADY_DECIDED,
        NO_CENTER, and STALE_ETAG where two documents of their author bear one of the names.
        """
        if not 1 <= len(names) <= PROPOSALS_MAX:
            raise invalid("names", "ROWS", count=len(names), most=PROPOSALS_MAX)
        parsed = [
            parse_document_name(name, PROPOSALS, AGREEMENTS, field=f"names[{at}]")
            for at, name in enumerate(names)
        ]

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            found = [named_alone(tx, name) for name in parsed]
            for name, document in zip(parsed, found, strict=True):
                self._check_proposer(tx, caller, document, name)
            return self.add_acceptance(view, found)

        return self._maker.written(make, options)

    def size(self, tx: Transaction) -> int:
        """Return how many entries the own log has."""
        return self._maker.size(tx)

    def would_write(self, document: Document, books: Books) -> bool:
        """Say whether this node lets its own users write such a document."""
        return self._maker.would_write(document, books)

    def add_acceptance(
        self, view: LogView, proposals: Sequence[Document], *, policy_from: int | None = None
    ) -> SealedPlace:
        """Add an acceptance of proposals of one agreement to a write; see `accept`.

        By policy nothing is accepted that a person here has rejected (ALREADY_DECIDED), also since
        `policy_from`: the size of the own log below which the policy has looked at all.
        """
        on = self._maker.standing_of(view.transaction, proposals[0])
        check_sound(on.books)
        look_up(on.books, proposals)
        refs = [one.ref for one in proposals]
        told = reading.said_of_all(view.transaction, refs, on.documents, on.books)
        before = [self._own(told[one.ref], Acceptance, Rejection) for one in proposals]
        if policy_from is not None and (
            any(_is(own, Rejection) for own in before)
            or not self._rejected_since(view, policy_from).isdisjoint(refs)
        ):
            raise Refused("ALREADY_DECIDED", "a person here has rejected it")
        for document in proposals:
            if document.agreement != on.row.ref:
                raise invalid("names", "OTHER_AGREEMENT", str(document.ref.leaf_index))
            self._check_may_decide(on, document, "names")
        fresh = [
            one for one, own in zip(proposals, before, strict=True) if not _is(own, Acceptance)
        ]
        if not fresh:
            return stands(before[0])
        said = codec.Acceptance(
            agreement=said_ref(on.row.ref), proposals=[said_ref(one.ref) for one in fresh]
        )
        checked, _ = self._maker.checked(LedgerDocument(acceptance=said))
        return self._add(view, on.row, checked)

    def reject(self, name: str, reason: str, options: WriteOptions) -> Written:
        """Reject a proposal, as a signer. Refuses as `accept`; one's own may be rejected."""
        parsed = parse_document_name(name, PROPOSALS, AGREEMENTS)

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            document = named(tx, parsed)
            on = self._maker.standing_of(tx, document)
            self._check_may_decide(on, document, "name")
            said = codec.Rejection(
                agreement=said_ref(on.row.ref), proposal=said_ref(document.ref), reason=reason
            )
            checked = self._checked(LedgerDocument(rejection=said), reason="rejection.reason")
            said_of = reading.said_of(tx, document.ref, on.books)
            before = self._own(said_of, Acceptance, Rejection)
            if _is(before, Rejection):
                return stands(before)
            return self._add(view, on.row, checked)

        return self._maker.written(make, options)

    def dispute(self, name: str, reason: str, options: WriteOptions, *, is_over: bool) -> Written:
        """Dispute a booked income, or take that back. Changes no posting.

        Refuses INCOME_NOT_BOOKED, and INVALID_FIELD where there is nothing of its own to take back.
        """
        parsed = parse_document_name(name, PROPOSALS)

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            document = named(tx, parsed)
            on = self._maker.standing_of(tx, document)
            ruling = on.books.rulings.get(document.ref)
            if ruling is None or ruling.booked is None:
                raise Refused("INCOME_NOT_BOOKED", "the income is not booked", field="name")
            said = codec.Dispute(
                agreement=said_ref(on.row.ref),
                income=said_ref(document.ref),
                is_over=is_over,
                reason=reason,
            )
            checked = self._checked(LedgerDocument(dispute=said), reason="dispute.reason")
            said_of = reading.said_of(tx, document.ref, on.books)
            before = self._own(said_of, Dispute)
            if before is not None and _is_same(before, checked):
                return stands(before)
            if is_over and self._maker.member not in standing_disputes(said_of):
                raise invalid("is_over", "NOT_DISPUTED", "true")
            return self._add(view, on.row, checked)

        return self._maker.written(make, options)

    def accept_statement(
        self, name: str, period: str, digest: bytes, options: WriteOptions
    ) -> Written:
        """Agree to a statement that was read; its digest must be that of the books here."""
        parsed = parse_document_name(name, AGREEMENTS, field="agreement")

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            on = self._maker.standing(tx, parsed)
            check_sound(on.books)
            row = on.row
            said = codec.StatementAcceptance(
                agreement=said_ref(row.ref), period=period, statement_digest=digest
            )
            checked = self._checked(
                LedgerDocument(statement_acceptance=said),
                period="statement_acceptance.period",
                digest="statement_acceptance.statement_digest",
            )
            statement = reading.statement(tx, row, period)
            if statement is None:
                raise Refused("STATEMENT_NOT_FOUND", "the period is not closed", field="period")
            if statement.digest() != digest:
                raise Refused("STALE_ETAG", "the statement has another digest", field="digest")
            for one in reading.statement_acceptances(tx, row, digest):
                if one.document.author == self._maker.member and _is_same(one.document, checked):
                    return stands(one.document)
            return self._add(view, row, checked)

        return self._maker.written(make, options)

    def _add(self, view: LogView, row: AgreementRow, said: LedgerDocument) -> SealedPlace:
        subject = self._maker.new_subject()
        return self._maker.add(view, subject, serialise(said), row.member_names)

    def _checked(self, said: LedgerDocument, **asked: str) -> LedgerDocument:
        """Return a document in its normal form; what is wrong is told by the request's fields.

        `asked` has the path in the document of each of those.
        """
        try:
            return self._maker.checked(said)[0]
        except InvalidFields as error:
            fields = {path: field for field, path in asked.items()}
            raise InvalidFields(
                [renamed(one, fields.get(one.field, one.field)) for one in error.violations]
            ) from None

    def _check_may_decide(self, on: Standing, document: Document, field: str) -> None:
        if not isinstance(document.facts, Version | Termination | Income | Reversal | Payment):
            raise invalid(field, "NOT_A_PROPOSAL", str(document.ref.leaf_index))
        ruling = on.books.rulings.get(document.ref)
        if ruling is not None:
            collection = AGREEMENTS if document.ref == on.row.ref else PROPOSALS
            name = DocumentName(document.author, collection, document.subject)
            what = f"{name}: the center has decided it"
            raise Refused("ALREADY_DECIDED", what, state=ruling.state.value)
        if isinstance(document.facts, Version) and document.facts.center != self._maker.center():
            raise Refused(
                "NO_CENTER",
                f"the agreement names {document.facts.center} as the center",
                found=document.facts.center,
            )
        signers = {
            one for version in versions_that_sign(on.books, document) for one in version.signers
        }
        if self._maker.member not in signers:
            raise Refused(
                "NOT_A_SIGNER",
                f"{self._maker.member} does not sign it",
                signers=" ".join(sorted(signers)),
            )

    def _check_proposer(
        self, tx: Transaction, caller: Caller, document: Document, name: DocumentName
    ) -> None:
        if document.author != self._maker.member:
            return
        leaf_hash = document.ref.leaf_hash
        proposer = ledger_local.proposers(tx, [leaf_hash]).get(leaf_hash, "")
        if not proposer:
            return  # nobody knows, after a restore: a person decides
        if proposer == (acceptor := person_of(caller)):
            raise Refused("OWN_PROPOSAL", f"{name}: who proposed it does not accept it")
        if may_be_the_same(proposer, acceptor):
            raise Refused(
                "OWN_PROPOSAL",
                f"{name}: one of the two tokens, who proposed it and who accepts it, names no"
                " holder: they may be one person's. Where every token has a holder by now: reject"
                " the proposal and propose it again",
            )

    def _rejected_since(self, view: LogView, first: int) -> set[Ref]:
        written = (one.facts for one in self._maker.written_since(view, first))
        return {facts.proposal for facts in written if isinstance(facts, Rejection)}

    def _own(self, told: Sequence[Told], *kinds: type[object]) -> Document | None:
        """Return what this member has said of a proposal last, of some kinds."""
        said = [
            one.document
            for one in told
            if one.document.author == self._maker.member and isinstance(one.document.facts, kinds)
        ]
        return said[-1] if said else None


def _is(said: Document | None, kind: type[object]) -> bool:
    return said is not None and isinstance(said.facts, kind)


def _is_same(before: Document, said: LedgerDocument) -> bool:
    return without_time(codec.parse_document(before.content)) == without_time(said)
