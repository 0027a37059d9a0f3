"""A busy run tells no secret, no contact and no content, to nobody: promise 8."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import grpc
import pytest

from federation.log.errors import YdxError
from federation.records.codec import Listing
from node.demo.observing import Observer, all_confirmed
from node.rpc.channels import bearer, exchange_channel
from node.rpc.exchange_client import CallFailedError, ExchangeClient
from tests.processes.asking import CATALOGUE, http
from tests.processes.conftest import MEMBERS
from tests.processes.member_processes import Federation, MemberProcess, running_federation
from tests.processes.writing import new_listing

pytestmark = pytest.mark.timeout(300)
BUSY: Final = "anhui"
MARKS: Final = {
    "title": "青铜鹤嘴锄标题铸造技术",
    "summary": "紫檀算盘珠摘要，面向大型薄壁构件。",
    "terms": "玳瑁墨水匣条款，价格可协商。",
    "contact": "欧阳琥珀",
    "phone": "13987650123",
    "email": "huopo.ouyang@secret-mailbox.cn",
}
LEAKED_PHONE: Final = "13812349876"


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    folder = tmp_path_factory.mktemp("talkative")
    with running_federation(folder, MEMBERS, YDX_TELEMETRY__LOG_LEVEL="debug") as members:
        yield members


def secrets_of(federation: Federation) -> dict[str, str]:
    """Return everything that must not be told, by what it is."""
    found = {f"mark {name}": text[:7] for name, text in MARKS.items() if name != "phone"}
    found |= {"phone": MARKS["phone"], "phone in a title": LEAKED_PHONE, "e-mail": MARKS["email"]}
    for member in federation:
        for role, token in member.member.tokens.items():
            found[f"{member.name}'s {role} token"] = token.rpartition("_")[2]
        for file in ("log.key", "witness.key", "trust.key", "tls.key", "node.secret"):
            content = (member.folder / "keys" / file).read_text("ascii")
            longest = max(re.findall(r"[0-9A-Za-z+/=]{20,}", content), key=len)
            found[f"{member.name}'s {file}"] = longest
    return found


def be_busy(member: MemberProcess) -> list[str]:
    """Do what succeeds and what fails in every way; return the texts of all errors."""
    client = member.client()
    errors: list[str] = []

    def attempt(method: str, /, **fields: Any) -> Any:
        try:
            return client.call(method, repeat=False, **fields)
        except CallFailedError as failure:
            errors.append(f"{failure.call} {failure.metadata}")
            return None

    request_id = str(uuid.uuid4())
    listing = new_listing(MARKS)
    published = attempt("PublishListing", listing=listing, request_id=request_id).listing
    attempt("PublishListing", listing=listing, request_id=request_id)
    attempt("PublishListing", listing=new_listing(MARKS), request_id=request_id)
    attempt("PublishListing", listing=listing)
    for field in ("title", "summary"):
        talkative = new_listing({**MARKS, field: f"{MARKS['title']}，电话{LEAKED_PHONE}"})
        attempt("PublishListing", listing=talkative)
    broken = new_listing(MARKS)
    broken.public.region = "999999"
    broken.origin.contacts[0].phone = MARKS["email"]
    attempt("PublishListing", listing=broken)
    attempt("BatchPublishListings", listings=[new_listing(MARKS), broken, listing])
    revised = Listing()
    revised.CopyFrom(listing)
    revised.name = published.name
    revised.public.summary += "第二版。"
    attempt("ReviseListing", listing=revised)
    attempt("ReviseListing", listing=revised, etag='"stale"')
    attempt("WithdrawListing", name=published.name)
    # These errors repeat to a caller what it wrote in the wrong place; the log must not.
    for method, fields in (
        ("GetListing", {"name": f"nodes/{BUSY}/listings/{MARKS['contact']}"}),
        ("ListListings", {"page_token": MARKS["phone"]}),
        ("GetReceipt", {"name": published.name, "part": MARKS["email"]}),
    ):
        with suppress(CallFailedError):
            client.call(method, repeat=False, **fields)
    client.close()
    for token in (MARKS["email"], member.member.tokens["security"], "ydx_aaaaaaaa_" + "a" * 32):
        stranger = ExchangeClient(member.member.api, token)
        with suppress(YdxError):
            stranger.call("PublishListing", repeat=False, listing=listing)
        stranger.close()
    send_garbage(member)
    return errors


def send_garbage(member: MemberProcess) -> None:
    """Send bytes that are no message but hold content, and ask for what does not exist."""
    channel = exchange_channel(member.member.api)
    for method in ("PublishListing", MARKS["email"]):
        call: Any = channel.unary_unary(f"/{CATALOGUE}/{method}", None, None)
        with pytest.raises(grpc.RpcError):
            call(
                MARKS["title"].encode(),
                metadata=bearer(member.member.tokens["platform"]),
                timeout=10,
            )
    channel.close()
    http(member.member.http, f"/mirror/{MARKS['phone']}/checkpoint")
    http(member.member.http, f"/log/tile/{MARKS['phone']}?email={MARKS['email']}")


def test_promise_8_nothing_secret_is_told_by_logs_metrics_and_errors(
    federation: Federation,
) -> None:
    member = federation[BUSY]
    errors = be_busy(member)
    assert len(errors) >= 6, errors
    Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
    member.kill()
    member.start(YDX_TELEMETRY__LOG_LEVEL="debug")
    member.wait_open()
    told = {
        f"metrics of {one.name}": http(one.member.telemetry, "/metrics")[1] for one in federation
    }
    told |= {f"log of {one.name}": one.log_path.read_bytes() for one in federation}
    told["errors"] = "\n".join(errors).encode()
    secrets = secrets_of(federation)
    for place, text in told.items():
        assert len(text) > 200, f"{place} tells nothing at all"
        decoded = text.decode()
        escaped = json.dumps(decoded)
        for what, secret in secrets.items():
            assert secret not in decoded, f"{place} tells {what}"
            assert json.dumps(secret)[1:-1] not in escaped, f"{place} tells {what}"


def test_every_log_line_is_one_json_object_with_a_constant_event(federation: Federation) -> None:
    for member in federation:
        lines = [json.loads(line) for line in member.log_path.read_text("utf-8").splitlines()]
        assert {"serving", "start"} <= {line["event"] for line in lines}
        assert all(line["timestamp"] and line["level"] for line in lines)
