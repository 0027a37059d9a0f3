"""Reading contracts: whole, as pages, and proven.

- A contract is folded from its documents whenever it is shown: it is never behind the log.
- This node reads the contracts that name its member: its own, and at the center all. A partner
  reads those in which its organisation is a side that this member stands for: elsewhere another may
  bear its name. It is a side if the version in force says so or the last that both sides stand
  behind: no amendment of the other side alone takes a contract away. What a caller may not read is
  not found.
- What is shown of a contract says which of its documents count, what is waited for, and whether
  all of it is confirmed by a quorum.
- The other side may write as much as it likes, each as large as a part. So a page ends early before
  it is larger than a message may be.
- The receipt holds every document that counts, with its opening and its proof: first those by which
  the contract stands as it does, of the others as many as fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from federation.log.errors import YdxError
from federation.partnership.attribution import attribution
from federation.partnership.terms import Confirmation, Registering
from federation.partnership.writing import offered
from node.services.access import Role
from node.services.catalogue.organisation_keys import key_of, key_of_text
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import etag_of
from node.services.known_members import check_known
from node.services.partnership.contract_folding import (
    agreed_version,
    decided_on,
    first_of,
    folded,
    said_terms,
)
from node.services.partnership.contract_names import ContractName, parse_contract_name
from node.services.partnership.documents import documents_of
from node.storage import contracts, mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.partnership.attribution import Attributed
    from federation.partnership.codec import Contract as SaidContract
    from federation.partnership.contract import Contract
    from federation.partnership.documents import Document
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.catalogue.receipts import GivenReceipt, Receipts
    from node.services.sync.node_status import OriginFacts
    from node.storage.contracts import ContractFilter
    from node.storage.database import Database
    from node.storage.transaction import Transaction

PAGE_BYTES_MAX: Final = 2 * 1024 * 1024
RECEIPTS_BYTES_MAX: Final = 3 * 1024 * 1024
DOCUMENTS_MAX: Final = 200
"""How many documents, and how many that are waited for, an answer tells of a contract."""
_DOCUMENT_BYTES: Final = 400
_AWAITED_BYTES: Final = 320
_READ_ALL: Final = frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class ShownContract:
    """A contract as it stands here."""

    name: str
    contract: Contract
    terms: SaidContract
    """The version in force, whole."""
    etag: str
    decided_on: str
    agreed: Ref | None
    attribution: Sequence[Attributed]
    allowed: Sequence[str]
    """The documents that this node's member may add now."""
    provisional: frozenset[Ref]
    """The documents that no quorum has confirmed."""

    @property
    def size_bytes(self) -> int:
        """Return how large an answer is that shows it, at most."""
        current = self.contract.current
        text_bytes = 2 * len(current.content) if current else 0
        told = min(len(self.contract.standings), DOCUMENTS_MAX) * _DOCUMENT_BYTES
        awaited = min(len(self.contract.waits_for), DOCUMENTS_MAX) * _AWAITED_BYTES
        return text_bytes + told + awaited


@dataclass(frozen=True, slots=True)
class ContractProof:
    """One file of receipts; `left_out` are documents that count and did not fit."""

    receipts: bytes
    is_confirmed: bool
    left_out: int


@dataclass(frozen=True, slots=True)
class ContractPage:
    """Contracts; behind what the next page goes on, None at the end."""

    contracts: Sequence[ShownContract]
    next_after: int | None
    origins: Sequence[OriginFacts]


