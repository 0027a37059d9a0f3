"""Terms and incomes for the tests: few by name, and random ones that are sound."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from federation.ledger.allocation import Before, Income
from federation.ledger.terms import AMOUNT_MAX_FEN, WHOLE_PPM, Party, Terms, Tier

AGREEMENT = b"agreement"

LAW = settings(deadline=None)
"""How a law is tried: however busy the machine is."""


def income(gross_fen: int, contract: str = "2026320500001234", instalment: str = "1") -> Income:
    return Income(contract, instalment, "SERVICE_FEE", gross_fen)


def by_ppm(**shares: int) -> Terms:
    """Return terms of named parties that have shares and nothing else."""
    return Terms(AGREEMENT, tuple(Party(party, ppm) for party, ppm in shares.items()))


def _shares(parts: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Return shares that sum to the whole; some are 0, some equal."""
    cuts = st.integers(0, WHOLE_PPM) | st.sampled_from([0, 250_000, 500_000, 750_000, WHOLE_PPM])
    return st.lists(cuts, min_size=parts - 1, max_size=parts - 1).map(
        lambda inner: tuple(b - a for a, b in pairwise([0, *sorted(inner), WHOLE_PPM]))
    )


SMALL = st.integers(0, 60)
AMOUNTS = st.integers(1, 200) | st.integers(1, AMOUNT_MAX_FEN)
"""Few fen, where every rounding shows, and any amount."""
TIERS = st.lists(
    st.tuples(st.integers(1, 100) | st.integers(1, AMOUNT_MAX_FEN), st.integers(0, WHOLE_PPM)),
    max_size=4,
    unique_by=lambda tier: tier[0],
).flatmap(
    lambda bounded: st.integers(0, WHOLE_PPM).map(
        lambda last: (*(Tier(*tier) for tier in sorted(bounded)), Tier(None, last))
    )
)


@st.composite
def plain_terms(draw: st.DrawFn, parties_max: int = 6) -> Terms:
    """Return sound terms without caps, floors, tiers and whoever gets the remainder."""
    shares = draw(st.integers(1, parties_max).flatmap(_shares))
    return Terms(AGREEMENT, tuple(Party(f"p{at}", share) for at, share in enumerate(shares)))


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    """Return any sound terms."""
    plain = draw(plain_terms())
    names = [one.party for one in plain.parties]
    excess_to = draw(st.none() | st.sampled_from(names))
    parties = []
    for one in plain.parties:
        cap = None if one.party == excess_to else draw(st.none() | SMALL)
        floor = draw(st.none() | st.integers(0, 20 if cap is None else min(20, cap)))
        parties.append(Party(one.party, one.share_ppm, cap, floor))
    return Terms(
        AGREEMENT,
        tuple(parties),
        tiers=draw(st.just(()) | TIERS),
        remainder_to=draw(st.none() | st.sampled_from(names)),
        excess_to=excess_to,
    )


INCOMES = st.builds(income, AMOUNTS, instalment=st.sampled_from(["1", "2", "3"]))
BEFORE = st.builds(
    Before,
    base_fen=st.integers(0, 100) | st.integers(0, AMOUNT_MAX_FEN),
    received_fen=st.dictionaries(st.sampled_from([f"p{at}" for at in range(6)]), SMALL),
)
