"""python -m tests.simulation --seeds N [--steps M] [--seed S]: the long simulation.

Runs N seeds from S on, prints each failure with its seed, last steps and state, and exits 1 if
there was one. A failing seed is run again with `--seed S --seeds 1`.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.running import run


def main() -> int:
    """Run the seeds; return the number of the exit."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to run")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=400, help="random steps of each run")
    asked = parser.parse_args()
    failed = []
    for seed in range(asked.seed, asked.seed + asked.seeds):
        begun = time.monotonic()
        with TemporaryDirectory(prefix="ydx-simulation-") as folder:
            try:
                world = run(seed, asked.steps, Path(folder))
            except Exception:  # noqa: BLE001 - whatever fails is reported, and the next seed runs
                failed.append(seed)
                traceback.print_exc()
                continue
        sizes = " ".join(f"{name} {size}" for name, size in world.sizes.items())
        lies = f", {world.liar} lies" if world.liar else ""
        _say(f"seed {seed}: {sizes}{lies} ({time.monotonic() - begun:.1f} s)")
    _say(f"{asked.seeds - len(failed)} of {asked.seeds} seeds hold; failed: {failed or 'none'}")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
