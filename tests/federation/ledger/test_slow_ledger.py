"""P7, R1 to R5, L1 to L9 over random lives of agreements, against a second implementation.

An agreement is amended, ends early and crosses years; its tiers, caps and floors add up over
events, years or its life; incomes are refunded, taken back, corrected and paid; months are closed
between. After each step both ledgers have the same vector or both refuse, and the same accounts;
each close has the same lines and the same digest.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger import allocation, codec
from federation.ledger.activation import activate
from federation.ledger.agreement import Version
from federation.ledger.booking import book
from federation.ledger.books import Books, Effect
from federation.ledger.closing import close
from federation.ledger.documents import Document, OutcomeKind, read_document
from federation.ledger.journal import JournalEntry, Place
from federation.ledger.judging import open_books
from federation.ledger.statement import state_digest
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.records.refs import Ref, said_ref
from tests.federation.ledger import slow_ledger
from tests.federation.ledger.paper import MEMBERS, agreement, income, party
from tests.federation.ledger.slow_ledger import SlowLedger
from tests.laws import examples

POOL: Final = (
    ("AH", "anhui"), ("JS", "jiangsu"), ("NETC", "center"), ("TM1", "anhui"), ("tm-2", "jiangsu"),
)  # fmt: skip
ALWAYS: Final = 3
"""The first parties keep their members in the agreement."""
START, END = "2026-03-01", "2029-03-01"
MONTHS: Final = tuple(f"{year}-{month:02}" for year in (2026, 2027, 2028) for month in range(1, 13))
STEPS: Final = 50


class Life:
    """One agreement, in both ledgers."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - a seed has to give the same life again
        self.documents: list[Document] = []
        self.entries: list[JournalEntry] = []
        self.booked: list[Ref] = []
        self.number = 0
        first = self.write(agreement=self.terms(effective_from=START, effective_to=END))
        found = open_books(first)
        assert found is not None
        self.books: Books = found
        self.slow = SlowLedger(first.ref)
        self.activate(first)

    def write(self, **said: Any) -> Document:
        content = codec.serialise(codec.LedgerDocument(**said))
        at = len(self.documents)
        ref = Ref("ydx.example/anhui", at, leaf_hash(at.to_bytes(8) + content))
        document = read_document(ref, frozenset(MEMBERS) - {"anhui"}, content)
        self.documents.append(document)
        return document

    def place(self) -> Place:
        self.number += 1
        return Place(1, self.number, self.rng.randrange(3))

    # --- versions ------------------------------------------------------------------------------

    def terms(self, **days: Any) -> codec.Agreement:
        rng = self.rng
        count = rng.randint(ALWAYS, len(POOL))
        cuts = sorted(rng.choice((0, 100_000, 333_333, 500_000, rng.randrange(1_000_001)))
                      for _ in range(count - 1))  # fmt: skip
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]
        parties = []
        for (name, member), share in zip(POOL[:count], shares, strict=True):
            limits: dict[str, int] = {}
            if rng.random() < 0.25:
                limits["cap_fen"] = rng.choice((0, 1, 50, 400, 2_000))
            if rng.random() < 0.15:
                limits["floor_fen"] = min(rng.choice((1, 7, 60)), limits.get("cap_fen", 60))
            parties.append(party(name, member, share, **limits))
        rng.shuffle(parties)
        free = [one.party for one in parties if not one.HasField("cap_fen")]
        ends = sorted(rng.sample((10, 99, 500, 1_000, 3_000), rng.randrange(3)))
        rates = (0, 150, 50_000, 333_333, 700_000, 1_000_000)
        tiers = [codec.AllocationTier(upto_fen=end, rate_ppm=rng.choice(rates)) for end in ends]
        if tiers or rng.random() < 0.3:
            tiers.append(codec.AllocationTier(rate_ppm=rng.choice(rates)))
        said: dict[str, Any] = {
            "parties": parties,
            "tiers": tiers,
            "tier_scope": rng.randrange(4),
            "limit_scope": rng.randrange(4),
            "deductions": rng.sample(("税", "评审费"), rng.randrange(3)),
            "remainder_to": rng.choice(("", "", rng.choice(parties).party)),
            "excess_to": rng.choice(("", *free)),
        }
        return agreement(**(said | days))

    def activate(self, document: Document) -> None:
        facts, place = document.facts, self.place()
        effect = activate(self.books, document, place)
        assert isinstance(effect, Effect), effect
        self.books.take(effect)
        assert isinstance(facts, Version)
        origin, index, hashed = document.ref if facts.first is None else facts.first
        name = origin.encode() + index.to_bytes(8, "big") + hashed
        terms = replace(facts.terms, agreement=name)
        made = slow_ledger.Version(document.ref, terms, facts.effective_from, facts.effective_to)
        slow = self.slow
        if slow.versions:
            slow.versions[-1] = replace(slow.versions[-1], end=facts.effective_from)
        slow.versions.append(made)
        slow.parties |= {one.party for one in terms.parties}

    def amend(self) -> None:
        last = self.slow.versions[-1]
        days = [f"{month}-{self.rng.choice(('01', '15'))}" for month in MONTHS]
        fits = [one for one in [*days, last.end] if last.start < one <= last.end]
        start = self.rng.choice(fits) if fits else last.end
        end = self.rng.choice((END, f"{int(start[:4]) + 1}{start[4:]}"))
        if not last.start < start <= last.end or start >= end:
            return
        refs = {
            "agreement": said_ref(Ref(*self.slow.agreement)),
            "previous": said_ref(Ref(*last.name)),
        }
        said = self.write(agreement=self.terms(effective_from=start, effective_to=end, **refs))
        if self.slow.ended:
            refused = activate(self.books, said, self.place())
            assert isinstance(refused, Refused)
            assert refused.reason == "AGREEMENT_TERMINATED"
            return
        self.activate(said)

    def terminate(self) -> None:
        versions, day = self.slow.versions, f"{self.rng.choice(MONTHS)}-20"
        said = codec.Termination(
            agreement=said_ref(Ref(*self.slow.agreement)), effective_to=day, reason="终止"
        )
        document = self.write(termination=said)
        effect = activate(self.books, document, self.place())
        assert isinstance(effect, Effect) is (versions[0].start < day < versions[-1].end)
        if isinstance(effect, Effect):
            self.books.take(effect)
            self.slow.ended = day
            self.slow.versions = [
                replace(one, start=min(one.start, day), end=min(one.end, day)) for one in versions
            ]

    # --- what is booked ------------------------------------------------------------------------

    def day(self) -> str:
        return f"{self.rng.choice(MONTHS[1:])}-{self.rng.choice(('01', '14', '15', '28'))}"

    def any_day(self) -> str:
        """Return a day, seldom one that is just in or out of reach."""
        if self.rng.random() < 0.9:
            return self.day()
        year = int(self.slow.versions[0].start[:4])
        return self.rng.choice(
            (f"{year - 2}-12-31", f"{year - 1}-01-01", f"{year + 100}-12-31", f"{year + 101}-01-01")
        )

    def versions_day(self) -> str:
        """Return the first or the last month's day of some version."""
        one = self.rng.choice(self.slow.versions)
        days = [f"{month}-15" for month in MONTHS if one.start <= f"{month}-15" < one.end]
        return self.rng.choice((one.start, *days))

    def income(self) -> None:
        rng, day = self.rng, self.day()
        if rng.random() < 0.8:
            day = self.versions_day()
        fits = [one for one in self.slow.versions if one.start <= day < one.end]
        version = rng.choice(fits or self.slow.versions) if rng.random() < 0.9 else None
        named = Ref(*version.name) if version else self.documents[-1].ref
        gross = rng.choice((1, 2, 9, 10, 100, rng.randint(1, 60), rng.randint(1, 5_000)))
        known = version.terms.deductions if version and rng.random() < 0.9 else ("税", "评审费")
        deductions = [
            (name, rng.randint(1, max(1, gross // 3)))
            for name in rng.sample(known, rng.randrange(len(known) + 1))
        ]
        receiver, instalment = rng.choice(POOL[:ALWAYS])[0], str(rng.randrange(12))
        if rng.random() < 0.2:
            receiver = rng.choice(POOL)[0]
        first = Ref(*self.slow.agreement)
        said = income(
            first,
            version=said_ref(named),
            instalment=instalment,
            kind=rng.choice((1, 3)),
            income_date=day,
            gross_fen=gross,
            deductions=[codec.Deduction(name=name, amount_fen=fen) for name, fen in deductions],
            received_by=receiver,
        )
        contract = f"ydx.example/anhui 0 {bytes(32).hex()}"
        kind = {1: "SERVICE_FEE", 3: "ROYALTY"}[said.kind]
        facts = allocation.Income(contract, instalment, kind, gross, tuple(deductions))
        document, place = self.write(income=said), self.place()
        expected = self.slow.income(place, document.ref, named, facts, day, receiver)
        if self.compare(document, place, expected):
            self.booked.append(document.ref)

    def take_back(self) -> None:
        if not self.booked:
            return
        of = self.rng.choice([*self.booked, self.documents[-1].ref])
        left = sum(self.slow.left(of).values()) if of in self.booked else 5
        amount = self.rng.choice((0, 0, 0, 1, left, max(1, left // 2), left + 1, max(1, left - 1)))
        day = self.slow.incomes[of].day if of in self.booked else self.day()
        if self.rng.random() < 0.5:
            day = self.day()
        said = codec.Reversal(
            agreement=said_ref(Ref(*self.slow.agreement)),
            income=said_ref(of),
            amount_fen=amount,
            reversal_date=day,
            reason="退款",
        )
        document, place = self.write(reversal=said), self.place()
        expected = self.slow.reversal(place, document.ref, of, amount, day)
        self.compare(document, place, expected)

    def most(self, payer: str, payee: str) -> int:
        nets = min(-self.slow.net(payer), self.slow.net(payee))
        return max(self.slow.between(payer, payee), nets)

    def pay(self) -> None:
        names = [name for name, _ in POOL]
        payer, payee = max(
            (self.rng.sample(names, 2) for _ in range(4)), key=lambda pair: self.most(*pair)
        )
        most = self.most(payer, payee)
        if self.rng.random() < 0.1:
            payee = payer
        fen, day = max(1, most + self.rng.choice((0, 0, 0, 1, -1))), self.any_day()
        said = codec.Payment(
            agreement=said_ref(Ref(*self.slow.agreement)),
            payer=payer,
            payee=payee,
            amount_fen=fen,
            paid_on=day,
            evidence_sha256=bytes(32),
        )
        document, place = self.write(payment=said), self.place()
        expected = self.slow.payment(place, document.ref, payer, payee, fen, day)
        self.compare(document, place, expected)

    def compare(
        self, document: Document, place: Place, expected: dict[str, int] | set[str]
    ) -> bool:
        """Book it in the books; say whether both did, with the same vector."""
        if isinstance(expected, set):
            with pytest.raises(Refused) as caught:
                book(self.books, document, place)
            assert caught.value.reason in expected
            return False
        effect, vector = book(self.books, document, place)
        assert list(vector.items()) == list(expected.items())
        self.books.take(effect)
        entry, slow = effect.entry, self.slow.journal[-1]
        assert entry is not None
        assert (entry.kind, entry.own_date, entry.value_date) == (
            slow.kind,
            slow.day,
            slow.counts_on,
        )
        assert entry.postings == slow.postings
        self.entries.append(entry)
        return True

    def close(self) -> None:
        before = self.slow.closed[-1][0] if self.slow.closed else MONTHS[1]
        at = min(MONTHS.index(before) + self.rng.randrange(4), len(MONTHS) - 1)
        period = MONTHS[at]
        expected = self.slow.close(period)
        if expected is None:
            return
        statement = close(self.books, period)
        lines = [
            (str(one.account), one.opening_fen, one.debit_fen, one.credit_fen, one.closing_fen)
            for one in statement.lines
        ]
        assert lines == [one for one in expected[0] if any(one[1:4])]
        assert statement.digest() == expected[1]
        self.books.take(Effect(self.place(), OutcomeKind.CLOSED, statement=statement))

    def step(self) -> None:
        ways = [self.income] * 6 + [self.take_back] * 3 + [self.pay] * 3
        ways += [self.amend, self.close] + [self.terminate] * (self.rng.random() < 0.2)
        self.rng.choice(ways)()
        found = {tuple(one): fen for one, fen in self.books.balances.items() if fen}
        assert found == self.slow.balances()
        counted = {scope: total.base_fen for scope, total in self.books.totals.items()}
        assert counted == self.slow.counted(counted)
        assert all(fen <= 0 for (kind, _), fen in found.items() if kind == "PAYABLE")
        assert all(fen >= 0 for (kind, _), fen in found.items() if kind == "RECEIVABLE")


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**32))
def test_both_ledgers_agree_over_the_life_of_an_agreement(seed: int) -> None:
    life = Life(seed)
    for _ in range(STEPS):
        life.step()
    digest = state_digest(Ref(*life.slow.agreement), 99, life.entries)
    assert digest == life.slow.state_digest(99)
    for one in (one for one, _ in POOL):
        assert life.books.net_fen(one) == life.slow.net(one)
        for other in (other for other, _ in POOL if other != one):
            assert life.books.owed_fen(one, other) == life.slow.between(one, other)


def test_the_lives_reach_what_they_are_for() -> None:
    """A comparison of which nothing comes compares nothing."""
    seen: dict[str, int] = {}
    for seed in range(40):
        life = Life(seed)
        for _ in range(STEPS):
            life.step()
        for entry in life.entries:
            seen[entry.kind] = seen.get(entry.kind, 0) + 1
            seen["late"] = seen.get("late", 0) + (entry.own_date != entry.value_date)
        seen["amended"] = seen.get("amended", 0) + (len(life.slow.versions) > 1)
        seen["receivable"] = seen.get("receivable", 0) + any(
            account.kind == "RECEIVABLE" for one in life.entries for account, _ in one.postings
        )
        ties = [of.tie for of in life.slow.incomes.values()]
        seen["corrected"] = seen.get("corrected", 0) + (len(set(ties)) < len(ties))
    assert min(seen.values()) > 5, seen
