"""Random incomes under random terms, every case made from its own seed.

- Terms are always valid; an income is spoiled now and then, so that it has to be refused.
- Shapes are drawn on purpose rather than evenly: equal shares (ties), shares of zero, 0..20 fen,
  amounts near 2^62, limits near what a party would get, books that stood right at a limit.
- A case that fails is made again alone by its seed: `allocation_case(seed)`, `refund_case(seed)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from federation.ledger.allocation import Before, Income
from federation.ledger.terms import Party, Scope, Terms, Tier

_WHOLE_PPM: Final = 1_000_000
_AMOUNTS_END_FEN: Final = 2**62
_NAMES: Final = (
    "shanghai",
    "jiangsu",
    "zhejiang",
    "anhui",
    "center",
    "TM0007",
    "技术经理人",
    "a",
    "aa",
)
_DEDUCTIONS: Final = ("增值税", "evaluation", "bank fee")
_TEXTS: Final = ("1", "11", "2", "", "合同2026", "ROYALTY")
_RATES_PPM: Final = (0, 1, 15, 150, 600, 50_000, 333_333, 999_999, _WHOLE_PPM)
_SCOPES: Final = tuple(Scope)


@dataclass(frozen=True, slots=True)
class AllocationCase:
    """One income, what was booked before it, and the terms."""

    seed: int
    terms: Terms
    income: Income
    before: Before


@dataclass(frozen=True, slots=True)
class RefundCase:
    """One refund of what parties have of an income."""

    seed: int
    terms: Terms
    income: Income
    outstanding: dict[str, int]
    refund_fen: int


def allocation_case(seed: int) -> AllocationCase:
    """Return the case of that seed."""
    rng = Random(seed)  # noqa: S311 - a seed has to give the same case again
    base = _amount(rng)
    tiers = _tiers(rng, base)
    rate = rng.choice(tiers).rate_ppm if tiers else _WHOLE_PPM
    parties = _limited(rng, _parties(rng), base * rate // _WHOLE_PPM)
    terms = Terms(
        agreement=rng.randbytes(rng.choice((0, 1, 32))),
        parties=parties,
        deductions=_DEDUCTIONS[: rng.choice((0, 0, 1, 3))],
        tiers=tiers,
        tier_scope=rng.choice(_SCOPES),
        limit_scope=rng.choice(_SCOPES),
        remainder_to=rng.choice((None, None, rng.choice(parties).party)),
        excess_to=rng.choice((None, *(party.party for party in parties if party.cap_fen is None))),
    )
    income = _income(rng, terms, base)
    if rng.random() < 0.05:
        income = rng.choice(_SPOILS)(income)  # some break two rules: then the first is told
    return AllocationCase(seed, terms, income, _before(rng, terms, base))


def refund_case(seed: int) -> RefundCase:
    """Return the refund of that seed; its outstanding vector has at least one fen."""
    rng = Random(seed)  # noqa: S311 - a seed has to give the same case again
    parties = _parties(rng)
    largest = min(_amount(rng), (_AMOUNTS_END_FEN - 1) // len(parties))
    outstanding = {
        party.party: rng.choice((0, 1, largest, largest, rng.randint(0, largest)))
        for party in parties
    }
    outstanding[rng.choice(parties).party] = largest
    total = sum(outstanding.values())
    refund: Any = rng.choice(
        (1, total, max(1, total - 1), max(1, total // 2), rng.randint(1, total))
    )
    if rng.random() < 0.03:
        refund = rng.choice((0, -1, total + 1, True, 1.0, _AMOUNTS_END_FEN))
    terms = Terms(agreement=rng.randbytes(32), parties=parties)
    return RefundCase(seed, terms, _income(rng, terms, largest), outstanding, refund)


def _amount(rng: Random) -> int:
    """Return an amount that is tiny, everyday, or near the end of all amounts; never 0."""
    shape = rng.random()
    if shape < 0.4:
        return rng.randint(1, 20)
    if shape < 0.6:
        return rng.randint(1, 10_000)
    if shape < 0.9:
        return rng.randint(1, 10 ** rng.randint(5, 15))
    return _AMOUNTS_END_FEN - 1 - rng.choice((0, 1, 2, rng.randint(0, 10**6)))


def _parties(rng: Random) -> tuple[Party, ...]:
    count = rng.choice((1, 2, 2, 3, 3, 4, 4, 5, 6, 9))
    names = rng.sample(_NAMES, count)
    if rng.random() < 0.01:
        count = 64
        names = rng.sample([f"party {number}" for number in range(count)], count)
    return tuple(map(Party, names, _shares(rng, count)))


def _shares(rng: Random, count: int) -> list[int]:
    """Return shares in ppm that sum to the whole, some of them equal, tiny or zero."""
    shape = rng.choice(("equal", "steps", "alone", "zeros", "zeros", "any"))
    holders = rng.randint(1, count) if shape == "zeros" else count
    if shape == "alone":
        shares = [1] * (holders - 1) + [_WHOLE_PPM - (holders - 1)]
    elif shape == "equal":
        shares = [_WHOLE_PPM // holders] * holders
        shares[0] += _WHOLE_PPM - sum(shares)
    else:
        step = rng.choice((50_000, 250_000)) if shape == "steps" else 1
        cuts = sorted(rng.randint(0, _WHOLE_PPM // step) * step for _ in range(holders - 1))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, _WHOLE_PPM], strict=True)]
    shares += [0] * (count - holders)
    rng.shuffle(shares)
    return shares


def _tiers(rng: Random, base: int) -> tuple[Tier, ...]:
    if rng.random() < 0.5:
        return ()
    near = (1, 2, 10, base, base + 1, max(1, base // 3), 2 * base, 10**9)
    chosen = rng.choices(near, k=rng.randint(0, 3))
    ends = sorted({min(end, _AMOUNTS_END_FEN - 1) for end in chosen})
    bounded = (Tier(end, rng.choice(_RATES_PPM)) for end in ends)
    return (*bounded, Tier(None, rng.choice((*_RATES_PPM, rng.randint(0, _WHOLE_PPM)))))


def _limited(rng: Random, parties: tuple[Party, ...], amount: int) -> tuple[Party, ...]:
    """Return the parties with caps and floors near what each would get without."""
    caps, floors = rng.choice(((0, 0), (0.5, 0), (0, 0.4), (0.4, 0.3), (0.9, 0.1), (0.5, 0.8)))
    limited = []
    for party in parties:
        fair = amount * party.share_ppm // _WHOLE_PPM
        even = amount // len(parties)
        near = (0, 1, fair // 2, max(0, fair - 1), fair, fair + 1, fair * 5 // 4, even)
        cap = rng.choice((*near, amount)) if rng.random() < caps else None
        floor = rng.choice((*near, even // 2)) if rng.random() < floors else None
        if cap is not None and floor is not None:
            floor, cap = sorted((floor, cap))
        ends = (None if end is None else min(end, _AMOUNTS_END_FEN - 1) for end in (cap, floor))
        limited.append(Party(party.party, party.share_ppm, *ends))
    return tuple(limited)


def _income(rng: Random, terms: Terms, base: int) -> Income:
    """Return an income with that base, or a smaller one where the gross would be too large."""
    names = rng.sample(terms.deductions, rng.randint(0, len(terms.deductions)))
    deductions = tuple((name, rng.choice((1, rng.randint(1, base)))) for name in names)
    gross = base + sum(fen for _, fen in deductions)
    if gross >= _AMOUNTS_END_FEN:
        deductions, gross = (), base
    contract, instalment, kind = rng.choices(_TEXTS, k=3)
    return Income(contract, instalment, kind, gross, deductions)


def _before(rng: Random, terms: Terms, base: int) -> Before:
    booked = 0
    if terms.tier_scope is not Scope.PER_EVENT:
        ends = [tier.upto_fen for tier in terms.tiers if tier.upto_fen is not None]
        booked = rng.choice((0, 1, base, *ends, *(max(0, end - 1) for end in ends), _amount(rng)))
    received: dict[str, int] = {}
    if terms.limit_scope is not Scope.PER_EVENT:
        for party in terms.parties:
            limit = party.cap_fen or party.floor_fen or base
            received[party.party] = rng.choice((0, 0, 1, limit // 2, limit, limit + 1))
        if rng.random() < 0.3:
            del received[rng.choice(terms.parties).party]
            received["a party of an earlier version"] = base
    return Before(booked, received)


def _with_gross(gross_fen: Any) -> Callable[[Income], Income]:
    return lambda income: income._replace(gross_fen=gross_fen)


def _with_deductions(*more: tuple[str, Any]) -> Callable[[Income], Income]:
    """Make the gross so large that only the deductions themselves are wrong."""
    return lambda income: income._replace(
        gross_fen=_AMOUNTS_END_FEN - 1, deductions=(*income.deductions, *more)
    )


_SPOILS: Final[tuple[Callable[[Income], Income], ...]] = (
    *map(_with_gross, (0, -1, _AMOUNTS_END_FEN, True, 7.0, None)),
    _with_deductions(("not agreed", 1)),
    _with_deductions((_DEDUCTIONS[0], 1), (_DEDUCTIONS[0], 1)),
    *(_with_deductions((_DEDUCTIONS[0], fen)) for fen in (0, -1, True, 1.0, _AMOUNTS_END_FEN)),
    _with_deductions((_DEDUCTIONS[0], _AMOUNTS_END_FEN - 1)),
    _with_deductions(("not agreed", 1), (_DEDUCTIONS[0], 0)),
    _with_deductions((_DEDUCTIONS[0], 0), ("not agreed", 1)),
    _with_deductions((_DEDUCTIONS[0], 0), (_DEDUCTIONS[0], 0)),
    lambda income: income._replace(gross_fen=0, deductions=(("not agreed", 0),)),
)
