"""`python -m tests.eval`: measure how well is found, print a table, write JSON.

python -m tests.eval [--data FOLDER] [--json FILE] [--cost LISTINGS]

The data stands in the folder that YDX_SHARED names, else in `shared` beside the checkout, unless
FOLDER is given. Equal data gives equal figures; only --cost, which measures time, does not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

from tests.eval import cost, finding, points

_CHECKOUT: Final = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> None:
    """Measure all that the data allows."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    shared = Path(os.environ.get("YDX_SHARED", _CHECKOUT.parent / "shared"))
    parser.add_argument("--data", type=Path, default=shared / "data", metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--cost", type=int, metavar="LISTINGS", help="measure time instead")
    asked = parser.parse_args(arguments)
    if asked.cost is not None:
        _say(cost.table(cost.measure(asked.data, asked.cost)))
        return
    found: list[finding.Row] = []
    missing: list[str] = []
    for part in (finding.measure, *points.PARTS):
        for one in part(asked.data):
            if isinstance(one, str):
                missing.append(one)
            else:
                found.append(one)
    if found:
        _say(finding.table(found))
    for line in missing:
        _say(line)
    if asked.json is not None:
        content = {"results": [row.facts() for row in found], "cannot_run": missing}
        asked.json.write_text(
            json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
