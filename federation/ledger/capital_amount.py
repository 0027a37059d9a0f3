"""Amounts in Chinese capital form (大写), as bills and statements give them beside the digits.

- The digits are 零壹贰叁肆伍陆柒捌玖, the units 拾 佰 仟 万 亿 元 角 分; ten is 壹拾, never 拾.
- Above 亿 two units are put together: 万亿 is 10^12 yuan, 亿亿 10^16, and no amount needs more. 兆
  and 京 are not used: 兆 is 10^6 to some and 10^12 to others.
- 零 stands once for the empty places between two digits. It is left out where a number below 万 or
  亿 begins with its highest place (107,000 is 壹拾万柒仟), and in front of 角 it stands where the
  place of the yuan is empty. The bank's rules allow either there; one form for one amount is ours.
- 整 follows 元 or 角, whichever is last; nothing follows 分. Below one yuan 元 is left out; nothing
  at all is 零元整. 负 is in front of what is negative.
- 人民币 is not written: it stands in front, without a space, or at the head of the column.
"""

from __future__ import annotations

from typing import Final

from federation.ledger.amounts import check_amount
from federation.ledger.terms import AMOUNT_MAX_FEN

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
UNITS: Final = (
    (10**16, "亿亿"),
    (10**8, "亿"),
    (10**4, "万"),
    (1000, "仟"),
    (100, "佰"),
    (10, "拾"),
)
"""Above 亿 a number of 亿 is read like any other: so 万亿."""


def capital_form(amount_fen: int) -> str:
    """Return the one capital form of an amount from -(2^62 - 1) to 2^62 - 1 fen.

    Raises Refused: AMOUNT_OUT_OF_RANGE.
    """
    check_amount("amount_fen", amount_fen, least=-AMOUNT_MAX_FEN)
    if not amount_fen:
        return "零元整"
    yuan, below = divmod(abs(amount_fen), 100)
    sign = "负" if amount_fen < 0 else ""
    return sign + (f"{_number(yuan)}元" if yuan else "") + _below_yuan(below, yuan)


def _number(value: int) -> str:
    """Return how a whole number > 0 is read."""
    for size, unit in UNITS:
        if value >= size:
            high, low = divmod(value, size)
            read = _number(high) + unit
            if not low:
                return read
            return read + ("零" if low < size // 10 else "") + _number(low)
    return DIGITS[value]


def _below_yuan(below: int, yuan: int) -> str:
    """Return what follows 元: 0 to 99 fen."""
    if not below:
        return "整"
    jiao, fen = divmod(below, 10)
    read = "零" if yuan and (not jiao or not yuan % 10) else ""
    if jiao:
        read += f"{DIGITS[jiao]}角"
    return read + (f"{DIGITS[fen]}分" if fen else "整")
