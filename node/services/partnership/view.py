"""The partnership view: tables of enquiries and contracts, kept in step with the sealed documents.

- It follows the change feed by position. What has arrived, was hidden or is shown again concerns a
  subject; so does a leaf that a document of a subject names, and an erasure of the listing that an
  enquiry is about. Each of these is folded anew, whole, by every folder, from what is readable
  then; so whatever came first, the rows are the same.
- The position is kept in the transaction that folds what lies before it, so the tables are never
  ahead of it. Nothing is synced: what a power failure takes is folded again, or a server that
  crashes and comes back.
- A newer fold, another set of folders, or a position that the feed does not know begins anew.
- A subject with a damaged document keeps its rows as they were, and stops no other.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from federation.ledger.codec import is_ledger
from federation.log.errors import YdxError
from federation.partnership.fold import FOLD_VERSION
from node.services.partnership.documents import (
    absent_of,
    cite_named,
    documents_of,
    not_here,
)
from node.storage import arrivals, awaited, enquiries, sealed, views
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from federation.partnership.documents import Document
    from node.storage.database import Database
    from node.storage.transaction import Transaction

NAME: Final = "partnership"
LEAVES_A_STEP: Final = 2_000
SUBJECTS_A_TRANSACTION: Final = 64
"""Own writes wait behind a transaction, so it is kept short."""
KEEP_AFTER_LEAVES: Final = 20_000
"""Where nothing was sealed, the position is kept only now and then."""
RECHECKED_MAX: Final = 1_000
_ROWS_VERSION: Final = 1
"""Of what the folders write of a fold; a higher one lets them write it anew."""

_log = structlog.get_logger(__name__)


class SubjectFolder(Protocol):
    """Keeps the rows of one kind of subject."""

    def fold(self, tx: Transaction, subject: bytes, documents: Sequence[Document]) -> None:
        """Replace the rows of a subject; `documents` are all that are readable, maybe none."""

    def clear(self, tx: Transaction) -> None:
        """Drop all rows."""


class PartnershipView:
    """Keeps the tables of its folders. One thread calls `step`; safe for more."""

    def __init__(self, database: Database, folders: Sequence[SubjectFolder]) -> None:
        self._database = database
        self._folders = tuple(folders)
        names = " ".join(type(folder).__name__ for folder in self._folders)
        self._version = f"{FOLD_VERSION} {_ROWS_VERSION} {names}"
        self._lock = threading.Lock()
        self._losses = database.losses
        self._position: int | None = None
        self._kept = 0
        self._rechecked = awaited.FIRST
        """The last that was looked at of what is waited for."""

    def step(self) -> bool:
        """Take in some more; return whether there may be more now. Raises what the database does.

        The next step after a failure goes on from where it was.
        """
        with self._lock:
            self._forget_what_may_be_lost()
            return self._step()

    def recheck(self) -> None:
        """Fold again what waits for a leaf that has come since and is no document after all.

        Looks at some of all that is waited for, and at the next ones when it is called again: any
        member can let a subject wait for very much that nothing ever proves.
        """
        with self._lock:
            self._forget_what_may_be_lost()
            with self._database.read() as tx:
                some = awaited.unproven(tx, self._rechecked, RECHECKED_MAX)
                waiting: dict[bytes, set[tuple[str, int]]] = {}
                for one in some:
                    waiting.setdefault(one.subject, set()).add((one.origin, one.leaf_index))
                proven = [
                    one for one, places in waiting.items() if self._is_proven(tx, one, places)
                ]
            if proven:
                self._fold(proven, None)
            self._rechecked = some[-1] if len(some) == RECHECKED_MAX else awaited.FIRST

    def sizes(self) -> dict[int, int]:
        """Return how many leaves of each origin id are taken in."""
        if self._position is None:
            return {}
        with self._database.read() as tx:
            return arrivals.sizes_at(tx, self._position)

    def _step(self) -> bool:
        if self._position is None:
            self._position = self._kept = self._begin()
        with self._database.read() as tx:
            end, subjects, runs = sealed.subjects_after(
                tx, self._position, LEAVES_A_STEP, is_ledger
            )
            for run in runs:
                subjects |= awaited.reached(tx, run.origin_id, run.first_leaf_index, run.count)
                first = position(run.origin_id, run.first_leaf_index)
                subjects |= enquiries.about_erased(tx, first, first + run.count - 1)
        if end == self._position:
            return False
        if subjects or end >= self._kept + KEEP_AFTER_LEAVES:
            self._fold(sorted(subjects), end)
            self._kept = end
        self._position = end
        return True

    def _forget_what_may_be_lost(self) -> None:
        if self._losses != self._database.losses:
            self._losses = self._database.losses
            self._position = None

    def _begin(self) -> int:
        """Return where to go on; begin anew where the tables are not this program's."""
        with self._database.read() as tx:
            found = views.find(tx, NAME)
            last = arrivals.last_position(tx)
        if found is not None and found.fold_version == self._version and found.position <= last:
            return found.position
        with self._database.write(durable=False, losses=self._losses) as tx:
            awaited.clear(tx)
            for folder in self._folders:
                folder.clear(tx)
            views.keep(tx, NAME, 0, self._version)
        return 0

    def _fold(self, subjects: Sequence[bytes], end: int | None) -> None:
        """Fold subjects anew; keep the position with the last of them."""
        starts = range(0, max(1, len(subjects)), SUBJECTS_A_TRANSACTION)
        for start in starts:
            with self._database.write(durable=False, losses=self._losses) as tx:
                for subject in subjects[start : start + SUBJECTS_A_TRANSACTION]:
                    self._fold_one(tx, subject)
                if end is not None and start == starts[-1]:
                    views.keep(tx, NAME, end, self._version)

    def _fold_one(self, tx: Transaction, subject: bytes) -> None:
        try:
            documents = documents_of(tx, subject)
        except YdxError as error:
            if error.reason != "COPY_DAMAGED":
                raise
            _log.warning("a subject keeps its rows", reason=error.reason, what=error.what)
            return
        cite_named(tx, documents)
        missing = not_here(documents)
        absent = {ref[:2] for ref in absent_of(tx, missing, subject)}
        awaited.replace(tx, subject, [ref[:2] for ref in missing], absent)
        for folder in self._folders:
            folder.fold(tx, subject, documents)

    @staticmethod
    def _is_proven(tx: Transaction, subject: bytes, places: Collection[tuple[str, int]]) -> bool:
        """Tell whether the logs prove by now that one of these places holds no document."""
        try:
            missing = not_here(documents_of(tx, subject))
        except YdxError:
            return False
        return any(ref[:2] in places for ref in absent_of(tx, missing, subject))
