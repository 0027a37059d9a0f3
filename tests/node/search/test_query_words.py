"""What the words of a query weigh, and what a repeat in a listing is worth."""

from __future__ import annotations

import pytest

from federation.records.codec import ListingKind, ListingPublic
from node.search.index import in_memory
from node.search.query import ListingFilter, every_word, query_words
from node.search.ranking import Ranking, Sort
from node.storage.live_listings import LiveListing


def _scores(typed: str, *descriptions: str) -> list[float]:
    """Return the score of each listing for a query, in the order of the listings."""
    listings = []
    for number, description in enumerate(descriptions):
        public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, description=description)
        content = public.SerializeToString()
        listings.append(LiveListing(number, 1, number.to_bytes(16), 1, 1, number, content, None))
    snapshot = in_memory(listings)
    words = query_words(snapshot, typed)
    ranking = Ranking(snapshot, words, ListingFilter(), Sort.RELEVANCE, {1: "origin"}, 0)
    found = {hit.position: hit.score for hit in ranking.hits(None)}
    return [found.get(number, 0.0) for number in range(len(descriptions))]


def test_a_long_word_weighs_more_than_a_short_one_but_less_than_by_its_pairs() -> None:
    main = every_word("酶联免疫 猪肉").main
    long_word = sum(main[pair] for pair in ("酶联", "联免", "免疫"))
    assert main["猪肉"] == 1.0
    assert main["猪肉"] < long_word < 3 * main["猪肉"]


def test_words_between_blanks_weigh_the_same_in_any_order_and_beside_any_others() -> None:
    both, turned = every_word("酶联免疫 猪肉 LED").main, every_word("猪肉 LED 酶联免疫").main
    assert both == turned
    assert both["led"] == 1.0
    assert both["酶联"] == every_word("酶联免疫").main["酶联"]


def test_a_pair_that_stands_in_two_words_weighs_more_than_in_either() -> None:
    main = every_word("移动数据库 数据").main
    assert main["数据"] > every_word("数据").main["数据"] > every_word("移动数据库").main["数据"]


def test_a_sentence_without_blanks_is_no_longer_word_than_one_of_six_characters() -> None:
    word = every_word("可吸入颗粒物").main
    sentence = every_word("大气中可吸入颗粒物的来源解析方法研究").main
    assert sentence["颗粒"] == word["颗粒"]


def test_a_short_word_that_is_held_counts_as_a_part_of_a_long_one_does() -> None:
    short, part = _scores(
        "酶联免疫分析 猪肉",
        "猪肉的检测，方法和结果与其他都不同",
        "免疫的检测，方法和结果与其他都不同",
    )
    assert short > 1.5 * part > 0


@pytest.mark.parametrize(
    ("word", "others", "k1"),
    [("轴承", "甲乙。丙丁。戊己", 0.6), ("bearing", "nickel. rotor. wheat", 1.2)],
)
def test_a_repeat_says_less_where_words_have_no_blanks(word: str, others: str, k1: float) -> None:
    """Both listings are equally long, so that the length has no part in it."""
    once, often = _scores(word, f"{word}. {others}", ". ".join([word] * 4))
    expected = [count * (k1 + 1) / (count + k1) for count in (1, 4)]
    assert often / once == pytest.approx(expected[1] / expected[0], rel=0.01)


def test_neighbouring_words_weigh_more_where_they_are_neighbours_in_the_text_too() -> None:
    together, apart, turned = _scores(
        "fibre lasers",
        "A pump for fiber optics, fibre lasers and others",
        "A pump for fibre optics, fiber and others, lasers",
        "A pump for lasers, fibre optics and others, fiber",
    )
    assert together > 1.1 * apart
    assert apart == turned > 0


def test_words_are_neighbours_over_stop_words_numbers_and_codes_but_not_over_chinese() -> None:
    for typed in ("control of the vibrations", "control 12 vibrations", "control AZ-91 vibrations"):
        assert every_word(typed).neighbours[-1][1] == "vibrat", typed
    together, apart = _scores("type 316 steel", "type 304 and 316 steel", "steel 304 and 316 type")
    assert together > 1.1 * apart > 0
    for typed in ("control 控制 vibrations", "450 MPa", "AZ91D", "振动控制", "vibrations", ""):
        assert not every_word(typed).neighbours, typed


def test_in_a_text_that_nobody_types_neighbours_weigh_nothing() -> None:
    words = [a + b for a in ("bor", "cal", "dar", "fel", "gor") for b in ("ik", "um", "on", "at")]
    assert len(every_word(" ".join(words[:17])).neighbours) == 16
    assert not every_word(" ".join(words[:18])).neighbours


def test_neighbours_change_the_order_and_never_what_is_found() -> None:
    listings = ("lasers and fibre", "lasers", "fibre lasers", "pumps", "fibre of lasers")
    found = _scores("fibre lasers", *listings)
    assert found[2] == found[4] > found[0] > found[1] > found[3] == 0
