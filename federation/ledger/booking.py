"""Booking: what an income, a reversal or a payment posts to the books as they stand.

- An income counts under the version that it names, if that is active and in force on its day (P8),
  and once for each (contract, instalment, kind) that is not wholly reversed.
  Debit CLEARING of the party that received the money, credit PAYABLE of each party its share (L4).
- A reversal takes back from each party: all that is left of its share, or of an amount its part by
  what is left (`refund`). What a party was paid already becomes its RECEIVABLE. All that is left is
  taken back at most once (R5), and nothing on a day before the income's own.
- A payment is at most what the payer owes and the payee is owed, net; or what the payer owes this
  payee, net, whatever the two owe others: so both ways of netting can be settled (`netting`). It
  lowers the payer's RECEIVABLE, then CLEARING, and the payee's PAYABLE, then CLEARING.
- Every sum that the books hold stays below 2^62 (L10): see `sums`. Days and open months have bounds
  as well: see `extent`.
- What cannot be booked is refused with a reason that everybody finds alike, and changes nothing.
"""

from __future__ import annotations

from typing import Final

from federation.ledger import allocation
from federation.ledger.agreement import contract_name, tie_name
from federation.ledger.allocation import NOTHING_BEFORE, Before, allocate
from federation.ledger.amounts import grouped_yuan
from federation.ledger.books import (
    LIFE,
    ActiveVersion,
    Booked,
    Books,
    Counted,
    Effect,
    Ruling,
    State,
)
from federation.ledger.decisions import Decision
from federation.ledger.documents import (
    INCOME_KIND_NAMES,
    Document,
    Income,
    OutcomeKind,
    Payment,
    Reversal,
)
from federation.ledger.extent import check_months
from federation.ledger.journal import (
    AccountKind,
    EntryKind,
    JournalEntry,
    Place,
    Posting,
    account_of,
)
from federation.ledger.refund import refund
from federation.ledger.sums import check_sums
from federation.ledger.terms import Scope
from federation.ledger.tie import tie_of
from federation.log.errors import Refused
from federation.records.refs import Ref

_REVERSIBLE: Final = frozenset({State.FINAL, State.PARTLY_REVERSED})
# Plain names for incomes, which are hot.
_CLEARING, _PAYABLE = AccountKind.CLEARING, AccountKind.PAYABLE
_INCOME, _FINAL, _BOOKED = EntryKind.INCOME, State.FINAL, OutcomeKind.BOOKED.value


def book(books: Books, proposal: Document, place: Place) -> tuple[Effect, dict[str, int]]:
    """Return what booking a proposal at a place changes, and the vector that BOOKED carries.

    The vector has the fen of each party, negative where it gives back or is paid. Raises Refused
    with the reason for which it cannot be booked.
    """
    facts = proposal.facts
    if isinstance(facts, Income):
        effect, vector = _income(books, proposal.ref, facts, place)
    elif isinstance(facts, Reversal):
        effect, vector = _reversal(books, proposal.ref, facts, place)
    elif isinstance(facts, Payment):
        effect, vector = _payment(books, proposal.ref, facts, place)
    else:
        raise Refused("MALFORMED_PART", "the document is nothing that can be booked")
    check_sums(books, effect)
    check_months(books, effect)
    return effect, vector


def version_for(books: Books, facts: Income) -> ActiveVersion:
    """Return the version under which an income counts.

    Refuses AGREEMENT_NOT_ACTIVE, AGREEMENT_TERMINATED, OUTSIDE_AGREEMENT.
    """
    active = books.version(facts.version)
    if active is None:
        raise Refused(
            "AGREEMENT_NOT_ACTIVE",
            "the version that the income names is not active",
            field="version",
        )
    if not active.effective_from <= facts.income_date < active.effective_to:
        if books.ended_on and facts.income_date >= books.ended_on:
            raise Refused(
                "AGREEMENT_TERMINATED",
                f"the agreement ended before {books.ended_on}",
                field="income_date",
                ended_on=books.ended_on,
            )
        raise Refused(
            "OUTSIDE_AGREEMENT",
            f"{facts.income_date} is not within {active.effective_from} to {active.effective_to}",
            field="income_date",
            effective_from=active.effective_from,
            effective_to=active.effective_to,
        )
    return active


