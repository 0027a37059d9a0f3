"""What an amount is: a whole number of fen below 2^62. True, False and 1.0 are none."""

from __future__ import annotations

from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused


def check_amount(field: str, fen: object, least: int = 1) -> None:
    """Refuse what is no amount from `least` fen up (AMOUNT_OUT_OF_RANGE)."""
    if type(fen) is not int or not least <= fen <= AMOUNT_MAX_FEN:
        raise Refused(
            "AMOUNT_OUT_OF_RANGE",
            f"{field} must be a whole number of fen from {least} to 2^62 - 1",
            field=field,
            value=str(fen),
        )
