"""An agreement of several versions: each day has its own, and who was named once is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.ledger import codec
from federation.ledger.books import State
from federation.log.errors import Refused
from federation.records.refs import read_ref
from node.services.access import Caller, Role
from node.services.errors import InvalidFields
from node.services.ledger.reading import EntryFilter
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, income, ledger_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from federation.ledger.preview import Row
    from federation.records.refs import Ref

LEAVES: Final = "技术经理人甲"
COMES: Final = "技术经理人乙"
STAYS: Final = "合肥平台"
ENDS: Final = "2026-11-10"
"""The first day of the second version."""
TODAY: Final = "2027-01-15"
BEFORE: Final = ("AH", "JS", "NETC", "TM-1")
AFTER: Final = ("AH", "JS", "NETC", "TM-2")


def parties(manager: str, name: str) -> list[codec.AgreementParty]:
    """Return the parties of a version; the manager has a tenth."""
    return [
        paper.party("AH", "anhui", 400_000, display_name=STAYS),
        paper.party("JS", "jiangsu", 300_000),
        paper.party("NETC", "center", 200_000),
        paper.party(manager, "anhui", 100_000, role=4, display_name=name),
    ]


def partner(organisation: str) -> Caller:
    return Caller(frozenset({Role.PARTNER}), organisation, organisation=organisation)


class Amended:
    """An agreement whose second version is active everywhere."""

    def __init__(self, world: LedgerWorld) -> None:
        self.world = world
        self.member = world["anhui"]
        self.name = world.open(parties=parties("TM-1", LEAVES))
        self.first = self.member.shown.agreement(CLERK, self.name).row.ref
        self.second = self.amend(parties("TM-2", COMES), ENDS)

    def amend(self, said: list[codec.AgreementParty], effective_from: str) -> Ref:
        """Let a next version become active; return its reference."""
        return amend(self.world, self.name, parties=said, effective_from=effective_from)


def amend(world: LedgerWorld, name: str, **terms: Any) -> Ref:
    """Let a next version of an agreement become active everywhere; return its reference."""
    anhui = world["anhui"]
    done = anhui.proposing.amend(CLERK, name, paper.agreement(**terms), anhui.party.options())
    world.send()
    world.accept(anhui.shown.proposals_from(done.ref)[0].name)
    world.settle()
    assert anhui.shown.agreement(CLERK, name).books.versions[-1].ref == done.ref
    return done.ref


def terminate(world: LedgerWorld, name: str, effective_to: str) -> None:
    """Let an agreement end early everywhere."""
    anhui = world["anhui"]
    said = codec.Termination(effective_to=effective_to, reason="合作结束")
    done = anhui.proposing.terminate(CLERK, name, said, anhui.party.options())
    world.send()
    world.accept(anhui.shown.proposals_from(done.ref)[0].name)
    world.settle()
    assert anhui.shown.agreement(CLERK, name).books.ended_on == effective_to


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Amended]:
    with ledger_world(tmp_path_factory.mktemp("ledgers")) as world:
        yield Amended(world)


@pytest.mark.parametrize(
    ("number", "day", "named"),
    [
        (1, "2026-01-01", BEFORE),
        (2, "2026-11-09", BEFORE),
        (3, ENDS, AFTER),
        (4, "2026-11-11", AFTER),
    ],
)
def test_an_income_is_booked_under_the_version_in_force_on_its_day(
    amended: Amended, number: int, day: str, named: tuple[str, ...]
) -> None:
    """It comes after the amendment; versions are half-open, so the day of change is the new's."""
    name = amended.world.book(amended.name, number, income_date=day)
    shown = amended.member.shown.proposal(CLERK, name)
    assert shown.state is State.FINAL
    assert tuple(sorted(shown.vector)) == named
    version = amended.first if named == BEFORE else amended.second
    assert read_ref(shown.said.income.version) == version
    for member in amended.world.members.values():
        assert member.books_digest(amended.first) == amended.member.books_digest(amended.first)


@pytest.mark.parametrize(
    ("day", "named"),
    [("2026-11-09", BEFORE), (ENDS, AFTER), ("", AFTER)],
)
def test_a_simulation_is_under_the_version_in_force_on_the_day_as_booking_is(
    amended: Amended, day: str, named: tuple[str, ...]
) -> None:
    found = amended.member.simulating.simulate(CLERK, None, amended.name, [(100_000, (), day)])
    (row,) = found.rows
    assert row.allocated is not None
    assert tuple(sorted(row.allocated.shares)) == named
    assert row.income.income_date == (day or TODAY)


