"""`python -m tests.bench`: measure, print a table, write JSON. See README.md.

python -m tests.bench [FIGURE …] [--only FIGURE,…] [--scale full|small|toy] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tests.bench import (
    balances,
    booking,
    calls,
    finding,
    first_sync,
    large,
    ledger_fold,
    machine,
    visible,
)
from tests.bench.figures import Result, table
from tests.bench.raw import PostgresPair
from tests.bench.scales import SCALES, Scale

Figure = Callable[[Scale], Iterator[Result]]


def _with_postgres(measure: Callable[[Scale, PostgresPair], Iterator[Result]]) -> Figure:
    def figure(scale: Scale) -> Iterator[Result]:
        with PostgresPair() as postgres:
            yield from measure(scale, postgres)

    return figure


FIGURES: Final[dict[str, Figure]] = {
    "sync-sqlite": _with_postgres(first_sync.on_sqlite),
    "sync-postgresql": _with_postgres(first_sync.on_postgresql),
    "visible": visible.measure,
    "calls": calls.measure,
    "large": large.measure,
    "search": finding.measure,
    "booking": booking.on_sqlite,
    "booking-postgresql": _with_postgres(booking.on_postgresql),
    "balances": balances.on_sqlite,
    "balances-postgresql": _with_postgres(balances.on_postgresql),
    "fold": ledger_fold.measure,
}


def measure(names: list[str], scale: Scale) -> list[Result]:
    """Measure some figures, one after the other."""
    results = []
    for name in names:
        started = time.perf_counter()
        for result in FIGURES[name](scale):
            results.append(result)
            _say(table([result]).splitlines()[-1])
        _say(f"({name}: {time.perf_counter() - started:.0f} s)")
    return results


def report(scale: str, results: list[Result]) -> dict[str, Any]:
    """Return all that was measured, and on what."""
    return {
        "machine": machine.facts(),
        "scale": scale,
        "runs": SCALES[scale].runs,
        "results": [result.facts() for result in results],
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure what is asked for; all of it without a name."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--only", default="", help="figures, separated by commas")
    parser.add_argument("--scale", default="full", choices=SCALES)
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE")
    asked = parser.parse_args(arguments)
    names = [*asked.figures, *filter(None, asked.only.split(","))] or list(FIGURES)
    unknown = set(names) - set(FIGURES)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    facts = machine.facts()
    results = measure(names, SCALES[asked.scale])
    content = report(asked.scale, results) | {"machine": facts}
    asked.json.write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    runs = f"medians of {SCALES[asked.scale].runs} runs"
    _say(f"\n{asked.scale}, {runs}, {facts['cores']} cores, {facts['cpu']}\n")
    _say(table(results))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
