"""Folding one agreement: its center's outcomes, judged in their order, in one transaction a batch.

- Outcomes of the center count in the order of its logs, a successor's after all of the log that it
  closed. Of each log only what lies below its `end` is judged; what comes after waits behind it, or
  where the log is closed there is passed over: no member needs to have it.
- Position, books, rulings, journal and void outcomes of a batch are written together.
- An outcome that names what is not here stops its agreement (`waits`); what it names is cited, so
  that every member is asked for it. A disputed agreement stops for good.
- An agreement that waits stops before the whole document: books are told with a size of the log,
  and no size lies between two outcomes of one entry.
- An outcome that comes below what was judged makes the agreement stale: it is folded anew.
- Outcomes by others than the center are void wherever they stand, and are told at once.
- One that does not follow from the books here may rest upon one that the center hides (`hidden`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.documents import Document, Outcomes, Proposal
from federation.ledger.judging import Waits, judge, place_of
from federation.records.refs import origin_of
from federation.records.sealed import DOCUMENT
from node.services.ledger import books, hidden
from node.services.ledger.books import BooksOf
from node.services.ledger.state import ref_text
from node.storage import citing, ledger, ledger_journal
from node.storage.ledger_journal import VoidRow
from node.storage.positions import position, split_position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from federation.ledger.books import Effect
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents, HeldDocuments
    from node.storage.ledger import AgreementRow
    from node.storage.transaction import Transaction

_DOUBTFUL: Final = frozenset(
    {"CANNOT_BE_BOOKED", "NOT_A_SIGNER", "NOT_ACCEPTED", "NOT_ACTIVE", "REASON_NOT_FOUND"}
)
"""Why outcomes are void that would not be if one before them had not been hidden.

Who signs, and how many are enough, an amendment says, and that may be what is hidden.
"""
_DOCUMENTS_MAX: Final = 32
"""Outcome documents, of up to 200 outcomes each, that are read at once."""


class CenterLog(NamedTuple):
    """A log of a center: what is below `end` may be judged, with what is held for it."""

    origin_id: int
    origin: str
    end: int
    held: HeldDocuments
    is_over: bool = False
    """It is closed at `end`: what is stored beyond decides nothing."""


class Folded(NamedTuple):
    """How many outcomes were judged, and whether there are more that may be."""

    judged: int
    has_more: bool


def fold_agreement(
    tx: Transaction,
    row: AgreementRow,
    documents: Documents,
    logs: Sequence[CenterLog],
    limit: int,
) -> Folded:
    """Judge about `limit` more outcomes of an agreement; raises COPY_DAMAGED.

    `logs` are those of its center, in the order of their generations.
    """
    if row.is_stale:
        row = anew(tx, row)
        void_foreign(tx, row, documents, ledger.outcomes_of(tx, row.key))
    fold = _Fold(tx, row, documents)
    has_more = fold.run(logs, limit)
    if fold.torn is not None:
        fold = _Fold(tx, row, documents, fold)
        fold.run(logs, limit)
    fold.write()
    return Folded(fold.judged, has_more)


def anew(tx: Transaction, row: AgreementRow) -> AgreementRow:
    """Forget what was folded of an agreement; return its row."""
    ledger.clear_agreement(tx, row.position)
    ledger.reopen(tx, row.key)
    row = row._replace(
        books="",
        generation=0,
        judged_leaf_index=0,
        number=0,
        disputed="",
        waits=False,
        is_stale=False,
    )
    ledger.put_agreement(tx, row)
    return row


def void_foreign(
    tx: Transaction, row: AgreementRow, documents: Documents, places: Iterable[int]
) -> None:
    """Tell the outcomes among these documents that are not by the agreement's center."""
    voids, closed = [], []
    for place in places:
        if origin_of(documents.origin_at(place)).member == row.center:
            continue
        document = documents.at(place)
        if document is None or not isinstance(document.facts, Outcomes):
            continue
        closed.append(place)
        for number, outcome in enumerate(document.facts.outcomes):
            generation = place_of(document, number).generation
            proposal = "" if outcome.proposal is None else ref_text(outcome.proposal)
            voids.append(
                VoidRow(
                    place,
                    number,
                    row.position,
                    generation,
                    outcome.kind,
                    proposal,
                    "NOT_THE_CENTER",
                    "",
                )
            )
    ledger_journal.add_voids(tx, voids)
    ledger.close_documents(tx, closed)


