"""Saved queries: whose they are, how many, where their webhooks may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from federation.log.errors import YdxError
from node.services.access import Caller, Role
from node.services.alerting.saved_queries import LABEL_MAX
from node.services.alerting.webhook_addresses import WebhookRules, is_public, literal_address
from node.services.errors import InvalidFields
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PARTNER, PLATFORM, OwnNode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def alerting(node: OwnNode, tmp_path: Path) -> Alerting:
    return Alerting(Finding(node, tmp_path / "search"), most=2)


def test_a_caller_sees_its_own_only_and_secrets_once(alerting: Alerting) -> None:
    first = alerting.save("超声", label="a", webhook_url="https://a.example/x")
    assert len(first.webhook_secret) == 56
    second = alerting.save("激光", label="b")
    assert second.webhook_secret == ""
    other = alerting.save("激光", label="a", caller=PARTNER)
    listed = alerting.saved.every(CLERK)
    assert [(one.id, one.label, one.webhook_secret) for one in listed] == [
        (first.id, "a", ""),
        (second.id, "b", ""),
    ]
    assert alerting.saved.get(CLERK, first.id).webhook_secret == ""
    for call in (
        lambda: alerting.saved.get(CLERK, other.id),
        lambda: alerting.saved.forget(CLERK, other.id),
        lambda: alerting.saved.acknowledge(CLERK, other.id, 0),
        lambda: alerting.saved.renew_secret(CLERK, other.id),
    ):
        with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
            call()
    alerting.saved.forget(CLERK, first.id)
    assert [one.id for one in alerting.saved.every(CLERK)] == [second.id]


def test_another_token_of_the_same_platform_goes_on(alerting: Alerting) -> None:
    saved = alerting.save(caller=PLATFORM, webhook_url="https://a.example/x")
    renewed = Caller(PLATFORM.roles, "77", source_platform=PLATFORM.source_platform)
    assert [one.id for one in alerting.saved.every(renewed)] == [saved.id]
    alerting.saved.renew_secret(renewed, saved.id)
    assert alerting.saved.get(renewed, saved.id).token_id == "77"


def test_a_caller_has_so_many_and_no_label_twice(alerting: Alerting) -> None:
    alerting.save(label="a")
    with pytest.raises(InvalidFields) as caught:
        alerting.save(label="a")
    assert caught.value.violations[0].rule == "LABEL_TAKEN"
    alerting.save(label="b")
    with pytest.raises(YdxError) as full:
        alerting.save(label="c")
    assert (full.value.reason, full.value.metadata) == ("SAVED_QUERIES_FULL", {"most": "2"})
    alerting.save(label="c", caller=PARTNER)


def test_a_position_moves_both_ways_within_the_feed(node: OwnNode, alerting: Alerting) -> None:
    node.sequencer.open_log()
    saved = alerting.save(from_position=0)
    assert saved.position == 1
    for position in (0, 1):
        alerting.saved.acknowledge(CLERK, saved.id, position)
        assert alerting.saved.get(CLERK, saved.id).position == position
    with pytest.raises(YdxError, match="POSITION_IN_FUTURE"):
        alerting.saved.acknowledge(CLERK, saved.id, 2)


@pytest.mark.parametrize("label", ["", "  ", "x" * (LABEL_MAX + 1), "a\0"])
def test_a_label_is_a_short_text(alerting: Alerting, label: str) -> None:
    with pytest.raises(InvalidFields):
        alerting.saved.save(CLERK, label, b"", 0)


def test_a_secret_is_for_a_webhook_of_who_may_ask(alerting: Alerting) -> None:
    without = alerting.save()
    with pytest.raises(InvalidFields) as caught:
        alerting.saved.renew_secret(CLERK, without.id)
    assert caught.value.violations[0].rule == "WEBHOOK_NONE"
    priced = alerting.save(caller=PLATFORM, webhook_url="https://a.example/", amount_max_fen=1)
    less = Caller(frozenset({Role.PARTNER}), "78", source_platform=PLATFORM.source_platform)
    with pytest.raises(YdxError, match="ROLE_MISSING"):
        alerting.saved.renew_secret(less, priced.id)


URLS = [
    ("https://hooks.example/x?y=1", ""),
    ("https://hooks.example:8443", ""),
    ("https://93.184.216.34/x", ""),
    ("https://[2606:2800:220:1::1]/x", ""),
    ("http://hooks.example/", "WEBHOOK_HTTP"),
    ("ftp://hooks.example/", "WEBHOOK_URL"),
    ("hooks.example", "WEBHOOK_URL"),
    ("https://", "WEBHOOK_URL"),
    ("https:///x", "WEBHOOK_URL"),
    ("https://user:secret@hooks.example/", "WEBHOOK_URL"),
    ("https://hooks.example/#part", "WEBHOOK_URL"),
    ("https://hooks.example\\@127.0.0.1/", "WEBHOOK_URL"),
    ("https://hooks.example/\r\nX: y", "WEBHOOK_URL"),
    ("https://hooks.example:99999/", "WEBHOOK_URL"),
    ("https://回调.example/", "WEBHOOK_URL"),
    ("https://hooks.example/" + "x" * 2000, "TEXT_LENGTH"),
    ("https://127.0.0.1/", "WEBHOOK_ADDRESS"),
    ("https://2130706433/", "WEBHOOK_ADDRESS"),
    ("https://0x7f000001/", "WEBHOOK_ADDRESS"),
    ("https://0x7f.1/", "WEBHOOK_ADDRESS"),
    ("https://0177.0.0.1/", "WEBHOOK_ADDRESS"),
    ("https://127.1/", "WEBHOOK_ADDRESS"),
    ("https://10.0.0.1:8443/", "WEBHOOK_ADDRESS"),
    ("https://[::1]/", "WEBHOOK_ADDRESS"),
    ("https://[::ffff:127.0.0.1]/", "WEBHOOK_ADDRESS"),
    ("https://[fe80::1]/", "WEBHOOK_ADDRESS"),
    ("https://localhost/", "WEBHOOK_ADDRESS"),
    ("https://LOCALHOST.:8443/", "WEBHOOK_ADDRESS"),
    ("https://a.localhost/", "WEBHOOK_ADDRESS"),
    ("https://localhost.example/", ""),
]


@pytest.mark.parametrize(("url", "rule"), URLS)
def test_a_webhook_goes_to_a_public_https_address(url: str, rule: str) -> None:
    if not rule:
        WebhookRules().check_url(url)
        return
    with pytest.raises(InvalidFields) as caught:
        WebhookRules().check_url(url)
    assert caught.value.violations[0].rule == rule
    assert "secret" not in caught.value.what


def test_the_operator_may_allow_plain_and_private_addresses() -> None:
    WebhookRules(allow_http=True).check_url("http://hooks.example/")
    WebhookRules(allow_private=True).check_url("https://127.0.0.1/")
    WebhookRules(allow_private=True).check_url("https://localhost/")
    WebhookRules(allow_private=True, allow_http=True).check_url("http://[::1]:8080/")
    with pytest.raises(InvalidFields):
        WebhookRules(allow_private=True).check_url("http://127.0.0.1/")


NOT_PUBLIC: Final = [
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.1", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "192.0.2.1", "198.18.0.1", "::", "::1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1",
    "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "no address", "",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


def test_what_is_public() -> None:
    assert [one for one in NOT_PUBLIC if is_public(one)] == []
    assert [one for one in PUBLIC if not is_public(one)] == []


def test_an_address_is_known_in_every_spelling() -> None:
    for text in ("2130706433", "0x7f000001", "0x7f.1", "0177.1", "127.1", "127.0.0.1"):
        assert literal_address(text) == "127.0.0.1"
    assert literal_address("::1") == "::1"
    assert literal_address("hooks.example") == ""
    assert literal_address("回调") == ""
