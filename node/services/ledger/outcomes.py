"""Reading the outcomes of centers: their documents, what covers them, which are void, how far.

As in `ledger_reading`, every function works on one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.coverage import Coverage
from federation.ledger.documents import Document, Outcomes
from federation.ledger.journal import Place
from federation.log.subject import parse_origin
from federation.records.refs import Ref
from node.services.ledger.centers import end_of
from node.services.ledger.documents import Documents, Told
from node.services.ledger.state import read_ref_text
from node.storage import ledger, ledger_covering, ledger_journal, ledger_lists
from node.storage.ledger import AgreementRow
from node.storage.positions import split_position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from node.storage.ledger_journal import VoidRow
    from node.storage.transaction import Transaction

_PAGE: Final = 200


class VoidOutcome(NamedTuple):
    """An outcome that changes nothing; it alarms."""

    agreement: int
    """Position of the agreement."""
    document: str
    """Origin of the outcome's document."""
    place: Place
    kind: int
    proposal: Ref | None
    void: str
    why: str


class CenterState(NamedTuple):
    """A log of a center: up to where its outcomes are judged, and why not further."""

    origin: str
    end: int
    confirmed_size: int
    waits_for_registry: int
    """0: for none."""
    waits_for_leaf: int | None
    """The first document in it that we are named in and that has not come."""


def has_open_outcomes(tx: Transaction, row: AgreementRow) -> bool:
    """Say whether outcomes on an agreement stand in the center's log and are not judged yet."""
    return bool(ledger.outcomes_of(tx, row.key))


def coverage(tx: Transaction, origin: str) -> Coverage:
    """Return what the confirmed CHECKPOINT entries of a center's log cover."""
    found = Coverage()
    mirror = Documents(tx).mirror(origin)
    if mirror is not None:
        found.restore(ledger_covering.of_log(tx, mirror.origin_id))
    return found


def outcome_document(tx: Transaction, row: AgreementRow, place: Place) -> Told | None:
    """Return the document of the center that holds the outcome at a place."""
    documents = Documents(tx)
    for mirror in documents.mirrors():
        origin = parse_origin(mirror.origin)
        if (origin.member, origin.generation) != (row.center, place.generation):
            continue
        found = documents.told_at(mirror.origin_id << 40 | place.leaf_index)
        if found is not None and isinstance(found.document.facts, Outcomes):
            return found
    return None


def outcome_documents(tx: Transaction, row: AgreementRow) -> Iterator[Document]:
    """Yield all readable documents with outcomes on an agreement, each log's in its order."""
    documents = Documents(tx)
    after = -1
    while places := ledger_lists.outcomes_of(tx, row.key, after, _PAGE):
        documents.at_all(places)
        for place in places:
            said = documents.told_at(place)
            if said is not None:
                yield said.document
        after = places[-1]


def covering(tx: Transaction, origin: str) -> list[int]:
    """Return the leaf indices of the CHECKPOINT entries of a center's log that count."""
    mirror = Documents(tx).mirror(origin)
    found = ledger_covering.of_log(tx, mirror.origin_id) if mirror else []
    return [one[0] for one in found]


def voids(tx: Transaction, row: AgreementRow | None = None) -> list[VoidOutcome]:
    """Return the void outcomes of an agreement, or of all."""
    return _told(tx, ledger_journal.voids(tx, None if row is None else row.position))


def newest_voids(tx: Transaction, row: AgreementRow, limit: int) -> list[VoidOutcome]:
    """Return at most `limit` void outcomes of an agreement, the newest first.

    Whoever knows of an agreement can write void outcomes on it without end.
    """
    return _told(tx, ledger_journal.newest_voids(tx, row.position, limit))


def _told(tx: Transaction, rows: Iterable[VoidRow]) -> list[VoidOutcome]:
    documents = Documents(tx)
    return [
        VoidOutcome(
            one.agreement,
            documents.origin_at(one.position),
            Place(one.generation, split_position(one.position)[1], one.number),
            one.kind,
            read_ref_text(one.proposal) if one.proposal else None,
            one.void,
            one.why,
        )
        for one in rows
    ]


def center_states(tx: Transaction) -> list[CenterState]:
    """Return up to where the centers' logs are judged, and why not further."""
    documents = Documents(tx)
    rows = {row.origin_id: row for row in documents.mirrors()}
    return [
        CenterState(
            rows[one.origin_id].origin,
            end_of(tx, rows[one.origin_id]),
            rows[one.origin_id].confirmed_size,
            one.waits_for_registry,
            ledger_covering.first_wanted(tx, one.origin_id),
        )
        for one in ledger_covering.centers(tx)
    ]
