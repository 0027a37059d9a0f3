"""How much one answer holds.

- A message has at most 4 MiB. A page of records therefore ends early where they are large, and says
  so as always: by what to go on from.
- A record has at most three parts of 256 KiB, so one always fits into what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ANSWER_BYTES_MAX: Final = 3 << 20


def fitting(records: Iterable[Any]) -> list[Any]:
    """Return the first of these messages, up to the one with which the answer is full."""
    taken: list[Any] = []
    size_bytes = 0
    for record in records:
        taken.append(record)
        size_bytes += record.ByteSize()
        if size_bytes >= ANSWER_BYTES_MAX:
            break
    return taken
