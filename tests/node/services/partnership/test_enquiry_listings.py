"""Which listings may be enquired about, and why the others may not."""

from __future__ import annotations

from typing import Any

import pytest

from federation.log.entry import KIND_ERASE
from federation.log.errors import Refused
from federation.records.codec_body import ErasedPart, erase_body
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from tests.node.services.own_node import PLATFORM
from tests.node.services.partnership.enquiring import (
    OPTIONS,
    E,
    Enquiring,
    R,
    reason,
)


@pytest.mark.parametrize(
    ("public", "told"),
    [
        ({"open_for_enquiry": False}, "not open for enquiries"),
        ({"status": 2}, "ON_HOLD"),
    ],
)
def test_a_listing_that_takes_no_enquiries_says_why(
    enquiring: Enquiring, public: dict[str, Any], told: str
) -> None:
    listing = enquiring[R].publish()

    def change(record: Any) -> Any:
        for name, value in public.items():
            setattr(record.public, name, value)
        return record

    enquiring[R].publishing.revise(PLATFORM, LISTING, listing.name, change, OPTIONS)
    enquiring.sync()
    with pytest.raises(Refused) as caught:
        enquiring[E].submit(listing.name)
    assert caught.value.reason == "LISTING_NOT_OPEN"
    assert told in caught.value.metadata["why"]


def test_a_listing_whose_last_day_has_passed_takes_no_enquiries(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish(valid_until="2027-01-20").name
    enquiring.sync()
    enquiring.world.pass_time(10 * 86_400.0)
    assert reason(lambda: enquiring[E].submit(listing)) == "LISTING_NOT_OPEN"


def test_a_withdrawn_an_erased_an_unknown_and_a_changed_version_are_told_apart(
    enquiring: Enquiring,
) -> None:
    node = enquiring[R]
    withdrawn, erased, changed = (node.publish(number) for number in (1, 2, 3))
    node.publishing.withdraw(PLATFORM, LISTING, withdrawn.name, OPTIONS)
    erase(enquiring, R, erased.info.leaf_index)

    def revise(record: Any) -> Any:
        record.public.summary += "已批量应用。"
        return record

    node.publishing.revise(PLATFORM, LISTING, changed.name, revise, OPTIONS)
    enquiring.sync()
    ask = enquiring[E].submit
    assert reason(lambda: ask(withdrawn.name)) == "RECORD_WITHDRAWN"
    assert reason(lambda: ask(erased.name)) == "LISTING_NOT_OPEN"
    assert reason(lambda: ask(changed.name, etag=changed.info.etag)) == "STALE_ETAG"
    unknown = changed.name.rpartition("/")[0] + "/" + "0" * 26
    assert reason(lambda: ask(unknown)) == "RECORD_NOT_FOUND"
    assert reason(lambda: ask("nodes/anhui/managers/" + "0" * 26)) == "INVALID_FIELD"
    done = ask(changed.name)
    facts = enquiring[E].get(done.name).shown.loaded.listing
    assert facts.revision == 2


def erase(enquiring: Enquiring, member: str, leaf_index: int) -> None:
    """Let a member erase the public part of a listing."""
    node = enquiring[member]
    body = erase_body((ErasedPart(node.member.origin, leaf_index, 0),), "PIPL-47")

    def prepare(view: Any) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(prepare))


def test_a_listing_of_a_member_that_has_left_takes_no_enquiries(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    parts = enquiring[E].enquiries._parts
    object.__setattr__(parts, "members", lambda: [E, "center"])
    with pytest.raises(Refused) as caught:
        enquiring[E].submit(listing)
    assert caught.value.reason == "LISTING_NOT_OPEN"
    assert "no member any more" in caught.value.metadata["why"]
