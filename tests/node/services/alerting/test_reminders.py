"""Reminders come once for each deadline and moment, to who finds the enquiry in its lists."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from federation.log.errors import Refused
from federation.partnership.steps import StepKind
from node.rpc.search_arguments import read_kept
from node.services.access import Caller, Role
from node.services.alerting.alerts import Alerts
from node.services.alerting.reminders import Reminder, Reminders
from node.services.alerting.saved_queries import SavedQueries
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.alerting.webhooks import WebhookCall, Webhooks
from node.services.partnership.enquiry_folder import EnquiryFolder
from node.services.partnership.view import PartnershipView
from node.services.partnership.working_days import WorkingDays
from node.storage import batches, mirrors
from tests.node.services.own_node import CLERK, NOW_S, PARTNER
from tests.node.services.partnership.made_enquiries import USCC, E, MadeEnquiries, R

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.finding.served_index import ServedIndex
    from node.storage.database import Database
    from node.storage.saved_queries import SavedQuery

# 2026-12-01 is a Tuesday. SUBMITTED wants an answer by then, and a decision by 2026-12-22.
EARLY = date(2026, 11, 26)
NEAR = date(2026, 11, 27)
LAST = date(2026, 12, 1)
PAST = date(2026, 12, 2)
ASKER = Caller(frozenset({Role.PARTNER}), "asker", organisation=USCC)
CALLERS = {one.token_id: one for one in (CLERK, PARTNER, ASKER)}


@dataclass
class Reminding:
    """E's node, on a day that is set by hand."""

    database: Database
    made: MadeEnquiries
    day: date = EARLY
    now_s: float = NOW_S

    def __post_init__(self) -> None:
        with self.database.write() as tx:
            for member in (E, R):
                mirrors.add(tx, self.made.logs[member].origin, is_own=member == E)
        self.stored = {E: 0, R: 0}
        self.view = PartnershipView(self.database, [EnquiryFolder()])
        self.sent: list[tuple[WebhookCall, Callable[[str], None]]] = []
        self.restart()

    def restart(self) -> None:
        """Forget what is in memory, as a killed process does."""
        self.sent.clear()
        self.reminders = Reminders(self.database, E, WorkingDays(), 2, lambda: self.day)
        self.saved = SavedQueries(
            self.database, read_kept, WebhookRules(), lambda: self.now_s, os.urandom, 50
        )
        self.alerts = Alerts(
            self.database,
            cast("ServedIndex", _NoIndex()),
            self.saved,
            read_kept,
            CALLERS.__getitem__,
            reminders=self.reminders,
        )
        self.webhooks = Webhooks(
            self.database,
            self.alerts,
            CALLERS.__getitem__,
            lambda call, over: self.sent.append((call, over)),
            lambda: self.now_s,
            lambda: 1.0,
        )

    def take_in(self) -> None:
        """Store what was written, and let the view follow."""
        for member, log in self.made.logs.items():
            end = len(log.entries)
            if end > self.stored[member]:
                with self.database.write() as tx:
                    batches.apply(tx, log.batch(self.stored[member], end))
                self.stored[member] = end
        while self.view.step():
            pass

    def step(self, day: date) -> int:
        self.day = day
        return self.reminders.step()

    def told(self, caller: Caller = CLERK, after: int = 0) -> list[tuple[str, str, str, str]]:
        page = self.reminders.page(caller, after, 50)
        return [(one.awaits, one.moment, one.due_on, one.owed_by) for one in page.reminders]

    def save(self, caller: Caller = CLERK, url: str = "") -> SavedQuery:
        return self.saved.save(caller, "期限", b"", 0, url, is_reminders=True)


class _NoIndex:
    """Reminders need none."""

    def subscribe(self, _listener: Callable[[], None]) -> None:
        """Do nothing."""


@pytest.fixture
def reminding(database: Database) -> Reminding:
    made = MadeEnquiries()
    made.submit()
    found = Reminding(database, made)
    found.take_in()
    return found


def test_a_deadline_is_told_when_it_is_near_and_when_it_has_passed(reminding: Reminding) -> None:
    assert [reminding.step(day) for day in (EARLY, NEAR, LAST, PAST, PAST)] == [0, 1, 0, 1, 0]
    assert reminding.told() == [
        ("ANSWER", "DUE_SOON", "2026-12-01", R),
        ("ANSWER", "OVERDUE", "2026-12-01", R),
    ]
    assert reminding.told(after=1) == [("ANSWER", "OVERDUE", "2026-12-01", R)]
    assert reminding.step(date(2026, 12, 18)) == 1
    assert reminding.told(after=2) == [("DECISION", "DUE_SOON", "2026-12-22", R)]


