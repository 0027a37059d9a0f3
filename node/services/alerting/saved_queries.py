"""Saved queries: kept, listed, forgotten, by the caller that owns them and nobody else.

- An owner is a caller's identity, which survives a change of token. At most so many each.
- What is kept is query and filter. A position says up to where its owner has taken everything in:
  at first the feed's end, or where the owner says. Only the owner and its webhook move it.
- A webhook asks as the token that saved it, or last renewed its secret. The secret is shown once.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from node.services.arguments import invalid
from node.services.finding.searching import check_may_ask
from node.storage import arrivals, reminders, saved_queries
from node.storage.saved_queries import SavedQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.access import Caller
    from node.services.alerting.webhook_addresses import WebhookRules
    from node.services.finding.searching import SearchQuery
    from node.storage.database import Database
    from node.storage.transaction import Transaction

LABEL_MAX: Final = 100
_ID_BYTES: Final = 10
_SECRET_BYTES: Final = 35


class SavedQueries:
    """Keeps what callers save. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        read_request: Callable[[bytes], SearchQuery],
        rules: WebhookRules,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        most: int,
    ) -> None:
        """`read_request` reads what is kept of a query; `most` is how many a caller may have."""
        self._database = database
        self._read_request = read_request
        self._rules = rules
        self._clock = clock
        self._random_bytes = random_bytes
        self._most = most

    def save(
        self,
        caller: Caller,
        label: str,
        request: bytes,
        from_position: int,
        webhook_url: str = "",
        *,
        is_reminders: bool = False,
    ) -> SavedQuery:
        """Keep a query, to hear of what comes at `from_position` or later; 0 is from now on.

        With `is_reminders` it hears of deadlines, and `request` is empty.

        The one place that returns a secret, with `renew_secret`. Refuses INVALID_FIELD,
        ROLE_MISSING, POSITION_IN_FUTURE, SAVED_QUERIES_FULL.
        """
        _check_label(label)
        check_may_ask(caller, self._read_request(request))
        if webhook_url:
            self._rules.check_url(webhook_url)
        with self._database.write() as tx:
            if len(saved_queries.of_owner(tx, caller.identity)) >= self._most:
                raise Refused(
                    "SAVED_QUERIES_FULL",
                    f"{self._most} queries are saved already",
                    most=str(self._most),
                )
            last = _last(tx, is_reminders=is_reminders)
            made = SavedQuery(
                id=self._text(_ID_BYTES),
                owner=caller.identity,
                token_id=caller.token_id,
                label=label,
                request=request,
                position=_checked(from_position - 1, last) if from_position else last,
                created_at_s=self._clock(),
                webhook_url=webhook_url,
                webhook_secret=self._text(_SECRET_BYTES) if webhook_url else "",
                is_reminders=is_reminders,
            )
            if not saved_queries.add(tx, made):
                raise invalid("label", "LABEL_TAKEN", label)
        return made

    def every(self, caller: Caller) -> list[SavedQuery]:
        """Return all of a caller's, oldest first, without secrets."""
        with self._database.read() as tx:
            found = saved_queries.of_owner(tx, caller.identity)
        return [replace(one, webhook_secret="") for one in found]

    def get(self, caller: Caller, query_id: str) -> SavedQuery:
        """Return one, without its secret. Refuses RECORD_NOT_FOUND."""
        with self._database.read(snapshot=False) as tx:
            return replace(_own(tx, caller, query_id), webhook_secret="")

    def forget(self, caller: Caller, query_id: str) -> None:
        """Forget one; nothing more is sent. Refuses RECORD_NOT_FOUND."""
        with self._database.write() as tx:
            saved_queries.remove(tx, _own(tx, caller, query_id).id)

    def acknowledge(self, caller: Caller, query_id: str, position: int) -> None:
        """Say that all up to a position was taken in; an earlier one begins there again.

        Refuses RECORD_NOT_FOUND, POSITION_IN_FUTURE.
        """
        with self._database.write() as tx:
            found = _own(tx, caller, query_id)
            last = _last(tx, is_reminders=found.is_reminders)
            saved_queries.set_position(tx, found.id, _checked(position, last))

    def renew_secret(self, caller: Caller, query_id: str) -> str:
        """Return a new secret of a webhook, which asks as this caller and at once from now on.

        Refuses RECORD_NOT_FOUND, INVALID_FIELD.
        """
        secret = self._text(_SECRET_BYTES)
        with self._database.write() as tx:
            found = _own(tx, caller, query_id)
            if not found.webhook_url:
                raise invalid("id", "WEBHOOK_NONE", query_id)
            check_may_ask(caller, self._read_request(found.request))
            self._rules.check_url(found.webhook_url)
            saved_queries.set_secret(tx, found.id, caller.token_id, secret)
            saved_queries.set_state(tx, found.id)
        return secret

    def _text(self, count: int) -> str:
        return b32encode(self._random_bytes(count)).decode().rstrip("=").lower()


def _own(tx: Transaction, caller: Caller, query_id: str) -> SavedQuery:
    """Return a caller's saved query; another's is as unknown as none."""
    found = saved_queries.find(tx, query_id)
    if found is None or found.owner != caller.identity:
        cure = (
            "请核对编号；ydx search saved 列出本调用方已保存的检索",
            "Check the id; ydx search saved lists what this caller has saved",
        )
        what = f"there is no saved query {query_id}"
        raise Refused("RECORD_NOT_FOUND", what, cure=cure, name=query_id)
    return found


def _last(tx: Transaction, *, is_reminders: bool) -> int:
    """Return up to where there is anything to hear of."""
    return reminders.last(tx) if is_reminders else arrivals.last_position(tx)


def _check_label(label: str) -> None:
    if not label.strip():
        raise invalid("label", "REQUIRED")
    if len(label) > LABEL_MAX:
        raise invalid("label", "TEXT_LENGTH", count=len(label), most=LABEL_MAX)
    if "\0" in label:
        raise invalid("label", "NUL_CHARACTER")


def _checked(position: int, last: int) -> int:
    """Return a position that the feed has come to."""
    if position > last:
        raise Refused(
            "POSITION_IN_FUTURE",
            f"news have come to {last}, not to {position}",
            position=str(last),
        )
    return position
