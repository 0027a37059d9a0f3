"""Where the batches of an import go: to a node, or, for a plan without one, only to the rules.

- Each batch has its own request id, kept over all tries: an answer that was lost is given again,
  nothing is written twice.
- A node that is starting, busy or out of reach is asked again a few times, pausing as long as it
  says or ever longer, within bounds; then the import ends, and can be run again.
- Where nobody was found from the beginning that is soon given up: likely the address is wrong.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from node.rpc.catalogue_messages import batch_response
from node.rpc.exchange_client import CallFailedError
from node.services.catalogue.batch import CREATED, REFUSED, Row, of_platform
from node.services.catalogue.records import checked_record
from ydx.exchange.v1 import listing_messages_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.records.codec import Listing
    from node.rpc.exchange_client import ExchangeClient

BATCH_S: Final = 30.0
TRIES_MAX: Final = 8
FIRST_TRIES_MAX: Final = 6
"""Where no answer came yet: over 15 s, for a node may be just beginning again."""
PAUSE_S_MAX: Final = 15.0
_PAUSE_S: Final = 0.5
_COME_AGAIN: Final = frozenset(
    {"CANCELLED", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}
)
_ANY: Final = "platform"
_NOBODY: Final = "OUT_OF_REACH"
_NEVER: Final = frozenset({"MESSAGE_TOO_LARGE"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A try that failed and is made again after a pause."""

    failure: CallFailedError
    pause_s: float
    is_first: bool
    """Whether it is the first failure of its batch."""
    pauses_s_max: float
    """How long all pauses together may become from here on, if the node asks for no longer ones."""


class BatchPublisher:
    """Publishes batches at one node, or with `validate_only` asks what it would do with them."""

    def __init__(
        self,
        client: ExchangeClient,
        *,
        validate_only: bool,
        waiting: Callable[[Waiting], None] = lambda _waiting: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set up; `waiting` is told of each failure that is tried again."""
        self._client = client
        self._validate_only = validate_only
        self._waiting = waiting
        self._sleep = sleep
        self._was_answered = False

    def publish(self, listings: Sequence[Listing]) -> Sequence[pb.BatchRow]:
        """Return a result for each listing; raises CallFailedError after the last try."""
        request_id = str(uuid.uuid4())
        for attempt in range(1, TRIES_MAX + 1):
            try:
                answer = self._client.call(
                    "BatchPublishListings",
                    timeout_s=BATCH_S,
                    repeat=False,
                    listings=listings,
                    request_id="" if self._validate_only else request_id,
                    validate_only=self._validate_only,
                )
            except CallFailedError as failure:
                tries_max = self._tries_max(failure)
                if attempt >= tries_max or not _may_come_again(failure):
                    raise
                asked_s = failure.call.retry_after_s or 0.0
                pauses_s = [_pause_s(one, asked_s) for one in range(attempt, tries_max)]
                self._waiting(Waiting(failure, pauses_s[0], attempt == 1, sum(pauses_s)))
                self._sleep(pauses_s[0])
            else:
                self._was_answered = True
                return list(answer.rows)
        raise AssertionError("the last try returns or raises")

    def _tries_max(self, failure: CallFailedError) -> int:
        """Return how often to try: less where nobody was ever found at the address."""
        if failure.reason != _NOBODY:
            self._was_answered = True
        return TRIES_MAX if self._was_answered else FIRST_TRIES_MAX


def _pause_s(attempt: int, asked_s: float) -> float:
    return min(max(_PAUSE_S * float(2 ** (attempt - 1)), asked_s), PAUSE_S_MAX)


def check_batch(listings: Sequence[Listing], now_s: float) -> Sequence[pb.BatchRow]:
    """Return what the rules alone say: CREATED where they refuse nothing.

    Whether a row is new, changed or the same only a node knows, and which platform a row that names
    none is of.
    """
    rows = []
    for listing in listings:
        named = listing.public.source_platform
        checked = checked_record(listing if named else of_platform(listing, _ANY), now_s)
        outcome = CREATED if checked.ok else REFUSED
        rows.append(Row(outcome, violations=checked.violations, warnings=checked.warnings))
    return list(pb.BatchPublishListingsResponse.FromString(batch_response(rows)).rows)


def _may_come_again(failure: CallFailedError) -> bool:
    return failure.call.code in _COME_AGAIN and failure.reason not in _NEVER
