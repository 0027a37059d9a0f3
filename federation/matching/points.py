"""The whole-point rules of the match score, one function a signal; the table is in score.py.

- `reasons` asks every signal in the order of the table. A signal that has nothing to rest on gives
  no reason; one that was decided gives a reason also when its points are 0.
- Integers only; a share is a floor. No clock: the day is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from federation.matching.field_points import field_reasons
from federation.matching.indicator_points import indicator_reasons
from federation.matching.price_points import budget_reasons
from federation.matching.score import (
    Ground,
    Note,
    Pair,
    Reason,
    Side,
    Signal,
    TextScore,
)
from federation.records.codec import CooperationMode, TransferMode, choice_name
from federation.records.days import day

TEXT_POINTS: Final = 600
TERMS_MAX: Final = 5
TRL_POINTS: Final = 40
TRL_ONE_BELOW_POINTS: Final = 20
TRL_STEP_POINTS: Final = 10
MODE_POINTS: Final = 30
REGION_POINTS: Final = {
    Note.IN_REGION: 15,
    Note.SAME_CITY: 10,
    Note.SAME_PROVINCE: 5,
}
EXPIRY_POINTS: Final = -20
EXPIRES_SOON_DAYS: Final = 30

MEETING_MODES: Final = {
    CooperationMode.COOPERATION_MODE_JOINT_DEVELOPMENT: (TransferMode.TRANSFER_MODE_JOINT_USE,),
    CooperationMode.COOPERATION_MODE_JOINT_LAB: (TransferMode.TRANSFER_MODE_JOINT_USE,),
    CooperationMode.COOPERATION_MODE_ASSIGNMENT: (
        TransferMode.TRANSFER_MODE_ASSIGNMENT,
        TransferMode.TRANSFER_MODE_ENTITLED_ASSIGNMENT,
    ),
    CooperationMode.COOPERATION_MODE_LICENCE: (
        TransferMode.TRANSFER_MODE_EXCLUSIVE_LICENCE,
        TransferMode.TRANSFER_MODE_SOLE_LICENCE,
        TransferMode.TRANSFER_MODE_LICENCE,
        TransferMode.TRANSFER_MODE_OPEN_LICENCE,
    ),
    CooperationMode.COOPERATION_MODE_EQUITY: (TransferMode.TRANSFER_MODE_EQUITY,),
}
"""The transfer modes (转化方式) that meet each cooperation mode (合作方式).

