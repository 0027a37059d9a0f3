"""The allocation rules a second time, in fractions, written from their text alone.

It shares no code with `federation.ledger` but the shapes of terms and incomes, and it goes another
way: it never takes a remainder by `%`, it rounds exact shares up or down by the order of their
fractional parts, and it recomputes every round of caps and floors from nothing but the names that
are pinned so far. Slow and plain on purpose.

- A refusal is the reason as text, where a share is a map of every party to its fen.
- Where the text could be read in two ways, the reading taken is said at the place.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from federation.ledger.allocation import Before, Income
from federation.ledger.terms import Terms, Tier

AMOUNT_OUT_OF_RANGE = "AMOUNT_OUT_OF_RANGE"
DEDUCTION_NOT_ALLOWED = "DEDUCTION_NOT_ALLOWED"
DEDUCTION_TWICE = "DEDUCTION_TWICE"
DEDUCTIONS_EXCEED_GROSS = "DEDUCTIONS_EXCEED_GROSS"
REFUND_EXCEEDS_OUTSTANDING = "REFUND_EXCEEDS_OUTSTANDING"
FLOORS_EXCEED_AMOUNT = "FLOORS_EXCEED_AMOUNT"
CAPS_LEAVE_REST = "CAPS_LEAVE_REST"
_WHOLE_PPM = 1_000_000
_AMOUNTS_END_FEN = 2**62


class _NotAllocable(Exception):  # noqa: N818 - it names a case of the rules, not a fault
    """Carries a refusal's reason out of the rounds."""


def allocate_exactly(terms: Terms, income: Income, before: Before) -> dict[str, int] | str:
    """Return each party's fen, in the order of the terms, or the reason of the refusal."""
    try:
        amount = amount_of(terms.tiers, before.base_fen, base_of(terms, income))
        return _Rounds.of(terms, income, before).shares(amount)
    except _NotAllocable as refusal:
        return str(refusal)


def refund_exactly(
    outstanding: Mapping[str, int], refund_fen: int, tie: Callable[[str], bytes]
) -> dict[str, int] | str:
    """Return what each party gives back of what it has, or the reason of the refusal."""
    if not _is_amount(refund_fen):
        return AMOUNT_OUT_OF_RANGE
    if refund_fen > sum(outstanding.values()):
        return REFUND_EXCEEDS_OUTSTANDING
    return largest_remainder(refund_fen, outstanding, tie)


def base_of(terms: Terms, income: Income) -> int:
    """Return the base in fen (rule 1).

    Of an income with several faults the first is told: the gross, then each deduction as it stands
    (its name, whether it stood before, its fen), then the base.
    """
    if not _is_amount(income.gross_fen):
        raise _NotAllocable(AMOUNT_OUT_OF_RANGE)
    for place, (name, fen) in enumerate(income.deductions):
        if name not in terms.deductions:
            raise _NotAllocable(DEDUCTION_NOT_ALLOWED)
        if name in [other for other, _ in income.deductions[:place]]:
            raise _NotAllocable(DEDUCTION_TWICE)
        if not _is_amount(fen):
            raise _NotAllocable(AMOUNT_OUT_OF_RANGE)
    base = income.gross_fen - sum(fen for _, fen in income.deductions)
    if base <= 0:
        raise _NotAllocable(DEDUCTIONS_EXCEED_GROSS)
    return base


def amount_of(tiers: tuple[Tier, ...], before_fen: int, base_fen: int) -> int:
    """Return what is to be shared (rule 2): F is rounded down once, at its end."""
    if not tiers:
        return base_fen
    return _tiered(tiers, before_fen + base_fen) - _tiered(tiers, before_fen)


def _tiered(tiers: tuple[Tier, ...], up_to: int) -> int:
    begins = [
        Fraction(0),
        *(Fraction(tier.upto_fen) for tier in tiers if tier.upto_fen is not None),
    ]
    ends = [*begins[1:], Fraction(up_to)]
    exact = sum(
        (max(Fraction(0), min(end, Fraction(up_to)) - begin) * Fraction(tier.rate_ppm, _WHOLE_PPM))
        for tier, begin, end in zip(tiers, begins, ends, strict=True)
    )
    return math.floor(exact)


