"""Writing to the demo as a member's own platform, and looking for it elsewhere."""

from __future__ import annotations

from typing import Any

from federation.records.codec import Listing
from node.rpc.exchange_client import CallFailedError
from tests.end_to_end.running import Demo
from tests.processes.writing import Sent, new_listing
from tests.waiting import until


def listing_of(demo: Demo, member: str, **marks: str) -> Listing:
    """Return a listing of the member's own platform that was never published."""
    listing = new_listing(marks)
    listing.public.source_platform = demo.platform(member)
    return listing


def publish(demo: Demo, member: str, **marks: str) -> Sent:
    """Publish a new listing at a member."""
    sent = Sent(listing_of(demo, member, **marks))
    sent.send(demo.client(member, "platform"))
    return sent


def found(demo: Demo, member: str, name: str, role: str = "operator") -> Any:
    """Return the listing as a member shows it, None where it does not know it yet."""
    try:
        return demo.client(member, role).call("GetListing", name=name).listing
    except CallFailedError as failure:
        if failure.reason != "RECORD_NOT_FOUND":
            raise
        return None


def wait_seen(demo: Demo, member: str, name: str, revision: int = 1) -> Any:
    """Wait until a member shows a revision of a listing; return it."""

    def seen() -> Any:
        listing = found(demo, member, name)
        return listing if listing and listing.info.revision >= revision else None

    return until(seen, f"{member} shows {name}")


def wait_confirmed(demo: Demo, member: str, name: str) -> None:
    """Wait until a member shows a listing as confirmed."""
    until(
        lambda: not wait_seen(demo, member, name).info.provisional, f"{member} has {name} confirmed"
    )


def listed(demo: Demo, member: str, role: str = "operator", **which: Any) -> set[str]:
    """Return the names of all listings that match, over all pages."""
    pages = demo.client(member, role).pages("ListListings", "listings", page_size=200, filter=which)
    return {one.name for one in pages}


def feed_end(demo: Demo, member: str) -> int:
    """Return the position of a member's last change once nothing is under way.

    The feed has a position for each entry.
    """
    demo.wait_equal()
    return sum(row.verified_size for row in demo.client(member).call("GetSyncStatus").origins)
