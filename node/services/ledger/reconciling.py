"""Comparing the books of an agreement with another member's, over the network.

- Only members that the agreement names are asked. A transaction lasts for one step of the
  comparison; none is open while a peer is waited for. What is below the compared size does not
  change meanwhile, unless the books are folded anew.
- Where the books are equal both sides sign the one line that says so: ours goes to the peer, which
  computes the line from its own books once more and signs its own. Both lines are the proof.
- The line speaks of what is below the compared size. Books that are disputed, here or there, are
  compared below the disputed outcome, and the result says that they are disputed above. So they are
  where the center's log is frozen: CENTER_FROZEN.
- An outcome that stands there and is missing here is asked of every member (`hidden`).
- Who is out of reach is OUT_OF_REACH; what a peer says that does not fit is refused with its
  reason, and counts against it as any other.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.ledger.equal_note import countersigned, sign_equal
from federation.ledger.reconcile import Class, Reconciler, equal_text, question_at
from federation.log.errors import Refused, Unreachable
from node.services.arguments import invalid
from node.services.ledger import hidden, reading
from node.services.ledger.journals import Kept, StoredJournal
from node.services.ledger.rebuilding import check_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from federation.ledger.ranges import Journal
    from federation.ledger.reconcile import Difference, Result
    from federation.log.keys import Signer, VerifierKey
    from federation.records.refs import Ref
    from federation.sync.frames import BooksTold, Peer
    from node.services.ledger.reading import AgreementRow
    from node.storage.database import Database

DIFFERENCES_MAX: Final = 2_000
"""As many as one message holds."""
COMPARE_S: Final = 600.0
"""A caller's thread is held for as long, and for one more answer: a peer may take its time."""
_DISPUTED: Final = re.compile(r"[A-Z_]{1,64}")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the comparison found; `proof` is a note of both sides, with `equal` only."""

    equal: bool
    center_size: int
    proof: bytes
    differences: Sequence[Difference]
    messages: int
    """Questions that the peer answered, that for its signature included."""
    complete: bool
    """No difference was left out."""
    disputed: str = ""
    """Why our books are disputed above `center_size`; empty where they are not."""
    peer_disputed: str = ""
    """Why the peer's are, as it says."""
    own_size: int = 0
    """How far ours go: above `center_size` nothing was compared."""


class LedgerReconciling:
    """Compares books. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        peers: Mapping[str, Peer],
        log_signer: Signer,
        keys_of: Callable[[str], Sequence[VerifierKey]],
        refused: Callable[[str, str, Refused], None],
    ) -> None:
        """`keys_of` gives the present log keys of a member; `refused` counts what a peer says."""
        self._database = database
        self._peers = peers
        self._log_signer = log_signer
        self._keys_of = keys_of
        self._refused = refused

    def reconcile(self, row: AgreementRow, peer: str) -> Reconciled:
        """Compare with a peer.

        Refuses INVALID_FIELD (not a member of the agreement that can be asked), BOOKS_WAIT,
        PEER_TOO_OLD and what is wrong with an answer; raises OUT_OF_REACH, COPY_DAMAGED and
        BOOKS_REBUILDING.
        """
        if peer not in row.member_names or peer not in self._peers:
            raise invalid("peer", "NOT_OF_THE_AGREEMENT", peer)
        return self._compare(row.ref, self._peers[peer])

    def _compare(self, first: Ref, peer: Peer) -> Reconciled:
        end_s = time.monotonic() + COMPARE_S
        with self._journal(first) as journal:
            asking = Reconciler(journal)
        question, peer_disputed = asking.next_question(), ""
        while question is not None:
            told = _ask(peer, question)
            with self._journal(first, journal.kept) as journal, self._counting(peer, journal):
                asking.journal = journal
                peer_disputed = peer_disputed or _read_disputed(told.disputed)
                asking.take(told.answer)
            if time.monotonic() >= end_s:
                asking.stop()
            question = asking.next_question()
        result = asking.result()
        self._seek_missing(first, result)
        return Reconciled(
            equal=result.equal,
            center_size=result.there.center_size,
            proof=self._sign(asking.journal, result, peer) if result.equal else b"",
            differences=result.differences[:DIFFERENCES_MAX],
            messages=asking.questions + result.equal,
            complete=result.complete and len(result.differences) <= DIFFERENCES_MAX,
            disputed=journal.disputed,
            peer_disputed=peer_disputed,
            own_size=journal.center_size,
        )

    def _seek_missing(self, first: Ref, result: Result) -> None:
        missing = [
            one.place
            for one in result.differences
            if one.kind is Class.MISSING_HERE and one.place is not None
        ]
        if not missing:
            return
        with self._database.write() as tx:
            row = reading.agreement(tx, first)
            if row is not None:
                hidden.cite_places(tx, row, missing)

    def _sign(self, journal: Journal, result: Result, peer: Peer) -> bytes:
        """Return the note of both sides."""
        note = sign_equal(equal_text(journal, result.here), self._log_signer)
        told = _ask(peer, question_at(journal, result.here.center_size), note)
        with self._counting(peer, journal):
            return countersigned(note, told.signature, self._keys_of(peer.name))

    @contextmanager
    def _journal(self, first: Ref, kept: Kept | None = None) -> Iterator[StoredJournal]:
        with self._database.read() as tx:
            check_whole(tx)
            row = reading.agreement(tx, first)
            if row is None:
                raise Refused("BOOKS_WAIT", "the agreement is hidden with its log")
            yield StoredJournal(tx, row, kept)

    @contextmanager
    def _counting(self, peer: Peer, journal: Journal) -> Iterator[None]:
        """Count what a peer says that does not fit."""
        try:
            yield
        except Refused as refusal:
            self._refused(peer.name, journal.center_origin, refusal)
            raise


def _read_disputed(said: str) -> str:
    if said and not _DISPUTED.fullmatch(said):
        raise Refused("MALFORMED_FRAME", "why books are disputed is said in one word")
    return said


def _ask(peer: Peer, question: bytes, proof: bytes = b"") -> BooksTold:
    try:
        return peer.reconcile_books(question, proof)
    except Unreachable as failure:
        what = f"{peer.name} did not answer; compare again once ydx status shows it: {failure.what}"
        raise Unreachable(failure.reason, what, peer=peer.name) from failure
