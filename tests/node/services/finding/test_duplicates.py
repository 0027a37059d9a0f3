"""Duplicates: candidates and why, confirmed groups, one hit a group, dismissals of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from federation.log.subject import subject_text
from federation.matching.duplicates import Likelihood
from node.search.duplicate_candidates import with_key
from node.search.ranking import Sort
from node.services.catalogue.records import LISTING
from node.services.finding import duplicates
from node.services.log.write_options import WriteOptions
from node.storage import batches, mirrors
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PARTNER, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing, subject

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.index import Snapshot
    from node.services.finding.duplicates import Key

TITLE = "大型薄壁铝合金构件低压铸造与局部增压技术"
SUMMARY = "面向新能源汽车底盘的大型薄壁构件，采用低压铸造与局部增压相结合的工艺，减重百分之十五。"


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, number: int, **public: Any) -> str:
    record = supply(number, **public)
    return str(node.publishing.publish(PLATFORM, LISTING, record, WriteOptions()).record.name)


def mirrored(node: OwnNode, *publics: bytes) -> list[str]:
    """Take in another region's listings; return their names."""
    log = MadeLog()
    for number, public in enumerate(publics):
        log.put(number, public=public)
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, len(publics)))
    return [
        f"nodes/shanghai/listings/{subject_text(subject(number))}" for number in range(len(publics))
    ]


def say_same(node: OwnNode, name: str, other: str) -> None:
    def changed(stored: Any) -> Any:
        stored.public.same_as = other
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")


def test_candidates_come_with_what_agrees_and_what_differs(node: OwnNode, finding: Finding) -> None:
    own = publish(node, 1, title=TITLE, summary=SUMMARY)
    bone = "植入后随骨痂生长逐步降解，无需二次手术取出，已完成大动物实验。"
    publish(node, 2, title="医用可降解镁合金骨钉", summary=bone, description=bone * 3)
    (other, _) = mirrored(
        node,
        listing(TITLE, summary=SUMMARY, region="310115"),
        listing("港口机械能量回收装置", summary="用于集装箱起重机。"),
    )
    finding.catch_up()
    found = finding.duplicates.of(CLERK, own, 20)
    assert [one.listing.name for one in found.candidates] == [other]
    evidence = found.candidates[0].evidence
    assert evidence.likelihood is not Likelihood.UNLIKELY
    assert "public.title" in {one.path for one in evidence.agreeing}
    assert "public.region" in {one.path for one in evidence.differing}
    assert found.group is None


def test_a_group_is_confirmed_only_by_an_origins_own_revision(
    node: OwnNode, finding: Finding
) -> None:
    (theirs,) = mirrored(node, listing(TITLE, summary=SUMMARY))
    own = publish(node, 1, title=TITLE, summary=SUMMARY)
    finding.catch_up()
    assert [hit.same_listings for hit in finding.find(TITLE).hits] == [(), ()]
    say_same(node, own, theirs)
    finding.catch_up()
    found = finding.duplicates.of(CLERK, own, 20)
    assert found.group is not None
    assert found.group.shown == theirs
    assert set(found.group.members) == {own, theirs}
    assert [one.is_confirmed for one in found.candidates] == [True]
    page = finding.find(TITLE)
    assert len(page.hits) == 1
    first = page.hits[0]
    assert {first.listing.name, *first.same_listings} == {own, theirs}


def test_one_hit_a_group_on_whatever_page_and_under_whatever_filter(
    node: OwnNode, finding: Finding
) -> None:
    theirs = mirrored(node, *(listing(f"{TITLE}之{n}", summary=SUMMARY) for n in range(6)))
    owns = [publish(node, n, title=f"{TITLE}之{n}", summary=SUMMARY) for n in range(6)]
    for own, their in zip(owns[:4], theirs, strict=False):
        say_same(node, own, their)
    finding.catch_up()
    names: list[str] = []
    covered: set[str] = set()
    after = None
    while True:
        page = finding.find(TITLE, limit=3, after=after)
        names += [hit.listing.name for hit in page.hits]
        for hit in page.hits:
            covered |= {hit.listing.name, *hit.same_listings}
        after = page.next_after
        if after is None:
            break
    assert len(names) == 8
    assert covered == {*owns, *theirs}
    only = finding.find(TITLE, members=("anhui",), limit=50)
    assert {hit.listing.name for hit in only.hits} == set(owns)


def test_a_group_whose_shown_one_is_withdrawn_goes_on_with_the_rest(
    node: OwnNode, finding: Finding
) -> None:
    first, second, third = (publish(node, n, title=f"{TITLE}之{n}") for n in range(3))
    say_same(node, second, first)
    say_same(node, third, first)
    finding.catch_up()
    assert len(finding.find(TITLE).hits) == 1
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    for _ in range(2):  # at once, and when the index has followed
        page = finding.find(TITLE)
        assert len(page.hits) == 1
        assert {page.hits[0].listing.name, *page.hits[0].same_listings} == {second, third}
        finding.catch_up()


def test_a_group_stays_found_while_the_index_lags_behind_its_first_hit(
    node: OwnNode, finding: Finding
) -> None:
    first, second = (publish(node, n, title=TITLE) for n in range(2))
    say_same(node, second, first)
    finding.catch_up()
    shown = finding.find(TITLE).hits[0].listing.name

    def changed(stored: Any) -> Any:
        stored.public.description = "修订后的说明文字"
        return stored

    node.publishing.revise(PLATFORM, LISTING, shown, changed, WriteOptions(), "")
    other = ({first, second} - {shown}).pop()
    assert [hit.listing.name for hit in finding.find(TITLE).hits] == [other]
    finding.catch_up()
    assert len(finding.find(TITLE).hits) == 1


