"""Waiting for what other threads and processes bring about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

WAIT_S: Final = 60.0
_POLL_S: Final = 0.05

Result = TypeVar("Result")


def until(
    ask: Callable[[], Result | None], what: str = "what is waited for", timeout_s: float = WAIT_S
) -> Result:
    """Ask again and again; return the first answer that is true."""
    end = time.monotonic() + timeout_s
    while not (answer := ask()):
        assert time.monotonic() < end, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(_POLL_S)
    return answer
