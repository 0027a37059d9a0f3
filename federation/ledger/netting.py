"""Netting: what is paid so that all claims are settled.

- A party's position is what it claims less what it owes; the positions sum to 0.
- Multilateral: who owes most pays who is owed most, until one of the two is at 0; equal ones by
  party id. Each payment settles a party and the last one two, so n parties make at most n - 1
  payments. They are few, not always the fewest. Who pays whom need not have owed it anything.
- Bilateral: of each two parties one pays the other what is left of the claims between them.
- The claims alone decide, not their order. Ids are compared by code point.
- Payments settle claims and stand beside them: the claims stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from federation.ledger.amounts import check_amount
from federation.log.errors import Refused


@dataclass(frozen=True, slots=True)
class Claim:
    """What one party owes another."""

    debtor: str
    creditor: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Payment:
    """What one party pays another, > 0."""

    payer: str
    payee: str
    amount_fen: int


def net_positions(claims: Iterable[Claim]) -> dict[str, int]:
    """Return the position of every party in fen, by party id; who is owed money is above 0.

    Raises Refused: AMOUNT_OUT_OF_RANGE, CLAIM_ON_ITSELF.
    """
    positions: defaultdict[str, int] = defaultdict(int)
    for (debtor, creditor), fen in _owed(claims).items():
        positions[debtor] -= fen
        positions[creditor] += fen
    return dict(sorted(positions.items()))


def multilateral(claims: Iterable[Claim]) -> tuple[Payment, ...]:
    """Return payments that bring all positions to 0, the largest debtor's first.

    Raises Refused: AMOUNT_OUT_OF_RANGE, of a claim or of the payments; CLAIM_ON_ITSELF.
    """
    return settle(net_positions(claims))


def settle(positions: Mapping[str, int]) -> tuple[Payment, ...]:
    """Return payments that bring positions to 0, which sum to 0; as `multilateral`.

    Raises Refused: AMOUNT_OUT_OF_RANGE, of the payments.
    """
    payees = _largest_first(positions)[::-1]  # the next one last, to be taken off
    payments = []
    for payer, owes in _largest_first({party: -fen for party, fen in positions.items()}):
        left = owes
        while left:
            payee, due = payees.pop()
            paid = min(left, due)
            payments.append(_payment(payer, payee, paid))
            left -= paid
            if due > paid:
                payees.append((payee, due - paid))
    return tuple(payments)


def bilateral(claims: Iterable[Claim]) -> tuple[Payment, ...]:
    """Return at most one payment for each two parties, in the order of their ids.

    Raises Refused: AMOUNT_OUT_OF_RANGE, of a claim or of the payments; CLAIM_ON_ITSELF.
    """
    nets: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (debtor, creditor), fen in _owed(claims).items():
        if debtor < creditor:
            nets[debtor, creditor] += fen
        else:
            nets[creditor, debtor] -= fen
    return tuple(
        _payment(one, other, net) if net > 0 else _payment(other, one, -net)
        for (one, other), net in sorted(nets.items())
        if net
    )


def _owed(claims: Iterable[Claim]) -> Mapping[tuple[str, str], int]:
    """Return what is owed in all, by debtor and creditor, or refuse the first wrong claim."""
    owed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for index, claim in enumerate(claims):
        path = f"claims[{index}]"
        check_amount(f"{path}.amount_fen", claim.amount_fen)
        if claim.debtor == claim.creditor:
            raise Refused(
                "CLAIM_ON_ITSELF",
                f"{path} is of a party on itself",
                field=f"{path}.creditor",
                party=claim.creditor,
            )
        owed[claim.debtor, claim.creditor] += claim.amount_fen
    return owed


def _largest_first(amounts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the amounts above 0, equal ones by party id."""
    above = [(party, fen) for party, fen in amounts.items() if fen > 0]
    return sorted(above, key=lambda one: (-one[1], one[0]))


def _payment(payer: str, payee: str, fen: int) -> Payment:
    """Return the payment; many claims together can be more than an amount may be."""
    check_amount(f"payment {payer} -> {payee}", fen)
    return Payment(payer, payee, fen)