def test_a_restart_tells_nothing_anew(reminding: Reminding) -> None:
    assert reminding.step(NEAR) == 1
    reminding.restart()
    assert reminding.step(NEAR) == 0
    assert len(reminding.told()) == 1


def test_who_was_down_for_weeks_hears_only_that_it_is_overdue(reminding: Reminding) -> None:
    assert reminding.step(date(2027, 1, 15)) == 2
    assert {one[1] for one in reminding.told()} == {"OVERDUE"}


def test_a_deadline_that_was_met_is_told_no_more_and_a_new_one_is(reminding: Reminding) -> None:
    assert reminding.step(NEAR) == 1
    asked = reminding.made.ref(E, 0)
    reminding.made.step(R, StepKind.ACCEPTED, asked, answer_due="2026-12-02")
    reminding.take_in()
    assert reminding.told() == []
    assert reminding.step(date(2026, 11, 30)) == 1
    assert reminding.told() == [("ANSWER", "DUE_SOON", "2026-12-02", E)]


def test_that_a_deadline_has_passed_is_told_though_the_enquiry_has_ended_since(
    reminding: Reminding,
) -> None:
    assert [reminding.step(day) for day in (NEAR, PAST)] == [1, 1]
    reminding.made.step(E, StepKind.EXPIRED, reminding.made.ref(E, 0))
    reminding.take_in()
    assert reminding.told() == [("ANSWER", "OVERDUE", "2026-12-01", R)]
    (one,) = reminding.reminders.page(CLERK, 0, 50).reminders
    assert one.state == StepKind.EXPIRED
    assert reminding.step(date(2026, 12, 25)) == 0


def test_each_hears_of_what_it_finds_in_its_lists(reminding: Reminding) -> None:
    assert reminding.step(PAST) == 1
    assert len(reminding.told(ASKER)) == 1
    assert reminding.told(PARTNER) == []
    page = reminding.reminders.page(PARTNER, 0, 50)
    assert (page.number, page.more) == (1, False), "goes on behind what is not for it"
    with pytest.raises(Refused, match="POSITION_IN_FUTURE"):
        reminding.reminders.page(CLERK, 2, 50)


def test_what_is_near_and_what_has_passed_is_counted(reminding: Reminding) -> None:
    for day, near, passed in (
        (EARLY, 0, 0),
        (NEAR, 1, 0),
        (PAST, 0, 1),
        (date(2026, 12, 18), 1, 1),
    ):
        reminding.day = day
        assert reminding.reminders.counts() == {"DUE_SOON": near, "OVERDUE": passed}


def test_a_saved_query_of_reminders_begins_now_or_where_it_is_told(reminding: Reminding) -> None:
    reminding.step(NEAR)
    saved = reminding.save()
    assert saved.position == 1
    assert reminding.alerts.list(CLERK, saved.id, None, 50).reminders == []
    reminding.step(PAST)
    page = reminding.alerts.list(CLERK, saved.id, None, 50)
    assert [one.moment for one in page.reminders] == ["OVERDUE"]
    assert (page.hits, page.position, page.more) == ((), 2, False)
    first = reminding.alerts.list(CLERK, saved.id, 0, 1)
    assert (len(first.reminders), first.position, first.more) == (1, 1, True)
    reminding.saved.acknowledge(CLERK, saved.id, 2)
    assert reminding.alerts.list(CLERK, saved.id, None, 50).is_empty


def test_a_webhook_is_told_once_and_again_after_a_failure_or_a_restart(
    reminding: Reminding,
) -> None:
    reminding.save(url="https://hooks.example/a")
    reminding.webhooks.step()
    assert reminding.sent == []
    reminding.step(NEAR)
    reminding.webhooks.step()
    ((call, _),) = reminding.sent
    said = json.loads(call.body)
    assert said["reminders"] == [
        {
            "kind": "REMINDER",
            "name": one_name(reminding),
            "state": "SUBMITTED",
            "awaits": "ANSWER",
            "due_on": "2026-12-01",
            "owed_by": R,
            "moment": "DUE_SOON",
            "position": 1,
        }
    ]
    assert "hits" not in said
    assert USCC not in call.body.decode()
    reminding.restart()
    reminding.webhooks.step()
    ((again, over),) = reminding.sent
    assert again.body == call.body
    over("")
    for _ in range(3):
        reminding.webhooks.step()
    assert len(reminding.sent) == 1


def one_name(reminding: Reminding) -> str:
    (found,) = reminding.reminders.page(CLERK, 0, 50).reminders
    assert isinstance(found, Reminder)
    return found.name
