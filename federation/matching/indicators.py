"""Technical indicators: what a supply's says about a demand's.

- Two indicators speak of the same quantity when their names are equal or synonyms
  (quantity_names) and their dimensions agree. Otherwise nothing is known.
- The verdict is the interval algebra of intervals.py; that of spans is asked only where one side
  gives a range (工作温度≥800℃ is a value like any other). Values are shown in the demand's unit.
- A number without a unit says nothing about percentages, nor they about it: 准确率≥95 may have lost
  its %, 误差≤0.5 too.
- A structured indicator (relation, value, unit) is taken as it is; one without a relation has its
  text read, its name standing in where the text names no quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from federation.matching.indicator import Parsed, Sign, Unparsed
from federation.matching.indicator_text import parse, parse_structured
from federation.matching.intervals import Verdict, judge, judge_bare, judge_span
from federation.matching.quantity_names import is_span
from federation.records.codec import Indicator, Relation

__all__ = ["Comparison", "Parsed", "Unparsed", "Verdict", "compare", "parse", "parse_message"]

_SIGNS: Final = {
    Relation.RELATION_AT_LEAST: Sign.AT_LEAST,
    Relation.RELATION_AT_MOST: Sign.AT_MOST,
    Relation.RELATION_EQUAL: Sign.EQUAL,
    Relation.RELATION_RANGE: Sign.RANGE,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict with both sides as text, in the demand's unit."""

    verdict: Verdict
    demanded: str
    stated: str


def parse_message(indicator: Indicator) -> Parsed | Unparsed:
    """Return what an indicator of a record says, or its text and why it does not compare."""
    sign = _SIGNS.get(indicator.relation)
    if sign is None:
        return parse(indicator.text or indicator.name, indicator.name)
    return parse_structured(
        indicator.name, sign, indicator.value, indicator.value_max, indicator.unit
    )


def quantity_of(one: Parsed) -> tuple[str, str]:
    """Return what is equal for indicators that speak of one quantity and can be compared."""
    return one.key, one.unit.dimension


def compare(demanded: Parsed, stated: Parsed) -> Comparison:
    """Return what a supply's statement says about a demand; of another quantity, nothing."""
    if quantity_of(demanded) != quantity_of(stated):
        return Comparison(Verdict.UNKNOWN, demanded.value_in(demanded.unit), stated.written)
    if bool(demanded.unit.text) != bool(stated.unit.text):
        return Comparison(
            Verdict.UNKNOWN, demanded.value_in(demanded.unit), stated.value_in(stated.unit)
        )
    return Comparison(
        _verdict(demanded, stated),
        demanded.value_in(demanded.unit),
        stated.value_in(demanded.unit),
    )


def _verdict(demanded: Parsed, stated: Parsed) -> Verdict:
    wanted, said = demanded.interval, stated.interval
    if demanded.sign is Sign.BARE:
        return judge_bare(demanded.unit.to_si(demanded.value), said)
    ranges = Sign.RANGE in {demanded.sign, stated.sign}
    if ranges and (is_span(demanded.quantity) or is_span(stated.quantity)):
        return judge_span(wanted, said)
    return judge(wanted, said)
