"""What is searched in a listing: the same texts with and without their paths."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from federation.matching.listing_text import listing_texts, searched_text
from federation.records.codec import ListingPublic

if TYPE_CHECKING:
    from collections.abc import Iterator


def filled(message: Any, numbers: Iterator[int], skip: int = 0) -> None:
    """Give every text of a message one of its own, save every `skip`-th; lists have two of each."""
    for field in message.DESCRIPTOR.fields:
        times = 2 if field.is_repeated else 1
        for _ in range(times):
            if field.message_type is not None:
                held = getattr(message, field.name)
                filled(held.add() if field.is_repeated else held, numbers, skip)
            elif field.type == field.TYPE_STRING:
                number = next(numbers)
                text = "" if skip and number % skip == 0 else f"text {number}"
                if field.is_repeated:
                    getattr(message, field.name).append(text)
                else:
                    setattr(message, field.name, text)


@pytest.mark.parametrize("skip", [0, 1, 2, 3, 5])
def test_what_is_indexed_is_what_is_shown_where_it_was_found(skip: int) -> None:
    public = ListingPublic()
    filled(public, count(1), skip)
    texts = [text for _, text in listing_texts(public)]
    assert searched_text(public) == "\n".join(texts)
    assert bool(texts) == (skip != 1)


def test_a_listing_without_texts_gives_none() -> None:
    assert searched_text(ListingPublic()) == ""
    assert not list(listing_texts(ListingPublic()))
