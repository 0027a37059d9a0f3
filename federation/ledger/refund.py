"""A partial refund: who gives back how much of an event's income.

- It is apportioned by what is outstanding, with the largest remainder, never to one party by rule.
- The exact part of a party is at most what it has outstanding, a whole number; so is the rounded
  part. So nobody gives back more than it has, and refunds that add up to all end at zero.
- A full reversal is no refund: it is the exact negation of what was recorded, never computed again.
"""

from __future__ import annotations

from collections.abc import Mapping

from federation.ledger.amounts import check_amount, grouped_yuan
from federation.ledger.apportionment import apportion
from federation.ledger.tie import Tie
from federation.log.errors import Refused


def refund(outstanding: Mapping[str, int], refund_fen: int, tie: Tie) -> dict[str, int]:
    """Return what each party gives back, in fen, in the order of `outstanding`.

    `outstanding` is what the parties still hold of the event, each >= 0; `tie` is the event's.
    Raises Refused: AMOUNT_OUT_OF_RANGE, REFUND_EXCEEDS_OUTSTANDING.
    """
    check_amount("refund_fen", refund_fen)
    for party, held in outstanding.items():
        check_amount(f"outstanding[{party}]", held, least=0)
    total = sum(outstanding.values())
    if refund_fen > total:
        raise Refused(
            "REFUND_EXCEEDS_OUTSTANDING",
            f"{grouped_yuan(refund_fen)} yuan cannot be refunded,"
            f" {grouped_yuan(total)} are outstanding",
            field="amount_fen",
            refund_fen=str(refund_fen),
            outstanding_fen=str(total),
        )
    return apportion(refund_fen, outstanding, tie).fen
