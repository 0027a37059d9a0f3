"""What is told of webhooks: how calls went, and for how long one waits, also over restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.services.alerting.webhooks import WebhookFacts
from tests.node.services.alerting.test_webhooks import Sending
from tests.node.services.own_node import CLERK, OwnNode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sending(node: OwnNode, tmp_path: Path) -> Sending:
    return Sending(node, tmp_path / "search")


def test_how_calls_go_and_how_long_somebody_waits_is_told(sending: Sending) -> None:
    for url in ("https://a.example/", "https://b.example/"):
        sending.save(url=url)
    assert sending.webhooks.facts() == WebhookFacts(
        {"delivered": 0, "failed": 0}, {"active": 2, "retrying": 0, "paused": 0}, 0.0
    )
    sending.publish(1)
    assert len(sending.step()) == 2
    sending.alerting.now_s += 5
    assert sending.webhooks.facts().waiting_s == 5.0
    sending.answer()
    sending.answer("it answers 500")
    sending.step()
    sending.alerting.now_s += 700
    facts = sending.webhooks.facts()
    assert facts.calls == {"delivered": 1, "failed": 1}
    assert facts.states == {"active": 1, "retrying": 1, "paused": 0}
    assert facts.waiting_s == 705.0
    sending.restart()
    sending.alerting.now_s += 10
    assert sending.webhooks.facts().waiting_s == 715.0
    assert len(sending.step()) == 1
    sending.alerting.now_s += 1
    assert sending.webhooks.facts().waiting_s == 716.0
    sending.answer()
    sending.step()
    sending.alerting.now_s += 10
    facts = sending.webhooks.facts()
    assert (facts.states["active"], facts.waiting_s) == (2, 0.0)


def test_a_node_that_restarts_daily_knows_for_how_long_a_webhook_has_waited(
    sending: Sending,
) -> None:
    sending.save()
    sending.publish(1)
    for day in range(1, 4):
        sending.step()
        sending.answer("it answers 500")
        sending.step()
        sending.alerting.now_s += 86_400
        sending.restart()
        assert sending.webhooks.facts().waiting_s == day * 86_400


@pytest.mark.parametrize("others", [(), (2,)], ids=["at the end", "behind what is no hit"])
def test_what_its_owner_has_taken_otherwise_is_waited_for_no_more(
    sending: Sending, others: tuple[int, ...]
) -> None:
    saved = sending.save("机器人1")
    sending.publish(1, *others)
    sending.step()
    sending.answer("it answers 500")
    sending.step()
    sending.alerting.now_s += 700
    assert sending.webhooks.facts().waiting_s == 700.0
    sending.alerting.saved.acknowledge(CLERK, saved.id, 2)
    if not others:
        assert sending.step() == []
    else:
        sending.webhooks.step()
    assert sending.state(saved).waits_since_s == 0.0
    sending.restart()
    assert sending.webhooks.facts().waiting_s == 0.0


def test_a_paused_webhook_waits_for_its_owner_and_not_for_us(sending: Sending) -> None:
    saved = sending.save()
    sending.publish(1)
    sending.step()
    sending.answer("it answers 500")
    sending.step()
    sending.alerting.ended.add(saved.token_id)
    sending.alerting.now_s += 700
    assert sending.step() == []
    facts = sending.webhooks.facts()
    assert (facts.states["paused"], facts.waiting_s) == (1, 0.0)
