"""The total decoder's law in one line: a value, or a refusal with a reason; nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.log.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal_reason(call: Callable[..., Any], *arguments: Any) -> str | None:
    """Return why the call refuses its arguments, or None; any other exception goes through."""
    try:
        call(*arguments)
    except Refused as refusal:
        return refusal.reason
    return None
