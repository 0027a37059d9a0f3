"""Webhooks of a real node: refused by default, sent when allowed, whole after a kill."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from federation.log.errors import YdxError
from tests.node.web.test_webhook_sender import Receiver
from tests.processes.member_processes import Federation, MemberProcess
from tests.processes.writing import MARK_PHONE, new_listing
from tests.waiting import until

ALLOWED = {"YDX_SEARCH__WEBHOOK_ALLOW_PRIVATE": "true", "YDX_SEARCH__WEBHOOK_ALLOW_HTTP": "true"}


def call(member: MemberProcess, method: str, **fields: Any) -> Any:
    client = member.client()
    try:
        return client.call(method, **fields)
    finally:
        client.close()


def publish(member: MemberProcess) -> str:
    request_id = str(uuid.uuid4())
    listing = new_listing()
    return str(call(member, "PublishListing", listing=listing, request_id=request_id).listing.name)


def received(receiver: Receiver) -> set[str]:
    return {hit["name"] for _, body in list(receiver.got) for hit in json.loads(body)["hits"]}


def test_a_kill_leaves_no_gap_and_no_secret_in_the_log(tmp_path: Path) -> None:
    federation = Federation(tmp_path, ["anhui", "jiangsu", "shanghai"])
    member = federation["anhui"]
    with Receiver() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/hook?key=hidden"
        asked = {"label": "铸造", "search": {"query": "铸造"}, "webhook_url": url}
        try:
            federation.start()
            with pytest.raises(YdxError, match=r"search\.webhook_allow_http"):
                call(member, "SaveQuery", **asked)
            member.terminate()
            member.start(**ALLOWED)
            member.wait_open()
            secret = call(member, "SaveQuery", **asked).webhook_secret
            names = {publish(member)}
            until(lambda: received(receiver) == names, "the first hit is received")
            receiver.status = 500
            names.add(publish(member))
            member.kill()
            receiver.status = 200
            member.start(**ALLOWED)
            member.wait_open()
            names.add(publish(member))
            until(lambda: received(receiver) == names, "all hits are received")

            def is_acknowledged() -> bool:
                (saved,) = call(member, "ListSavedQueries").saved_queries
                return not call(member, "ListAlerts", id=saved.id).hits

            until(is_acknowledged, "the saved position has moved")
            member.terminate()
        finally:
            federation.stop()
        bodies = b"".join(body for _, body in receiver.got).decode()
    written = member.log_path.read_text("utf-8")
    for hidden in (secret, "key=hidden", MARK_PHONE):
        assert hidden not in written
        assert hidden not in bodies
