"""The laws of the books by their names in the ledger's model, each over one life of an agreement.

`test_laws` has the same laws over random lives; here each can be run, and fails, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from federation.ledger.journal import EntryKind
from tests.federation.ledger.test_laws import Ledger

_Law = Callable[[Any], None]


class _Answers:
    """What a rule draws, said beforehand."""

    def __init__(self, *answers: object) -> None:
        self._answers = iter(answers)

    def draw(self, _: object) -> Any:
        return next(self._answers)


def _booked(ledger: Ledger, fen: int, day: str, receiver: str) -> Any:
    event = ledger._proposed(fen, day, receiver)
    ledger._decide(event, "book")
    return event


def _life(ledger: Ledger) -> Iterator[None]:
    """Incomes to each party, some taken back before and after they were paid, months closed."""
    take_back: Any = ledger.take_back
    pay: Any = ledger.pay
    close: Any = ledger.close
    first = _booked(ledger, 100_001, "2026-09-30", "AH")
    yield
    second = _booked(ledger, 7, "2026-10-01", "JS")
    yield
    take_back(_Answers(first, 33_333), is_all=False, day="2026-11-03", is_early=False)
    yield
    pay(_Answers(("AH", "JS"), 19_000), is_any=False)
    yield
    close(_Answers("2026-09"), is_any=False)
    yield
    waits = ledger._proposed(50, "2026-12-31", "NETC")
    take_back(_Answers(second), is_all=True, day="2026-10-01", is_early=False)
    yield
    take_back(_Answers(first), is_all=True, day="2026-12-31", is_early=False)
    yield
    close(_Answers("2026-11"), is_any=False)
    yield
    ledger._decide(waits, "reject")
    yield
    late = _booked(ledger, 1_000_000, "2026-10-01", "NETC")  # counts from December on
    yield
    pay(_Answers(("NETC", "AH"), 400_000), is_any=False)
    yield
    take_back(_Answers(late, 999_999), is_all=False, day="2027-01-01", is_early=False)
    yield
    close(_Answers("2027-02"), is_any=False)
    yield


def _holds(law: _Law) -> None:
    """Live, and ask the law after each step."""
    ledger = Ledger()
    ledger.begin()
    for _ in _life(ledger):
        assert not ledger.effect.void
        law(ledger)
    kinds = [one.kind for one in ledger.entries]
    assert [kinds.count(kind) for kind in EntryKind] == [3, 4, 2]
    assert [bool(one.lines) for one in ledger.closings] == [True, True, True]


LAWS: Final[dict[str, _Law]] = {
    name: law for name, law in vars(Ledger).items() if name[:1] in "lps" and name[1:2].isdigit()
}


def test_every_law_of_the_random_lives_is_named_here() -> None:
    named = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert named >= LAWS.keys()


def test_l1_every_entry_sums_to_zero() -> None:
    _holds(LAWS["l1_every_entry_sums_to_zero"])


def test_l2_and_l3_balances_are_the_sum_of_the_postings_and_sum_to_zero() -> None:
    _holds(LAWS["l2_and_l3_balances_are_the_sum_of_the_postings_and_sum_to_zero"])


def test_l3_net_positions_are_those_of_the_model() -> None:
    _holds(LAWS["l3_net_positions_are_those_of_the_model"])


def test_l4_what_incomes_clear_is_what_they_make_payable() -> None:
    _holds(LAWS["l4_what_incomes_clear_is_what_they_make_payable"])


def test_l5_what_is_posted_never_changes() -> None:
    _holds(LAWS["l5_what_is_posted_never_changes"])


def test_l6_nobody_is_owed_below_zero() -> None:
    _holds(LAWS["l6_nobody_is_owed_below_zero"])


def test_l7_what_is_open_is_previewed_and_never_posted() -> None:
    _holds(LAWS["l7_what_is_open_is_previewed_and_never_posted"])


def test_l8_as_of_is_the_sum_of_what_counts_by_then() -> None:
    _holds(LAWS["l8_as_of_is_the_sum_of_what_counts_by_then"])


def test_l9_and_s4_closed_periods_never_change_and_follow_each_other() -> None:
    _holds(LAWS["l9_and_s4_closed_periods_never_change_and_follow_each_other"])


def test_l10_every_sum_is_below_2_62() -> None:
    _holds(LAWS["l10_every_sum_is_below_2_62"])


def test_p6_what_is_decided_stays_decided() -> None:
    _holds(LAWS["p6_what_is_decided_stays_decided"])
