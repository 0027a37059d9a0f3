"""python -m tests.simulation --seeds N [--steps M] [--seed S] [--only logs|ledger].

Runs N seeds from S on, each over the logs and over the ledger, prints each failure with its seed,
last steps and state, and exits 1 if there was one. A failing seed is run again with
`--seed S --seeds 1`.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import structlog

from tests.simulation.ledger_running import run_ledger
from tests.simulation.running import run

if TYPE_CHECKING:
    from tests.simulation.world import World


def main() -> int:
    """Run the seeds; return the number of the exit."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to run")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=400, help="random steps of each run")
    parser.add_argument("--only", choices=sorted(_RUNS), help="one of the two")
    asked = parser.parse_args()
    # Peers that go and come by the hundred are no news here.
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    failed = []
    runs = [asked.only] if asked.only else sorted(_RUNS)
    for seed in range(asked.seed, asked.seed + asked.seeds):
        for kind in runs:
            begun = time.monotonic()
            with TemporaryDirectory(prefix="ydx-simulation-") as folder:
                try:
                    told = _RUNS[kind](seed, asked.steps, Path(folder))
                except Exception:  # noqa: BLE001 - whatever fails is reported, and the next seed runs
                    failed.append(f"{kind} {seed}")
                    traceback.print_exc()
                    continue
            _say(f"{kind} seed {seed}: {told} ({time.monotonic() - begun:.1f} s)")
    count = asked.seeds * len(runs)
    _say(f"{count - len(failed)} of {count} runs hold; failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def _run_logs(seed: int, steps: int, folder: Path) -> str:
    return _sizes(run(seed, steps, folder))


def _run_ledger(seed: int, steps: int, folder: Path) -> str:
    world, checks = run_ledger(seed, steps, folder)
    voids = ", ".join(sorted(checks.voids)) or "none"
    return (
        f"{_sizes(world)}; booked {checks.booked}, {checks.reconciled} pairs equal; void: {voids}"
    )


def _sizes(world: World) -> str:
    sizes = " ".join(f"{name} {size}" for name, size in world.sizes.items())
    return f"{sizes}, {world.liar} lies" if world.liar else sizes


_RUNS: Final = {"ledger": _run_ledger, "logs": _run_logs}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
