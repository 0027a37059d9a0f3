"""Suggestions cost no more, whatever the listings of another member hold."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from federation.records.codec import ListingKind, ListingPublic
from node.search.index import in_memory
from node.search.suggesting import suggest
from node.search.vocabulary import WORDS_MAX, vocabulary
from node.storage.live_listings import LiveListing


def test_a_listing_gives_no_more_words_than_one_may_publish() -> None:
    keywords = [f"keyword{number}" for number in range(20_000)]
    title = " ".join(f"t{number}" for number in range(20_000))
    assert vocabulary(keywords, title) == keywords[:WORDS_MAX]
    longest = " ".join(
        f"{number:x}" for number in range(0xA00, 0xA40)
    )  # 64 words in 256 characters
    assert vocabulary(keywords[:10], longest) == keywords[:10] + longest.split()


def test_a_listing_with_thousands_of_words_is_not_searched_for_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[int] = []
    plain = difflib.get_close_matches

    def counted(word: str, among: Any, **more: Any) -> Any:
        looked_at.append(len(among))
        return plain(word, among, **more)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, title="铸造")
    public.keywords.extend(["composite", *(f"composite{number}" for number in range(15_000))])
    content = public.SerializeToString()
    snapshot = in_memory([LiveListing(1, 1, bytes(16), 1, 1, 1, content, None)])
    assert suggest(snapshot, "composote", lambda _: True)[0] == "composite"
    assert max(looked_at) <= WORDS_MAX
