"""The place for what stands beside the text score.

- Structured points never hide a labelled pair: with fields that say nothing or agree, a right
  answer among the first ten by text stays there once the points of `federation.matching` are added.
- A row for an optional semantic score.

Each is a function from the folder of data to rows or a text that says why it cannot run, as
`tests.eval.finding.measure` is, and is named in `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.eval.finding import Row

PARTS: Final[list[Callable[[Path], Iterator[Row | str]]]] = []
