"""Webhooks: what is sent when, signed how, repeated how often, paused why; nothing is left out."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, NoReturn

import pytest

from federation.log.errors import YdxError
from node.services.alerting import webhooks
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.alerting.webhooks import Webhooks
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage import saved_queries
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, NOW_S, OTHER_PLATFORM, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.services.access import Caller
    from node.services.alerting.alerts import AlertPage
    from node.services.alerting.webhooks import WebhookCall
    from node.storage.saved_queries import SavedQuery

URL = "https://hooks.example/a?key=hidden"


class Sending:
    """Webhooks whose calls are kept until a test says how they went."""

    def __init__(self, node: OwnNode, folder: Path) -> None:
        self.node = node
        self.alerting = Alerting(Finding(node, folder), rules=WebhookRules())
        self.under_way: list[tuple[WebhookCall, Callable[[str], None]]] = []
        self.restart()

    def restart(self) -> None:
        """Forget what is in memory and under way, as a killed process does."""
        self.under_way.clear()
        self.webhooks = Webhooks(
            self.node.database,
            self.alerting.alerts,
            self.alerting.current,
            lambda call, over: self.under_way.append((call, over)),
            lambda: self.alerting.now_s,
            lambda: 1.0,
        )

    def publish(self, *numbers: int) -> None:
        """Publish listings, and let the index take them in."""
        for number in numbers:
            made = supply(number, title=f"超声波焊接机器人{number}")
            self.node.publishing.publish(PLATFORM, LISTING, made, WriteOptions())
        self.alerting.finding.catch_up()

    def save(self, query: str = "超声波", caller: Caller = CLERK, url: str = URL) -> SavedQuery:
        return self.alerting.save(query, caller=caller, webhook_url=url)

    def step(self) -> list[WebhookCall]:
        """Do all there is to do now; return the new calls."""
        before = len(self.under_way)
        while self.webhooks.step():
            pass
        return [call for call, _ in self.under_way[before:]]

    def answer(self, error: str = "") -> None:
        """End the call that is under way longest, and note it."""
        _, over = self.under_way.pop(0)
        over(error)

    def state(self, saved: SavedQuery) -> SavedQuery:
        with self.node.database.read() as tx:
            found = saved_queries.find(tx, saved.id)
        assert found is not None
        return found


@pytest.fixture
def sending(node: OwnNode, tmp_path: Path) -> Sending:
    return Sending(node, tmp_path / "search")


def titles(call: WebhookCall) -> list[str]:
    return [hit["title"][-1] for hit in json.loads(call.body)["hits"]]


def test_the_end_of_a_hit_is_sent_without_its_content(sending: Sending) -> None:
    sending.publish(1)
    saved = sending.save()
    sending.step()
    sending.answer()
    (hit,) = sending.alerting.finding.find("超声波").hits
    sending.node.publishing.withdraw(PLATFORM, LISTING, hit.listing.name, WriteOptions())
    sending.alerting.finding.catch_up()
    (call,) = sending.step()
    assert json.loads(call.body)["hits"] == [
        {
            "name": hit.listing.name,
            "revision": 2,
            "member": "anhui",
            "title": "",
            "region": "",
            "change": "GONE",
            "state": "WITHDRAWN",
            "provisional": True,
            "position": 3,
        }
    ]
    sending.answer()
    assert sending.step() == []
    assert sending.state(saved).position == 3


def test_a_call_says_what_is_new_and_is_signed(sending: Sending) -> None:
    sending.publish(1, 2)
    saved = sending.save()
    (call,) = sending.step()
    said = json.loads(call.body)
    hits = said.pop("hits")
    assert said == {"saved_query": saved.id, "label": saved.label, "position": 3}
    name = hits[0].pop("name")
    assert name.startswith("nodes/anhui/listings/")
    assert hits[0] == {
        "revision": 1,
        "member": "anhui",
        "title": "超声波焊接机器人1",
        "region": "340100",
        "change": "NEW",
        "state": "PUBLISHED",
        "provisional": True,
        "position": 2,
    }
    headers = dict(call.headers)
    assert headers["X-Ydx-Timestamp"] == str(int(NOW_S))
    assert headers["X-Ydx-Position"] == "3"
    signed = headers["X-Ydx-Timestamp"].encode() + b".3." + call.body
    expected = digest(saved.webhook_secret.encode(), signed, sha256).hex()
    assert headers["X-Ydx-Signature"] == f"v1={expected}"
    assert "张三" not in call.body.decode()
    assert "13800000000" not in call.body.decode()


def test_a_success_moves_the_position_and_the_next_call_goes_on(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1)
    (call,) = sending.step()
    assert sending.step() == []
    sending.publish(2)
    assert sending.step() == []  # one call at a time
    sending.answer()
    (call,) = sending.step()
    assert (titles(call), sending.state(saved).position) == (["2"], 2)
    sending.answer()
    assert sending.step() == []
    assert sending.state(saved).position == 3


def test_a_failure_is_repeated_later_and_later_with_what_is_new_by_then(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1)
    waits = []
    for _ in range(12):
        assert len(sending.step()) == 1
        sending.answer("it answered 500")
        assert sending.step() == []
        state = sending.state(saved)
        waits.append(state.next_try_s - sending.alerting.now_s)
        sending.alerting.now_s = state.next_try_s
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    assert (state.failures, state.last_error, state.position) == (12, "it answered 500", 0)
    sending.publish(2)
    (call,) = sending.step()
    assert titles(call) == ["1", "2"]
    sending.answer()
    sending.step()
    state = sending.state(saved)
    assert (state.failures, state.last_error, state.position) == (0, "", 3)


def test_the_back_off_is_spread_by_chance_and_never_under_a_second(sending: Sending) -> None:
    sending.webhooks._jitter = lambda: 0.0
    assert sending.webhooks._back_off_s(1) == 1.0
    assert sending.webhooks._back_off_s(10_000) == 300.0


def test_a_restart_repeats_what_was_under_way_and_keeps_the_back_off(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1)
    assert len(sending.step()) == 1
    sending.restart()
    (call,) = sending.step()
    assert titles(call) == ["1"]
    sending.answer("it answered 500")
    sending.step()
    sending.restart()
    assert sending.step() == []
    sending.alerting.now_s = sending.state(saved).next_try_s
    assert len(sending.step()) == 1


def test_leaves_without_hits_are_passed_over_and_kept_now_and_then(sending: Sending) -> None:
    saved = sending.save("激光")
    sending.publish(1)
    assert sending.step() == []
    assert sending.state(saved).position == 0
    sending.alerting.now_s += webhooks.KEEP_AFTER_S
    sending.publish(2)
    assert sending.step() == []
    assert sending.state(saved).position == 3


def test_an_owner_who_goes_back_is_told_again(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1, 2)
    sending.step()
    sending.alerting.saved.acknowledge(CLERK, saved.id, 2)
    sending.answer()
    (call,) = sending.step()
    assert titles(call) == ["2"]
    sending.answer()
    sending.step()
    sending.alerting.saved.acknowledge(CLERK, saved.id, 0)
    (call,) = sending.step()
    assert titles(call) == ["1", "2"]


def test_a_token_that_has_ended_pauses_until_another_takes_over(sending: Sending) -> None:
    saved = sending.save()
    sending.alerting.ended.add(CLERK.token_id)
    sending.publish(1)
    assert sending.step() == []
    state = sending.state(saved)
    assert state.paused == "TOKEN_INVALID"
    sending.alerting.ended.clear()
    assert sending.step() == []
    secret = sending.alerting.saved.renew_secret(CLERK, saved.id)
    assert secret != saved.webhook_secret
    (call,) = sending.step()
    assert call.saved.webhook_secret == secret
    assert sending.state(saved).paused == ""


def test_a_forgotten_query_is_sent_no_more(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1)
    sending.step()
    sending.alerting.saved.forget(CLERK, saved.id)
    sending.answer()
    assert sending.step() == []


def test_one_that_cannot_be_looked_at_stops_no_other(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = sending.save(), sending.save()
    sending.publish(1)
    evaluate = sending.alerting.alerts.evaluate

    def fails(caller: Caller, saved: SavedQuery, after: int, limit: int) -> AlertPage:
        if saved.id == broken.id:
            raise ZeroDivisionError
        return evaluate(caller, saved, after, limit)

    monkeypatch.setattr(sending.alerting.alerts, "evaluate", fails)
    assert [call.saved.id for call in sending.step()] == [well.id]
    state = sending.state(broken)
    assert (state.failures, state.paused, state.position) == (1, "", broken.position)
    monkeypatch.undo()
    assert sending.step() == []
    sending.alerting.now_s = state.next_try_s
    assert [call.saved.id for call in sending.step()] == [broken.id]


def test_slow_receivers_leave_room_for_others(sending: Sending) -> None:
    for _ in range(6):
        sending.save()
    sending.save(caller=OTHER_PLATFORM)
    sending.publish(1)
    calls = sending.step()
    assert len(calls) == webhooks.CALLS_OF_A_CALLER + 1
    assert calls[-1].saved.owner == OTHER_PLATFORM.identity
    sending.publish(2)
    sending.answer()
    (call,) = sending.step()
    assert call.saved.id not in {one.saved.id for one in calls}


def test_all_calls_together_are_bounded(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CALLS_MAX", 3)
    for caller in (CLERK, PLATFORM, OTHER_PLATFORM):
        for _ in range(2):
            sending.save(caller=caller)
    sending.publish(1)
    assert len(sending.step()) == 3


def test_many_hits_are_sent_in_several_calls(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "HITS_A_CALL", 2)
    sending.save()
    sending.publish(1, 2, 3)
    (call,) = sending.step()
    assert titles(call) == ["1", "2"]
    sending.answer()
    (call,) = sending.step()
    assert titles(call) == ["3"]


class Receiver:
    """One who takes calls, or loses them, as chance has it; and what makes trouble meanwhile."""

    def __init__(self, sending: Sending, chance: random.Random) -> None:
        self.sending = sending
        self.chance = chance
        self.arrived: set[str] = set()

    def receive(self, error: str = "") -> None:
        if not self.sending.under_way:
            return
        if not error or self.chance.random() < 0.5:  # it may arrive and the answer be lost
            self.arrived.update(titles(self.sending.under_way[0][0]))
        self.sending.answer(error)

    def fail(self) -> None:
        self.receive("it answered 500")

    def later(self) -> None:
        self.sending.alerting.now_s += self.chance.choice([1.0, 700.0])

    def settle(self) -> None:
        for _ in range(10):
            self.sending.alerting.now_s += 700.0
            self.sending.step()
            self.receive()
        self.sending.step()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_fails_and_dies_every_hit_arrives(sending: Sending, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    saved = sending.save()
    one = Receiver(sending, chance)
    acts = [sending.step, sending.step, one.fail, one.receive, sending.restart, one.later]
    for number in range(1, 10):
        for _ in range(6):
            chance.choice(acts)()
        sending.publish(number)
    one.settle()
    assert one.arrived == set("123456789")
    assert sending.state(saved).position == 10


def test_a_database_that_fails_as_a_call_ends_makes_the_same_be_sent_again(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending.publish(1)
    sending.save()
    (call,) = sending.step()

    def is_full(**_: object) -> NoReturn:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(sending.node.database, "write", is_full)
        sending.answer()
        with pytest.raises(YdxError, match="DISK_FULL"):
            sending.webhooks.step()
    (again,) = sending.step()
    assert again.body == call.body
