"""A contract as a write finds it, and what its next document has to meet beside the fold's rules.

- An etag names the version that its reader has read; what is said of another one than that in force
  is STALE_ETAG.
- An amendment changes something beside its reason.
- Its amount is one that a contract can have: the fold takes any, so it is asked of who writes.
- The days of its registration go on: no decision is of before one of another state.
- No two contracts that are registered bear the same register number, as far as they are known
  here: in the rows of the view, and in what has arrived since.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.ledger.amounts import grouped_yuan
from federation.ledger.codec import is_ledger
from federation.log.errors import Refused, YdxError
from federation.partnership.codec import PartnershipDocument, parse_document, without_time
from federation.partnership.terms import Registering, Registration
from federation.partnership.writing import offered
from node.services.arguments import invalid
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import etag_of
from node.services.errors import invalid_field
from node.services.partnership.contract_folding import contracts_of, first_of, folded
from node.services.partnership.contract_names import ContractName
from node.services.partnership.documents import read_all
from node.services.partnership.view import LEAVES_A_STEP, NAME
from node.storage import contracts, mirrors, sealed, views
from node.storage.contracts import ContractFilter
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.partnership.contract import Contract
    from federation.partnership.documents import Document
    from federation.records.refs import Ref
    from node.services.log.view import LogView
    from node.storage.transaction import Transaction

AMOUNT_FEN_MAX: Final = 10**15
"""More than all technology contracts of the country in a year: a figure above it is mistyped, and
thousands of such still add up to a number that a report can say."""
_NUMBER: Final = "registration.register_number"
_AT_MOST: Final = 2
"""One row is that of the contract itself."""


@dataclass(frozen=True, slots=True)
class HeldContract:
    """A contract as it stands before a write."""

    first: Ref
    documents: Sequence[Document]
    contract: Contract
    absent: frozenset[Ref]

    def version(self, etag: str) -> Document:
        """Return the version that an etag names, without one that in force."""
        current = self.contract.current
        if current is None:
            raise Refused(
                "STEP_NOT_ALLOWED",
                "the contract's first version does not count",
                cure=(
                    "该合同的首个版本无效，不能在其上续写；请重新订立合同",
                    "Nothing can be added to a contract that does not count; make it anew",
                ),
                why="FIRST_VERSION_VOID",
                allowed="",
            )
        if not etag:
            return current
        for version in self.contract.versions:
            if etag_of(version.ref.leaf_hash) == etag:
                return version
        raise stale(etag, current)


def read_held(view: LogView, name: ContractName) -> HeldContract:
    """Return a contract as it stands before a write; refuses RECORD_NOT_FOUND."""
    documents = read_all(view.documents(name.subject))
    first = first_of(documents, name.author)
    if first is None:
        raise not_found(str(name))
    return HeldContract(first, documents, *folded(view.transaction, first, name.subject, documents))


def stale(etag: str, current: Document | None) -> Refused:
    """Return the refusal of what is said of another version than that in force."""
    now = etag_of(current.ref.leaf_hash) if current else ""
    return Refused("STALE_ETAG", "another version of the contract is in force", etag=etag, now=now)


def check_in_force(contract: HeldContract, base: Document) -> None:
    """Refuse to agree to a version that another one has replaced, though it was agreed to once."""
    current = contract.contract.current
    if base != current:
        raise stale(etag_of(base.ref.leaf_hash), current)


def check_still_said(contract: HeldContract | None, before: Document) -> None:
    """Refuse to take for done what a later decision of the register has overtaken."""
    if contract is None or not isinstance(before.facts, Registering):
        return
    counted = [
        one.document
        for one in contract.contract.standings
        if one.is_valid and isinstance(one.document.facts, Registering)
    ]
    if counted[-1:] != [before]:
        raise Refused(
            "STEP_NOT_ALLOWED",
            "the same was recorded before a later decision; to record it anew, state a reason",
            cure=(
                "此前已记录过同样的决定，其后另有决定；确要再次记录，请写明原因（reason）",
                "The same was recorded before a later decision; to record it anew, state a reason",
            ),
            why="OVERTAKEN",
            allowed=" ".join(offered(contract.contract, before.author)),
        )


def check_changes(contract: HeldContract, said: PartnershipDocument, base: Document) -> None:
    """Refuse an amendment of the version in force that changes nothing but its reason."""
    if base == contract.contract.current and _text(said) == _text(parse_document(base.content)):
        raise invalid("contract", "CONTRACT_UNCHANGED")


def _text(said: PartnershipDocument) -> PartnershipDocument:
    """Return what a version says of the contract itself."""
    text = without_time(said)
    text.contract.ClearField("previous")
    text.contract.ClearField("amendment_reason")
    return text


def check_amount(said: PartnershipDocument) -> None:
    """Refuse an amount that no contract has; the technical part is never larger."""
    amount_fen = said.contract.contract_amount_fen
    if amount_fen > AMOUNT_FEN_MAX:
        most = grouped_yuan(AMOUNT_FEN_MAX)
        raise invalid_field(
            "contract.contract_amount_fen",
            "AMOUNT_RANGE",
            str(amount_fen),
            f"超过一份合同的上限 {most} 元；金额以分为单位，请核对",
            f"is above the {most} yuan that a contract may have; amounts are in fen, see to it",
        )


def check_decided_on(contract: HeldContract, said: PartnershipDocument) -> None:
    """Refuse a decision of the register of a day before the last one of another state."""
    decided_on, state = said.registration.decided_on, int(said.registration.state)
    for one in reversed(contract.contract.standings):
        facts = one.document.facts
        if one.is_valid and isinstance(facts, Registering) and facts.state != state:
            last = parse_document(one.document.content).registration.decided_on
            if decided_on < last:
                raise invalid_field(
                    "registration.decided_on",
                    "BEFORE_LAST_DECISION",
                    decided_on,
                    f"早于上一次决定的日期 {last}；请填写该日或其后的日期",
                    f"is before the last decision, of {last}; give that day or a later one",
                )
            return


def check_number_is_free(view: LogView, contract: Ref, number: str) -> None:
    """Refuse a register number that another contract bears; `contract` is its first version."""
    tx = view.transaction
    for name in (*_bearing(tx, contract, number), *_bearing_since(view, contract, number)):
        raise invalid(_NUMBER, "REGISTER_NUMBER_TAKEN", number, name=name)


def _bearing(tx: Transaction, contract: Ref, number: str) -> Iterator[ContractName]:
    """Yield the other contracts that bear a number by their rows."""
    registered = (Registration.REGISTERED,)
    which = ContractFilter(register_number=number, registrations=registered)
    own = position(mirrors.get(tx, contract.origin).origin_id, contract.leaf_index)
    for row in contracts.page(tx, which, 0, _AT_MOST):
        if row.position != own:
            yield ContractName(row.author, row.subject)


def _bearing_since(view: LogView, contract: Ref, number: str) -> Iterator[ContractName]:
    """Yield those that bear it by what the rows do not tell yet, of the same group too."""
    tx = view.transaction
    subjects = _unfolded(tx) | {one.header.subject for one in view.staged()}
    for subject in sorted(subjects):
        with suppress(YdxError):  # damaged: it stops no other
            for one in contracts_of(tx, subject, read_all(view.documents(subject))):
                is_registered = one.registration is Registration.REGISTERED
                if is_registered and one.register_number == number and one.first != contract:
                    yield ContractName(one.author, subject)


def _unfolded(tx: Transaction) -> set[bytes]:
    """Return the subjects of what has arrived behind the position of the view.

    That is kept only now and then while no document comes, so it may be far behind.
    """
    kept = views.find(tx, NAME)
    at, subjects = -1, set[bytes]()
    end = kept.position if kept else 0
    while end != at:
        at = end
        end, found, _ = sealed.subjects_after(tx, at, LEAVES_A_STEP, is_ledger)
        subjects |= found
    return subjects
