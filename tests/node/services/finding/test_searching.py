"""Searching: words, filters, facets, order, pages, highlights, suggestions, odd texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.log.errors import YdxError
from federation.matching.terms import terms
from federation.records.codec import Listing
from node.search.ranking import Sort
from node.services.access import Caller, Role
from node.services.catalogue.records import LISTING
from node.services.errors import InvalidFields
from node.services.finding.highlighting import highlights
from node.services.log.write_options import WriteOptions
from node.storage import batches, mirrors
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.ranking import Reached


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, record: Listing) -> str:
    return str(node.publishing.publish(PLATFORM, LISTING, record, WriteOptions()).record.name)


@pytest.fixture
def market(node: OwnNode, finding: Finding) -> Finding:
    """Publish some listings that differ in everything that is filtered."""
    first = supply(1, title="高温合金叶片精密铸造技术", trl=7)
    first.public.ipc.append("B22D 18/04")
    first.public.industry.append("C3391")
    first.public.labels.append("首台套")
    right: Any = first.public.supply.ip.add()
    right.type, right.status = 7, 2
    publish(node, first)
    second: Any = supply(2, title="医用可降解镁合金骨钉", tech_field=4, region="340200", trl=4)
    second.public.supply.transfer_modes[:] = [8]
    second.public.supply.open_licence_fee_fen = 2_000_000
    second.members.ClearField("price")
    second.public.supply.convert_by = "2026-06-30"
    second.public.open_for_enquiry = True
    publish(node, second)
    publish(node, demand(3, title="寻求提高铝合金低温韧性的热处理工艺", region="341500"))
    finding.catch_up()
    return finding


CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "123"),
    ({"kind": 1}, "12"),
    ({"kind": 2}, "3"),
    ({"regions": ["34"]}, "123"),
    ({"regions": ["3402", "341500"]}, "23"),
    ({"regions": ["31"]}, ""),
    ({"tech_fields": [4]}, "2"),
    ({"industries": ["C"]}, "1"),
    ({"industries": ["C33", "A"]}, "1"),
    ({"ipc": ["B22D"]}, "1"),
    ({"ipc": ["b22d 18/04"]}, "1"),
    ({"ipc": ["B22D 18/05"]}, ""),
    ({"trl_min": 5}, "13"),
    ({"trl_max": 4}, "2"),
    ({"trl_min": 7, "trl_max": 9}, "1"),
    ({"transfer_modes": [5, 8]}, "12"),
    ({"cooperation_modes": [1]}, "3"),
    ({"ip_statuses": [2]}, "1"),
    ({"labels": ["首台套"]}, "1"),
    ({"amount_min_fen": 90_000_000}, "1"),
    ({"amount_max_fen": 20_000_000}, "23"),
    ({"amount_min_fen": 40_000_000, "amount_max_fen": 60_000_000}, "13"),
    ({"open_licence": True}, "2"),
    ({"open_for_enquiry": True}, "2"),
    ({"valid_on": "2027-12-31"}, "123"),
    ({"valid_on": "2028-01-01"}, ""),
    ({"closes_from": "2026-11-18", "closes_until": "2026-12-18"}, "3"),
    ({"closes_from": "2026-12-02"}, "12"),
    ({"overdue_on": "2026-11-18"}, "2"),
    ({"overdue_on": "2026-06-30"}, ""),
    ({"organisation": "安徽某某大学"}, "123"),
    ({"organisation": "91110000600037341L"}, "123"),
    ({"organisation": "某某大学"}, ""),
    ({"manager": "nodes/anhui/managers/0000000000000000000000000a"}, ""),
    ({"states": [1]}, "123"),
    ({"states": [2]}, ""),
    ({"members": ("anhui",)}, "123"),
    ({"changed_after_position": 3}, "3"),
    ({"changed_after_position": 4}, ""),
    ({"kind": 1, "regions": ["3402"], "open_licence": True}, "2"),
]


def numbers(page: Any) -> str:
    found = sorted(hit.listing.public.source_id[-1] for hit in page.hits)
    return "".join(found)


def test_each_filter_lets_pass_what_it_says(market: Finding) -> None:
    for which, expected in CASES:
        page = market.find(**which)
        assert (numbers(page), page.total) == (expected, len(expected)), which


def test_what_followed_a_position_that_the_feed_has_not_reached_is_not_searched(
    market: Finding,
) -> None:
    with pytest.raises(YdxError) as caught:
        market.find(changed_after_position=99)
    assert caught.value.reason == "POSITION_IN_FUTURE"
    assert int(caught.value.metadata["position"]) < 99


def test_words_find_chinese_english_codes_and_numbers_as_typed(market: Finding) -> None:
    for text, expected in [
        ("高温合金", "1"),
        ("合金 韧性", "3"),
        ("镁合金骨钉", "2"),
        ("B22D 18/04", "1"),
        ("91110000600037341L", "123"),
        ("450 MPa", "3"),
        ("AH-0000002", "2"),
        ("首台套", "1"),
    ]:
        page = market.find(text)
        whole = "".join(
            sorted(h.listing.public.source_id[-1] for h in page.hits if not h.is_partial)
        )
        assert (whole, page.total, page.is_partial) == (expected, len(expected), False), text


def test_what_holds_some_words_follows_what_holds_all(market: Finding) -> None:
    page = market.find("镁合金骨钉 叶片")
    held = [(hit.listing.public.source_id[-1], hit.is_partial) for hit in page.hits]
    assert page.is_partial
    assert {number for number, _ in held} == {"1", "2", "3"}
    assert all(partial for _, partial in held)
    page = market.find("合金叶片")
    assert [hit.is_partial for hit in page.hits] == [False, True, True]
    assert (page.total, page.is_partial) == (1, False)
    scores = [hit.score for hit in page.hits[1:]]
    assert scores == sorted(scores, reverse=True)


def test_only_relevance_gives_a_score(market: Finding) -> None:
    for sort in Sort:
        scores = [hit.score for hit in market.find("合金", sort=sort).hits]
        assert scores
        assert all((score > 0) == (sort is Sort.RELEVANCE) for score in scores), sort


def test_highlights_mark_the_words_in_pieces_of_the_texts(market: Finding) -> None:
    hit = market.find("低温韧性").hits[0]
    marked = [
        (one.path, [one.text[start:end] for start, end in one.spans]) for one in hit.highlights
    ]
    assert marked[0] == ("public.title", ["低温韧性"])
    assert all(len(one.text) <= 122 for one in hit.highlights)
    assert all(words for _, words in marked)


def test_prices_filter_only_for_those_who_may_read_them(market: Finding) -> None:
    stranger = Caller(frozenset({Role.SECURITY}), "9")
    with pytest.raises(YdxError) as caught:
        market.find(caller=stranger, amount_max_fen=1)
    assert caught.value.reason == "ROLE_MISSING"


def test_newest_and_closing_soon_order_by_their_days(node: OwnNode, finding: Finding) -> None:
    for number, deadline in enumerate(["2026-12-01", "2026-11-18", "2026-11-17", "2027-01-01"]):
        made = demand(number)
        made.public.demand.deadline_eoi = deadline
        publish(node, made)
    finding.catch_up()
    soon = finding.find(sort=Sort.CLOSING_SOON)
    assert [hit.listing.public.demand.deadline_eoi for hit in soon.hits] == [
        "2026-11-18",
        "2026-12-01",
        "2027-01-01",
    ]
    assert soon.total == 3
    newest = finding.find(sort=Sort.NEWEST)
    keys = [
        (-hit.listing.info.recorded_at.ToMilliseconds(), hit.listing.name) for hit in newest.hits
    ]
    assert keys == sorted(keys)
    assert len(keys) == 4


def all_pages(finding: Finding, limit: int, **asked: Any) -> list[str]:
    names: list[str] = []
    after: Reached | None = None
    while True:
        page = finding.find(after=after, limit=limit, **asked)
        names += [hit.listing.name for hit in page.hits]
        after = page.next_after
        if after is None:
            return names
        assert len(page.hits) == limit


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_hold_each_hit_once_in_one_order(node: OwnNode, finding: Finding, sort: Sort) -> None:
    """Most tie; two logs; more than one fetch."""
    for number in range(90):
        publish(node, supply(number, title="同样的超声焊接成果" if number % 3 else "合金焊接机器"))
    log = MadeLog()
    for number in range(90):
        log.put(number, public=listing("同样的超声焊接成果", valid_until="2027-12-31"))
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 90))
    finding.catch_up()
    whole = [hit.listing.name for hit in finding.find("超声焊接", sort=sort, limit=500).hits]
    assert len(whole) == len(set(whole)) == 180
    for limit in (1, 7, 64):
        if limit == 1:
            short = all_pages(finding, 1, text="超声焊接", sort=sort, members=("shanghai",))
            assert short == [name for name in whole if "/shanghai/" in name]
        else:
            assert all_pages(finding, limit, text="超声焊接", sort=sort) == whole


@pytest.mark.parametrize("change", ["grows", "is built again"])
def test_pages_go_on_in_an_index_that(node: OwnNode, finding: Finding, change: str) -> None:
    """Every score is another one then, also of what did not change."""
    titles = ["同样的超声焊接成果" + "之二" * (number % 3) for number in range(12)]
    names = [publish(node, supply(number, title=title)) for number, title in enumerate(titles)]
    for number in range(20, 40):
        other = publish(node, supply(number, title="别的超声焊接设备"))
        finding.catch_up()
        node.publishing.withdraw(PLATFORM, LISTING, other, WriteOptions())
    finding.catch_up()
    shown: list[str] = []
    after: Reached | None = None
    for page_number in range(6):
        page = finding.find("超声焊接", after=after, limit=2)
        shown += [hit.listing.name for hit in page.hits]
        after = page.next_after
        if change == "grows":
            for number in range(5):
                publish(node, supply(100 + 5 * page_number + number, title="低压铸造"))
            finding.catch_up()
        else:
            assert list(finding.indexer.rebuild())
    assert after is None
    assert sorted(shown) == sorted(names)


def test_a_page_goes_on_past_hits_that_are_gone(node: OwnNode, finding: Finding) -> None:
    names = [publish(node, supply(number, title="同样的超声焊接成果")) for number in range(12)]
    finding.catch_up()
    for name in names[2:9]:
        node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    shown = all_pages(finding, 2, text="超声焊接")
    assert sorted(shown) == sorted(names[:2] + names[9:])


def test_zero_hits_suggest_words_that_find_something(node: OwnNode, finding: Finding) -> None:
    made = supply(1, title="超导磁体低温测试", title_en="Superconducting magnet cryogenic testing")
    made.public.keywords[:] = ["超导磁体", "低温测试"]
    publish(node, made)
    finding.catch_up()
    assert finding.find("superconducing").suggestions == ["superconducting"]
    page = finding.find("superconducing magnte")
    assert page.suggestions == ["superconducting magnet"]
    assert finding.find(page.suggestions[0]).total == 1
    assert finding.find("qqqqq").suggestions == []
    assert finding.find("超导磁体").suggestions == ()


def test_words_that_only_a_filter_leaves_out_are_not_taken_for_misspelt(market: Finding) -> None:
    page = market.find("镁合金骨钉", regions=("31",))
    assert (page.total, page.suggestions) == (0, ())


def test_a_member_that_is_not_known_is_a_mistake_and_no_empty_answer(market: Finding) -> None:
    with pytest.raises(InvalidFields, match="there are anhui") as caught:
        market.find("合金", members=("anhiu",))
    assert caught.value.violations[0].field == "filter.members[0]"


def test_no_word_of_what_is_gone_is_suggested_while_the_index_lags(
    node: OwnNode, finding: Finding
) -> None:
    made = supply(1, title_en="Superconducting magnet")
    name = publish(node, made)
    finding.catch_up()
    assert finding.find("superconducing").suggestions == ["superconducting"]
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    assert finding.find("superconducing").suggestions == []


@pytest.mark.parametrize(
    ("title", "text", "marked"),
    [
        ("ＡＺ９１Ｄ镁件", "az91d", ["ＡＺ９１Ｄ"]),
        ("多路I/O模块", "I/O", ["I/O"]),
        ("产能1,000件", "1000", ["1,000"]),
        ("Élan \U0001f600 composite", "elan", ["Élan"]),
        ("ﬁne coating", "fine", ["ﬁne"]),
        ("smart smart " * 12 + "art", "art", ["art"]),
        ("İİİİ 镁合金", "镁合金", ["镁合金"]),  # its small letter is two characters
    ],
)
def test_words_are_marked_however_they_are_written(
    title: str, text: str, marked: list[str]
) -> None:
    texts = [("public.title_en", "İİ"), ("public.title", title)]
    (piece,) = highlights(texts, terms(text), ())
    assert [piece.text[start:end] for start, end in piece.spans] == marked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ion " + "b " * 56 + " ionosphere", "ion"),
        ("450 " + "b " * 56 + " 4500000", "450"),
    ],
)
def test_what_a_cut_leaves_of_a_longer_word_is_not_marked(text: str, word: str) -> None:
    (piece,) = highlights([("public.summary", text)], terms(word), ())
    assert [piece.text[start:end] for start, end in piece.spans] == [word]


ODD = [
    "", " ", '"', '"unbalanced', "(((", "a AND OR NOT", "title:x", "*", "?*", "~", "^2", "\\",
    "的", "the of and", "😀😀", "text:铝 OR 1=1", "/.*/", "[a TO z]", "\t\n", "a" * 1000,
    "铝" * 1000, "́" * 500, "\u202e铝合金", "１２３", "+铝 -合金", "{}", "'; drop table",
    "\x00", "\ud7ff", "ﬁ", "A61K", "C++", "C#", ".net", "5G/6G", "%",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_every_text_is_answered(market: Finding, text: str) -> None:
    page = market.find(text, with_facets=True)
    assert page.total >= len([hit for hit in page.hits if not hit.is_partial])


@given(st.text(max_size=60))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_is_answered_and_finds_only_what_is_there(market: Finding, text: str) -> None:
    page = market.find(text)
    assert {hit.listing.public.source_id[-1] for hit in page.hits} <= set("123")