def test_a_simulation_without_a_day_takes_no_version_that_is_not_in_force_yet(
    world: LedgerWorld,
) -> None:
    """Of an agreement that is over it takes the last day on which a version was in force."""
    name = world.open(parties=parties("TM-1", LEAVES))
    amend(world, name, parties=parties("TM-2", COMES), effective_from="2027-06-01")

    def tried(*days: str) -> list[tuple[str, str]]:
        incomes: list[Any] = [(100_000, (), day) for day in days]
        rows = world["anhui"].simulating.simulate(CLERK, None, name, incomes).rows
        return [(row.income.income_date, _told(row)) for row in rows]

    assert tried("", "2027-06-01") == [(TODAY, "TM-1"), ("2027-06-01", "TM-2")]
    terminate(world, name, "2027-01-11")
    assert tried("", "2027-06-01", "2025-12-31") == [
        ("2027-01-10", "TM-1"),
        ("2027-06-01", "OUTSIDE_AGREEMENT"),
        ("2025-12-31", "OUTSIDE_AGREEMENT"),
    ]


def test_a_simulation_without_a_day_takes_the_first_of_an_agreement_that_is_to_come(
    world: LedgerWorld,
) -> None:
    name = world.open(parties=parties("TM-1", LEAVES), effective_from="2027-06-01")
    (row,) = world["anhui"].simulating.simulate(CLERK, None, name, [(100_000, (), "")]).rows
    assert (row.income.income_date, _told(row)) == ("2027-06-01", "TM-1")


def test_terms_that_never_came_into_force_are_not_shown(world: LedgerWorld) -> None:
    """Nor does whom they alone name read the books."""
    name, anhui = world.open(parties=parties("TM-1", LEAVES)), world["anhui"]
    amend(world, name, parties=parties("TM-2", COMES), effective_from="2027-06-01")
    versions = anhui.shown.agreement(CLERK, name).books.versions

    def shown() -> tuple[Ref, str]:
        found = anhui.shown.agreement(CLERK, name)
        return found.version, found.said.parties[-1].party

    assert shown() == (versions[1].ref, "TM-2")
    terminate(world, name, "2027-01-11")
    assert shown() == (versions[0].ref, "TM-1")
    assert anhui.shown.agreements(partner(LEAVES), "", 0, 10)[0]
    assert anhui.shown.agreements(partner(COMES), "", 0, 10)[0] == []


def _told(row: Row) -> str:
    """Return why an income would not be booked, else which manager would have part of it."""
    assert row.refused or row.allocated
    return row.refused.reason if row.refused else max(row.allocated.shares if row.allocated else ())


def test_what_counts_over_versions_counts_over_them_in_a_simulation_too(
    world: LedgerWorld,
) -> None:
    """A cap over the year that was reached under the first version stays so under the second."""
    capped = [
        paper.party("AH", "anhui", 500_000, cap_fen=60_000),
        paper.party("JS", "jiangsu", 500_000),
    ]
    name = world.open(parties=capped, limit_scope=2)
    amend(world, name, parties=capped, limit_scope=2, effective_from=ENDS)
    tried: list[Any] = [(100_000, (), "2026-11-09"), (100_000, (), ENDS)]
    rows = world["anhui"].simulating.simulate(CLERK, None, name, tried).rows
    got = [row.allocated.shares["AH"] for row in rows if row.allocated]
    assert got == [50_000, 10_000]


@pytest.mark.parametrize(
    ("day", "received_by", "reason"),
    [
        ("2025-12-31", "AH", "OUTSIDE_AGREEMENT"),
        ("2026-11-09", "TM-2", "PARTY_NOT_IN_AGREEMENT"),
        (ENDS, "TM-1", "PARTY_NOT_IN_AGREEMENT"),
    ],
)
def test_a_day_has_the_parties_of_its_version_alone(
    amended: Amended, day: str, received_by: str, reason: str
) -> None:
    size = amended.member.size()
    with pytest.raises(Refused, match=reason):
        amended.world.propose(amended.name, 90, income_date=day, received_by=received_by)
    assert amended.member.size() == size


