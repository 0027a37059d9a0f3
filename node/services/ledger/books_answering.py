"""What other members are told of our books: answers to their questions, and our signature.

- Only a member that the agreement names is answered; to any other there is no such agreement.
- One question at a time: an answer may read a whole journal, and the threads of synchronization
  shall not all be busy with that. Who cannot be answered soon is told to come again (OVERLOADED).
- With a note that the books are equal comes our signature if ours at that size come to its line.
- Where ours are disputed, or the center's log is frozen, an answer speaks of what is below that,
  and says so.
"""

from __future__ import annotations

import threading
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
    from collections.abc import Callable, Sequence

    from federation.log.keys import Signer, VerifierKey
    from node.storage.database import Database

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

    def answer(self, member: str, question: bytes, proof: bytes = b"") -> BooksTold:
        """Return the answer to a member's question, or with a note our signature line alone.

        Refuses what `reconcile.answer` and `verify_equal` refuse, RECORD_NOT_FOUND and BOOKS_WAIT;
        raises OVERLOADED and BOOKS_REBUILDING.
        """
        said = codec.parse_question(question)
        first = Ref(said.agreement_origin, said.agreement_leaf_index, said.agreement_leaf_hash)
        if proof and said.ranges:
            raise Refused("MALFORMED_REQUEST", "a note comes with a question for the summary")
        if not self._turn.acquire(timeout=_WAIT_S):
            raise YdxError("OVERLOADED", "other questions about books are being answered")
        try:
            with self._database.read() as tx:
                check_whole(tx)
                row = reading.agreement(tx, first)
                if row is None or member not in row.member_names:
                    raise Refused("RECORD_NOT_FOUND", "no such agreement is known to both")
                journal = StoredJournal(tx, row)
                if not proof:
                    return BooksTold(answer(question, journal), b"", journal.disputed)
                size = min(said.center_size, journal.center_size)
                text = equal_text(journal, journal.summary(size))
                verify_equal(proof, text, self._keys_of(member))
                return BooksTold(b"", signature_line(text, self._log_signer), journal.disputed)
        finally:
            self._turn.release()
