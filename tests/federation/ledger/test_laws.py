"""The laws of the books, by the names that the ledger's model gives them, over random histories.

The model is plain: per party what it holds of other people's money, what it is owed, what it owes
back. The fen of an event come from the vector that the fold previews, and the model checks that
they add up, who owes, and that nothing moves that was not decided.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from federation.ledger.agreement import Version
from federation.ledger.booking import allocate_income
from federation.ledger.books import Books, State
from federation.ledger.documents import Document, Income, Unknown, Unreadable, read_document
from federation.ledger.journal import AccountKind, EntryKind, JournalEntry, Place
from federation.ledger.judging import Waits, judge
from federation.ledger.months import entry_bytes
from federation.ledger.statement import Statement, state_digest
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.records.refs import Ref
from tests.federation.ledger.deal import Deal
from tests.federation.ledger.paper import MEMBERS
from tests.laws import examples

PARTIES = ("AH", "JS", "NETC")
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-06")
DAYS = st.sampled_from(["2026-09-30", "2026-10-01", "2026-11-03", "2026-12-31", "2027-01-01"])
FEN = st.integers(1, 50) | st.integers(1, 10**6) | st.integers(1, AMOUNT_MAX_FEN)
SELDOM = st.sampled_from([False, False, False, True])
AS_LAW = settings(
    deadline=None,
    max_examples=examples(40),
    stateful_step_count=24,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Ledger(RuleBasedStateMachine):
    """Members propose, accept, reject; the center decides; after each step the books are folded."""

    @initialize()
    def begin(self) -> None:
        self.deal = Deal.made(deductions=["税"])
        self.books: Books = self.deal.books()
        self.held: dict[str, int] = defaultdict(int)
        """Party → what is owed to it, net, in fen."""
        self.owed: dict[tuple[str, str], int] = defaultdict(int)
        """(Who owes, to whom) → fen of the claims that are left, also on itself."""
        self.left: dict[Ref, dict[str, int]] = {}
        self.receiver: dict[Ref, str] = {}
        self.open: dict[Ref, int] = {}
        """Open income → what its preview adds up to."""
        self.days: dict[Ref, str] = {}
        self.states: dict[Ref, State] = {}
        self.closings: list[Statement] = []
        self.closed_at: list[Place] = []
        self.journal: list[bytes] = []
        self.earlier: list[bytes] = []
        self.number = 0

    def _fold(self) -> None:
        books, effects = self.deal.fold(self.deal.first)
        entries = [one.entry for one in effects if one.entry is not None and not one.void]
        rows = [entry_bytes(one) for one in entries]
        self.entries: list[JournalEntry] = entries
        self.earlier, self.journal = self.journal, rows
        self.books = books
        self.effect = effects[-1]

    @rule(fen=FEN, day=DAYS, receiver=st.sampled_from(PARTIES))
    def propose(self, fen: int, day: str, receiver: str) -> None:
        self._proposed(fen, day, receiver)

    @rule(fen=FEN, day=DAYS, receiver=st.sampled_from(PARTIES))
    def propose_and_book(self, fen: int, day: str, receiver: str) -> None:
        self._decide(self._proposed(fen, day, receiver), "book")

    def _proposed(self, fen: int, day: str, receiver: str) -> Ref:
        self.number += 1
        said: dict[str, Any] = {
            "gross_fen": fen,
            "income_date": day,
            "received_by": receiver,
            "instalment": str(self.number),
        }
        event = self.deal.income(**said)
        self.receiver[event] = receiver
        self.open[event] = fen
        self.days[event] = day
        return event

    @precondition(lambda self: self.open)
    @rule(data=st.data(), way=st.sampled_from(["book", "book", "book", "expire", "reject"]))
    def decide(self, data: st.DataObject, way: str) -> None:
        self._decide(data.draw(st.sampled_from(sorted(self.open))), way)

    def _decide(self, event: Ref, way: str) -> None:
        if way == "expire":
            self.deal.expire(event)
        elif way == "reject":
            self.deal.refuse(event, rejection=self.deal.reject("jiangsu", event))
        else:
            vector = self.deal.vector(event)
            self.deal.book(event, **vector)
        self._fold()
        if self.effect.void:
            assert self.effect.why == "AMOUNT_OUT_OF_RANGE"
            return
        fen = self.open.pop(event)
        if way != "book":
            self.states[event] = State.EXPIRED if way == "expire" else State.REJECTED
            return
        self.states[event] = State.FINAL
        assert sum(vector.values()) == fen
        self.left[event] = dict(vector)
        self.held[self.receiver[event]] -= fen
        for party, part in vector.items():
            self.held[party] += part
            self.owed[self.receiver[event], party] += part

    @precondition(lambda self: self.left)
    @rule(data=st.data(), is_all=st.booleans(), day=DAYS, is_early=SELDOM)
    def take_back(self, data: st.DataObject, is_all: bool, day: str, is_early: bool) -> None:
        event = data.draw(st.sampled_from(sorted(self.left)))
        if not is_early:
            day = max(day, self.days[event])
        left = self.left[event]
        total = sum(left.values())
        fen = 0 if is_all or not total else data.draw(st.integers(1, total))
        back = self.deal.reversal(event, fen, day)
        vector = self.deal.vector(back)
        self.deal.book(back, **vector)
        self._fold()
        if self.effect.void:
            is_before = day < self.days[event]
            expected = "REVERSAL_BEFORE_INCOME" if is_before else "AMOUNT_OUT_OF_RANGE"
            assert self.effect.why == (expected if total else "ALREADY_REVERSED")
            return
        assert day >= self.days[event]
        assert -sum(vector.values()) == (fen or total)
        assert all(0 <= -part <= left[party] for party, part in vector.items())
        for party, part in vector.items():
            left[party] += part
            self.held[party] += part
            self.owed[self.receiver[event], party] += part
        self.held[self.receiver[event]] += fen or total
        whole = not any(left.values())
        self.states[event] = State.REVERSED if whole else State.PARTLY_REVERSED

    def _most(self, payer: str, payee: str) -> int:
        """Return the most that one pays the other."""
        between = self.owed[payer, payee] - self.owed[payee, payer]
        return max(between, min(-self.held[payer], self.held[payee]))

    @rule(data=st.data(), is_any=SELDOM)
    def pay(self, data: st.DataObject, is_any: bool) -> None:
        pairs = list(product(PARTIES, PARTIES))
        owing = [one for one in pairs if one[0] != one[1] and self._most(*one) > 0]
        payer, payee = data.draw(st.sampled_from(pairs if is_any else owing or pairs))
        most = self._most(payer, payee)
        fen = data.draw(st.integers(1, max(1, min(most, AMOUNT_MAX_FEN - 1)) + 1))
        paid = self.deal.payment(payer, payee, fen)
        self.deal.book(paid, **self.deal.vector(paid))
        self._fold()
        if self.effect.void:
            expected = "CLAIM_ON_ITSELF" if payer == payee else "PAYMENT_EXCEEDS_BALANCE"
            assert self.effect.why in {expected, "AMOUNT_OUT_OF_RANGE"}
            return
        assert fen <= most
        self.owed[payer, payee] -= fen
        self.held[payer] += fen
        self.held[payee] -= fen

    @rule(data=st.data(), is_any=SELDOM)
    def close(self, data: st.DataObject, is_any: bool) -> None:
        coming = [one for one in MONTHS if one > self.books.closed_through][:2]
        month = data.draw(st.sampled_from(MONTHS if is_any else coming or MONTHS))
        is_open = month > self.books.closed_through
        self.deal.close(month)
        self._fold()
        assert bool(self.effect.void) is not is_open
        if is_open:
            statement = self.effect.statement
            assert statement is not None
            self.closings.append(statement)
            self.closed_at.append(self.effect.place)

    @invariant()
    def l1_every_entry_sums_to_zero(self) -> None:
        for entry in getattr(self, "entries", []):
            assert sum(fen for _, fen in entry.postings) == 0

    @invariant()
    def l2_and_l3_balances_are_the_sum_of_the_postings_and_sum_to_zero(self) -> None:
        sums: dict[Any, int] = defaultdict(int)
        for entry in getattr(self, "entries", []):
            for account, fen in entry.postings:
                sums[account] += fen
        assert {one: fen for one, fen in self.books.balances.items() if fen} == {
            one: fen for one, fen in sums.items() if fen
        }
        assert sum(self.books.balances.values()) == 0

    @invariant()
    def l3_net_positions_are_those_of_the_model(self) -> None:
        assert {one: self.books.net_fen(one) for one in PARTIES} == {
            one: self.held[one] for one in PARTIES
        }

    @invariant()
    def l4_what_incomes_clear_is_what_they_make_payable(self) -> None:
        sides: dict[AccountKind, int] = defaultdict(int)
        for entry in getattr(self, "entries", []):
            if entry.kind is EntryKind.INCOME:
                for account, fen in entry.postings:
                    sides[account.kind] += fen
        assert sides[AccountKind.CLEARING] == -sides[AccountKind.PAYABLE]
        assert not sides[AccountKind.RECEIVABLE]

    @invariant()
    def l5_what_is_posted_never_changes(self) -> None:
        assert self.journal[: len(self.earlier)] == self.earlier

    @invariant()
    def l6_nobody_is_owed_below_zero(self) -> None:
        for account, fen in self.books.balances.items():
            if account.kind is AccountKind.PAYABLE:
                assert fen <= 0
            elif account.kind is AccountKind.RECEIVABLE:
                assert fen >= 0

    @invariant()
    def l7_what_is_open_is_previewed_and_never_posted(self) -> None:
        for event, fen in self.open.items():
            assert event not in self.books.rulings
            document = self.deal.document(event)
            assert isinstance(document, Document)
            assert isinstance(document.facts, Income)
            _, allocated, _ = allocate_income(self.books, document.facts)
            assert allocated.amount_fen == fen

    @invariant()
    def p6_what_is_decided_stays_decided(self) -> None:
        for event, state in self.states.items():
            assert self.books.rulings[event].state is state

    @invariant()
    def l8_as_of_is_the_sum_of_what_counts_by_then(self) -> None:
        """As of a month's end, as was known where it was closed; node tables do it for any day."""
        entries = getattr(self, "entries", [])
        assert all(one.value_date >= one.own_date for one in entries)
        for statement, at in zip(self.closings, self.closed_at, strict=True):
            sums: dict[Any, int] = defaultdict(int)
            for entry in entries:
                if entry.place < at and entry.value_date[:7] <= statement.period:
                    for account, fen in entry.postings:
                        sums[account] += fen
            told = {one.account: one.closing_fen for one in statement.lines if one.closing_fen}
            assert told == {account: fen for account, fen in sums.items() if fen}

    @invariant()
    def l9_and_s4_closed_periods_never_change_and_follow_each_other(self) -> None:
        for at, statement in enumerate(self.closings):
            before = self.closings[at - 1] if at else None
            assert statement.previous_digest == (before.digest() if before else b"")
            closed = {one.account: one.closing_fen for one in before.lines} if before else {}
            opened = {one.account: one.opening_fen for one in statement.lines if one.opening_fen}
            assert opened == {account: fen for account, fen in closed.items() if fen}, "S4"
            assert sum(statement.net_fen().values()) == 0
        if self.closings:
            assert self.books.last_statement == self.closings[-1]
            assert not self.books.disputed

    @invariant()
    def l10_every_sum_is_below_2_62(self) -> None:
        for fen in self.books.balances.values():
            assert abs(fen) <= AMOUNT_MAX_FEN
        for month in self.books.open_months.values():
            assert all(max(moved) <= AMOUNT_MAX_FEN for moved in month.moved.values())


