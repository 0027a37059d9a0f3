"""The indicator signal: what the supply's indicators say about each demanded one.

- Met +40, contradicted −40, unknown 0; the sum stays within −120 and 120. Each demanded indicator
  that the supply speaks of has its own reason; points beyond the cap are 0 and say so.
- Where the supply speaks of a quantity more than once, it meets the demand if one statement does
  and none contradicts it. Statements that disagree decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.matching.indicators import compare
from federation.matching.intervals import Verdict
from federation.matching.score import Ground, Note, Pair, Reason, Signal

INDICATOR_POINTS: Final = 40
INDICATORS_CAP: Final = 120

_POINTS: Final = {
    Verdict.MET: INDICATOR_POINTS,
    Verdict.CONTRADICTED: -INDICATOR_POINTS,
    Verdict.UNKNOWN: 0,
}
_NOTES: Final = {
    Verdict.MET: Note.MET,
    Verdict.CONTRADICTED: Note.CONTRADICTED,
    Verdict.UNKNOWN: Note.UNKNOWN,
}


def indicator_reasons(pair: Pair) -> Iterator[Reason]:
    """Yield a reason for each demanded indicator that the supply speaks of, in their order."""
    stated = pair.supply.stated
    if not stated:
        return
    given = 0
    uncapped = 0
    for quantity, place, demanded in pair.demand.demanded:
        same = [(at, one) for other, at, one in stated if other == quantity]
        if not same:
            continue
        found = [(at, compare(demanded, one)) for at, one in same]
        verdict = _joint({comparison.verdict for _, comparison in found})
        # The cap holds for the sum, so each reason gets the step that the capped sum makes.
        uncapped += _POINTS[verdict]
        capped = min(max(uncapped, -INDICATORS_CAP), INDICATORS_CAP)
        points, given = capped - given, capped
        note = _NOTES[verdict] if points == _POINTS[verdict] else Note.BEYOND_CAP
        yield Reason(
            Signal.INDICATOR,
            points,
            Ground(
                (f"public.demand.indicators[{place}]",),
                f"{demanded.quantity} {found[0][1].demanded}",
            ),
            Ground(
                tuple(f"public.supply.indicators[{at}]" for at, _ in found),
                "; ".join(
                    f"{one.quantity} {comparison.stated}"
                    for (_, one), (_, comparison) in zip(same, found, strict=True)
                ),
            ),
            note,
        )


def _joint(verdicts: set[Verdict]) -> Verdict:
    decided = verdicts - {Verdict.UNKNOWN}
    return decided.pop() if len(decided) == 1 else Verdict.UNKNOWN