class Contracts:
    """Reads contracts for callers. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        member: str,
        receipts: Receipts,
        completeness: Callable[[], Sequence[OriginFacts]],
    ) -> None:
        """`completeness` tells of each origin how far it is known here."""
        self._database = database
        self._member = member
        self._receipts = receipts
        self._completeness = completeness

    def get(self, caller: Caller, name: str) -> ShownContract:
        """Return a contract; refuses INVALID_FIELD, RECORD_NOT_FOUND."""
        parsed = parse_contract_name(name)
        with self._database.read() as tx:
            shown = self._shown(tx, parsed.author, parsed.subject)
        if shown is None or not self._reads(caller, shown):
            raise not_found(name)
        return shown

    def page(self, caller: Caller, which: ContractFilter, after: int, limit: int) -> ContractPage:
        """Return at most `limit` contracts behind a position; the first page begins behind 0.

        Fewer where they are large; `next_after` tells whether there are more. Refuses INVALID_FIELD
        for a member that is not known.
        """
        if not reads_all(caller):
            own = key_of_text(caller.organisation)
            if not own:
                return ContractPage((), None, self._completeness())
            which = replace(which, party=(self._member, own))
        origins = self._completeness()
        with self._database.read() as tx:
            check_known(tx, [which.member] if which.member else [], "filter.member")
            rows = contracts.page(tx, which, after, limit + 1)
            readable: list[ShownContract] = []
            size_bytes, told = 0, 0
            for row in rows[:limit]:
                shown = self._find(tx, row.author, row.subject)
                if shown is not None and self._reads(caller, shown):
                    size_bytes += shown.size_bytes
                    if readable and size_bytes > PAGE_BYTES_MAX:
                        break
                    readable.append(shown)
                told += 1
        next_after = rows[told - 1].position if len(rows) > told else None
        return ContractPage(readable, next_after, origins)

    def receipt(self, caller: Caller, name: str) -> ContractProof:
        """Return one file with the receipts of the documents of a contract that count.

        Refuses as `get`, and NO_CHECKPOINT_YET.
        """
        contract = self.get(caller, name).contract
        standing = _that_it_stands_by(contract)
        counted = [one.document.ref for one in contract.standings if one.is_valid]
        given: dict[Ref, GivenReceipt] = {}
        size_bytes = 0
        for ref in sorted(counted, key=lambda ref: ref not in standing):
            one = self._receipts.receipt_at(ref.origin, ref.leaf_index, (0,))
            size_bytes += len(one.receipt)
            if size_bytes > RECEIPTS_BYTES_MAX:
                break
            given[ref] = one
        return ContractProof(
            b"".join(given[ref].receipt for ref in counted if ref in given),
            all(one.is_confirmed for one in given.values()),
            len(counted) - len(given),
        )

    def _reads(self, caller: Caller, shown: ShownContract) -> bool:
        own = key_of_text(caller.organisation)
        agreed = agreed_version(shown.contract)
        texts = [shown.terms, *([said_terms(agreed)] if agreed else [])]
        sides = [
            (one.member, key_of(one.organisation))
            for terms in texts
            for one in (terms.buyer, terms.seller)
        ]
        return reads_all(caller) or (bool(own) and (self._member, own) in sides)

    def _find(self, tx: Transaction, author: str, subject: bytes) -> ShownContract | None:
        """Return a contract for a list; None for one that has rotted here: it hides no other."""
        try:
            return self._shown(tx, author, subject)
        except YdxError as error:
            if error.reason != "COPY_DAMAGED":
                raise
            return None  # who asks for it by its name is told

    def _shown(self, tx: Transaction, author: str, subject: bytes) -> ShownContract | None:
        documents = documents_of(tx, subject)
        first = first_of(documents, author)
        if first is None:
            return None
        contract, _ = folded(tx, first, subject, documents)
        if contract.current is None:
            return None
        agreed = agreed_version(contract)
        return ShownContract(
            str(ContractName(author, subject)),
            contract,
            said_terms(contract.current),
            etag_of(contract.current.ref.leaf_hash),
            decided_on(contract),
            agreed.ref if agreed else None,
            attribution(contract),
            offered(contract, self._member),
            _provisional(tx, [one.document for one in contract.standings]),
        )


def reads_all(caller: Caller) -> bool:
    """Tell whether a caller reads every contract that names this node's member."""
    return not caller.roles.isdisjoint(_READ_ALL)


def _that_it_stands_by(contract: Contract) -> frozenset[Ref]:
    """Return the documents that say how a contract stands: at most one of each meaning.

    Its first version, the one in force and the one agreed, with what agrees to them, the last
    decision of the register, and the cancellation.
    """
    agreed = agreed_version(contract)
    versions = [contract.first]
    versions += [one.ref for one in (contract.current, agreed) if one is not None]
    found = {*versions}
    registered: list[Ref] = []
    for one in contract.standings:
        facts = one.document.facts
        if one.is_valid and isinstance(facts, Confirmation) and facts.contract in versions:
            found.add(one.document.ref)
        elif one.is_valid and isinstance(facts, Registering):
            registered.append(one.document.ref)
    if contract.cancellation is not None:
        found.add(contract.cancellation.ref)
    return frozenset((*found, *registered[-1:]))


def _provisional(tx: Transaction, documents: Sequence[Document]) -> frozenset[Ref]:
    sizes = {row.origin: row.confirmed_size for row in mirrors.every(tx)}
    return frozenset(
        one.ref for one in documents if one.ref.leaf_index >= sizes.get(one.ref.origin, 0)
    )
