"""What other members are told of our books: answers to their questions, and our signature.

- Only a member that the agreement names is answered; to any other there is no such agreement.
- One question at a time: an answer may read a whole journal, and the threads of synchronization
  shall not all be busy with that. Who cannot be answered soon is told to come again (OVERLOADED),
  and who asks many questions at once is so without waiting.
- With a note that the books are equal comes our signature if ours at that size come to its line.
- Where ours are disputed, or the center's log is frozen, an answer speaks of what is below that,
  and says so.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from federation.ledger import codec
from federation.ledger.equal_note import signature_line, verify_equal
from federation.ledger.reconcile import answer, equal_text
from federation.log.errors import Refused, YdxError
from federation.records.refs import Ref
from federation.sync.frames import BooksTold
from node.services.ledger import reading
from node.services.ledger.journals import StoredJournal
from node.services.ledger.rebuilding import check_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.log.keys import Signer, VerifierKey
    from node.services.ledger.reading import AgreementRow
    from node.storage.database import Database
    from node.storage.transaction import Transaction

ASKED_AT_ONCE_MAX: Final = 4
_WAIT_S: Final = 5.0


class BooksAnswering:
    """Answers members. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        log_signer: Signer,
        keys_of: Callable[[str], Sequence[VerifierKey]],
    ) -> None:
        """`keys_of` gives the present log keys of a member."""
        self._database = database
        self._log_signer = log_signer
        self._keys_of = keys_of
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._asked: Counter[str] = Counter()

    def answer(self, member: str, question: bytes, proof: bytes = b"") -> BooksTold:
        """Return the answer to a member's question, or with a note our signature line alone.

        Refuses what `reconcile.answer` and `verify_equal` refuse, RECORD_NOT_FOUND and BOOKS_WAIT;
        raises OVERLOADED and BOOKS_REBUILDING.
        """
        said = codec.parse_question(question)
        first = Ref(said.agreement_origin, said.agreement_leaf_index, said.agreement_leaf_hash)
        if proof and said.ranges:
            what = "a note comes with a question for the summary"
            raise Refused("MALFORMED_REQUEST", what, field="proof")
        with self._database.read() as tx:
            _row(tx, first, member)
        with self._turn_of(member), self._database.read() as tx:
            journal = StoredJournal(tx, _row(tx, first, member))
            if not proof:
                return BooksTold(answer(question, journal), b"", journal.disputed)
            size = min(said.center_size, journal.center_size)
            text = equal_text(journal, journal.summary(size))
            verify_equal(proof, text, self._keys_of(member))
            return BooksTold(b"", signature_line(text, self._log_signer), journal.disputed)

    def waiting(self, member: str) -> int:
        """Return how many questions of a member are being answered, or wait for that."""
        return self._asked[member]

    @contextmanager
    def _turn_of(self, member: str) -> Iterator[None]:
        with self._counting:
            if self._asked[member] == ASKED_AT_ONCE_MAX:
                raise YdxError("OVERLOADED", f"{member} asks too many questions at once")
            self._asked[member] += 1
        try:
            if not self._turn.acquire(timeout=_WAIT_S):
                raise YdxError("OVERLOADED", "other questions about books are being answered")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._counting:
                self._asked[member] -= 1


def _row(tx: Transaction, first: Ref, member: str) -> AgreementRow:
    check_whole(tx)
    row = reading.agreement(tx, first)
    if row is None or member not in row.member_names:
        raise Refused("RECORD_NOT_FOUND", "no such agreement is known to both")
    return row
