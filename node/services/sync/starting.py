"""The gate of a start: whether this node may append and sign, and what to tell callers until then.

- The start id is fresh and random for each run of the process; every meeting carries it, so that a
  late witness is asked before it is offered anything (`federation.sync.start` has the rules).
- When the gate opens, an intent that reached the database but not the file beside the key is
  written there too: the interrupted write is finished.
- The gate can close again: a head of the own log that is ahead or conflicts stops signing at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from federation.log.checkpoint import Checkpoint
from federation.log.errors import YdxError
from federation.sync.start import StartQuestion, Verdict
from federation.trust.registry import TreeHead


class StartGate:
    """Open once the start question is answered. Safe for many threads."""

    def __init__(
        self,
        question: StartQuestion,
        start_id: bytes,
        clock: Callable[[], float],
        finish_interrupted: Callable[[], None],
    ) -> None:
        """`finish_interrupted` brings the file up to the database's intent; it is called once."""
        self.start_id = start_id
        self._question = question
        self._clock = clock
        self._finish_interrupted = finish_interrupted
        self._finished = False
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the gate opens."""
        self._listeners.append(listener)

    def answered(self, member: str, head: Checkpoint | None) -> None:
        """Take a member's answer: the largest verified checkpoint of our log that it knows."""
        with self._lock:
            self._question.answered(member, head, self._clock())

    def heard(self, member: str, head: Checkpoint) -> None:
        """Hold a verified checkpoint of our log that a member tells against the log here."""
        with self._lock:
            self._question.heard(member, head)

    def verdict(self) -> Verdict:
        """Return what the start has come to; the first time it is OPEN, go through the gate."""
        with self._lock:
            verdict = self._question.verdict(self._clock())
            opens = verdict is Verdict.OPEN and not self._finished
            if opens:
                self._finish_interrupted()
                self._finished = True
        if opens:
            for listener in self._listeners:
                listener()
        return verdict

    def check(self) -> None:
        """Raise STARTING, RESTORED_BEHIND or SIGNING_STOPPED unless writing may go on."""
        verdict = self.verdict()
        if verdict is Verdict.OPEN:
            return
        question = self._question
        if verdict is Verdict.STARTING:
            missing = ", ".join(sorted(question.missing_answers()))
            raise YdxError("STARTING", f"not yet answered: {missing or 'nobody'}")
        if verdict is Verdict.RESTORED_BEHIND:
            raise _behind(question.ahead, question.ahead_at)
        raise YdxError(
            "SIGNING_STOPPED",
            f"the log here contradicts the one known at {question.conflict_at}",
            place=question.conflict_at,
        )


def _behind(ahead: TreeHead | None, place: str) -> YdxError:
    size = str(ahead.size if ahead else 0)
    return YdxError(
        "RESTORED_BEHIND",
        f"size {size} of the own log is known at {place}, the database holds less",
        size=size,
        place=place,
    )
