"""Nobody's name or phone is in metrics, or in alerts by poll, stream or webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.services.catalogue.erasing import Erasing
from node.services.catalogue.records import LISTING
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.enquiring import (
    CLERK,
    MARKED_NAME,
    MARKED_PHONE,
    OPTIONS,
    E,
    Enquiring,
    R,
    contacts,
)
from tests.node.services.partnership.telling import Telling
from tests.node.services.partnership.test_enquiry_contacts import (
    DELAY_S,
    destruction_of,
    holding,
    names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALERTS = ("poll", "stream", "webhook")
TITLED = "赵标记"
"""A name that stands in a title by mistake: alerts tell titles, until it is erased."""
DAY_S = 86_400.0


@pytest.fixture
def tellings(enquiring: Enquiring, tmp_path: Path) -> Iterator[dict[str, Telling]]:
    made = {
        member: Telling(
            enquiring[member],
            tmp_path / "indexes" / member,
            destruction_of(enquiring[member].member),
        )
        for member in (E, R)
    }
    yield made
    for one in made.values():
        one.close()


def publish(enquiring: Enquiring, number: int, title: str) -> str:
    """Publish a listing of R's whose contact is marked."""
    said = supply(number, title=title, open_for_enquiry=True, valid_until="2028-12-31")
    (contact,) = said.origin.contacts
    contact.name, contact.phone = MARKED_NAME, MARKED_PHONE
    record = enquiring[R].publishing.publish(PLATFORM, LISTING, said, OPTIONS).record
    return str(record.name)


def erase(enquiring: Enquiring, name: str, *parts: str) -> None:
    node = enquiring[R]
    eraser = Erasing(node.sequencer, node.member.origin, R, ack_wait_s=0.1)
    eraser.erase(PLATFORM, name, parts, "PIPL-47", OPTIONS)


def told(tellings: dict[str, Telling]) -> dict[tuple[str, str], str]:
    """Return all that both members tell, by member and way, once each way was seen to tell."""
    found = {
        (member, way): text
        for member, one in tellings.items()
        for way, text in one.everything().items()
    }
    for (member, way), text in found.items():
        if way == "metrics":
            assert "ydx_scrape_errors_total 0.0" in text, "every gauge was read"
            assert f'ydx_records{{kind="LISTING",origin="{R}"}} ' in text
        else:
            assert "nodes/anhui/listings/" in text, (member, way)
            assert "nodes/jiangsu/enquiries/" in text, (member, way)
    return found


def standing_in(found: dict[tuple[str, str], str], *marked: str) -> set[tuple[str, str]]:
    return {key for key, text in found.items() if any(one in text for one in marked)}


def test_what_was_marked_is_in_no_metric_and_in_no_alert_before_and_after_its_erasure(
    enquiring: Enquiring, tellings: dict[str, Telling]
) -> None:
    listing = publish(enquiring, 1, "超声波焊接机器人")
    titled = publish(enquiring, 2, f"{TITLED}的激光切割技术")
    enquiring.sync()
    name = enquiring.introduced(listing)
    enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    enquiring[E].submit(listing, message="其寿命如何？")
    enquiring.sync()
    assert names(enquiring, E, name) == {R: MARKED_NAME}
    enquiring.world.pass_time(14 * DAY_S)
    found = told(tellings)
    assert standing_in(found, MARKED_NAME, MARKED_PHONE) == set()
    every_alert = {(member, way) for member in tellings for way in ALERTS}
    assert standing_in(found, TITLED) == every_alert, "the search finds what is told"

    enquiring[R].contacts.withdraw(CLERK, name, OPTIONS)
    erase(enquiring, listing, "origin")
    erase(enquiring, titled, "public", "origin")
    enquiring.sync()
    assert standing_in(told(tellings), MARKED_NAME, MARKED_PHONE, TITLED) == set()

    for one in tellings.values():
        assert one.destruction.step()
        one.destruction.agree(one.destruction.pending())
    enquiring.world.pass_time(DELAY_S)
    for one in tellings.values():
        assert one.destruction.step()
        assert one.destruction.pending() == []
    assert holding(enquiring) == set()
    assert standing_in(told(tellings), MARKED_NAME, MARKED_PHONE, TITLED) == set()
