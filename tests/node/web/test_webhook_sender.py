"""The sender of webhooks against real receivers: what it says, and where it never goes."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from hashlib import sha256
from hmac import compare_digest, digest
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from node.config.tls_files import tls_context
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.alerting.webhooks import WebhookCall, Webhooks
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage.database import Database
from node.storage.saved_queries import SavedQuery
from node.web.server import Listener, WebServer
from node.web.webhook_sender import WebhookSender
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PLATFORM, OwnNode, supply
from tests.node.web.test_server import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANYWHERE = WebhookRules(allow_private=True, allow_http=True)
PUBLIC_ONLY = WebhookRules(allow_http=True)
PRIVATE = "its address is private; the operator can allow that"


class Receiver:
    """A real HTTP server that keeps what it gets, and answers as it is told."""

    def __init__(self, tls: Any = None) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b""
        self.hold: threading.Event | None = None
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._server = WebServer([Listener(application, "127.0.0.1", 0, tls)])
        (self.port,) = self._server.start()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        if self.hold is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.hold.wait, 30)
        return web.Response(status=self.status, headers=self.headers, body=self.body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.hold is not None:
            self.hold.set()
        self._server.stop()


class Names(AbstractResolver):
    """Resolves every name to the addresses given, in turn."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not answer:
            raise OSError("no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer
        ]

    async def close(self) -> None:
        """Nothing is open."""


class Sender:
    """A running sender; `call` waits for the outcome of one call."""

    def __init__(self, rules: WebhookRules, **more: Any) -> None:
        self._sender = WebhookSender(rules, **more)
        self._sender.start()

    def begin(self, url: str) -> SimpleQueue[str]:
        saved = SavedQuery(
            id="1", owner="o", token_id="t", label="l", request=b"", position=0, created_at_s=0.0,
            webhook_url=url,
        )  # fmt: skip
        over: SimpleQueue[str] = SimpleQueue()
        self._sender.post(WebhookCall(saved, 7, {"X-Ydx-Position": "7"}, b"{}"), over.put)
        return over

    def call(self, url: str) -> str:
        return self.begin(url).get(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def test_a_call_posts_body_and_headers(receiver: Receiver) -> None:
    with Sender(ANYWHERE) as sender:
        assert sender.call(f"http://127.0.0.1:{receiver.port}/hook?a=b") == ""
    ((headers, body),) = receiver.got
    assert (headers["X-Ydx-Position"], body) == ("7", b"{}")
    assert "Cookie" not in headers


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, ""),
        (204, ""),
        (302, "it answered 302; redirects are not followed"),
        (404, "it answered 404"),
        (500, "it answered 500"),
    ],
)
def test_only_a_success_is_one(receiver: Receiver, status: int, error: str) -> None:
    receiver.status = status
    receiver.headers = {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}
    with Sender(ANYWHERE) as sender:
        assert sender.call(f"http://127.0.0.1:{receiver.port}/") == error
    assert len(receiver.got) == 1


def test_an_answer_without_end_is_not_read(receiver: Receiver) -> None:
    receiver.body = b"x" * 50_000_000
    with Sender(ANYWHERE) as sender:
        assert sender.call(f"http://127.0.0.1:{receiver.port}/") == ""


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0",  # noqa: S104 - dialled
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost",
    ],
)  # fmt: skip
def test_no_spelling_of_this_machine_is_called(receiver: Receiver, host: str) -> None:
    with Sender(PUBLIC_ONLY) as sender:
        assert sender.call(f"http://{host}:{receiver.port}/") == PRIVATE
    assert receiver.got == []


def test_plain_http_is_called_only_where_it_is_allowed(receiver: Receiver) -> None:
    with Sender(WebhookRules(allow_private=True)) as sender:
        told = sender.call(f"http://127.0.0.1:{receiver.port}/")
    assert told == "the operator does not allow its address"
    assert receiver.got == []


def test_a_certificate_is_checked_against_the_name(tmp_path: Path) -> None:
    files = self_signed(tmp_path)
    trust = ssl.create_default_context(cafile=str(files[0]))
    with Receiver(tls_context(*files)) as secure, Sender(ANYWHERE, tls=trust) as sender:
        assert sender.call(f"https://localhost:{secure.port}/") == ""
        assert sender.call(f"https://127.0.0.1:{secure.port}/") == "its certificate is not trusted"
    assert len(secure.got) == 1


