"""How much one answer holds.

- A message has at most 4 MiB. A page of records therefore ends early where they are large, and says
  so as always: by what to go on from. A list of the best, which has no pages, loses its end.
- A record has at most three parts of 256 KiB, so one always fits into what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ANSWER_BYTES_MAX: Final = 3 << 20
T = TypeVar("T")


def fitting(items: Iterable[T], record: Callable[[T], Any] = lambda item: item) -> list[T]:
    """Return the first of these, up to the one with whose record the answer is full."""
    taken: list[T] = []
    size_bytes = 0
    for item in items:
        taken.append(item)
        size_bytes += record(item).ByteSize()
        if size_bytes >= ANSWER_BYTES_MAX:
            break
    return taken
