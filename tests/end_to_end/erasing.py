"""What a platform erases is gone from every member's answers, with its reason (promise 7)."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from tests.end_to_end.running import Demo
from tests.end_to_end.writing import publish, wait_confirmed
from tests.waiting import until
from ydx.exchange.v1.record_pb2 import MissingPartReason

MISTAKE: Final = "条款里误写了某人的住址：安庆路示例一号。"
ERASED: Final = MissingPartReason.MISSING_PART_REASON_ERASED


def test_what_a_platform_erases_is_hidden_at_every_member(demo: Demo) -> None:
    sent = publish(demo, "jiangsu", terms=MISTAKE)
    for member in demo.others():
        wait_confirmed(demo, member, sent.name)
    asked: dict[str, Any] = {"name": sent.name, "parts": ["members"], "legal_ground": "PIPL-47"}
    done = demo.client("jiangsu", "platform").call("EraseRecord", **asked)
    assert (done.erased_parts, done.erased_before) == (1, 0)

    def hides(member: str) -> bool:
        client = demo.client(member, "platform")
        answers = [
            client.call("GetListing", name=sent.name),
            client.call("GetListingHistory", name=sent.name),
        ]
        return not any(MISTAKE.encode() in one.SerializeToString() for one in answers)

    for member in demo.others():
        until(partial(hides, member), f"{member} hides what was erased")
        shown = demo.client(member, "platform").call("GetListing", name=sent.name).listing
        missing = {one.part: one.reason for one in shown.info.missing_parts}
        assert missing["members"] == ERASED
        assert shown.public == sent.listing.public
    again = demo.client("jiangsu", "security").call("EraseRecord", **asked)
    assert (again.erased_parts, again.erased_before) == (0, 1)
    demo.wait_equal()
