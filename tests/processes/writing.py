"""A platform that writes and keeps its own book of what it was told, to be held against the log.

An *acknowledged* write must be there for ever. An *unknown* one (the connection broke) is there
once or not at all, and the same request sent again acts once. A *refused* one is not there.
"""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import json_format

from federation.log.errors import YdxError
from federation.records.codec import Listing
from node.rpc.exchange_client import CallFailedError, ExchangeClient
from tests.processes.member_processes import PLATFORM, MemberProcess

CALL_S: Final = 20.0
PAUSE_S: Final = 0.1
MARK_PHONE: Final = "13912345678"
_UNKNOWN: Final = {"OUT_OF_REACH", "DATABASE_ERROR"}
_NOT_WRITTEN: Final = {"STARTING", "OVERLOADED", "RESTORED_BEHIND", "DISK_FULL", "SIGNING_STOPPED"}
_numbers = itertools.count(1)


def new_listing(marks: dict[str, str] | None = None) -> Listing:
    """Return a listing that was never published; `marks` replaces texts by field name."""
    number = next(_numbers)
    told = {
        "title": f"高强铝合金构件铸造技术第{number}号",
        "summary": "面向大型薄壁构件的低压铸造工艺。",
        "terms": "价格可随批量协商。",
        "contact": "张示例",
        "phone": MARK_PHONE,
        "email": "contact@example.cn",
        **(marks or {}),
    }
    return json_format.ParseDict(
        {
            "public": {
                "kind": "LISTING_KIND_SUPPLY",
                "title": told["title"],
                "summary": told["summary"],
                "region": "340100",
                "tech_field": "TECH_FIELD_NEW_MATERIALS",
                "trl": 6,
                "valid_until": "2030-12-31",
                "source_platform": PLATFORM,
                "source_id": f"T-{number:07d}-{uuid.uuid4().hex[:8]}",
                "owner": {"name": "安徽某某大学"},
                "supply": {
                    "advantages": "抗拉强度不低于320兆帕。",
                    "result_form": 1,
                    "transfer_modes": [5],
                },
            },
            "members": {"terms": told["terms"]},
            "origin": {
                "contacts": [
                    {"name": told["contact"], "phone": told["phone"], "email": told["email"]}
                ]
            },
        },
        Listing(),
    )


@dataclass(slots=True)
class Sent:
    """One write: what was asked, under which request id, and what the answer was."""

    listing: Listing
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    name: str = ""
    etag: str = ""
    reason: str = ""
    code: str = ""
    what: str = ""
    cure: str = ""

    @property
    def source_id(self) -> str:
        return self.listing.public.source_id

    def send(self, client: ExchangeClient) -> None:
        """Send it, again with the same request id and body; keeps what is answered."""
        answer = client.call(
            "PublishListing",
            repeat=False,
            timeout_s=CALL_S,
            listing=self.listing,
            request_id=self.request_id,
        )
        self.name, self.etag = answer.listing.name, answer.listing.info.etag


class Book:
    """All that one platform sent to one member, from any number of threads."""

    def __init__(self) -> None:
        self.acknowledged: list[Sent] = []
        self.unknown: list[Sent] = []
        self.refused: list[Sent] = []

    def write(self, client: ExchangeClient, sent: Sent | None = None) -> Sent:
        """Publish a new listing and note the outcome; a refusal is noted too, not raised."""
        sent = sent or Sent(new_listing())
        try:
            sent.send(client)
        except CallFailedError as failure:
            sent.reason, sent.code = failure.reason, failure.call.code
            sent.what, sent.cure = failure.what, failure.call.cure_en
            if failure.call.code == "DEADLINE_EXCEEDED" or failure.reason in _UNKNOWN:
                self.unknown.append(sent)
            elif failure.reason in _NOT_WRITTEN:
                self.refused.append(sent)
            else:
                raise
        else:
            self.acknowledged.append(sent)
        return sent


@contextmanager
def load(members: list[MemberProcess], books: dict[str, Book], threads: int = 2) -> Iterator[None]:
    """Have platforms write to members all the time, each into the book of its member."""
    ending = threading.Event()
    failures: list[BaseException] = []

    def work(member: MemberProcess) -> None:
        client = member.client()
        try:
            while not ending.is_set():
                sent = books[member.name].write(client)
                if not sent.name:
                    ending.wait(0.2)
                ending.wait(PAUSE_S)
        except BaseException as failure:  # noqa: BLE001 - told to whoever waits for the load
            failures.append(failure)
        finally:
            client.close()

    workers = [
        threading.Thread(target=work, args=(member,), name=f"load-{member.name}-{number}")
        for member in members
        for number in range(threads)
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        ending.set()
        for worker in workers:
            worker.join(CALL_S + 5)
    assert not failures, failures


def check_book(book: Book, client: ExchangeClient) -> None:
    """Hold a book against the member: promises 1 and 5."""
    for sent in book.acknowledged:
        stored = client.call("GetListing", name=sent.name).listing
        assert (stored.info.etag, stored.public.title) == (sent.etag, sent.listing.public.title)
    for sent in book.unknown:
        before = found_by_source(client, sent.source_id)
        assert len(before) <= 1, f"{sent.source_id} stands {len(before)} times"
        sent.send(client)
        assert [sent.name] == found_by_source(client, sent.source_id)
        assert before in ([], [sent.name])
    for sent in book.acknowledged[-3:] + book.unknown[-3:]:
        name, etag = sent.name, sent.etag
        sent.send(client)
        assert (sent.name, sent.etag) == (name, etag), "a retried request acted twice"
    for sent in book.refused:
        assert not found_by_source(client, sent.source_id), f"refused with {sent.reason}, yet there"
    book.acknowledged += book.unknown
    book.unknown = []


def found_by_source(client: ExchangeClient, source_id: str) -> list[str]:
    """Return the names of all listings with a platform's number."""
    query: Any = {"source_platform": PLATFORM, "source_id": source_id}
    return [one.name for one in client.pages("ListListings", "listings", filter=query)]


def reason_of(call: Any) -> str:
    """Call, which has to fail; return the node's reason."""
    try:
        call()
    except YdxError as error:
        return error.reason
    return ""
