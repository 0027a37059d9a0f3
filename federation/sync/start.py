"""Starting: whether this node may append and sign, asked anew each time it starts.

- The node asks all other members for its own head, with a fresh random start id. Until
  min(n, n - k + 1) of them have answered, and 3 s more if database and file agree, else 30 s more,
  it neither appends nor signs.
- The *file* is the last intent beside the log key, outside the database and its backups.
- Database ahead of the file: the interrupted write is finished. All agree: go on.
- The file or a member ahead of the database: *restored-behind*; nothing is appended or signed.
- A head of the own log, or the file, that conflicts with the database's tree: *stopped*; the log
  would fork.
- Answers go on counting after the node has opened: a later head that is ahead or conflicts stops
  it. Who answered with nothing proves nothing about the others.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from federation.log.checkpoint import Checkpoint
from federation.trust.registry import TreeHead

SETTLE_S: Final = 3.0
SETTLE_DISAGREEING_S: Final = 30.0


class Verdict(Enum):
    """What a start has come to."""

    STARTING = "starting"
    OPEN = "open"
    RESTORED_BEHIND = "restored behind"
    STOPPED = "stopped"


class StartQuestion:
    """The question that a starting node asks, and its answers."""

    def __init__(
        self,
        others: frozenset[str],
        required_witnesses: int,
        tree_size: Callable[[], int],
        root_at: Callable[[int], bytes],
        database_intent: TreeHead | None,
        file_intent: TreeHead | None,
    ) -> None:
        """`tree_size` is the own log's in the database; `root_at` its root at a size up to that."""
        self._needed = min(len(others), len(others) - required_witnesses + 1)
        self._others = others
        self._tree_size = tree_size
        self._root_at = root_at
        self._answered: set[str] = set()
        self._enough_since: float | None = None
        self._agree = database_intent == file_intent
        self.ahead: TreeHead | None = None
        self.ahead_at = ""
        self.conflict: TreeHead | None = None
        self.conflict_at = ""
        for intent, place in ((file_intent, "file"), (database_intent, "database")):
            if intent is not None:
                self._compare(intent, place)

    def answered(self, member: str, head: Checkpoint | None, now: float) -> None:
        """Take a member's answer: the largest checkpoint of our own log that it knows, or None.

        The checkpoint is verified: one of our own log keys has signed it.
        """
        if member not in self._others:
            return
        self._answered.add(member)
        if head is not None:
            self._compare(TreeHead(head.tree_size, head.root), member)
        if self._enough_since is None and len(self._answered) >= self._needed:
            self._enough_since = now

    def heard(self, member: str, head: Checkpoint) -> None:
        """Take a verified checkpoint of our own log that a member told without being asked."""
        self._compare(TreeHead(head.tree_size, head.root), member)

    def verdict(self, now: float) -> Verdict:
        """Return what the start has come to by now."""
        if self.conflict is not None:
            return Verdict.STOPPED
        if self.ahead is not None:
            return Verdict.RESTORED_BEHIND
        if self._enough_since is None and self._needed == 0:
            self._enough_since = now
        settle_s = SETTLE_S if self._agree else SETTLE_DISAGREEING_S
        if self._enough_since is None or now < self._enough_since + settle_s:
            return Verdict.STARTING
        return Verdict.OPEN

    def missing_answers(self) -> frozenset[str]:
        """Return the members that have not answered."""
        return self._others - self._answered

    def _compare(self, intent: TreeHead, place: str) -> None:
        if intent.size > self._tree_size():
            if self.ahead is None or intent.size > self.ahead.size:
                self.ahead, self.ahead_at = intent, place
        elif self._root_at(intent.size) != intent.root:
            self.conflict, self.conflict_at = intent, place
