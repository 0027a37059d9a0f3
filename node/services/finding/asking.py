"""Asking the origins themselves, before a search, whether the copies here are their newest.

- Each owner is met (heads are swapped), all at once, and then their news is waited for, both within
  one deadline that counts from the start of the query. Who did not answer in time is told, and why.
- A member is asked once at a time: searches that come meanwhile wait for the same answer. What
  comes after the deadline still counts for the next search.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log.errors import YdxError
from node import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ASK_S: Final = 2.0
_LOOK_S: Final = 0.02
_LATE: Final = "no answer in time"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member said; `tree_size` is that of its newest known head, 0 without an answer."""

    member: str
    has_answered: bool
    tree_size: int = 0
    why: str = ""


class OriginAsker:
    """Asks members for their heads. Safe for many threads."""

    def __init__(
        self,
        meets: Mapping[str, Callable[[], None]],
        heads: Callable[[str], Mapping[str, int]],
        has_taken: Callable[[Mapping[str, int]], bool],
        ask_s: float = ASK_S,
    ) -> None:
        """`meets` swap heads with a member, by name; `heads` are the sizes of its logs by origin.

        `has_taken` tells whether the search knows logs up to such sizes.
        """
        self._meets = meets
        self._heads = heads
        self._has_taken = has_taken
        self._ask_s = ask_s
        # One each: who does not answer must not keep another from being asked.
        self._pool = ThreadPoolExecutor(max(1, len(meets)), "ask", processors.apart)
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}

    def ask(self, members: Sequence[str]) -> list[Asked]:
        """Ask members (none: all), and wait at most the deadline for their news to be here."""
        until_s = time.monotonic() + self._ask_s
        asked = {name: self._start(name) for name in members or self._meets if name in self._meets}
        wait(asked.values(), timeout=self._ask_s)
        told = [self._told(name, future) for name, future in asked.items()]
        news: dict[str, int] = {}
        for one in told:
            if one.has_answered:
                news |= self._heads(one.member)
        while not self._has_taken(news) and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
        return told

    def close(self) -> None:
        """Ask nobody any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, member: str) -> Future[None]:
        with self._lock:
            running = self._running.get(member)
            if running is None or running.done():
                running = self._running[member] = self._pool.submit(self._meets[member])
            return running

    def _told(self, member: str, future: Future[None]) -> Asked:
        if not future.done():
            return Asked(member, has_answered=False, why=_LATE)
        error = future.exception()
        if error is None:
            return Asked(member, has_answered=True, tree_size=max(self._heads(member).values()))
        what = error.what if isinstance(error, YdxError) else "it answered wrongly"
        return Asked(member, has_answered=False, why=what)
