"""Who sees what: contacts never leave their node, terms are not for partners (promise 8)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from sqlalchemy import select

from node.storage.schema import metadata
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import publish, wait_confirmed, wait_seen
from tests.processes.asking import http
from tests.processes.writing import Sent
from ydx.exchange.v1.record_pb2 import MissingPartReason

CONTACT: Final = {"contact": "欧阳示例", "phone": "13987654321", "email": "seen.nowhere@example.cn"}
TERMS: Final = "首付款三成，其余按里程碑支付。"
WITHHELD: Final = MissingPartReason.MISSING_PART_REASON_WITHHELD


@pytest.fixture(scope="module")
def sent(demo: Demo) -> Sent:
    """Give a listing with a contact and terms, published by shanghai and confirmed everywhere."""
    sent = publish(demo, "shanghai", terms=TERMS, **CONTACT)
    for member in demo.others("shanghai"):
        wait_confirmed(demo, member, sent.name)
    return sent


def stored(demo: Demo, member: str, needle: bytes) -> list[str]:
    """Return in which tables of a member's database some bytes stand."""
    database = demo.database(member)
    try:
        with database.read() as tx:
            return [
                table.name
                for table in metadata.sorted_tables
                if any(needle in one for row in tx.execute(select(table)) for one in raw(row))
            ]
    finally:
        database.close()


def raw(row: Any) -> list[bytes]:
    return [bytes(one) if isinstance(one, bytes) else str(one).encode() for one in row]


def test_contacts_stand_in_the_database_of_their_origin_alone(demo: Demo, sent: Sent) -> None:
    for needle in CONTACT.values():
        assert stored(demo, "shanghai", needle.encode()) == ["part"]
        for member in demo.others("shanghai"):
            assert stored(demo, member, needle.encode()) == [], member
    assert "part" in stored(demo, "anhui", sent.source_id.encode()), "what is shared is found"


def test_no_answer_of_another_member_holds_a_contact(demo: Demo, sent: Sent) -> None:
    which = {"source_id": sent.source_id, "source_platform": demo.platform("shanghai")}
    for member in demo.others("shanghai"):
        for role in ("partner", "clerk", "approver", "operator", "auditor", "platform"):
            client = demo.client(member, role)
            answers = [
                client.call("GetListing", name=sent.name),
                client.call("ListListings", filter=which),
                client.call("GetListingHistory", name=sent.name),
                client.call("GetReceipt", name=sent.name, part="public"),
            ]
            assert answers[1].listings, "the listing itself is found"
            for answer in answers:
                content = answer.SerializeToString()
                assert not [one for one in CONTACT.values() if one.encode() in content]
            missing = {one.part: one.reason for one in answers[0].listing.info.missing_parts}
            assert missing["origin"] == WITHHELD


def test_contacts_are_shown_at_home_to_those_who_need_them(demo: Demo, sent: Sent) -> None:
    for role in ("platform", "clerk", "operator", "auditor"):
        listing = demo.client("shanghai", role).call("GetListing", name=sent.name).listing
        assert listing.origin.contacts[0].email == CONTACT["email"]
    listing = demo.client("shanghai", "partner").call("GetListing", name=sent.name).listing
    assert not listing.HasField("origin")


def test_a_partner_is_shown_no_terms_anywhere(demo: Demo, sent: Sent) -> None:
    for member in demo.others():
        listing = demo.client(member, "partner").call("GetListing", name=sent.name).listing
        assert listing.public == sent.listing.public
        assert not listing.HasField("members")
        missing = {one.part: one.reason for one in listing.info.missing_parts}
        assert missing == {"members": WITHHELD, "origin": WITHHELD}
        for method, fields in (
            ("ListListings", {"filter": {"source_id": sent.source_id}}),
            ("GetListingHistory", {"name": sent.name}),
            ("GetReceipt", {"name": sent.name}),
        ):
            answer = demo.client(member, "partner").call(method, **fields)
            assert TERMS.encode() not in answer.SerializeToString()


def test_terms_are_shown_to_platforms_of_all_members(demo: Demo, sent: Sent) -> None:
    for member in demo.others():
        listing = demo.client(member, "platform").call("GetListing", name=sent.name).listing
        assert listing.members.terms == TERMS


def test_no_part_is_served_over_http(demo: Demo, sent: Sent) -> None:
    leaf_index = wait_seen(demo, "anhui", sent.name).info.leaf_index
    path = bundle_path(demo, leaf_index)
    for address in (demo["shanghai"].http, demo["anhui"].http):
        prefix = "/log" if address == demo["shanghai"].http else "/mirror/shanghai"
        status, body = http(address, f"{prefix}/tile/entries/{path}")
        assert status == 200
        assert not [one for one in (*CONTACT.values(), TERMS) if one.encode() in body]
        assert sent.listing.public.title.encode() not in body


def bundle_path(demo: Demo, leaf_index: int) -> str:
    """Return the place of the bundle that holds a leaf of shanghai's log."""
    _, note = http(demo["anhui"].http, "/mirror/shanghai/checkpoint")
    tree_size = int(note.splitlines()[1])
    start = leaf_index // 256 * 256
    width = min(256, tree_size - start)
    return f"{leaf_index // 256:03}" + (f".p/{width}" if width < 256 else "")


def test_no_log_line_holds_a_contact_or_a_token(demo: Demo, sent: Sent) -> None:
    for member in demo.members():
        lines = (member.folder / "node.log").read_text(encoding="utf-8")
        assert '"serving"' in lines
        secrets = (*CONTACT.values(), TERMS, *member.tokens.values())
        assert not [one for one in secrets if one in lines], member.name
        assert sent.listing.public.title not in lines