def before_of(books: Books, active: ActiveVersion, income_date: str) -> Before:
    """Return what was booked before an income within the scopes of its version."""
    terms = active.version.terms
    if terms.tier_scope is terms.limit_scope is Scope.PER_EVENT:
        return NOTHING_BEFORE
    scopes = {Scope.CALENDAR_YEAR: income_date[:4], Scope.AGREEMENT_LIFE: LIFE}
    base, received = 0, {}
    if terms.tier_scope is not Scope.PER_EVENT:
        base = books.total(scopes[terms.tier_scope]).base_fen
    if terms.limit_scope is not Scope.PER_EVENT:
        # A copy: what is told of an income does not change with those after it.
        received = dict(books.total(scopes[terms.limit_scope]).received_fen)
    return Before(base, received) if base or received else NOTHING_BEFORE


def allocate_income(
    books: Books, facts: Income
) -> tuple[ActiveVersion, allocation.Allocation, Before]:
    """Return the version, what each party would get now, and what was booked before."""
    return _allocated(books, facts, tie_of_income(facts))


def _allocated(
    books: Books, facts: Income, tie: tuple[str, str, str]
) -> tuple[ActiveVersion, allocation.Allocation, Before]:
    active = version_for(books, facts)
    before = before_of(books, active, facts.income_date)
    return active, _allocate(books, active, facts, tie, before), before


def explain(books: Books, facts: Income, booked: Booked) -> tuple[Decision, ...]:
    """Return which rule gave each party its fen of an income that is booked."""
    active = books.version(booked.version)
    if active is None:
        raise AssertionError("what is booked has its version in the books")
    return _allocate(books, active, facts, booked.tie, booked.before).decisions


def _allocate(
    books: Books, active: ActiveVersion, facts: Income, tie: tuple[str, str, str], before: Before
) -> allocation.Allocation:
    income = allocation.Income(*tie, facts.gross_fen, facts.deductions)
    return allocate(books.terms(active), income, before)


def tie_of_income(facts: Income) -> tuple[str, str, str]:
    """Return contract, instalment and kind, as the tie key has them."""
    return contract_name(facts.contract), facts.instalment, INCOME_KIND_NAMES[facts.kind]


def instalment_key(contract: str, instalment: str, kind: str) -> str:
    """Return the key under which an income of a tie is booked once."""
    return f"{contract} {kind} {instalment}"


def _income(books: Books, ref: Ref, facts: Income, place: Place) -> tuple[Effect, dict[str, int]]:
    tie = tie_of_income(facts)
    active, allocated, before = _allocated(books, facts, tie)
    shares = allocated.shares
    if facts.received_by not in shares:
        raise _no_party(facts.received_by, "received_by", set(shares))
    key = instalment_key(*tie)
    if key in books.instalments:
        raise Refused(
            "INSTALMENT_BOOKED",
            "this instalment of the contract is booked already",
            field="instalment",
            instalment=facts.instalment,
        )
    postings = []
    if allocated.amount_fen:
        receiver = account_of(_CLEARING, facts.received_by)
        postings.append(Posting(receiver, allocated.amount_fen))
        postings += [
            Posting(account_of(_PAYABLE, party), -fen) for party, fen in shares.items() if fen
        ]
    entry = JournalEntry(
        place,
        _INCOME,
        ref,
        ref,
        facts.income_date,
        books.value_date(facts.income_date),
        tuple(postings),
    )
    booked = Booked(
        version=active.ref,
        received_by=facts.received_by,
        instalment=key,
        tie=tie,
        income_date=facts.income_date,
        base_fen=allocated.base_fen,
        base_left_fen=allocated.base_fen,
        shares=shares,
        left=shares,
        before=before,
    )
    effect = Effect(
        place,
        _BOOKED,
        ref,
        rulings={ref: Ruling(_FINAL, place, booked=booked)},
        instalments={key: ref},
        entry=entry,
        counted=Counted(facts.income_date[:4], allocated.base_fen, shares),
    )
    return effect, shares