def test_whom_any_version_names_finds_the_agreement_and_its_own_lines(amended: Amended) -> None:
    """Who left is owed what it was given, and its book stays open to it; nobody else's is."""
    amended.world.book(amended.name, 11, income_date="2026-11-09")
    amended.world.book(amended.name, 12, income_date="2026-11-12")
    for organisation, own in ((LEAVES, "TM-1"), (COMES, "TM-2"), (STAYS, "AH")):
        caller = partner(organisation)
        listed, _ = amended.member.shown.agreements(caller, "", 0, 10)
        assert [one.name for one in listed] == [amended.name]
        (shown,) = listed
        assert shown.only == frozenset({own})
        assert [(one.party, one.display_name) for one in shown.said.parties] == [
            (own, organisation)
        ]
        assert shown.said.effective_from == ("2026-01-01" if own == "TM-1" else ENDS)
        _, found = amended.member.accounts.balances(caller, amended.name, "", 0)
        assert list(found.nets) == [own]
        assert found.nets[own] > 0 or own == "AH"  # which received the money
        _, entries, _ = amended.member.accounts.entries(
            caller, amended.name, EntryFilter(), None, 200
        )
        assert entries
        assert {line.account.party for one in entries for line in one.postings} == {own}
    assert amended.member.shown.agreements(partner("无名公司"), "", 0, 10)[0] == []
    assert amended.world["jiangsu"].shown.agreements(partner(LEAVES), "", 0, 10)[0] == []


def test_a_party_that_is_given_to_another_organisation_is_that_ones_alone(tmp_path: Path) -> None:
    given = "技术经理人丙"
    with ledger_world(tmp_path) as world:  # of its own: other tests want the second version last
        amended = Amended(world)
        amended.amend(parties("TM-2", given), "2026-11-20")
        listed, _ = amended.member.shown.agreements(partner(given), "", 0, 10)
        assert [one.only for one in listed] == [frozenset({"TM-2"})]
        assert amended.member.shown.agreements(partner(COMES), "", 0, 10)[0] == []
        assert amended.member.shown.agreements(partner(LEAVES), "", 0, 10)[0]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({}, ["agreement.parties[1].member", "agreement.signers[1]"]),
        ({"signers_required": 1}, ["agreement.parties[1].member"]),
        (
            {
                "parties": [
                    paper.party("AH", "anhui", 600_000),
                    paper.party("NETC", "center", 400_000),
                ]
            },
            ["agreement.signers[1]"],
        ),
    ],
)
def test_an_amendment_that_a_member_which_has_left_would_have_to_accept_is_refused(
    world: LedgerWorld, said: dict[str, Any], fields: list[str]
) -> None:
    name = world.open()
    anhui = world["anhui"]
    anhui.party.left.append("jiangsu")
    size = anhui.size()
    text = paper.agreement(effective_from="2026-12-01", **said)
    with pytest.raises(InvalidFields) as caught:
        anhui.proposing.amend(CLERK, name, text, anhui.party.options())
    assert [(one.field, one.rule) for one in caught.value.violations] == [
        (field, "MEMBER_LEFT") for field in fields
    ]
    assert anhui.size() == size


def test_an_amendment_without_the_party_of_a_member_that_has_left_may_keep_it_as_a_signer(
    world: LedgerWorld,
) -> None:
    """The members are fixed by the first version, so it has to be named."""
    name = world.open(signers_required=1)
    anhui = world["anhui"]
    anhui.party.left.append("jiangsu")
    text = paper.agreement(
        effective_from="2026-12-01",
        signers_required=1,
        parties=[paper.party("AH", "anhui", 600_000), paper.party("NETC", "center", 400_000)],
    )
    done = anhui.proposing.amend(CLERK, name, text, anhui.party.options())
    world.send()
    world.accept(anhui.shown.proposals_from(done.ref)[0].name, by=("anhui",))
    assert world.settle() == 1


def test_the_day_of_an_income_begins_at_midnight_in_shanghai(world: LedgerWorld) -> None:
    name, anhui = world.open(), world["anhui"]
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC).timestamp()
    said = income(1, income_date="2027-01-01")
    world.now_s = midnight - 1
    with pytest.raises(InvalidFields) as caught:
        anhui.proposing.propose_income(CLERK, name, said, anhui.party.options())
    assert [one.rule for one in caught.value.violations] == ["DATE_IN_FUTURE"]
    world.now_s = midnight
    assert world.book(name, 1, income_date="2027-01-01")


def test_of_what_is_open_when_an_agreement_ends_the_days_before_still_count(
    world: LedgerWorld,
) -> None:
    name, anhui = world.open(), world["anhui"]
    late, early = (
        world.propose(name, number, income_date=day)
        for number, day in ((1, "2026-11-15"), (2, "2026-11-14"))
    )
    terminate(world, name, "2026-11-15")
    world.accept(late, early)
    world.settle()
    assert [anhui.state(one) for one in (late, early)] == ["REJECTED AGREEMENT_TERMINATED", "FINAL"]
