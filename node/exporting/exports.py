"""The books of an agreement as a file: for accountants' programs, to print, or to be verified.

- A file is made of one state of the view and streamed in pieces.
- Who reads an agreement whole may export it; a partner reads its own lines and exports none.
- The bundle holds the receipts of all documents that the center's outcomes name, of the outcomes
  and of the checkpoints that cover them: `ydx ledger verify` needs nothing else. Where a void
  outcome names what does not stand there, the receipt of what does is in it too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from federation.ledger.documents import Document, Outcomes
from federation.ledger.months import MONTH
from federation.ledger.summary import OutcomeName, Summary, summarise
from federation.log.errors import Refused
from federation.log.subject import parse_origin, subject_text
from node.exporting.beancount import beancount
from node.exporting.filling import filled_book
from node.exporting.journal import journal
from node.exporting.statement_page import statement_page
from node.exporting.tables import (
    JOURNAL_HEADINGS,
    STATEMENT_HEADINGS,
    csv_text,
    journal_rows,
    statement_rows,
)
from node.exporting.workbook import workbook
from node.services.arguments import invalid
from node.services.ledger import outcomes
from node.services.ledger.accounts import all_entries
from node.services.ledger.bundle import collect_bundle
from node.services.ledger.documents import Documents
from node.services.ledger.journals import folded_log, folded_size
from node.storage import mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from federation.ledger.statement import Statement
    from federation.records.refs import Ref
    from node.exporting.book import LedgerBook
    from node.services.access import Caller
    from node.services.catalogue.receipts import Receipts
    from node.services.ledger.shown import LedgerShown, ShownAgreement
    from node.storage.database import Database
    from node.storage.transaction import Transaction

PIECE_BYTES: Final = 1 << 20
_SUFFIXES: Final = {
    "BEANCOUNT": "beancount",
    "JOURNAL": "journal",
    "CSV": "csv",
    "XLSX": "xlsx",
    "STATEMENT_HTML": "html",
    "BUNDLE": "bundle",
}
_OF_A_PERIOD: Final = frozenset({"CSV", "STATEMENT_HTML"})


class LedgerExports:
    """Exports books for callers. Safe for many threads."""

    def __init__(self, database: Database, shown: LedgerShown, receipts: Receipts) -> None:
        self._database = database
        self._shown = shown
        self._receipts = receipts

    def export(
        self, caller: Caller, name: str, form: str, period: str
    ) -> tuple[str, Iterator[bytes]]:
        """Return a name for the file, and its bytes in pieces.

        Refuses as `LedgerShown.agreement`; ROLE_MISSING to a partner, BOOKS_DISPUTED,
        STATEMENT_NOT_FOUND for that of a period that is not closed, INVALID_FIELD for no period.
        """
        if period and not MONTH.fullmatch(period):
            raise invalid("period", "MONTH_FORM", period)
        if period and form not in _OF_A_PERIOD:
            raise invalid("period", "WHOLE_BOOKS", period)
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name, "agreement")
            if shown.only is not None:
                raise Refused("ROLE_MISSING", "a partner reads its own lines alone")
            if shown.books.disputed:
                raise Refused("BOOKS_DISPUTED", "the books are disputed", why=shown.books.disputed)
            if form == "BUNDLE":
                center = folded_log(tx, shown.row, mirrors.every(tx))
                if center is None:
                    raise Refused("BOOKS_WAIT", "no log of the center is held here")
                size = folded_size(tx, shown.row, center)
                named, unopened = _named(tx, shown, center.origin, size)
                summary = _summary(tx, shown, center.origin, size)
            else:
                book = filled_book(tx, shown)
        month = ""
        if form == "BUNDLE":
            whole = collect_bundle(self._receipts, summary, named, unopened).raw
        else:
            whole = _RENDERERS[form](book, period)
            if form == "STATEMENT_HTML" or (form == "CSV" and period):
                month = f"-{_closed(book, period).period}"  # no statement lies over another
        file_name = f"ledger-{subject_text(shown.row.subject)}{month}.{_SUFFIXES[form]}"
        return file_name, _pieces(whole)


def _summary(tx: Transaction, shown: ShownAgreement, center: str, size: int) -> Summary:
    voids = [
        (OutcomeName(one.document, one.place.leaf_index, one.place.number), one.void)
        for one in outcomes.voids(tx, shown.row)
        if _is_of_center(shown, one.document)
    ]
    return summarise(
        shown.books,
        all_entries(tx, shown.row),
        center,
        size,
        voids,
    )


def _named(
    tx: Transaction, shown: ShownAgreement, center: str, size: int
) -> tuple[list[Ref], list[tuple[str, int]]]:
    """Return the documents of a bundle, and the entries that it holds without what they say.

    Those are CHECKPOINT entries that cover the documents, and what is not what an outcome names.
    """
    refs: list[Ref] = []
    end, last = (parse_origin(center).generation, size), (0, 0)
    for document in outcomes.outcome_documents(tx, shown.row):
        if not _is_of_center(shown, document.ref.origin):
            continue  # whatever another member decides is void, and none of the books
        if _place(document.ref.origin, document.ref.leaf_index) >= end:
            continue  # not confirmed yet, so it is not in the books
        facts = document.facts
        assert isinstance(facts, Outcomes)  # noqa: S101 - it is read as such; tells the checker
        refs.append(document.ref)
        last = max(last, _place(document.ref.origin, document.ref.leaf_index))
        for outcome in facts.outcomes:
            named = (outcome.proposal, outcome.rejection, *outcome.acceptances)
            refs += [ref for ref in named if ref is not None]
    if not refs:
        refs.append(shown.row.ref)
    documents, held = Documents(tx), []
    logs = [one.origin for one in documents.mirrors() if _is_of_center(shown, one.origin)]
    unopened = [
        (log, at) for log in logs for at in outcomes.covering(tx, log) if _place(log, at) < last
    ]
    for ref in dict.fromkeys(refs):
        documents.shelf.make_room()
        found = documents.get(ref)
        if isinstance(found, Document):
            held.append(ref)
        elif documents.is_elsewhere(ref):
            place = documents.place(ref)
            other = None if place is None else documents.at(place)
            if other is None:
                unopened.append((ref.origin, ref.leaf_index))
            else:
                held.append(other.ref)
    return held, unopened


def _place(origin: str, leaf_index: int) -> tuple[int, int]:
    """Return where an entry stands among those of all logs of the center."""
    return parse_origin(origin).generation, leaf_index


def _is_of_center(shown: ShownAgreement, origin: str) -> bool:
    return parse_origin(origin).member == shown.row.center


def _text(pieces: Iterable[str]) -> bytes:
    return "".join(pieces).encode()


def _closed(book: LedgerBook, period: str) -> Statement:
    """Return the statement of a period, by default the last one."""
    found = [one for one in book.statements if period in {"", one.period}]
    if not found:
        raise Refused("STATEMENT_NOT_FOUND", "the period is not closed", field="period")
    return found[-1]


def _csv(book: LedgerBook, period: str) -> bytes:
    """Return the journal, or the statement of a period that is named."""
    if not period:
        return _text(csv_text(JOURNAL_HEADINGS, journal_rows(book)))
    closed = replace(book, statements=(_closed(book, period),))
    return _text(csv_text(STATEMENT_HEADINGS, statement_rows(closed)))


_RENDERERS: Final[dict[str, Callable[[LedgerBook, str], bytes]]] = {
    "BEANCOUNT": lambda book, _period: _text(beancount(book)),
    "JOURNAL": lambda book, _period: _text(journal(book)),
    "CSV": _csv,
    "XLSX": lambda book, _period: workbook(book),
    "STATEMENT_HTML": lambda book, period: statement_page(book, _closed(book, period)).encode(),
}


def _pieces(whole: bytes) -> Iterator[bytes]:
    for start in range(0, max(1, len(whole)), PIECE_BYTES):
        yield whole[start : start + PIECE_BYTES]
