"""Playing on the demo's members: their clerks and approvers call, and wait for each other's logs.

- Every step waits until its member has what it answers: nothing is passed on but by the logs.
- Request ids follow from a seed, so a step that was taken is not taken again. What it says must be
  the same then: its days follow from the day on which the story was begun.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from federation.log.errors import Unreachable, YdxError
from node.demo.founding import DemoMember
from node.rpc.exchange_client import ExchangeClient

WAIT_S_MAX: Final = 60.0
CLERK: Final = "clerk"
APPROVER: Final = "approver"
_LOOK_S: Final = 0.2
_NOT_YET: Final = frozenset(
    {
        "RECORD_NOT_FOUND",
        "NOT_CONFIRMED_YET",
        "DOCUMENT_MISSING",
        "INDEX_NOT_READY",
        "BOOKS_WAIT",
        "BOOKS_REBUILDING",
        "NO_CHECKPOINT_YET",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story: whose node, what happened there, in both languages."""

    member: str
    zh: str
    en: str


class Players:
    """The people of the demo's members, over their exchange listeners."""

    def __init__(self, members: Sequence[DemoMember]) -> None:
        self._clients = {
            (one.name, role): ExchangeClient(one.api, one.tokens[role])
            for one in members
            for role in (CLERK, APPROVER)
        }
        self.seed = ""
        self.day = ""
        """The day on which the story is played first, YYYY-MM-DD in Asia/Shanghai."""

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def call(self, member: str, method: str, role: str = CLERK, **fields: Any) -> Any:
        """Call a member's node; raises what it refuses."""
        return self._clients[member, role].call(method, **fields)

    def stream(self, member: str, method: str, **fields: Any) -> Any:
        """Stream from a member's node."""
        return self._clients[member, CLERK].stream(method, **fields)

    def until(self, look: Callable[[], Any], what: str, also: Sequence[str] = ()) -> Any:
        """Call until there is an answer: what is not there yet is on its way."""
        until_s = time.monotonic() + WAIT_S_MAX
        while True:
            try:
                found = look()
            except YdxError as error:
                if error.reason not in _NOT_YET.union(also) or time.monotonic() > until_s:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > until_s:
                raise Unreachable("OUT_OF_REACH", what)
            time.sleep(_LOOK_S)

    def request(self, step: str) -> str:
        """Return the request id of a step: the same each time that it is played."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.seed} {step}"))


def day_of(time_ms: int) -> str:
    """Return the day in Asia/Shanghai, of Unix milliseconds."""
    return time.strftime("%Y-%m-%d", time.gmtime(time_ms / 1000 + 8 * 3600))


def month_before(day: str) -> str:
    """Return the newest month that was over on a day, YYYY-MM: it can be closed."""
    year, month = int(day[:4]), int(day[5:7])
    return f"{year}-{month - 1:02}" if month > 1 else f"{year - 1}-12"
