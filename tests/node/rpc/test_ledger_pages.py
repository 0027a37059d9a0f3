"""Pages of LedgerService's lists go on behind one another, for who asked and what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import YdxError
from node.services.ledger import shown
from tests.federation.ledger import paper
from tests.node.rpc.ledger_desks import MANAGER, Desks, ledger_desks
from tests.node.services.ledger.ledger_world import income

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTS: Final = {
    "ListAgreements": "agreements",
    "ListProposals": "proposals",
    "ListEntries": "entries",
}
"""Method → its items."""
MORE_MAX: Final = 3


class Served:
    """Two agreements, one of them with booked and with open incomes."""

    def __init__(self, desks: Desks) -> None:
        self.desks, self.desk = desks, desks["anhui"]
        parties = [
            paper.party("AH", "anhui", 500_000),
            paper.party("JS", "jiangsu", 300_000),
            paper.party("TM", "anhui", 200_000, role=4, display_name=MANAGER),
        ]
        self.agreement = desks.world.open(parties=parties)
        self.other = desks.world.open(title="另一份协议", parties=parties)
        self._number = 0
        booked = [self.propose() for _ in range(5)]
        desks.world.send()
        desks.accept(*booked)
        for _ in range(3):
            self.propose()
        desks.world.send()

    def propose(self) -> str:
        """Propose an income; return its name."""
        self._number += 1
        said = income(self._number)
        told = self.desk.call("ProposeIncome", agreement=self.agreement, income=said)
        return str(told.proposal.name)

    def asked(self, method: str) -> dict[str, Any]:
        return {} if method == "ListAgreements" else {"agreement": self.agreement}

    def page(self, method: str, who: str = "clerk", **more: Any) -> Any:
        """Return a page of at most 2."""
        return self.desk.call(method, who, **{"page_size": 2, **self.asked(method), **more})

    def walk(
        self, method: str, between: Callable[[], object] = lambda: None, **more: Any
    ) -> list[str]:
        """Return all items of a list; `between` runs after each page."""
        found: list[str] = []
        token = ""
        while True:
            page = self.page(method, page_token=token, **more)
            found += [key_of(one) for one in getattr(page, LISTS[method])]
            token = page.next_page_token
            if not token:
                return found
            between()


def key_of(item: Any) -> str:
    return str(getattr(item, "name", "") or f"{item.leaf_index}.{item.number}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("method", LISTS)
def test_pages_of_every_size_have_every_item_once(served: Served, method: str, size: int) -> None:
    whole = served.walk(method, page_size=200)
    assert len(whole) == len(set(whole)) >= 2
    assert served.walk(method, page_size=size) == whole
    pages = iter([1, 3, 2, 1, 3] * 9)
    token = ""
    found: list[str] = []
    while token or not found:
        page = served.page(method, page_token=token, page_size=next(pages))
        found += [key_of(one) for one in getattr(page, LISTS[method])]
        token = page.next_page_token
    assert found == whole


@pytest.mark.parametrize("method", LISTS)
def test_what_comes_in_meanwhile_moves_no_page(served: Served, method: str) -> None:
    desks = served.desks
    before = served.walk(method)
    new: list[str] = []

    def more() -> None:
        if len(new) == MORE_MAX:
            return
        if method == "ListAgreements":
            said = paper.agreement(title=f"新协议 {len(new)} 号")
            by = "jiangsu" if len(new) % 2 else "anhui"
            new.append(desks[by].call("CreateAgreement", agreement=said).agreement.name)
            desks.world.send()
        elif not new or method == "ListProposals":
            new.append(served.propose())
            if method == "ListEntries":
                desks.world.send()
                desks.accept(new[-1])

    found = served.walk(method, more, page_size=1)
    assert len(found) == len(set(found))
    assert [one for one in found if one in before] == before
    assert new


def test_what_is_decided_meanwhile_loses_no_open_proposal(served: Served) -> None:
    opened = served.walk("ListProposals", open_only=True)
    first = served.page("ListProposals", open_only=True)
    served.desks.accept(first.proposals[0].name)
    rest = served.page(
        "ListProposals", open_only=True, page_size=200, page_token=first.next_page_token
    )
    assert [one.name for one in [*first.proposals, *rest.proposals]] == opened


def test_a_partner_walks_its_own_entries(served: Served) -> None:
    token = ""
    found: list[str] = []
    while token or not found:
        page = served.page("ListEntries", "manager", page_token=token)
        found += [key_of(one) for one in page.entries]
        token = page.next_page_token
    assert found == served.walk("ListEntries", party="TM")


@pytest.mark.parametrize("method", LISTS)
def test_a_token_is_good_for_its_caller_and_its_list_alone(served: Served, method: str) -> None:
    token = served.page(method, page_size=1).next_page_token
    assert token
    filters: dict[str, list[dict[str, Any]]] = {
        "ListAgreements": [{"state": 1}, {"state": 2}],
        "ListProposals": [{"agreement": served.other}, {"open_only": True}],
        "ListEntries": [
            {"agreement": served.other},
            {"party": "JS"},
            {"kind": "INCOME"},
            {"from_date": "2026-11-01"},
            {"until_date": "2026-12-01"},
        ],
    }
    asked = {**served.asked(method), "page_token": token}
    bent = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    wrong = [
        *(("clerk", method, {**asked, **other}) for other in filters[method]),
        *(
            ("clerk", one, {**served.asked(one), "page_token": token})
            for one in LISTS
            if one != method
        ),
        ("approver", method, asked),
        *(("clerk", method, {**asked, "page_token": one}) for one in (bent, token[1:], "x", "长")),
    ]
    for who, one, fields in wrong:
        told = served.desk.refusal(one, who, **fields)
        assert (told.code, told.reason) == ("INVALID_ARGUMENT", "BAD_PAGE_TOKEN"), (who, fields)
    assert served.page(method, page_token=token)


def test_one_partners_token_is_none_of_another_ones(served: Served) -> None:
    token = served.page("ListEntries", "manager", page_size=1).next_page_token
    asked = {"agreement": served.agreement, "page_token": token}
    assert served.desk.refusal("ListEntries", **asked).reason == "BAD_PAGE_TOKEN"


@pytest.mark.parametrize("method", LISTS)
def test_a_page_has_a_size_that_is_allowed(served: Served, method: str) -> None:
    told = served.desk.refusal(method, **served.asked(method), page_size=-1)
    assert [one.field for one in told.violations] == ["page_size"]
    assert len(getattr(served.page(method, page_size=2**31 - 1), LISTS[method])) >= 2


@pytest.mark.parametrize("method", ["ListAgreements", "ListProposals"])
def test_a_page_ends_before_it_is_too_large_for_a_message(
    served: Served, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = served.walk(method, page_size=200)
    monkeypatch.setattr(shown, "PAGE_BYTES_MAX", 1)
    assert len(getattr(served.page(method, page_size=200), LISTS[method])) == 1
    assert served.walk(method, page_size=200) == whole


def test_a_page_costs_no_more_where_little_of_much_is_shown(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = served.walk("ListAgreements", page_size=200, state=2)
    monkeypatch.setattr(shown, "LOOKED_AT_MAX", 1)
    page = served.page("ListAgreements", "stranger", page_size=200)
    assert not page.agreements
    assert page.next_page_token
    assert served.walk("ListAgreements", page_size=200, state=2) == active
    assert served.walk("ListAgreements", page_size=200, state=3) == []


def test_a_full_disk_hides_no_reader_what_was_taken_in_before(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = served.walk("ListProposals", page_size=200)

    def full() -> bool:
        raise YdxError("DISK_FULL", "the disk is full")

    monkeypatch.setattr(served.desk.member.view, "_step", full)
    assert served.walk("ListProposals", page_size=200) == listed
    monkeypatch.undo()
    more = served.propose()
    assert served.walk("ListProposals", page_size=200) == [*listed, more]
