"""Any member serves any origin: two members that cannot reach each other still hold all."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CUT_LINK
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import publish, wait_confirmed, wait_seen


@pytest.mark.parametrize(("here", "there"), [CUT_LINK, CUT_LINK[::-1]], ids=["there", "back"])
def test_a_log_comes_through_others_verified_and_confirmed(
    demo: Demo, here: str, there: str
) -> None:
    sent = publish(demo, there)
    listing = wait_seen(demo, here, sent.name)
    assert listing.info.etag == sent.etag
    assert listing.members == sent.listing.members
    wait_confirmed(demo, here, sent.name)
    demo.wait_equal()
    peers = demo.client(here).call("GetSyncStatus").peers
    assert [peer.member for peer in peers if not peer.up] == [there]
