"""The ledger view: tables of agreements and their books, kept in step with the logs.

- Documents are taken in by the position of the change feed. The center's outcomes are judged in
  the order of its log, and only below its confirmed size; so they are also when only that has
  grown, when a part came late, or when a registry came.
- Position and rows, a batch's books, rulings and postings, are each written in one transaction: an
  interrupted fold goes on from where it was, and the tables never hold half of an outcome. Nothing
  is synced: what a power failure takes is folded again, or a server that crashes and comes back.
- An agreement that waits stops no other. So does one of which a version has rotted: it waits for
  that one to be readable again.
- Hidden documents that were folded, a newer fold, or a position that the feed does not know begin
  anew: all rows are dropped, and the feed is followed from its start. Until all that was there is
  taken in and judged again, the tables say that they are not whole (`ledger_rebuilding`).
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from federation.ledger.judging import Missing
from federation.log.errors import YdxError
from federation.records.refs import Ref
from node.services.ledger import intake, rebuilding
from node.services.ledger.books import BooksOf, damaged_version
from node.services.ledger.centers import Centers
from node.services.ledger.documents import Documents, Shelf
from node.services.ledger.folding import fold_agreement
from node.services.ledger.state import read_ref_text, ref_text
from node.storage import arrivals, ledger, ledger_covering, ledger_lists, views
from node.storage.failpoint import failpoint
from node.storage.positions import MAX_LEAVES, position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.trust.registry import Registry
    from node.storage.arrivals import Arrival
    from node.storage.database import Database
    from node.storage.transaction import Transaction

NAME: Final = "ledger"
BEGAN: Final = "ledger.began"
"""Where the feed ended when this fold began: what was hidden by then it never saw."""
LEAVES_A_STEP: Final = 2_000
OUTCOMES_A_TRANSACTION: Final = 200
"""Own writes wait behind a transaction, so it is kept short."""
AGREEMENTS_A_STEP: Final = 500
AWAITED_A_RECHECK: Final = 1_000
"""Any member can let agreements that name us wait for very much."""
_NOTHING: Final = (-1, "")
KEEP_AFTER_LEAVES: Final = 20_000
"""Where nothing was of the ledger, the position is kept only now and then."""

_log = structlog.get_logger(__name__)


class LedgerView:
    """Keeps the tables of the ledger. One thread calls `step`; safe for more."""

    def __init__(
        self,
        database: Database,
        registry: Callable[[], Registry],
        *,
        leaves: int = LEAVES_A_STEP,
        outcomes: int = OUTCOMES_A_TRANSACTION,
    ) -> None:
        """Fold with the registry that is in force; `leaves` and `outcomes` are taken at once."""
        self._database = database
        self._registry = registry
        self._leaves = leaves
        self._outcomes = outcomes
        self._lock = threading.Lock()
        self._centers = Centers()
        self.shelf = Shelf()
        """What was read of this node's copies; whoever reads the ledger may use it."""
        self._losses = database.losses
        self._position: int | None = None
        self._rechecked: tuple[int, str] = _NOTHING
        """The last that was looked at of what is waited for."""
        self._kept = 0
        self._began = 0
        self._is_whole = False

    def step(self) -> bool:
        """Take in and judge some more; return whether there may be more now.

        Raises what the database does; the next step after a failure goes on from where it was.
        """
        with self._lock:
            return self._step_or_forget()

    def catch_up(self, within_s: float) -> None:
        """Take in and judge what is here by now; not for long where there is much.

        Raises nothing that the database does: the loop tells it, and a full disk hides no reader
        what was taken in before.
        """
        end_s = time.monotonic() + within_s
        while self._lock.acquire(timeout=max(0.0, end_s - time.monotonic())):
            try:
                may_be_more = self._step_or_forget()
            except YdxError:
                return
            finally:
                self._lock.release()
            if not may_be_more or time.monotonic() >= end_s:
                return

    def recheck(self) -> None:
        """Judge on what waits for a leaf that has come since and is no document after all.

        Looks at some of all that is waited for, and at the next ones when it is called again.
        """
        with self._lock:
            self._forget_what_may_be_lost()
            with self._database.read() as tx:
                documents = Documents(tx, self.shelf)
                some = ledger_lists.some_awaited(tx, self._rechecked, AWAITED_A_RECHECK)
                come = {
                    agreement
                    for agreement, text in some
                    if documents.get(read_ref_text(text)) is not Missing.NOT_YET
                }
                come = {one for one in come if _opens(tx, one, documents)}
            if come:
                with self._writing() as tx:
                    ledger.stop_waiting(tx, come)
            self._rechecked = some[-1] if len(some) == AWAITED_A_RECHECK else _NOTHING

    def sizes(self) -> dict[int, int]:
        """Return how many leaves of each origin id are taken in."""
        if self._position is None:
            return {}
        with self._database.read() as tx:
            return arrivals.sizes_at(tx, self._position)

    def _step_or_forget(self) -> bool:
        self._forget_what_may_be_lost()
        try:
            return self._step()
        except BaseException:
            self._forget()
            raise

    def _forget_what_may_be_lost(self) -> None:
        if self._losses != self._database.losses:
            self._forget()

    def _forget(self) -> None:
        """Go on from what the tables say, whatever is remembered."""
        self._losses = self._database.losses
        self._centers.forget()
        self._position = None

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        with self._database.write(durable=False, losses=self._losses) as tx:
            yield tx

    def _step(self) -> bool:
        if self._position is None:
            self._position = self._kept = self._begin()
        start = self._position
        took = self._take_in()
        if self._position - start == self._leaves:
            return True
        covered = self._cover()
        judged = self._judge()
        if not (self._is_whole or covered or judged) and self._position >= self._began:
            self._set_whole()
        return took or covered or judged

    def _set_whole(self) -> None:
        with self._writing() as tx:
            rebuilding.set_whole(tx, self._position or 0)
        self._is_whole = True

    def _begin(self) -> int:
        """Return where to go on; begin anew where the tables are not this program's."""
        with self._database.read() as tx:
            found = views.find(tx, NAME)
            began = views.find(tx, BEGAN)
            last = arrivals.last_position(tx)
            self._is_whole = rebuilding.is_whole(tx)
        self._began = 0 if began is None else began.position
        version = rebuilding.FOLD_VERSION
        if found is not None and found.fold_version == version and found.position <= last:
            return found.position
        return self._anew()

    def _anew(self) -> int:
        with self._writing() as tx:
            ledger.clear(tx)
            began = arrivals.last_position(tx)
            views.keep(tx, NAME, 0, rebuilding.FOLD_VERSION)
            views.keep(tx, BEGAN, began, rebuilding.FOLD_VERSION)
            rebuilding.set_begun(tx)
        self._began = began
        self._is_whole = False
        self._centers.forget()
        self.shelf.clear()
        return 0

    def _take_in(self) -> bool:
        """Follow the feed; return whether it had anything."""
        at = self._position or 0
        with self._database.read() as tx:
            end, runs = intake.after(tx, at, self._leaves)
            if not runs:
                return False
            scanned = {one.origin_id: one.scanned_size for one in ledger_covering.centers(tx)}
            hides = intake.hides(tx, runs, scanned, self._began)
            found = [] if hides else intake.read_new(tx, runs, Documents(tx))
            reached = _reached(tx, runs)
        if hides:
            self._position = self._kept = self._anew()
            return True
        if found or reached or end >= self._kept + KEEP_AFTER_LEAVES:
            with self._writing() as tx:
                intake.add(tx, found, Documents(tx))
                ledger.stop_waiting(tx, reached)
                views.keep(tx, NAME, end, rebuilding.FOLD_VERSION)
                failpoint("ledger_intake_before_commit")
            failpoint("ledger_intake_after_commit")
            self._kept = end
        self._position = end
        return True

    def _cover(self) -> bool:
        """Judge CHECKPOINT entries of the centers' logs; return whether there were entries."""
        registry = self._registry()
        with self._database.read() as tx:
            behind = self._centers.behind(tx, Documents(tx), registry)
        for row in behind:
            with self._writing() as tx:
                self._centers.advance(tx, row, registry)
                failpoint("ledger_cover_before_commit")
            failpoint("ledger_cover_after_commit")
        return bool(behind)

    def _judge(self) -> bool:
        """Judge outcomes; return whether there may be more to judge."""
        registry = self._registry()
        with self._database.read() as tx:
            logs = self._centers.logs_of(tx, Documents(tx), registry)
            ends = [
                (log.origin_id, 0, MAX_LEAVES if log.is_over else log.end)
                for of in logs.values()
                for log in of
            ]
            waiting: Sequence[int] = ledger.to_fold(tx, ends, AGREEMENTS_A_STEP)
        is_cut = len(waiting) == AGREEMENTS_A_STEP  # all of these may come to wait
        judged = 0
        while waiting:
            with self._writing() as tx:
                taken, waiting = self._judge_some(tx, waiting)
                failpoint("ledger_judge_before_commit")
            failpoint("ledger_judge_after_commit")
            judged += taken
        return is_cut or judged > 0

    def _judge_some(self, tx: Transaction, waiting: Sequence[int]) -> tuple[int, Sequence[int]]:
        """Judge a transaction's worth of outcomes; return how many, and the agreements left."""
        documents = Documents(tx, self.shelf)
        logs = self._centers.logs_of(tx, documents, self._registry())
        judged = 0
        for number, agreement in enumerate(waiting):
            if judged >= self._outcomes:
                return judged, waiting[number:]
            row = ledger.at(tx, agreement)
            if row is None:
                continue
            try:
                folded = fold_agreement(
                    tx, row, documents, logs.get(row.center, ()), self._outcomes - judged
                )
            except YdxError as error:
                version = damaged_version(error)
                if version is None:
                    raise
                _log.warning("an agreement waits", reason=error.reason, what=error.what)
                ledger.wait_for(tx, ledger.at(tx, agreement) or row, ref_text(version))
                continue
            judged += folded.judged
            if folded.has_more and folded.judged:
                return judged, waiting[number:]
        return judged, ()


def _opens(tx: Transaction, agreement: int, documents: Documents) -> bool:
    """Say whether the versions that an agreement rests on are readable."""
    row = ledger.at(tx, agreement)
    try:
        return row is not None and bool(BooksOf(tx, row, documents))
    except YdxError as error:
        if damaged_version(error) is None:
            raise
        return False


def _reached(tx: Transaction, runs: Sequence[Arrival]) -> set[int]:
    """Return the agreements that wait for one of these leaves.

    Any member can let agreements that name us wait for very much: only what comes is looked up.
    """
    if not ledger_lists.awaits_any(tx):
        return set()
    documents = Documents(tx)
    origins = {one.origin_id: documents.origin_at(position(one.origin_id, 0)) for one in runs}
    return ledger_lists.awaiting(
        tx,
        {
            ledger.leaf_of(ref_text(Ref(origins[run.origin_id], leaf_index, b"")))
            for run in runs
            for leaf_index in range(run.first_leaf_index, run.first_leaf_index + run.count)
        },
    )
