"""Public test vectors: read where they are, never committed.

They are looked for in the folder that `YDX_SHARED` names, else in `shared` beside the checkout. If
they are absent, every table of vectors becomes one skipped test that says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

_CHECKOUT = Path(__file__).resolve().parents[3]
VECTORS = Path(os.environ.get("YDX_SHARED", _CHECKOUT.parent / "shared")) / "vectors"
MISSING = f"public vectors not found in {VECTORS}: set YDX_SHARED to the folder that holds them"


def vector_files(pattern: str) -> list[ParameterSet]:
    """Return one parameter a file that matches, or one skipped parameter if there is none."""
    found = sorted(VECTORS.glob(pattern))
    if not found:
        return [pytest.param(None, id="vectors-missing", marks=pytest.mark.skip(reason=MISSING))]
    return [pytest.param(path, id=str(path.relative_to(VECTORS))) for path in found]
