"""The field signal: how close two listings stand in IPC and in GB/T 4754, 0 to 120 points.

- Section 20, class 60, subclass 100, group 120: of IPC A / A61 / A61K / A61K 31; of GB/T 4754
  letter, two, three and four digits (C / C32 / C325 / C3252). The closest pair of codes counts.
- The same 技术领域 gives 40 only where no such comparison can be made: in neither system do both
  listings have a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from federation.matching.score import Ground, Note, Pair, Reason, Signal
from federation.records.codec import TechField, choice_name

LEVEL_POINTS: Final = (0, 20, 60, 100, 120)
TECH_FIELD_POINTS: Final = 40

_LEVEL_NOTES: Final = (
    Note.NONE,
    Note.SAME_SECTION,
    Note.SAME_CLASS,
    Note.SAME_SUBCLASS,
    Note.SAME_GROUP,
)
_IPC: Final = re.compile(r"([A-H])(\d\d)([A-Z])(?: ?(\d{1,4})/\d+)?", re.ASCII)
_INDUSTRY: Final = re.compile(r"([A-T])(?:(\d\d)(?:(\d)(\d)?)?)?", re.ASCII)


def _steps(form: re.Pattern[str], code: str) -> tuple[str, ...]:
    """Return a code's steps from section to group, as far as it goes; nothing of another form."""
    match = form.fullmatch(code)
    return tuple(step for step in match.groups() if step) if match else ()


@lru_cache(maxsize=4096)
def _ipc_steps(code: str) -> tuple[str, ...]:
    return _steps(_IPC, code)


@lru_cache(maxsize=4096)
def _industry_steps(code: str) -> tuple[str, ...]:
    return _steps(_INDUSTRY, code)


_SYSTEMS: Final[tuple[tuple[str, Callable[[str], tuple[str, ...]]], ...]] = (
    ("ipc", _ipc_steps),
    ("industry", _industry_steps),
)


def _level(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many steps two codes have in common."""
    level = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        level += 1
    return level


def _closest(
    wanted: Iterable[str], offered: Iterable[str], steps: Callable[[str], tuple[str, ...]]
) -> tuple[int, str, str] | None:
    """Return level and codes of the closest pair, the smallest codes first; None without one."""
    others = [(theirs, other) for other in offered if (theirs := steps(other))]
    found = [
        (-_level(mine, theirs), code, other)
        for code in wanted
        if (mine := steps(code))
        for theirs, other in others
    ]
    if not found:
        return None
    level, code, other = min(found)
    return -level, code, other


def field_reasons(pair: Pair) -> Iterator[Reason]:
    """Yield the reason of the closest codes, or of the same field where codes cannot compare."""
    demand, supply = pair.demand.public, pair.supply.public
    best: Reason | None = None
    for name, steps in _SYSTEMS:
        closest = _closest(getattr(demand, name), getattr(supply, name), steps)
        if closest is None:
            continue
        level, code, other = closest
        path = (f"public.{name}",)
        reason = Reason(
            Signal.FIELD,
            LEVEL_POINTS[level],
            Ground(path, code),
            Ground(path, other),
            _LEVEL_NOTES[level],
        )
        if best is None or reason.points > best.points:
            best = reason
    if best is not None:
        yield best
    elif demand.tech_field and demand.tech_field == supply.tech_field:
        ground = Ground(("public.tech_field",), choice_name(TechField, demand.tech_field))
        yield Reason(Signal.FIELD, TECH_FIELD_POINTS, ground, ground, Note.SAME_TECH_FIELD)