TestL1ToL10OverRandomHistories = Ledger.TestCase
TestL1ToL10OverRandomHistories.settings = AS_LAW


def _story() -> tuple[Deal, list[Ref]]:
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    deal.book(deal.payment("AH", "JS", 30_000))
    deal.close("2026-11")
    deal.book(deal.reversal(event, 5_000))
    return deal, [one.ref for log in deal.logs.values() for one in log if one is not None]


STORY, REFS = _story()


def _digest(books: Books, deal: Deal) -> bytes:
    entries = [one.entry for one in deal.fold(deal.first)[1] if one.entry is not None]
    size = len(deal.logs["center"])
    said = json.dumps({str(one): fen for one, fen in sorted(books.balances.items())})
    return state_digest(deal.first, size, entries) + said.encode()


@settings(deadline=None, max_examples=examples(12))
@given(st.permutations(REFS))
def test_p4_the_order_of_arrival_changes_nothing(order: list[Ref]) -> None:
    expected = _digest(STORY.books(), STORY)
    paper, _ = _story()
    paper.hidden = set(order) - {paper.first}
    assert paper.logs["center"]
    for ref in order:
        paper.hidden.discard(ref)
        try:
            paper.fold(paper.first)
        except Waits as waiting:
            if not waiting.refs <= paper.hidden:
                raise
    assert _digest(paper.books(), paper) == expected


