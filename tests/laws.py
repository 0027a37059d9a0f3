"""How many examples laws are tried with: few in the quick run, many with --run-chaos.

A law that names no number has the profile's; one whose examples are dear names what the quick run
can afford, through `examples`. No law fails because the machine is busy.
"""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings

QUICK: Final = "quick"
LONG: Final = "long"
_EXAMPLES: Final = {QUICK: 30, LONG: 300}

for _name, _count in _EXAMPLES.items():
    settings.register_profile(
        _name,
        max_examples=_count,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(QUICK)


def choose(*, is_long: bool) -> None:
    """Load the profile of the run; before any test module is imported."""
    settings.load_profile(LONG if is_long else QUICK)


def examples(quick: int) -> int:
    """Return how many examples are tried: `quick`, in the long run as many times more as usual."""
    return quick * settings().max_examples // _EXAMPLES[QUICK]
