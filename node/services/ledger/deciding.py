"""The center's bookkeeper: decides proposals, in the center's log.

- It decides what is whole: proposal and acceptances are confirmed in their own logs, or stand in
  ours. First it lets our log carry the quorum-cosigned checkpoints that cover them, then the
  outcomes, in one write: in the order in which the proposals came here, of one agreement as many in
  one document as it holds.
- It judges by the same fold as everybody, over the books as the center's *confirmed* log leaves
  them. So it decides anew on an agreement only when all its outcomes are confirmed and folded: an
  outcome rests on no other that could still be lost with our disk.
- What is decided on each is `ledger_decisions`. What is neither accepted nor rejected in time
  expires by this node's clock.
- A period is closed on request by the agreement's center alone, when it is over by this node's
  clock (Asia/Shanghai) and nothing is in between. The same request has the same answer. Who asks
  again soon finds nothing in between, however much there is to be booked.
- A look that decided nothing took its time for nothing: the next one waits a few times as long,
  but never long enough to hold up the loop or its end.
- On an agreement whose books wait or are disputed nothing is decided, nor on one that names who is
  no member (its author's node may not ask): no outcome could be sealed for them. That one agreement
  cannot be decided, or that much of it waits for its signers, stops nothing else.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from federation.ledger import codec
from federation.ledger.closing import close
from federation.ledger.codec import LedgerDocument, checkpoint_body, serialise
from federation.ledger.documents import (
    OUTCOMES_MAX,
    Document,
)
from federation.ledger.journal import Place
from federation.ledger.months import MONTH, next_month
from federation.ledger.reading import YEAR_FIRST
from federation.log.entry import KIND_CHECKPOINT
from federation.log.errors import Refused, YdxError
from federation.log.subject import new_subject, parse_origin
from federation.records.refs import Ref, said_ref
from node.services.arguments import invalid
from node.services.catalogue.records import shanghai_day
from node.services.errors import invalid_field
from node.services.ledger import outcomes, reading
from node.services.ledger.books import BooksOf, look_up
from node.services.ledger.decisions import decide, documents_of, expired, ttl_s
from node.services.ledger.documents import Documents
from node.services.ledger.making import began_on
from node.services.ledger.rebuilding import check_whole
from node.services.log.drafts import Draft, SealedDocument
from node.services.log.sealing import SealedPlace
from node.storage.failpoint import failpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.ledger.books import Books
    from federation.ledger.coverage import Coverage
    from federation.ledger.statement import Statement
    from federation.log.checkpoint import Checkpoint
    from node.services.ledger.decisions import Decision
    from node.services.ledger.documents import Told
    from node.services.ledger.reading import AgreementRow
    from node.services.ledger.view import LedgerView
    from node.services.log.sealing import Sealing
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.storage.database import Database
    from node.storage.transaction import Transaction

_SUBJECT_RANDOM_BYTES: Final = 10
DECISIONS_MAX: Final = 5 * OUTCOMES_MAX
"""Outcomes on one agreement in one write: the next ones wait until these are confirmed."""
_LOOKED_AT: Final = 2 * OUTCOMES_MAX
"""Proposals that are read at once."""
CLOSING_S: Final = 10.0
"""For how long nothing is decided on an agreement whose close was refused as too early."""
QUIET_TIMES: Final = 4
QUIET_S_MAX: Final = 0.5
_WRITTEN_MAX: Final = 100_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BookkeeperPorts:
    """What the bookkeeper is wired to. `clock` gives Unix seconds."""

    database: Database
    sealing: Sealing
    view: LedgerView
    origin: str
    member: str
    confirmed: Callable[[str], tuple[bytes, Checkpoint] | None]
    """The largest quorum-cosigned note of an origin, of what is shown of our copy."""
    registry_version: Callable[[], int]
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]


class Bookkeeper:
    """Decides for the center; one thread calls `step`, `close_period` may come from any."""

    def __init__(self, ports: BookkeeperPorts) -> None:
        self._ports = ports
        self._lock = threading.Lock()
        self._quiet_until_s = 0.0
        self._written_s: dict[Ref, float] = {}
        """When each open proposal says that it was written."""
        self._carried: dict[str, int] = {}
        """Origin → size that our log covers, confirmed or not: nothing is carried twice."""
        self._closing: dict[Ref, float] = {}
        """Agreement → since when nothing is decided, so that it can be closed."""

    def step(self) -> int:
        """Decide what can be decided; return how many.

        Raises the first error, once every agreement had its turn.
        """
        time.sleep(max(0.0, self._quiet_until_s - time.monotonic()))
        with self._lock:
            began_s = time.monotonic()
            self._catch_up()
            with self._ports.database.read() as tx:
                refs = reading.with_open_proposals(tx, self._ports.member)
            decided = 0
            failed: YdxError | None = None
            for ref in refs:
                try:
                    decided += self._decide(ref)
                except YdxError as error:
                    _log.warning("nothing decided", origin=ref.origin, reason=error.reason)
                    failed = failed or error
            if failed is not None:
                raise failed
            if not decided:
                now_s = time.monotonic()
                quiet_s = min(QUIET_S_MAX, QUIET_TIMES * (now_s - began_s))
                self._quiet_until_s = now_s + quiet_s
            return decided

    def close_period(self, agreement: Ref, period: str, options: WriteOptions) -> Statement:
        """Close a period; return the statement as it will stand.

        Refuses INVALID_FIELD, NO_CENTER where another member is the center, PERIOD_NOT_OPEN for a
        month that is closed, not over or before the agreement, BOOKS_WAIT, BOOKS_DISPUTED,
        AGREEMENT_NOT_ACTIVE; raises BOOKS_REBUILDING.
        """
        if not MONTH.fullmatch(period) or period < YEAR_FIRST:  # readers take it for no month
            raise invalid("period", "MONTH_FORM", period)
        if period >= shanghai_day(self._ports.clock()).isoformat()[: len(period)]:
            over_on = f"{next_month(period)}-01"
            raise Refused(
                "PERIOD_NOT_OPEN",
                f"{period} is not over; wait until {over_on} (Asia/Shanghai)",
                field="period",
                over_on=over_on,
            )
        found: list[Statement] = []

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            row, books = self._ready(tx, agreement)
            if row is not None:
                self._check_is_center(row)
            if row is None or books is None:
                self._closing[agreement] = self._ports.clock()
                what = "outcomes before it are not confirmed yet; try again in a moment"
                raise Refused("BOOKS_WAIT", what)
            if books.disputed:
                raise Refused("BOOKS_DISPUTED", "the books are disputed", why=books.disputed)
            if not books.versions:
                raise Refused("AGREEMENT_NOT_ACTIVE", "the agreement is not active")
            if period <= books.closed_through:
                raise Refused(
                    "PERIOD_NOT_OPEN", "the period is closed", through=books.closed_through
                )
            if period < (began := began_on(books)[: len(period)]):
                what = f"{period} is before the agreement, which began in {began}"
                raise Refused("PERIOD_NOT_OPEN", what, field="period", began_in=began)
            statement = close(books, period)
            found.append(statement)
            outcome = codec.Outcome(
                kind=codec.OutcomeKind.OUTCOME_KIND_CLOSED,
                period=period,
                statement_digest=statement.digest(),
            )
            place = self._add(view, row, [outcome])
            failpoint("ledger_closing_before_commit")
            return place

        with self._lock:
            self._catch_up()
            self._ports.sealing.write(make, options)
            self._closing.pop(agreement, None)
        failpoint("ledger_closing_after_commit")
        return found[-1] if found else self._closed(agreement, period)

    def _closed(self, agreement: Ref, period: str) -> Statement:
        """Return the statement of a period that this request has closed before."""
        with self._ports.database.read() as tx:
            check_whole(tx)
            row = reading.agreement(tx, agreement)
            if row is None:
                raise Refused("BOOKS_WAIT", "the agreement is not readable now")
            # Else its outcome is not confirmed yet; until then nothing else is decided.
            found = reading.statement(tx, row, period)
            return found or close(reading.books_of(tx, row), period)

    def _check_is_center(self, row: AgreementRow) -> None:
        """Refuse to decide in another log than the center's: it would be void for ever."""
        if row.center != self._ports.member:
            raise invalid_field(
                "agreement",
                "NOT_THE_CENTER",
                row.title,
                f"由其中心 {row.center} 结账；请在该成员的节点上执行",
                f"is closed by its center, {row.center}; close it at that member's node",
            )

    # --- one agreement -------------------------------------------------------------------------

    def _catch_up(self) -> None:
        while self._ports.view.step():
            pass

    def _ready(self, tx: Transaction, agreement: Ref) -> tuple[AgreementRow | None, Books | None]:
        """Return an agreement and its books, if all its outcomes are folded into them.

        Raises BOOKS_REBUILDING: outcomes that are not taken in yet would be decided once more.
        """
        check_whole(tx)
        row = reading.agreement(tx, agreement)
        if row is None or row.waits or row.is_stale or outcomes.has_open_outcomes(tx, row):
            return row, None
        # Of this call alone: each decision is taken into them, and rests upon those before it.
        return row, BooksOf(tx, row, Documents(tx, self._ports.view.shelf)).books

    def _decide(self, agreement: Ref) -> int:
        if 0.0 <= self._ports.clock() - self._closing.get(agreement, 0.0) < CLOSING_S:
            return 0
        with self._ports.database.read() as tx:
            row, books = self._ready(tx, agreement)
            if row is None or books is None or books.disputed:
                return 0
            if self._ports.sealing.strangers(row.member_names):
                return 0
            decided, covering = self._choose(tx, row, books)
        if not decided:
            return 0

        def make(view: LogView) -> SealedPlace:
            for note, _ in covering:
                body = checkpoint_body(note, self._ports.registry_version())
                view.append(Draft(KIND_CHECKPOINT, body=body))
            for some in documents_of(decided):
                place = self._add(view, row, some)
            failpoint("ledger_outcomes_before_commit")
            return place

        self._ports.sealing.write(make)
        failpoint("ledger_outcomes_after_commit")
        for _, checkpoint in covering:
            self._carried[checkpoint.origin] = checkpoint.tree_size
        return len(decided)

    def _choose(
        self, tx: Transaction, row: AgreementRow, books: Books
    ) -> tuple[list[Decision], list[tuple[bytes, Checkpoint]]]:
        """Return what is to be decided on an agreement now, and the notes that must cover it."""
        decided: list[Decision] = []
        documents = Documents(tx, self._ports.view.shelf)
        place = Place(parse_origin(self._ports.origin).generation, 0, 0)
        for proposal, said in self._open(tx, row, books, documents):
            decision = decide(books, proposal, said, place)
            if decision is None and self._is_overdue(books, proposal):
                decision = expired(proposal)
            if decision is not None:
                decided.append(decision)
            if len(decided) == DECISIONS_MAX:
                break
        coverage = outcomes.coverage(tx, self._ports.origin)
        return decided, list(
            self._covering(coverage, [ref for one in decided for ref in one.names])
        )

    def _open(
        self, tx: Transaction, row: AgreementRow, books: Books, documents: Documents
    ) -> Iterator[tuple[Document, list[Document]]]:
        """Yield what is open and may be named, with all that speaks of it and may be named.

        Old proposals that wait for their signers hide no newer one.
        """
        after = 0
        while found := reading.proposals(
            tx, row, open_only=True, after=after, limit=_LOOKED_AT, documents=documents
        ):
            firm = [one.told.document for one in found if self._is_firm(one.told)]
            look_up(books, firm)
            said = reading.said_of_all(tx, [one.ref for one in firm], documents, books)
            for one in firm:
                yield one, [told.document for told in said[one.ref] if self._is_firm(told)]
            after = found[-1].arrived

    def _is_firm(self, told: Told) -> bool:
        """Say whether a document may be named: it is ours, or a quorum has confirmed it."""
        return told.is_confirmed or told.document.ref.origin == self._ports.origin

    def _is_overdue(self, books: Books, proposal: Document) -> bool:
        written_s = self._written_s.get(proposal.ref)
        if written_s is None:
            if len(self._written_s) >= _WRITTEN_MAX:
                self._written_s.clear()
            said = codec.parse_document(proposal.content)
            written_s = self._written_s[proposal.ref] = codec.recorded_at_ms(said) / 1000
        return self._ports.clock() >= written_s + ttl_s(books, proposal)

    def _covering(
        self, coverage: Coverage, names: Sequence[Ref]
    ) -> Iterator[tuple[bytes, Checkpoint]]:
        """Yield the notes that cover what is named in other logs and not covered yet."""
        own = parse_origin(self._ports.origin).member
        last: dict[str, int] = {}
        for ref in names:
            if ref.member != own:
                last[ref.origin] = max(last.get(ref.origin, 0), ref.leaf_index)
        for origin, leaf_index in sorted(last.items()):
            if leaf_index < max(coverage.size_of(origin), self._carried.get(origin, 0)):
                continue
            found = self._ports.confirmed(origin)
            if found is None or found[1].tree_size <= leaf_index:
                raise Refused("NOT_CONFIRMED_YET", "a document is not confirmed", origin=origin)
            yield found

    def _add(
        self, view: LogView, row: AgreementRow, outcomes: Sequence[codec.Outcome]
    ) -> SealedPlace:
        time_ms = int(self._ports.clock() * 1000)
        subject = new_subject(time_ms, self._ports.random_bytes(_SUBJECT_RANDOM_BYTES))
        said = LedgerDocument(
            outcomes=codec.Outcomes(
                agreement=said_ref(row.ref), outcomes=outcomes, recorded_at_ms=time_ms
            )
        )
        named = tuple(sorted(row.member_names - {self._ports.member}))
        return self._ports.sealing.add(view, SealedDocument(subject, 1, named, serialise(said)))
