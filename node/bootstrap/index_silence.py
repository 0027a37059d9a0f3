"""How long each activity of the index process has shown no progress. Pure.

- An activity (following the feed, each rebuild) tells of every piece of work that it has done, so
  one that hangs is found though others go on. Following begins with the process and never ends.
- Only time is counted in which the node waited for a word. A node that was itself stopped, or held
  up by its disk while the process waits for an answer, blames nobody.
- Nobody can tell whether a process that was ended hung, or was only slow. So the next one gets
  twice as long, up to LIMIT_MAX_S: what needs its time gets it.
"""

from __future__ import annotations

from typing import Final

FOLLOWING: Final = "following"
LIMIT_S: Final = 120.0
"""A commit takes a second or two on a busy machine; merges run beside and are not waited for."""
LIMIT_MAX_S: Final = 3600.0


class Silence:
    """What is counted of one process after the other."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        self._silent_s: dict[str, float] = {FOLLOWING: 0.0}

    def begin(self) -> None:
        """Count for a new process."""
        self._silent_s = {FOLLOWING: 0.0}

    def heard(self, activity: str, *, is_over: bool) -> None:
        """Note that an activity has got on, or is over."""
        self._silent_s[activity] = 0.0
        if is_over:
            del self._silent_s[activity]

    def waited(self, seconds: float) -> None:
        """Note that the node has waited for a word for so long."""
        for activity in self._silent_s:
            self._silent_s[activity] += seconds

    def hung(self) -> str:
        """Return an activity that was silent for too long, "" for none."""
        return next((one for one, for_s in self._silent_s.items() if for_s > self.limit_s), "")

    def be_patient(self) -> None:
        """Give the next process twice as long."""
        self.limit_s = max(self.limit_s, min(2 * self.limit_s, LIMIT_MAX_S))