def test_p3_judging_again_changes_nothing() -> None:
    books = STORY.books()
    before = _digest(books, STORY)
    for document in [one for one in STORY.logs["center"] if one is not None]:
        effect = judge(books, document, 0, STORY)
        assert effect.void in {"ALREADY_DECIDED", "ALREADY_CLOSED"}
    assert _digest(books, STORY) == before


@settings(deadline=None, max_examples=examples(20))
@given(st.sampled_from(REFS), st.data())
def test_p5_p10_p11_a_flipped_bit_is_another_document_and_what_named_it_is_void(
    ref: Ref, data: st.DataObject
) -> None:
    deal, _ = _story()
    log = deal.logs[ref.member]
    stored = log[ref.leaf_index]
    assert stored is not None
    at = data.draw(st.integers(0, 8 * len(stored.content) - 1))
    raw = bytearray(stored.content)
    raw[at // 8] ^= 1 << at % 8
    flipped = read_document(ref, stored.named, bytes(raw))
    assert not isinstance(flipped, BaseException)
    # Its leaf has another hash: who looks for the one that was named finds nothing.
    log[ref.leaf_index] = Document(
        ref._replace(leaf_hash=bytes(32)), stored.named, flipped.facts, b"", bytes(raw)
    )
    if ref == deal.first or ref.member == "center":
        return  # without the agreement there are no books; another outcome is another history
    effects = deal.fold(deal.first)[1]
    assert "NO_SUCH_DOCUMENT" in {one.void for one in effects}


@settings(deadline=None, max_examples=examples(60))
@given(st.binary(max_size=200), st.sampled_from(REFS), st.integers(0, 400))
def test_reading_never_raises(raw: bytes, ref: Ref, at: int) -> None:
    stored = STORY.document(ref)
    assert isinstance(stored, Document)
    for content in (raw, stored.content[:at] + raw + stored.content[at:]):
        facts = read_document(ref, frozenset(MEMBERS), content).facts
        assert facts is not None
        hash(facts if isinstance(facts, Unreadable | Unknown) else ref)


def test_s6_settling_leaves_what_was_shared_as_it_was() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    booked = deal.books().rulings[event].booked
    assert booked is not None
    deal.book(deal.payment("AH", "JS", 30_000))
    deal.book(deal.payment("AH", "NETC", 20_000))
    books = deal.books()
    assert books.rulings[event].booked == booked
    assert [books.net_fen(one) for one in PARTIES] == [0, 0, 0]


def test_p8_an_income_counts_only_within_the_days_of_the_version_that_it_names() -> None:
    deal = Deal.made()
    amended = deal.amendment()
    deal.activate(amended)
    late = deal.income(income_date="2026-07-01")
    deal.book(late, AH=1)
    assert deal.why() == ("CANNOT_BE_BOOKED", "OUTSIDE_AGREEMENT")
    document = deal.document(amended)
    assert isinstance(document, Document)
    assert isinstance(document.facts, Version)
    deal.book(deal.income(income_date="2026-06-30"))
    assert not deal.last().void
