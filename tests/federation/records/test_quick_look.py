"""The quick look: it passes good records, and never passes what the walk would alter or report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.records.codec import Listing
from federation.records.listing import check_listing
from federation.records.quick_look import QuickLook
from federation.records.shapes import LISTING_CONTACTS, LISTING_PUBLIC, LISTING_TERMS
from tests.federation.records.examples import TODAY, demand, supply
from tests.federation.records.random_records import messages, values
from tests.federation.records.spoiling import extend, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.records.findings import Checked

LOOK: Final = QuickLook(LISTING_PUBLIC, LISTING_TERMS, LISTING_CONTACTS)


def walked(listing: Listing) -> Checked[Listing]:
    """Return what the check finds field by field."""
    with mock.patch.object(QuickLook, "finds_nothing", return_value=False):
        return check_listing(listing, today=TODAY)


def agree(listing: Listing) -> None:
    assert check_listing(listing, today=TODAY) == walked(listing)


def _spoil(message: Any, data: st.DataObject) -> None:
    """Give any value to a field of the message, or of one that it holds."""
    field = data.draw(st.sampled_from(list(message.DESCRIPTOR.fields)), label="field")
    if field.name in {"state", "info"}:
        return
    held = getattr(message, field.name)
    if field.message_type and (data.draw(st.booleans()) or not field.is_repeated):
        if not field.is_repeated:
            _spoil(held, data)
        elif held:
            _spoil(held[data.draw(st.integers(0, len(held) - 1))], data)
    elif field.is_repeated:
        held.append(data.draw(values(field)))
        if len(held) > 1 and data.draw(st.booleans()):
            held.append(held[0])
    else:
        setattr(message, field.name, data.draw(values(field)))


@given(st.data())
def test_a_good_listing_spoilt_anywhere_is_found_out_alike(data: st.DataObject) -> None:
    listing = data.draw(st.sampled_from([supply, demand]))()
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(listing, data)
    agree(listing)


@given(messages(Listing))
def test_any_listing_is_found_out_alike(listing: Listing) -> None:
    agree(listing)


@pytest.mark.parametrize("example", [supply, demand])
def test_good_listings_pass(example: Callable[[], Listing]) -> None:
    assert LOOK.finds_nothing(example())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("public.description", "第一段。\n\n第二段，面积 20 m²，温度 80 ℃。"),
        ("public.description", "尺寸（长｜宽）1200 x 800|公差 0.05"),
        ("public.title", "高强铝合金板材 A356 and more"),
        ("public.supply.ip[0].number", "BS.2024599007"),
        ("origin.contacts[0].name", "13800001234"),
    ],
)
def test_ordinary_texts_pass(path: str, text: str) -> None:
    listing = supply()
    _put(listing, path, text)
    assert LOOK.finds_nothing(listing)
    agree(listing)


@pytest.mark.parametrize(
    "text",
    [
        "  铝合金 板材制造",
        "铝合金 板材制造 ",
        "铝合金  板材制造",
        "铝合金\t板材制造",
        "铝合金\n板材制造",
        "铝合金\r板材制造",
        "铝合金\u3000板材制造",
        "铝合金\xa0板材制造",
        "铝合金\x1c板材制造",
        "铝合金\x85板材制造",
        "铝合金（板材）制造",
        "铝合金Ａ板材制造",
        "铝合金板材制造…",
        "铝合金板材制造...",
        "铝合金板材制造?",
        "铝合金板材制造\ufffd",
        "铝合金\u200b板材制造",
        "\u0301铝合金板材制造",
        "铝合金板材制造e\u0301",
        "铝合金13800001234板材",
        "铝合金１３８００００１２３４板材",
        "铝合金 a@example.com",
        "铝合金 a(at)example.com",
        "|",
        "铝合金 | 板材制造",
        " |铝合金板材制造| ",
        "铝|合金\u0338板材制造",
        "铝" * 5000,
        "",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "public.title",
        "public.status_reason",
        "public.description",
        "public.keywords[0]",
        "public.source_id",
        "public.supply.advantages",
        "public.supply.ip[0].number",
        "public.supply.indicators[0].unit",
        "public.owner.name",
        "members.terms",
        "origin.contacts[0].phone",
    ],
)
def test_nasty_texts_are_found_out_alike_wherever_they_stand(path: str, text: str) -> None:
    listing = supply()
    _put(listing, path, text)
    agree(listing)


@pytest.mark.parametrize(
    "spoil",
    [
        put("public.trl", 10),
        put("public.kind", 0),
        put("public.status", 99),
        extend("public.keywords", *["铝"] * 20),
        extend("public.supply.transfer_modes", 1, 1),
        extend("public.supply.transfer_modes", 0),
        extend("public.industry", ""),
    ],
)
def test_numbers_choices_and_lists_are_found_out_alike(spoil: Callable[[Any], object]) -> None:
    listing = supply()
    spoil(listing)
    assert not LOOK.finds_nothing(listing)
    agree(listing)


def _put(listing: Listing, path: str, text: str) -> None:
    """Set a text; a place in a list is made where it is missing."""
    message: Any = listing
    *above, last = path.split(".")
    for step in above:
        name, is_item, _ = step.partition("[")
        message = getattr(message, name)
        if is_item:
            message = message[0] if message else message.add()
    name, is_item, _ = last.partition("[")
    if is_item:
        held = getattr(message, name)
        held[:] = [text, *held[1:]]
    else:
        setattr(message, name, text)
