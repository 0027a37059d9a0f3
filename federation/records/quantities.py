"""Amounts and technical indicators.

- A price range is negotiable (面议) or has an amount in fen; a greatest amount of 0 is open.
- An amount below 1,000 yuan is accepted with a warning: often yuan or 万元 were meant.
- An indicator compares (relation, value, for RANGE also value_max), or it has text, or both.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from federation.records.codec import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.records.codec import Indicator, PriceRange
    from federation.records.findings import Report

_LEAST_FEN: Final = 100_000
_RANGE: Final = Relation.RELATION_RANGE


def check_price(price: PriceRange, path: str, report: Report) -> None:
    """Report a range that says nothing, says two things, or is upside down."""
    least, most = price.amount_min_fen, price.amount_max_fen
    if price.negotiable and (least or most):
        report.add("PRICE_NEGOTIABLE", path, f"{least}..{most}")
    elif not (price.negotiable or least or most):
        report.add("PRICE_EMPTY", path)
    elif 0 < most < least:
        report.add("PRICE_ORDER", f"{path}.amount_max_fen", most, least=least)
    else:
        warn_if_small(least, f"{path}.amount_min_fen", report)
        warn_if_small(most, f"{path}.amount_max_fen", report)


def warn_if_small(amount_fen: int, path: str, report: Report) -> None:
    """Warn of an amount that no technology is sold or sought for: perhaps it is no fen.

    Fees of open licences may be as small as their owners like, and are not asked.
    """
    if 0 < amount_fen < _LEAST_FEN:
        report.add("E_AMOUNT_SMALL", path, amount_fen)


def check_indicators(indicators: Iterable[Indicator], path: str, report: Report) -> None:
    """Report indicators that neither compare nor explain, and ranges that are none."""
    for index, indicator in enumerate(indicators):
        relation, value, value_max = indicator.relation, indicator.value, indicator.value_max
        if bool(relation) != bool(value):
            report.add("INDICATOR_VALUE", f"{path}[{index}].value", value)
        elif not (relation or indicator.text):
            report.add("INDICATOR_VALUE", f"{path}[{index}]", indicator.name)
        if not (_fits_range(value, value_max) if relation == _RANGE else not value_max):
            report.add("INDICATOR_RANGE", f"{path}[{index}].value_max", value_max)


def _fits_range(value: str, value_max: str) -> bool:
    if not value_max:
        return False
    try:
        return Decimal(value) <= Decimal(value_max)
    except InvalidOperation:
        return True  # DECIMAL_FORM or INDICATOR_VALUE says it
