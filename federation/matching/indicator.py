"""An indicator as it is compared: quantity, relation, exact values, unit; or the text as it stands.

- Values are whole fractions in the written unit; the interval is in SI. So 0.45 GPa and 450 MPa
  give the same interval, on every machine.
- Strict relations stay strict (> is not ≥).
- What could not be read keeps its text and says why; it is never compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from federation.matching.intervals import Interval
from federation.matching.quantity_names import quantity_key
from federation.matching.units import Unit

_EXACT_DIGITS_MAX: Final = 60
_SHOWN_DIGITS: Final = 12
_ROUNDED: Final = Context(prec=_SHOWN_DIGITS, rounding=ROUND_HALF_EVEN)
_EXACT: Final = Context(prec=2 * _EXACT_DIGITS_MAX)


class Sign(StrEnum):
    """The relation of an indicator, as it is shown."""

    AT_LEAST = "≥"
    MORE = ">"
    AT_MOST = "≤"
    LESS = "<"
    EQUAL = "="
    RANGE = "~"
    BARE = ""
    """A number without a relation: 载荷 20kg."""


class Why(StrEnum):
    """Why a text was not read."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    ODD_NUMBER = "ODD_NUMBER"
    """Circled numbers, fractions such as ½, exponents over 30, or no decimal number at all."""
    NO_NUMBER = "NO_NUMBER"
    NO_QUANTITY = "NO_QUANTITY"
    """No name of a quantity, or a whole sentence in its place."""
    NO_UNIT = "NO_UNIT"
    """Neither a relation nor a unit: the number may be a type or a standard."""
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    """What follows the number is no unit of the table, or words follow the unit."""
    UPSIDE_DOWN = "UPSIDE_DOWN"
    TWO_RELATIONS = "TWO_RELATIONS"
    APPROXIMATE = "APPROXIMATE"
    """约, 左右: how far it may be off is not said."""
    BETTER_HOW = "BETTER_HOW"
    """优于, and no table tells whether less or more of this quantity is better."""
    TOLERANCE_OF_WHAT = "TOLERANCE_OF_WHAT"
    """± of an unnamed middle, or ± % that may be of the middle."""
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A text that was not read, why, and the piece that stopped it."""

    text: str
    why: Why
    piece: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An indicator that compares.

    `quantity` is the name as written. `value` and `value_max` (RANGE only) are in `unit`.
    """

    quantity: str
    sign: Sign
    value: Fraction
    unit: Unit
    value_max: Fraction | None = None

    @property
    def key(self) -> str:
        """Return what all names of this quantity have in common."""
        return quantity_key(self.quantity)

    @property
    def interval(self) -> Interval:
        """Return the values that the indicator names, in SI; a bare number names itself."""
        value = self.unit.to_si(self.value)
        match self.sign:
            case Sign.AT_LEAST | Sign.MORE:
                return Interval(value, None, low_open=self.sign is Sign.MORE)
            case Sign.AT_MOST | Sign.LESS:
                return Interval(None, value, high_open=self.sign is Sign.LESS)
            case _:
                high = self.value if self.value_max is None else self.value_max
                return Interval(value, self.unit.to_si(high))

    @property
    def written(self) -> str:
        """Return the indicator as text; reading it gives the same meaning."""
        return f"{self.quantity} {self.value_in(self.unit)}"

    def value_in(self, unit: Unit) -> str:
        """Return relation, values and unit, converted to a unit of the same dimension."""
        values = [self.value] if self.value_max is None else [self.value, self.value_max]
        shown = [number_text(unit.from_si(self.unit.to_si(value))) for value in values]
        sign = f"{self.sign} " if self.sign not in {Sign.RANGE, Sign.BARE} else ""
        return f"{sign}{'~'.join(shown)} {unit.text}".rstrip()


def number_text(value: Fraction) -> str:
    """Return a number as a decimal: exact where it ends, else ≈ with 12 significant digits."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0 and count <= _EXACT_DIGITS_MAX:
            rest, count = rest // prime, count + 1
        digits = max(digits, count)
    if rest == 1 and digits <= _EXACT_DIGITS_MAX:
        whole = value.numerator * 10**digits // value.denominator
        return f"{Decimal(whole).scaleb(-digits, _EXACT):f}"
    rounded = _ROUNDED.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"≈{rounded:f}"
