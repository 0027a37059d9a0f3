"""Units as people write them, with their exact factor to SI.

- A unit is a product of table units, and at most one line below a solidus: `W/(m·K)`, `N/mm2`,
  `mg/(L·h)`, `米每秒`. Everything after the first solidus is below the line, so W/m·K is W/(m·K).
- A power is one digit with or without a sign: m2, m^2, m², s^-1; 平方米 and 立方米 too. A number
  below the line may be 10, 100 or 1000 (kWh/100km).
- Written forms are taken by letter; only English words may have capitals and a plural s.
- An SI value is value × factor + offset, in whole fractions: equal on all machines. Only a
  temperature alone has an offset; as a difference, or in a product, it has none.
- What is not in the table is refused by returning the reason, never guessed; nothing here raises.

Pint computes factors and dimensions from our own table. It is imported at the first unit that is
read (about 0.3 s and 25 MB), since most programs that import this module never read one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from federation.matching.unit_table import (
    BELOW_THE_LINE,
    BY_QUANTITY,
    MISWRITTEN,
    PREFIXES,
    UNITS,
)

if TYPE_CHECKING:
    from pint import UnitRegistry

UNIT_MAX: Final = 32
"""Characters; a longer text is no unit."""

TEMPERATURE: Final = "temperature"
TEMPERATURE_DIFFERENCE: Final = "temperature difference"
PURE_NUMBER: Final = ""
"""Dimension of what has no unit, and of %, ‰, ppm."""

_DOTS: Final = str.maketrans("•⋅∙・*×−", "······-")
_FACTOR: Final = re.compile(
    r"(?P<shape>平方|立方)?(?P<atom>[^\d\s·/^(){}]+?|dB\(A\))(?:\^?[({]?(?P<power>-?[1-9])[)}]?)?"
)
_NUMBER_BELOW: Final = re.compile(r"(10{1,3})(?=\D)")
_WORD_POINT: Final = re.compile(r"(?<=[A-Za-z\dΩμ])\.(?=[A-Za-z])|(?<=[A-Za-z])-(?=[A-Za-z])| ")
_SHAPES: Final = {None: 1, "平方": 2, "立方": 3}
_POWER_MAX: Final = 9
_WORD_LENGTH_MIN: Final = 4  # shorter forms are symbols, whose capitals matter
_SHORT_PLURALS: Final = {"hrs": "hour", "yrs": "year", "lbs": "pound", "day": "day"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its text, its dimension, and how a value in it becomes SI."""

    text: str
    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)

    def to_si(self, value: Fraction) -> Fraction:
        """Return the SI value of a value in this unit."""
        return value * self.factor + self.offset

    def from_si(self, value: Fraction) -> Fraction:
        """Return the value in this unit of an SI value."""
        return (value - self.offset) / self.factor


NO_UNIT: Final = Unit("", PURE_NUMBER, Fraction(1))


def _is_latin(form: str) -> bool:
    return form.isascii() or form in {"μ", "Ω", "Å"}


def _written_forms() -> dict[str, str]:
    """Return pint's name of every written form, prefixes expanded; no form has two meanings."""
    forms: dict[str, str] = {}
    for row in UNITS:
        for form in row.written.split():
            forms[form] = row.name
    plain = frozenset(forms)
    for row in UNITS:
        if not row.prefixed:
            continue
        for form in row.written.split():
            for prefix in PREFIXES:
                for sign in prefix.written.split():
                    # 千 with m, or k with 米, is nobody's way; long words take long prefixes.
                    fits = _is_latin(sign) == _is_latin(form)
                    if fits and sign + form not in plain:
                        forms[sign + form] = prefix.name + row.name
                if form.isascii() and len(form) >= _WORD_LENGTH_MIN:
                    forms[prefix.name + form] = prefix.name + row.name
    return forms


_FORMS: Final = _written_forms()


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[Fraction]:
    """Return the one registry, made of our table only: no file is read, no cache folder used."""
    import pint  # noqa: PLC0415 - see the module's docstring

    registry: UnitRegistry[Fraction] = pint.UnitRegistry(
        None, non_int_type=Fraction, cache_folder=None
    )
    lines = [f"{row.name}- = {row.factor}" for row in PREFIXES]
    lines += [f"{row.name} = {row.definition}" for row in UNITS]
    registry.load_definitions(lines)
    return registry


