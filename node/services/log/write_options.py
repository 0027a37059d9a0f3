"""How a write is to be done, as its caller says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from node.services.log.sequencer import Request


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """With `request` a retry has the outcome of the first call."""

    request: Request | None = None
    validate_only: bool = False
    """Look whether it would be done, and write nothing."""
    ack_peer: bool = False
    """Answer once another member has stored it too."""
