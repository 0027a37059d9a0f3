"""What reading the books says where one may err: parties, places and sizes; why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.node.commands.ledger_desks import income

if TYPE_CHECKING:
    from tests.node.commands.ledger_desks import Desks


def test_a_journal_of_a_party_that_there_is_not_is_refused(desks: Desks, agreement: str) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    desks.accepted(name)
    assert len(desks.json("anhui", "journal", agreement, "--party", "NETC")["entries"]) == 1
    for wrong in ("js", "XX"):
        told = desks("anhui", "journal", agreement, "--party", wrong)
        assert told.code == 1
        assert f"{wrong} is no party of the agreement" in told.err


def test_balances_of_a_size_that_is_not_reached_say_how_far_the_books_go(
    desks: Desks, agreement: str
) -> None:
    size = desks.json("anhui", "balances", agreement)["state"]["center_size"]
    assert "go to" not in desks.done("anhui", "balances", agreement, "--size", size).err
    beyond = str(int(size) + 5)
    told = desks.done("anhui", "balances", agreement, "--size", beyond).err
    assert f"the books here go to size {size} of the center's log, not yet to {beyond}" in told


def test_a_place_where_nothing_is_booked_is_told_with_what_to_do(
    desks: Desks, agreement: str
) -> None:
    told = desks("anhui", "trail", agreement, "1.7")
    assert told.code == 1
    assert "1.7" in told.err
    assert "first column of ydx ledger journal" in told.err


def test_why_something_cannot_be_booked_is_said_in_words(desks: Desks, agreement: str) -> None:
    first = desks.json("anhui", *income(agreement))["proposal"]["name"]
    again = desks.json("jiangsu", *income(agreement))["proposal"]["name"]
    desks.accepted(first)
    told = desks.done("jiangsu", "proposal", again, lang="zh").out
    assert "INSTALMENT_BOOKED 该合同的这一期已入账" in told
    asked = desks("anhui", "accept", again, "--yes", who="approver").err
    assert "cannot be booked now: INSTALMENT_BOOKED This instalment of the contract" in asked
    early = desks.done("anhui", "simulate", agreement, "1.00", "--date", "1999-01-01")
    assert "OUTSIDE_AGREEMENT The day is outside those of the agreement" in early.err
    assert "the version that is named" not in early.err, "nobody who proposes names one"


def test_a_party_that_is_none_is_told_with_those_that_are(desks: Desks, agreement: str) -> None:
    paid = ("--date", "2026-12-12", "--amount", "1.00", "--evidence", "ab" * 32)
    received = [one if one != "AH" else "XX" for one in income(agreement)]
    for said in (received, ("pay", agreement, "AH", "XX", *paid)):
        told = desks("anhui", *said)
        assert told.code
        assert "XX is no party of the agreement: AH, JS, NETC" in told.err
