"""Sending what saved queries have to tell to the addresses of their owners.

- One thread calls `step`: it notes how calls went, looks what is new for each webhook that is due,
  and hands the calls to who makes them. A call that went well moves the saved position; so after
  any crash the same hits are sent again, and never fewer.
- A call that fails is made again for ever, after 1 s at first and 10 min at most, each time with
  what is new by then. The state of each webhook is in the database and survives a restart; so
  does since when it waits, as of its first failure.
- One at which nothing can be looked, for a fault of ours, waits as after a call that failed, and
  keeps nobody else waiting.
- One query has one call under way, one caller at most CALLS_OF_A_CALLER, all together CALLS_MAX;
  who waited longest is next. So who is slow delays nobody else for long.
- A webhook sees what its token may see now. When the token has ended, or may not ask any more, the
  webhook is paused with the reason until its owner renews the secret.
- Body: JSON without personal data. Signature: HMAC-SHA-256 of "<timestamp>.<position>.<body>" under
  the secret. Neither secrets nor addresses are logged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest as hmac_digest
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

import structlog

from federation.log.errors import Refused, YdxError
from federation.partnership.steps import StepKind
from federation.records.facets import RecordState
from node.services.alerting.reminders import KIND
from node.services.catalogue.changes import Bell
from node.storage import saved_queries
from node.telemetry.metrics import WEBHOOK_OUTCOMES, WEBHOOK_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from node.services.access import Caller
    from node.services.alerting.alerts import AlertHit, AlertPage, Alerts
    from node.services.alerting.reminders import Reminder
    from node.storage.database import Database
    from node.storage.saved_queries import SavedQuery
    from node.storage.transaction import Transaction

HITS_A_CALL: Final = 100
CALLS_MAX: Final = 32
CALLS_OF_A_CALLER: Final = 4
BACK_OFF_FIRST_S: Final = 1.0
BACK_OFF_MAX_S: Final = 600.0
KEEP_AFTER_S: Final = 60.0
"""How long a position that passed over leaves without hits may stay in memory only."""

_DOUBLINGS_MAX: Final = 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One POST. `position` is up to where its hits go; `saved` is the query as it was before.

    `waits_since_s` is since when its query has had something that it could not deliver.
    """

    saved: SavedQuery
    position: int
    headers: Mapping[str, str]
    body: bytes
    waits_since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """How all webhooks do: calls that are over by outcome, and webhooks by state."""

    calls: Mapping[str, int]
    states: Mapping[str, int]
    waiting_s: float
    """How long the one that waits longest has had something that it could not deliver."""