def _reversal(
    books: Books, ref: Ref, facts: Reversal, place: Place
) -> tuple[Effect, dict[str, int]]:
    ruling = books.rulings.get(facts.income)
    if ruling is None or ruling.booked is None:
        raise Refused("INCOME_NOT_BOOKED", "the income is not booked", field="income")
    if ruling.state not in _REVERSIBLE:
        raise Refused("ALREADY_REVERSED", "all of the income was taken back", field="income")
    booked = ruling.booked
    if facts.reversal_date < booked.income_date:
        raise Refused(
            "REVERSAL_BEFORE_INCOME",
            f"{facts.reversal_date} is before the income of {booked.income_date}",
            field="reversal_date",
            income_date=booked.income_date,
        )
    left_fen = sum(booked.left.values())
    if facts.amount_fen:
        back = refund(booked.left, facts.amount_fen, tie_of(tie_name(books.agreement), *booked.tie))
    else:
        back = dict(booked.left)
    total = sum(back.values())
    is_all = total == left_fen
    # Parts of the base telescope: all that is taken back takes all of it back.
    base_back = booked.base_left_fen if is_all else booked.base_left_fen * total // left_fen
    entry = JournalEntry(
        place,
        EntryKind.REVERSAL,
        ref,
        facts.income,
        facts.reversal_date,
        books.value_date(facts.reversal_date),
        tuple(_give_back(books, back, booked.received_by)),
    )
    left = {party: fen - back[party] for party, fen in booked.left.items()}
    reversed_income = Ruling(
        State.REVERSED if is_all else State.PARTLY_REVERSED,
        ruling.place,
        booked=booked._replace(base_left_fen=booked.base_left_fen - base_back, left=left),
    )
    taken = {party: -fen for party, fen in back.items()}
    effect = Effect(
        place,
        OutcomeKind.BOOKED,
        ref,
        rulings={ref: Ruling(State.FINAL, place), facts.income: reversed_income},
        instalments={booked.instalment: None} if is_all else {},
        entry=entry,
        counted=Counted(booked.income_date[:4], -base_back, taken),
    )
    return effect, taken


def _give_back(books: Books, back: dict[str, int], received_by: str) -> list[Posting]:
    postings = []
    for party, fen in back.items():
        unpaid = min(fen, books.payable_fen(party))
        postings += [
            Posting(account_of(AccountKind.PAYABLE, party), unpaid),
            Posting(account_of(AccountKind.RECEIVABLE, party), fen - unpaid),
        ]
    receiver = account_of(AccountKind.CLEARING, received_by)
    postings.append(Posting(receiver, -sum(back.values())))
    return [one for one in postings if one.amount_fen]


def _payment(books: Books, ref: Ref, facts: Payment, place: Place) -> tuple[Effect, dict[str, int]]:
    if not books.versions:
        raise Refused("AGREEMENT_NOT_ACTIVE", "the agreement is not active", field="agreement")
    if facts.payer == facts.payee:
        raise Refused(
            "CLAIM_ON_ITSELF", "a party cannot pay itself", field="payee", party=facts.payee
        )
    amount = facts.amount_fen
    for party, field in ((facts.payer, "payer"), (facts.payee, "payee")):
        if party not in books.keepers:
            raise _no_party(party, field, set(books.keepers))
    owed = books.owed_fen(facts.payer, facts.payee)
    for party, field, net in (
        (facts.payer, "payer", max(owed, -books.net_fen(facts.payer))),
        (facts.payee, "payee", max(owed, books.net_fen(facts.payee))),
    ):
        if net < amount:
            raise Refused(
                "PAYMENT_EXCEEDS_BALANCE",
                f"{grouped_yuan(amount)} yuan is more than {field} {party} has to settle,"
                f" {grouped_yuan(max(0, net))}",
                field="amount_fen",
                party=party,
                balance_fen=str(max(0, net)),
            )
    owed_back = books.balances.get(account_of(AccountKind.RECEIVABLE, facts.payer), 0)
    first = min(amount, owed_back)
    gets = min(amount, books.payable_fen(facts.payee))
    postings = (
        Posting(account_of(AccountKind.PAYABLE, facts.payee), gets),
        Posting(account_of(AccountKind.CLEARING, facts.payee), amount - gets),
        Posting(account_of(AccountKind.RECEIVABLE, facts.payer), -first),
        Posting(account_of(AccountKind.CLEARING, facts.payer), first - amount),
    )
    entry = JournalEntry(
        place,
        EntryKind.PAYMENT,
        ref,
        None,
        facts.paid_on,
        books.value_date(facts.paid_on),
        tuple(one for one in postings if one.amount_fen),
    )
    effect = Effect(
        place,
        OutcomeKind.BOOKED,
        ref,
        rulings={ref: Ruling(State.FINAL, place)},
        entry=entry,
    )
    return effect, {facts.payer: amount, facts.payee: -amount}


def _no_party(party: str, field: str, known: set[str]) -> Refused:
    return Refused(
        "PARTY_NOT_IN_AGREEMENT",
        f"{party} is no party of the agreement: {', '.join(sorted(known))}",
        field=field,
        party=party,
    )