def test_a_hostile_claim_hides_only_its_own_listing(node: OwnNode, finding: Finding) -> None:
    own = publish(node, 1, title=TITLE)
    mirrored(node, *(listing(f"无关成果{n}", same_as=own) for n in range(3)))
    finding.catch_up()
    assert [hit.listing.name for hit in finding.find(TITLE).hits if not hit.is_partial] == [own]


@pytest.mark.parametrize("sort", list(Sort))
def test_a_claim_that_ranks_higher_hides_only_its_own_listing_too(
    node: OwnNode, finding: Finding, sort: Sort
) -> None:
    own = publish(node, 1, title=f"一种{TITLE}", valid_until="2027-12-31")
    (hostile,) = mirrored(node, listing(TITLE, same_as=own, valid_until="2027-01-01"))
    finding.catch_up()
    (hit,) = finding.find(TITLE, sort=sort).hits
    assert (hit.listing.name, hit.same_listings) == (own, [hostile])
    (hit,) = finding.find(TITLE, sort=sort, members=("shanghai",)).hits
    assert hit.listing.name == hostile


def test_a_name_that_is_none_and_a_circle_do_no_harm(node: OwnNode, finding: Finding) -> None:
    mirrored(
        node,
        listing(TITLE, same_as="nodes/x/../y"),
        listing(TITLE, same_as=f"nodes/shanghai/listings/{subject_text(subject(2))}"),
        listing(TITLE, same_as=f"nodes/shanghai/listings/{subject_text(subject(1))}"),
        listing(TITLE, same_as="nodes/nobody/listings/0000000000000000000000000a"),
    )
    finding.catch_up()
    assert len(finding.find(TITLE).hits) == 3


def test_a_dismissal_is_the_callers_own(node: OwnNode, finding: Finding) -> None:
    one, other = (publish(node, n, title=TITLE, summary=SUMMARY) for n in range(2))
    finding.catch_up()
    finding.duplicates.dismiss(CLERK, one, other, is_dismissed=True)
    for name in (one, other):
        assert [c.is_dismissed for c in finding.duplicates.of(CLERK, name, 9).candidates] == [True]
        assert [c.is_dismissed for c in finding.duplicates.of(PARTNER, name, 9).candidates] == [
            False
        ]
    finding.duplicates.dismiss(CLERK, other, one, is_dismissed=False)
    assert [c.is_dismissed for c in finding.duplicates.of(CLERK, one, 9).candidates] == [False]
    with pytest.raises(YdxError):
        finding.duplicates.dismiss(CLERK, one, one, is_dismissed=True)


def test_shared_titles_are_found_without_a_listing_to_begin_with(
    node: OwnNode, finding: Finding
) -> None:
    names = [publish(node, n, title=TITLE) for n in range(3)]
    publish(node, 9, title="医用可降解镁合金骨钉")
    finding.catch_up()
    keys = finding.duplicates.keys(CLERK, None, 50).keys
    assert [(key.field, list(key.names)) for key in keys] == [("title_key", sorted(names))]
    node.publishing.withdraw(PLATFORM, LISTING, names[0], WriteOptions())
    node.publishing.withdraw(PLATFORM, LISTING, names[1], WriteOptions())
    assert finding.duplicates.keys(CLERK, None, 50).keys == []


def _paged(finding: Finding, limit: int) -> list[Key]:
    keys: list[Key] = []
    page = finding.duplicates.keys(CLERK, None, limit)
    keys += page.keys
    while page.next_after is not None:
        page = finding.duplicates.keys(CLERK, page.next_after, limit)
        assert len(page.keys) <= limit
        keys += page.keys
    return keys


def test_shared_keys_are_paged_most_shared_first_whatever_segment_they_are_in(
    node: OwnNode, finding: Finding
) -> None:
    beginning = "长" * 70  # of titles that differ only behind it
    titles = [f"{beginning}成果之{number}号" for number in "甲乙丙丁戊己庚辛"]
    for first in (0, 100):
        for number, title in enumerate(titles):
            publish(node, first + number, title=title)
        publish(node, first + 90, title=f"只出现一次的成果{first}")
        finding.catch_up()  # a segment each
    publish(node, 200, title=titles[3])
    finding.catch_up()
    every = _paged(finding, 50)
    assert [len(one.names) for one in every] == [3] + [2] * 7
    assert len({one.key for one in every}) == 8
    for limit in (1, 3, 8):
        assert _paged(finding, limit) == every


def test_a_page_of_keys_goes_on_though_what_it_held_is_gone(
    node: OwnNode, finding: Finding
) -> None:
    names = [publish(node, n, title=f"{TITLE}{n // 2}") for n in range(6)]
    finding.catch_up()
    first, *others = _paged(finding, 1)
    node.publishing.withdraw(PLATFORM, LISTING, first.names[0], WriteOptions())
    assert set(first.names) <= set(names)
    assert _paged(finding, 1) == others


def test_a_group_is_looked_up_once_for_all_of_its_hits(
    node: OwnNode, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any member can have thousands of its listings say that they are one."""
    looked_up: list[str] = []
    plain = with_key

    def counted(snapshot: Snapshot, field: str, value: str) -> list[int]:
        looked_up.append(value)
        return plain(snapshot, field, value)

    monkeypatch.setattr(duplicates, "with_key", counted)
    shown = f"nodes/shanghai/listings/{subject_text(subject(0))}"
    claims = [listing(TITLE, same_as=shown) for _ in range(40)]
    mirrored(node, listing(TITLE), *claims)
    finding.catch_up()
    (hit,) = finding.find(TITLE).hits
    assert (hit.listing.name, len(hit.same_listings)) == (shown, 40)
    assert len(looked_up) == 41
