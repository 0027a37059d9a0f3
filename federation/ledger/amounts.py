"""What an amount is: a whole number of fen below 2^62. True, False and 1.0 are none.

To a person amounts are told in yuan with two decimals; fen stand in fields that machines read.
"""

from __future__ import annotations

from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused


def grouped_yuan(fen: int) -> str:
    """Return fen in yuan for readers, as -1,234.05."""
    whole, below = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{below:02}"


def check_amount(field: str, fen: object, least: int = 1) -> None:
    """Refuse what is no amount from `least` fen up (AMOUNT_OUT_OF_RANGE)."""
    if type(fen) is not int or not least <= fen <= AMOUNT_MAX_FEN:
        raise Refused(
            "AMOUNT_OUT_OF_RANGE",
            f"{field} must be a whole number of fen from {least} to 2^62 - 1",
            field=field,
            value=str(fen),
        )