class _Fold:
    """One batch of one agreement."""

    def __init__(
        self,
        tx: Transaction,
        row: AgreementRow,
        documents: Documents,
        torn: _Fold | None = None,
    ) -> None:
        """With a fold that is torn, judge again, up to the document that it waits within."""
        self.judged = 0
        self.torn: Ref | None = None
        """The document of which some outcomes were judged and the next one waits."""
        self._before = None if torn is None else torn.torn
        self._tx = tx
        self._row = row
        self._documents = documents
        self._books = BooksOf(tx, row, documents)
        self._at = (row.generation, row.judged_leaf_index, row.number)
        self._voids: list[VoidRow] = []
        self._finished: list[int] = []
        self.awaited: frozenset[Ref] = frozenset() if torn is None else torn.awaited
        self._doubted: Ref | None = None

    def run(self, logs: Sequence[CenterLog], limit: int) -> bool:
        """Judge; return whether there are more outcomes that may be judged."""
        for log in logs:
            for document in self._pending(log, limit):
                if document is None or document.ref == self._before:
                    return False
                if self.judged >= limit:
                    return True
                if not self._judge_all(document, log.held):
                    return False
        return False

    def write(self) -> None:
        """Write what was judged."""
        books = self._books.write()
        ledger_journal.add_voids(self._tx, self._voids)
        ledger.close_documents(self._tx, self._finished)
        ledger.set_awaited(self._tx, self._row.position, [ref_text(one) for one in self.awaited])
        for ref in sorted(self.awaited):
            citing.cite(self._tx, ref.origin, ref.leaf_index, DOCUMENT)
        if self._doubted is not None:
            hidden.cite_below(self._tx, self._doubted)
        row = self._row._replace(
            books=books,
            generation=self._at[0],
            judged_leaf_index=self._at[1],
            number=self._at[2],
            disputed=self._books.books.disputed,
            waits=bool(self.awaited),
        )
        if row != self._row:
            ledger.put_agreement(self._tx, row)

    def _pending(self, log: CenterLog, limit: int) -> Iterator[Document | None]:
        """Yield the outcome documents of a log, with what they name read in large pieces.

        None: the next one may not be judged, or is not readable any more.
        """
        first, last = position(log.origin_id, 0), position(log.origin_id + 1, 0) - 1
        documents = self._documents
        while True:
            places = ledger.pending(self._tx, self._row.key, first, last, _DOCUMENTS_MAX)
            below = [one for one in places if split_position(one)[1] < log.end]
            documents.at_all(below)
            fetched = 0
            for number, place in enumerate(below):
                if number >= fetched:
                    fetched = self._fetch_named(below, number, limit)
                yield documents.at(place)
            if len(below) < len(places) and not log.is_over:
                yield None
            self._finished += places[len(below) :]  # of a log that is over
            if len(places) < _DOCUMENTS_MAX:
                return
            first = places[-1] + 1

    def _fetch_named(self, places: Sequence[int], number: int, limit: int) -> int:
        """Read what about `limit` outcomes name; return which document comes behind them."""
        refs: set[Ref] = set()
        outcomes = 0
        while number < len(places) and outcomes < limit:
            document = self._documents.at(places[number])
            if document is not None and isinstance(document.facts, Outcomes):
                outcomes += len(document.facts.outcomes)
                refs.update(_named(document))
            number += 1
        named = self._documents.named(refs)
        books.look_up(self._books.books, [one for one in named if isinstance(one.facts, Proposal)])
        return number

    def _judge_all(self, document: Document, held: HeldDocuments) -> bool:
        """Judge the outcomes of a document; return whether to go on."""
        facts = document.facts
        assert isinstance(facts, Outcomes)  # noqa: S101 - tells the checker
        place, judged = self._documents.place(document.ref), self.judged
        for number in range(len(facts.outcomes)):
            at = place_of(document, number)
            if at <= self._at:
                continue
            try:
                effect = judge(self._books.books, document, number, held)
            except Waits as waits:
                self.awaited = waits.refs
                self.torn = document.ref if self.judged > judged else None
                return False
            self.judged += 1
            self._at = (at.generation, at.leaf_index, at.number)
            if effect.disputed or effect.void in _DOUBTFUL:
                self._doubted = document.ref
            if effect.void:
                self._voids.append(_void_row(self._row.position, place or 0, effect))
                continue
            self._books.take(effect)
            if self._books.books.disputed:
                return False
        if place is not None:
            self._finished.append(place)
        return True


def _named(document: Document) -> Iterator[Ref]:
    facts = document.facts
    if not isinstance(facts, Outcomes):
        return
    for outcome in facts.outcomes:
        if outcome.proposal is not None:
            yield outcome.proposal
        if outcome.rejection is not None:
            yield outcome.rejection
        yield from outcome.acceptances


def _void_row(agreement: int, place: int, effect: Effect) -> VoidRow:
    return VoidRow(
        place,
        effect.place.number,
        agreement,
        effect.place.generation,
        effect.kind,
        "" if effect.proposal is None else ref_text(effect.proposal),
        effect.void,
        effect.why,
    )