def test_a_name_of_a_private_address_is_not_called(receiver: Receiver) -> None:
    for addresses in (["127.0.0.1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "fc00::1"]):
        with Sender(PUBLIC_ONLY, resolver=Names(addresses)) as sender:
            assert sender.call(f"http://hooks.example:{receiver.port}/") == PRIVATE
    with Sender(ANYWHERE, resolver=Names(["127.0.0.1"])) as sender:
        assert sender.call(f"http://hooks.example:{receiver.port}/") == ""
    assert len(receiver.got) == 1


def test_a_name_that_changes_its_meaning_is_judged_where_it_is_dialled(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check at the name is made blind here: the one at the socket is the last."""
    monkeypatch.setattr("node.web.webhook_sender._AllowedOnly", lambda _rules, inner: inner)
    with Sender(PUBLIC_ONLY, resolver=Names(["127.0.0.1"])) as sender:
        assert sender.call(f"http://hooks.example:{receiver.port}/") == PRIVATE
    assert receiver.got == []


def test_what_cannot_be_called_is_told_in_our_words(receiver: Receiver, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free_port = taken.getsockname()[1]
    with Sender(ANYWHERE) as sender:
        assert sender.call(f"http://127.0.0.1:{free_port}/") == "it refused the connection"
    with Sender(ANYWHERE, resolver=Names([])) as sender:
        assert sender.call("http://hooks.example/") == "its name does not resolve"
    with Receiver(tls_context(*self_signed(tmp_path))) as secure, Sender(ANYWHERE) as sender:
        assert sender.call(f"https://127.0.0.1:{secure.port}/") == "its certificate is not trusted"
        assert sender.call(f"http://127.0.0.1:{secure.port}/") == "the connection broke"
    receiver.hold = threading.Event()
    with Sender(ANYWHERE, call_s=0.05) as sender:
        assert (
            sender.call(f"http://127.0.0.1:{receiver.port}/") == "it did not answer within 0.05 s"
        )


def test_a_slow_receiver_delays_nobody(receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    with Receiver() as quick, Sender(ANYWHERE) as sender:
        slow = sender.begin(f"http://127.0.0.1:{receiver.port}/")
        for _ in range(3):
            assert sender.call(f"http://127.0.0.1:{quick.port}/") == ""
        assert slow.empty()
        receiver.hold.set()
        assert slow.get(timeout=30) == ""


def test_stopping_breaks_off_what_is_under_way(receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    with Sender(ANYWHERE) as sender:
        over = sender.begin(f"http://127.0.0.1:{receiver.port}/")
    assert over.empty()
    sender.begin(f"http://127.0.0.1:{receiver.port}/")  # it has stopped: nothing happens
    WebhookSender(ANYWHERE).stop()


class Hooked:
    """Webhooks that call a real receiver, step by step."""

    def __init__(self, folder: Path, node: OwnNode, receiver: Receiver) -> None:
        self.alerting = Alerting(Finding(node, folder / "search"), rules=ANYWHERE)
        self.receiver = receiver
        url = f"http://127.0.0.1:{receiver.port}/hook"
        self.saved = self.alerting.save("超声波", webhook_url=url)
        self.restart()

    def restart(self) -> None:
        self.sender = WebhookSender(ANYWHERE, call_s=0.5)
        self.sender.start()
        self.webhooks = Webhooks(
            self.alerting.finding.node.database,
            self.alerting.alerts,
            self.alerting.current,
            self.sender.post,
            lambda: self.alerting.now_s,
            lambda: 1.0,
        )

    def publish(self, number: int) -> None:
        made = supply(number, title=f"超声波焊接机器人{number}")
        self.alerting.finding.node.publishing.publish(PLATFORM, LISTING, made, WriteOptions())
        self.alerting.finding.catch_up()

    def send(self) -> str:
        """Make one call; return how it went."""
        rung = self.webhooks.bell.rung
        while self.webhooks.step():
            pass
        self.webhooks.bell.wait(rung, 30.0, Never())
        self.webhooks.step()
        return self.alerting.saved.get(CLERK, self.saved.id).last_error

    def verified(self) -> list[str]:
        """Return the titles of all calls that were received, each with a valid signature."""
        titles = []
        for headers, body in self.receiver.got:
            signed = f"{headers['X-Ydx-Timestamp']}.{headers['X-Ydx-Position']}.".encode() + body
            expected = digest(self.saved.webhook_secret.encode(), signed, sha256).hex()
            assert compare_digest(headers["X-Ydx-Signature"], f"v1={expected}")
            titles.append(body.decode().partition("机器人")[2][0])
        return titles


class Never:
    ended = False


@pytest.fixture
def hooked(tmp_path: Path, receiver: Receiver) -> Iterator[Hooked]:
    database = Database.open(f"sqlite:///{tmp_path}/node.db")
    with OwnNode(database) as node:
        one = Hooked(tmp_path, node, receiver)
        yield one
        one.sender.stop()
        one.alerting.finding.indexer.close()
    database.close()


def test_errors_time_outs_and_restarts_leave_no_gap(hooked: Hooked) -> None:
    hooked.publish(1)
    hooked.receiver.status = 500
    assert hooked.send() == "it answered 500"
    hooked.receiver.status, hooked.receiver.hold = 200, threading.Event()
    hooked.alerting.now_s += 10.0
    assert hooked.send() == "it did not answer within 0.5 s"
    hooked.receiver.hold.set()
    hooked.receiver.hold = None
    hooked.sender.stop()
    hooked.restart()
    hooked.alerting.now_s += 10.0
    assert hooked.send() == ""
    hooked.publish(2)
    assert hooked.send() == ""
    assert hooked.verified() == ["1", "1", "1", "2"]
    assert hooked.alerting.saved.get(CLERK, hooked.saved.id).position == 3


def test_a_call_that_a_stop_breaks_off_is_made_again(hooked: Hooked) -> None:
    hooked.publish(1)
    hooked.receiver.hold = threading.Event()
    hooked.webhooks.step()
    hooked.sender.stop()
    hooked.receiver.hold.set()
    hooked.receiver.hold = None
    hooked.restart()
    assert hooked.send() == ""
    assert set(hooked.verified()) == {"1"}
