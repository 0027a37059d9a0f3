"""How far the change feed has come: what followed a position that it has not reached is refused.

A client's position comes from an answer of this node, so the feed has reached it; unless the node
went on from an older database since. Then the client has to know: what it asks for may be missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.errors import Refused
from node.storage import arrivals

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


def check_reached(tx: Transaction, after: int) -> int:
    """Return the newest position; refuses one behind it (POSITION_IN_FUTURE)."""
    last = arrivals.last_position(tx)
    if after > last:
        what = f"the feed has come to {last}, not to {after}"
        raise Refused("POSITION_IN_FUTURE", what, position=str(last))
    return last