class Webhooks:
    """The state of all webhooks. For one thread but `bell`, `facts` and what `post` calls back."""

    def __init__(
        self,
        database: Database,
        alerts: Alerts,
        callers: Callable[[str], Caller],
        post: Callable[[WebhookCall, Callable[[str], None]], None],
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        """`post` makes a call and then says why it failed, "" for success, on any thread.

        `clock` gives Unix seconds, `jitter` a number from 0 to 1.
        """
        self._database = database
        self._alerts = alerts
        self._callers = callers
        self._post = post
        self._clock = clock
        self._jitter = jitter
        self._done: SimpleQueue[tuple[WebhookCall, str]] = SimpleQueue()
        self._under_way: dict[str, WebhookCall] = {}
        # By query: up to where its saved position was looked on from memory, and when that was
        # kept last; and the number of the step that called it last.
        self._reached: dict[str, tuple[int, int]] = {}
        self._kept_at_s: dict[str, float] = {}
        self._called_in: dict[str, int] = {}
        self._steps = 0
        self._calls = dict.fromkeys(WEBHOOK_OUTCOMES, 0)
        self.bell = Bell()
        """Rings when a call is over; to be rung when the index has grown."""

    def step(self) -> bool:
        """Note what is over and send what is new; return whether there may be more now."""
        self._steps += 1
        self._settle()
        now_s = self._clock()
        with self._database.read() as tx:
            due = saved_queries.to_be_sent(tx, now_s)
        self._forget_all_but({one.id for one in due} | set(self._under_way))
        due.sort(key=lambda one: self._called_in.get(one.id, 0))
        more = False
        for one in due:
            if self._has_place(one):
                more |= self._try_look(one, now_s)
        return more

    def facts(self) -> WebhookFacts:
        """Return how all do; from any thread."""
        with self._database.read() as tx:
            every = saved_queries.with_webhook(tx)
        states = dict.fromkeys(WEBHOOK_STATES, 0)
        now_s, waiting_s = self._clock(), 0.0
        for one in every:
            state = "paused" if one.paused else "retrying" if one.failures else "active"
            states[state] += 1
            call = self._under_way.get(one.id)
            since_s = call.waits_since_s if call else one.waits_since_s
            if since_s and not one.paused:
                waiting_s = max(waiting_s, now_s - since_s)
        return WebhookFacts(dict(self._calls), states, waiting_s)

    def _has_place(self, saved: SavedQuery) -> bool:
        running = list(self._under_way.values())
        of_caller = [call for call in running if call.saved.owner == saved.owner]
        return (
            saved.id not in self._under_way
            and len(running) < CALLS_MAX
            and len(of_caller) < CALLS_OF_A_CALLER
        )

    def _try_look(self, saved: SavedQuery, now_s: float) -> bool:
        """Look; where that fails unexpectedly, wait as after a call that failed."""
        try:
            return self._look(saved, now_s)
        except YdxError:
            raise
        except Exception:  # noqa: BLE001 - it would come first in each step, and stop all others
            _log.exception("webhook cannot be looked at", saved_query=saved.id)
        with self._database.write(durable=False) as tx:
            since_s = saved.waits_since_s or now_s
            self._failed(tx, saved, "what is new could not be looked at", since_s)
        return False

    def _failed(self, tx: Transaction, saved: SavedQuery, error: str, waits_since_s: float) -> None:
        """Note a failure, since when it waits, and when to try again."""
        failures = saved.failures + 1
        saved_queries.set_state(
            tx,
            saved.id,
            next_try_s=self._clock() + self._back_off_s(failures),
            failures=failures,
            last_error=error,
            waits_since_s=waits_since_s,
        )

    def _look(self, saved: SavedQuery, now_s: float) -> bool:
        """Send what is new for one webhook, if anything is; return whether to look on."""
        begun, reached = self._reached.get(saved.id, (saved.position, saved.position))
        if begun != saved.position:  # its owner went elsewhere
            reached = saved.position
        try:
            caller = self._callers(saved.token_id)
            if reached >= self._alerts.end_of(saved):
                self._waits_no_more(saved)
                return False
            page = self._alerts.evaluate(caller, saved, reached, HITS_A_CALL)
        except Refused as refusal:
            self._pause(saved, refusal)
            return False
        except YdxError as error:
            _log.debug("webhook not looked at", saved_query=saved.id, reason=error.reason)
            return False
        if not page.is_empty:
            self._send(saved, page, now_s)
            return False
        if not page.more:
            self._waits_no_more(saved)
        if page.position > reached:
            self._pass_over(saved, page.position, now_s)
        return page.more

    def _send(self, saved: SavedQuery, page: AlertPage, now_s: float) -> None:
        body = _body(saved, page)
        headers = _headers(saved, page.position, body, now_s)
        call = WebhookCall(saved, page.position, headers, body, saved.waits_since_s or now_s)
        self._under_way[saved.id] = call
        self._called_in[saved.id] = self._steps

        def over(error: str) -> None:
            self._done.put((call, error))
            self.bell.ring()

        self._post(call, over)

    def _pass_over(self, saved: SavedQuery, position: int, now_s: float) -> None:
        """Go on behind leaves without hits; keep that now and then."""
        self._reached[saved.id] = (saved.position, position)
        if now_s < self._kept_at_s.setdefault(saved.id, now_s) + KEEP_AFTER_S:
            return
        self._kept_at_s[saved.id] = now_s
        with self._database.write(durable=False) as tx:
            saved_queries.move(tx, saved.id, saved.position, position)

    def _waits_no_more(self, saved: SavedQuery) -> None:
        """Note that nothing is left of what it could not deliver: its owner took it otherwise."""
        if saved.waits_since_s:
            with self._database.write(durable=False) as tx:
                saved_queries.set_waits_since(tx, saved.id, 0.0)

    def _pause(self, saved: SavedQuery, refusal: Refused) -> None:
        _log.info("webhook paused", saved_query=saved.id, reason=refusal.reason)
        with self._database.write() as tx:
            saved_queries.set_state(tx, saved.id, last_error=refusal.what, paused=refusal.reason)

    def _settle(self) -> None:
        for call, error in self._over():
            saved = call.saved
            del self._under_way[saved.id]
            # Lost with the power, or by a database that fails, this makes the same be sent again.
            with self._database.write(durable=False) as tx:
                if error:
                    self._failed(tx, saved, error, call.waits_since_s)
                else:
                    saved_queries.move(tx, saved.id, saved.position, call.position)
                    if saved.failures:
                        saved_queries.set_state(tx, saved.id)
            self._calls["failed" if error else "delivered"] += 1
            if error and not saved.failures:
                _log.info("webhook failed", saved_query=saved.id, error=error)

    def _over(self) -> Iterator[tuple[WebhookCall, str]]:
        while True:
            try:
                yield self._done.get_nowait()
            except Empty:
                return

    def _back_off_s(self, failures: int) -> float:
        """Return how long to wait after so many failures: doubling, the upper half of it random."""
        longest_s: float = BACK_OFF_FIRST_S * 2 ** min(failures, _DOUBLINGS_MAX)
        return min(BACK_OFF_MAX_S, longest_s) * (0.5 + 0.5 * self._jitter())

    def _forget_all_but(self, kept: set[str]) -> None:
        for known in (self._reached, self._kept_at_s, self._called_in):
            for query_id in known.keys() - kept:
                del known[query_id]


def _body(saved: SavedQuery, page: AlertPage) -> bytes:
    said: dict[str, object] = {
        "saved_query": saved.id,
        "label": saved.label,
        "position": page.position,
    }
    if saved.is_reminders:
        said["reminders"] = [_reminder(one) for one in page.reminders]
    else:
        said["hits"] = [_hit(hit) for hit in page.hits]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _hit(hit: AlertHit) -> dict[str, object]:
    return {
        "name": hit.name,
        "revision": hit.revision,
        "member": hit.member,
        "title": hit.title,
        "region": hit.region,
        "change": hit.change.name,
        "state": RecordState(hit.state).name,
        "provisional": hit.is_provisional,
        "position": hit.position,
    }


def _reminder(one: Reminder) -> dict[str, object]:
    return {
        "kind": KIND,
        "name": one.name,
        "state": StepKind(one.state).name if one.state else "",
        "awaits": one.awaits,
        "due_on": one.due_on,
        "owed_by": one.owed_by,
        "moment": one.moment,
        "position": one.number,
    }


def _headers(saved: SavedQuery, position: int, body: bytes, now_s: float) -> dict[str, str]:
    timestamp = str(int(now_s))
    signed = f"{timestamp}.{position}.".encode() + body
    signature = hmac_digest(saved.webhook_secret.encode(), signed, sha256).hex()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "ydx",
        "X-Ydx-Timestamp": timestamp,
        "X-Ydx-Position": str(position),
        "X-Ydx-Signature": f"v1={signature}",
    }
