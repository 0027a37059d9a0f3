"""Partnership documents as the folds take them, read from storage.

- A document is what is readable here of part 0 of a SEALED entry, in whatever order it is read.
- A fold waits for what documents name. What the logs prove to be no document of the subject is
  absent: another leaf stands there, or one that is not SEALED, or whose part 0 is void or of
  another subject. A part that is withheld from us, wanted or hidden proves nothing.
- `settle` folds until nothing new is absent; what is waited for then may still come.
- What a readable document names is cited, so that every member is asked for it. An enquiry
  that a contract quotes is cited only by its two sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from federation.log.batch import Absence
from federation.log.entry import KIND_SEALED, scan_entries
from federation.log.hashing import leaf_hash
from federation.log.subject import parse_origin
from federation.partnership.documents import Document, Facts, read_document
from federation.partnership.steps import Note, Step
from federation.partnership.terms import Cancellation, Confirmation, Registering, Terms
from federation.records.refs import Ref
from federation.records.sealed import DOCUMENT
from node.storage import citing, logs, mirrors, parts, sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from node.storage.sealed import Sealed
    from node.storage.transaction import Transaction

_NO_DOCUMENT: Final = frozenset({Absence.VOID, Absence.ERASED})


class Waiting(Protocol):
    """What a fold returns."""

    @property
    def waits_for(self) -> tuple[Ref, ...]:
        """Documents that are named and not here."""


F = TypeVar("F", bound=Waiting)


def documents_of(tx: Transaction, subject: bytes) -> list[Document]:
    """Return the readable documents of a subject, of all logs; raises COPY_DAMAGED."""
    return read_all(sealed.by_subject(tx, subject))


def read_all(found: Iterable[Sealed]) -> list[Document]:
    """Return the documents among sealed entries."""
    return [
        read_document(
            ref_of(one), one.header.subject, frozenset(one.header.named), one.document.content
        )
        for one in found
        if one.document is not None
    ]


def ref_of(one: Sealed) -> Ref:
    """Return how documents name a sealed entry."""
    return Ref(one.origin, one.leaf_index, one.leaf_hash)


def absent_of(tx: Transaction, refs: Iterable[Ref], subject: bytes) -> frozenset[Ref]:
    """Return those of which the logs prove that they name no document of the subject."""
    return frozenset(ref for ref in refs if _is_absent(tx, ref, subject))


def settle(
    tx: Transaction, subject: bytes, fold: Callable[[frozenset[Ref]], F]
) -> tuple[F, frozenset[Ref]]:
    """Fold until nothing new is absent; return the last result, and what was absent for it.

    `fold` is called with what is absent; it waits for fewer documents the more there are.
    """
    absent: frozenset[Ref] = frozenset()
    while True:
        folded = fold(absent)
        more = absent_of(tx, folded.waits_for, subject) - absent
        if not more:
            return folded, absent
        absent |= more


def named_of(facts: Facts) -> Iterator[Ref]:
    """Yield what a document names as being of its own subject."""
    if isinstance(facts, Step) and facts.answers is not None:
        yield facts.answers
    elif isinstance(facts, Note):
        yield facts.about
    elif isinstance(facts, Terms) and facts.previous is not None:
        yield facts.previous
    elif isinstance(facts, Confirmation | Registering | Cancellation):
        yield facts.contract


def not_here(documents: Collection[Document]) -> set[Ref]:
    """Return what documents name as being of their own subject, and is not among them."""
    held = {document.ref for document in documents}
    return {ref for document in documents for ref in named_of(document.facts)} - held


def cite_named(tx: Transaction, documents: Collection[Document]) -> None:
    """Let every member be asked for what documents name and is not held."""
    own = mirrors.own(tx)
    member = parse_origin(own.origin).member if own else ""
    others = {ref for document in documents for ref in _of_others(document.facts, member)}
    for ref in sorted(not_here(documents) | others):
        citing.cite(tx, ref.origin, ref.leaf_index, DOCUMENT)


def _of_others(facts: Facts, member: str) -> Iterator[Ref]:
    """Yield what a document names of other subjects, and a member may ask for."""
    if isinstance(facts, Step) and facts.contract is not None:
        yield facts.contract
    elif isinstance(facts, Terms):
        for link in facts.links:
            if member in {link.submitted.member, link.listing.member}:
                yield from (link.submitted, link.introduced)


def _is_absent(tx: Transaction, ref: Ref, subject: bytes) -> bool:
    row = mirrors.find(tx, ref.origin)
    if row is None or not 0 <= ref.leaf_index < row.visible_size:
        return False
    entry = logs.entry(tx, row.origin_id, ref.leaf_index)
    if entry is None:
        return False
    if leaf_hash(entry) != ref.leaf_hash or scan_entries([entry])[0][1] != KIND_SEALED:
        return True
    held = sealed.at(tx, ref.origin, ref.leaf_index)
    if held is not None and held.document is not None:
        return held.header.subject != subject
    return parts.absence(tx, row.origin_id, ref.leaf_index, DOCUMENT) in _NO_DOCUMENT