def parse_unit(text: str, quantity: str = "") -> Unit | str:
    """Return the unit of a text that has been folded to NFKC, or why it is none.

    `quantity` is the name of what is measured; it decides forms with two meanings (度, T, C).
    Text without a unit is NO_UNIT.
    """
    written = text.strip()
    if not written:
        return NO_UNIT
    if len(written) > UNIT_MAX:
        return "no unit is so long"
    if written in BY_QUANTITY:
        for word, name in BY_QUANTITY[written]:
            if word in quantity:
                return replace(_measured(((name, 1),), Fraction(1)), text=written)
        return f"{written} has several meanings here"
    return _compound(written)


@lru_cache(maxsize=4096)
def _compound(written: str) -> Unit | str:
    top, line, below = written.translate(_DOTS).replace("每", "/").partition("/")
    powers: list[tuple[str, int]] = []
    divisor = Fraction(1)
    pieces = [(top, 1)]
    if line:
        pieces += [(piece, -1) for piece in below.split("/")]
    for piece, side in pieces:
        if side == 1 and line and piece in {"", "1"}:
            continue
        bare = piece[1:-1] if piece.startswith("(") and piece.endswith(")") else piece
        if side == -1 and (number := _NUMBER_BELOW.match(bare)):
            divisor *= int(number[1])
            bare = bare[number.end() :]
        found = list(_factors(bare, below=side == -1))
        if not found:
            return f"unknown unit {written}"
        powers += [(name, power * side) for name, power in found]
    if any(abs(power) > _POWER_MAX for _, power in powers):
        return f"unknown unit {written}"
    return replace(_measured(tuple(powers), divisor), text=written)


def _factors(product: str, *, below: bool) -> Iterator[tuple[str, int]]:
    """Yield pint's name and the power of each factor; nothing where one is unknown."""
    found: list[tuple[str, int]] = []
    whole = _atom(product, below=below)
    if whole:
        yield whole, 1
        return
    for piece in _WORD_POINT.sub("·", product.strip()).split("·"):
        match = _FACTOR.fullmatch(piece.strip())
        name = _atom(match["atom"], below=below) if match else ""
        power = int((match and match["power"]) or 1) * _SHAPES[match and match["shape"]]
        if not name or (below and power < 0):
            return
        found.append((name, power))
    yield from found


def _atom(form: str, *, below: bool) -> str:
    """Return pint's name of one written form, empty where there is none."""
    if below and form in BELOW_THE_LINE:
        return BELOW_THE_LINE[form]
    name = _FORMS.get(form) or _FORMS.get(MISWRITTEN.get(form, ""))
    if name:
        return name
    word = form.lower()
    if len(word) >= _WORD_LENGTH_MIN and word.isascii() and word.isalpha():
        return _FORMS.get(word) or _FORMS.get(word.removesuffix("s"), "")
    return _SHORT_PLURALS.get(word, "")


@lru_cache(maxsize=4096)
def _measured(powers: tuple[tuple[str, int], ...], divisor: Fraction) -> Unit:
    """Return factor, offset and dimension of a product of units."""
    registry = _registry()
    container = registry.UnitsContainer()
    for name, power in powers:
        container = container * registry.UnitsContainer({name: power})
    factor = _fraction(registry.get_root_units(container)[0]) / divisor
    dimension = "·".join(
        sorted(
            f"{base.strip('[]')}^{power}" if power != 1 else base.strip("[]")
            for base, power in registry.get_dimensionality(container).items()
        )
    )
    offset = Fraction(0)
    if dimension == TEMPERATURE and powers in {(("degC", 1),), (("degF", 1),)}:
        offset = _fraction(registry.Quantity(Fraction(0), powers[0][0]).to("kelvin").magnitude)
    return Unit("", dimension, factor, offset)


def _fraction(number: object) -> Fraction:
    """Return what pint computed; with our table it is never a float."""
    if isinstance(number, int | Fraction):
        return Fraction(number)
    raise TypeError(f"pint left the fractions: {number!r}")


def as_difference(unit: Unit) -> Unit:
    """Return a temperature's unit as that of a difference; others as they are."""
    if unit.dimension != TEMPERATURE:
        return unit
    return replace(unit, dimension=TEMPERATURE_DIFFERENCE, offset=Fraction(0))