Commissioned work (委托开发) and services (技术服务) hand over work, not a finished result: no mode
of art. 16 says them, so they meet none. 自行实施 and 其他 meet nothing either.
"""


def reasons(pair: Pair) -> tuple[Reason, ...]:
    """Return all reasons of a pair, in the order of the signals; their points are the score."""
    return (*text_reasons(pair), *other_reasons(pair))


def other_reasons(pair: Pair) -> tuple[Reason, ...]:
    """Return all reasons but those of the texts. Hot."""
    return (
        *field_reasons(pair),
        *indicator_reasons(pair),
        *_trl_reasons(pair),
        *_mode_reasons(pair),
        *budget_reasons(pair),
        *_region_reasons(pair),
        *_freshness_reasons(pair),
    )


def text_points(text: TextScore) -> int:
    """Return floor(600 × score(d, s) / score(d, d)), within 0 and 600."""
    return min(max(TEXT_POINTS * text.pair // text.own, 0), TEXT_POINTS) if text.own > 0 else 0


def text_reasons(pair: Pair) -> Iterator[Reason]:
    """Yield the reason of the texts, where they have shared terms."""
    text = pair.text
    if text is None or not text.terms or text.own <= 0:
        return
    terms = text.terms[:TERMS_MAX]
    words = " ".join(term.term for term in terms)
    yield Reason(
        Signal.TEXT,
        text_points(text),
        Ground(tuple(dict.fromkeys(term.demand_field for term in terms)), words),
        Ground(tuple(dict.fromkeys(term.supply_field for term in terms)), words),
        terms=terms,
    )


def _trl_reasons(pair: Pair) -> Iterator[Reason]:
    """Reached or above 40; one below 20; each further −10, at least −40; 0 is unknown."""
    wanted, reached = pair.demand.public.trl, pair.supply.public.trl
    if not wanted or not reached:
        return
    missing = wanted - reached
    points = TRL_POINTS
    if missing > 0:
        points = max(TRL_ONE_BELOW_POINTS - TRL_STEP_POINTS * (missing - 1), -TRL_POINTS)
    yield Reason(
        Signal.TRL,
        points,
        Ground(("public.trl",), f"{wanted}"),
        Ground(("public.trl",), f"{reached}"),
        Note.ESTIMATED if pair.supply.public.trl_estimated else Note.NONE,
    )


def _mode_reasons(pair: Pair) -> Iterator[Reason]:
    """Give 30 where an offered mode meets a wanted one."""
    wanted = pair.demand.public.demand.cooperation_modes
    offered = pair.supply.public.supply.transfer_modes
    if wanted and offered:
        yield _meeting(tuple(wanted), tuple(offered))


@lru_cache(maxsize=4096)
def _meeting(wanted: tuple[CooperationMode, ...], offered: tuple[TransferMode, ...]) -> Reason:
    meets = any(not set(MEETING_MODES.get(mode, ())).isdisjoint(offered) for mode in wanted)
    return Reason(
        Signal.TRANSFER_MODE,
        MODE_POINTS if meets else 0,
        Ground(
            ("public.demand.cooperation_modes",),
            " ".join(choice_name(CooperationMode, mode) for mode in wanted),
        ),
        Ground(
            ("public.supply.transfer_modes",),
            " ".join(choice_name(TransferMode, mode) for mode in offered),
        ),
    )


def _region_reasons(pair: Pair) -> Iterator[Reason]:
    """Give 15 within the preferred region, 10 in its city, 5 in its province, else nothing.

    The asker's side has no field of its record behind it: the preference is the asker's.
    """
    if pair.preference is None:
        return
    preferred = pair.preference.region
    asked_by_demand = pair.preference.asker is Side.DEMAND
    region = (pair.supply if asked_by_demand else pair.demand).public.region
    note = _closeness(preferred, region)
    if note is Note.NONE:
        return
    wish = Ground(("preference.region",), preferred)
    place = Ground(("public.region",), region)
    demand, supply = (wish, place) if asked_by_demand else (place, wish)
    yield Reason(Signal.REGION, REGION_POINTS[note], demand, supply, note)


def _closeness(preferred: str, region: str) -> Note:
    """Compare two GB/T 2260 codes: province, city, county in two digits each, 00 for all of it."""
    if not preferred or not region:
        return Note.NONE
    whole = preferred
    while whole.endswith("00"):
        whole = whole[:-2]
    if whole and region.startswith(whole):
        return Note.IN_REGION
    if preferred[:4] == region[:4]:
        return Note.SAME_CITY
    return Note.SAME_PROVINCE if preferred[:2] == region[:2] else Note.NONE


def _freshness_reasons(pair: Pair) -> Iterator[Reason]:
    """Take 20 where a listing of the pair expires within 30 days of the day."""
    ends = pair.demand.public.valid_until, pair.supply.public.valid_until
    if not any(_expires_soon(end, pair.today) for end in ends):
        return
    path = ("public.valid_until",)
    yield Reason(
        Signal.FRESHNESS,
        EXPIRY_POINTS,
        Ground(path, ends[0]),
        Ground(path, ends[1]),
        Note.EXPIRES_SOON,
    )


def _expires_soon(valid_until: str, today: date) -> bool:
    last = day(valid_until)
    return last is not None and (last - today).days <= EXPIRES_SOON_DAYS