def tie_key(terms: Terms, income: Income, party: str) -> bytes:
    """Return what orders parties with equal fractional parts: 32 bytes, the lowest first."""
    texts = (income.contract, income.instalment, income.kind, party)
    pieces = (terms.agreement, *(text.encode("utf-8") for text in texts))
    framed = b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)
    return hashlib.sha256(b"ydx/tie/v1\x00" + framed).digest()


def largest_remainder(
    amount: int,
    weights: Mapping[str, int],
    tie: Callable[[str], bytes],
    remainder_to: str | None = None,
) -> dict[str, int]:
    """Return the amount shared by weight (rule 3).

    Weight 0 gets 0 always: a party that remainders go to, but with weight 0, counts as not at hand.
    """
    total = sum(weights.values())
    if amount == 0:
        return dict.fromkeys(weights, 0)
    exact = {party: Fraction(amount * weight, total) for party, weight in weights.items()}
    down = {party: math.floor(share) for party, share in exact.items()}
    parts = {party: exact[party] - down[party] for party in exact}
    left_over = sum(parts.values(), Fraction(0))
    if left_over == 0:
        return down
    if remainder_to is not None and weights.get(remainder_to, 0) > 0:
        return {**down, remainder_to: down[remainder_to] + int(left_over)}
    by_part = sorted((p for p in parts if parts[p]), key=lambda p: (-parts[p], tie(p)))
    rounded_up = by_part[: int(left_over)]
    return {p: math.ceil(exact[p]) if p in rounded_up else down[p] for p in exact}


def _is_amount(fen: object) -> bool:
    return type(fen) is int and 0 < fen < _AMOUNTS_END_FEN


@dataclass(frozen=True)
class _Rounds:
    """Rules 4 and 5 for one income; both loops know only the names that are pinned so far."""

    weights: dict[str, int]
    rooms: dict[str, int]
    needs: dict[str, int]
    tie: Callable[[str], bytes]
    remainder_to: str | None
    excess_to: str | None

    @classmethod
    def of(cls, terms: Terms, income: Income, before: Before) -> _Rounds:
        had = {party.party: before.received_fen.get(party.party, 0) for party in terms.parties}
        return cls(
            weights={p.party: p.share_ppm for p in terms.parties},
            rooms={
                p.party: max(0, p.cap_fen - had[p.party])
                for p in terms.parties
                if p.cap_fen is not None
            },
            needs={p.party: max(0, (p.floor_fen or 0) - had[p.party]) for p in terms.parties},
            tie=lambda party: tie_key(terms, income, party),
            remainder_to=terms.remainder_to,
            excess_to=terms.excess_to,
        )

    def shares(self, amount: int) -> dict[str, int]:
        """Rule 5. Floors that cannot be met are refused before caps are looked at, also for 0."""
        if sum(self.needs.values()) > amount:
            raise _NotAllocable(FLOORS_EXCEED_AMOUNT)
        raised: set[str] = set()
        while True:
            pinned = {party: self.needs[party] for party in raised}
            shared = self._under_caps(amount - sum(pinned.values()), raised)
            got = {p: pinned.get(p, 0) + shared.get(p, 0) for p in self.weights}
            below = {party for party, fen in got.items() if fen < self.needs[party]}
            if not below:
                return got
            raised |= below

    def _under_caps(self, amount: int, raised: set[str]) -> dict[str, int]:
        """Rule 4. The taker of the excess may be one of the raised: whatever it already has."""
        held: set[str] = set()
        while True:
            at_rooms = {party: self.rooms[party] for party in held}
            others = {p: w for p, w in self.weights.items() if p not in raised | held}
            rest = amount - sum(at_rooms.values())
            if rest > 0 and not any(others.values()):
                raise _NotAllocable(CAPS_LEAVE_REST)
            shared = at_rooms | largest_remainder(rest, others, self.tie, self.remainder_to)
            over = {p for p, fen in shared.items() if fen > self.rooms.get(p, math.inf)}
            if not over:
                return shared
            if self.excess_to is not None:
                cut = shared | {party: self.rooms[party] for party in over}
                excess = amount - sum(cut.values())
                return cut | {self.excess_to: cut.get(self.excess_to, 0) + excess}
            held |= over
