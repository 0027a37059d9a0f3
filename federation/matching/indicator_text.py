"""Reads one indicator out of a text: 抗拉强度≥450MPa, 定位误差8微米以内, latency of at most 5 ms.

A text is a quantity's name, a relation, one number or two, and a unit, and nothing else:

1. Relation before the number (≥, 不低于, at least), behind it (以上, 以内, or more), a range
   (a~b, a至b, between a and b), a tolerance (25±1℃), or none: a *bare* number.
2. 以上, 以下 and 以内 include their number (Civil Code art. 1259); 大于, 超过, 优于 do not.
   *Better than* is < or > by the tables of quantity_names, and not read of any other quantity.
3. ± without a middle is ≤ of a quantity of which less is better, and not read of any other.
4. A bare number, a range, 以上, = and English words need a unit; else the number may be a type, a
   standard or a count of whatever follows.
5. 约 and 左右 are not read; nor is anything with words behind the unit, two relations (but for
   a≤name≤b, which is a range), or a whole sentence for a name. Numbers before the quantity
   (1000小时漂移小于0.5%) belong to its name: they make it another quantity.
6. 十百千万亿 multiply, unless they begin a unit (千瓦). Superscripts are powers, never digits.
7. A unit in brackets behind the name (抗拉强度(MPa)≥450) is the unit of a number that has none.

What is not certain stays a text (`Unparsed`) and says why. Nothing here raises.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from typing import Final

from federation.matching.indicator import Parsed, Sign, Unparsed, Why
from federation.matching.quantity_names import better_is_less, is_difference, normal_name
from federation.matching.units import NO_UNIT, PURE_NUMBER, Unit, as_difference, parse_unit

TEXT_MAX: Final = 200
"""Characters; a longer text is no single indicator."""
NAME_MAX: Final = 40
_NAME_WORDS_MAX: Final = 6
_EXPONENT_MAX: Final = 30
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_BETTER: Final = frozenset({"优于", "better than"})

_BEFORE: Final = {
    Sign.AT_LEAST: "≥|>=|不低于|不小于|不少于|不短于|大于等于|大于或等于|至少|最少|达到|达|"
    "at least|no less than|not less than|no lower than|greater than or equal to|a minimum of",
    Sign.MORE: ">|大于|高于|超过|多于|优于|more than|greater than|higher than|above|over|"
    "exceeding|better than",
    Sign.AT_MOST: "≤|<=|不高于|不大于|不超过|不多于|小于等于|小于或等于|至多|最多|at most|"
    "no more than|not more than|no greater than|not exceeding|less than or equal to|"
    "up to|a maximum of",
    Sign.LESS: "<|小于|低于|少于|不到|不足|less than|lower than|fewer than|below|under",
    Sign.EQUAL: "=|等于|为|equal to|equals",
}
_BEHIND: Final = {
    Sign.AT_LEAST: "及以上|或以上|以上|or more|or higher|or greater|or better|and above",
    Sign.AT_MOST: "及以下|或以下|以下|以内|之内|or less|or lower|or below|and below",
}
_SIGN_OF: Final = {
    word: sign
    for words in (_BEFORE, _BEHIND)
    for sign, texts in words.items()
    for word in texts.split("|")
}


def _any_of(words: dict[Sign, str]) -> str:
    """Return an expression for all words, the longest first."""
    return "|".join(sorted("|".join(words.values()).split("|"), key=len, reverse=True))


_PLAIN: Final = (
    r"(?:(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,12})?"
    r"(?:\s?[×x*]\s?10\^\(?[-+]?\d{1,2}\)?|[eE][-+]?\d{1,2}(?![\d.]))?)"
)
_NUMBER: Final = rf"(?:10\^\(?[-+]?\d{{1,2}}\)?|{_PLAIN})(?![\d.^]|[eE][-+]?\d)"
_SIGNED: Final = rf"(?:[-+]|零下|负)?\s?{_NUMBER}"
_CLEAR: Final = r"(?<![\dA-Za-z.,^×/*+-])"  # a number that belongs to no word, code or number
_BEHIND_WORD: Final = rf"(?:\s*(?P<behind>{_any_of(_BEHIND)}|左右|上下))?"
_WITH_WORD: Final = re.compile(
    rf"(?P<name>.*?)\s*(?P<before>{_any_of(_BEFORE)})\s*(?P<value>{_SIGNED})\s*"
    rf"(?P<unit>.*?){_BEHIND_WORD}",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(
    rf"(?P<name>.*?){_CLEAR}\s*(?:[:=∈]|为|在|从|between\b|from\b)?\s*(?P<value>{_SIGNED})\s*"
    rf"(?P<first_unit>[^\d~–—-]*?)\s*(?:~|--?|–|—|至|到|\bto\b|\band\b)\s*(?P<value_max>{_SIGNED})"
    r"\s*(?P<unit>.*?)(?:之间|范围内)?",
    re.IGNORECASE,
)
_BOTH_ENDS: Final = re.compile(
    rf"(?P<value>{_SIGNED})\s*(?P<first_unit>[^≤<>=]*?)\s*(?:≤|<=)\s*(?P<name>[^≤≥<>=]+?)\s*"
    rf"(?:≤|<=)\s*(?P<value_max>{_SIGNED})\s*(?P<unit>.*)",
    re.IGNORECASE,
)
_TWO_WORDS: Final = re.compile(rf"(?:{_any_of(_BEFORE)}|up)\s*$", re.IGNORECASE)
_TOLERANCE: Final = re.compile(
    rf"(?P<name>.*?)\s*(?P<before>[:=≤<]|为|不超过|小于|优于)?\s*(?P<bracket>\()?"
    rf"(?:{_CLEAR}(?P<value>{_SIGNED}))?\s*±\s*(?P<tolerance>{_NUMBER})\)?\s*(?P<unit>.*?)",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    rf"(?P<name>.*){_CLEAR}\s*(?<!零下)(?<!负)(?P<value>{_SIGNED})\s*(?P<unit>(?!\d).*?)"
    rf"{_BEHIND_WORD}",
    re.IGNORECASE,
)
_UNIT_IN_NAME: Final = re.compile(r"(?P<name>.*(?:\s|[^\s\w]|[^\W\da-zA-Z_]))\((?P<unit>[^()]+)\)")
_SIGN_IN_NAME: Final = re.compile("[≤≥<>]")
_ENGLISH: Final = re.compile("[a-z]", re.IGNORECASE)
_ANY_NUMBER: Final = re.compile(r"\d")

_POWERS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_POWER_RUN: Final = re.compile(f"[{_POWERS}]+")
_FROM_POWER: Final = str.maketrans(_POWERS, "0123456789+-")
_ONE_FORM: Final = str.maketrans(
    {"≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "〜": "~", "∼": "~", "−": "-", "º": "°", "˚": "°"}
)
_LEAD: Final = re.compile(r"(?:\(?\d{1,2}[.、)](?!\d)|[•·*]|-(?!\d))\s*")
_PLUS_MINUS: Final = re.compile(r"正负(?=\s?\d)")
_TAIL: Final = " .,;:。、，；："
_NAME_LEAD: Final = re.compile(r"^(?:an?|the|with|has|have|having)\s+", re.IGNORECASE)
_SENTENCE: Final = re.compile(
    r"\b(?:shall|must|should|will|can|is|are|has|have|which|that|and|or)\b", re.IGNORECASE
)
_NAME_TAIL: Final = re.compile(
    r"(?:[\s:,、=(-]|(?<![效响反供感适对])应|应能|须|需|需要|要求|是|可|可以|能够|的|"
    r"(?<![A-Za-z])(?:of|is|are|be|shall|must|should|can|will|to|with)\s*)$",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(r"(?:约|近|approximately|about|around)\s*$|约为?\s*$", re.IGNORECASE)
_SCALES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_WITHOUT_UNIT: Final = frozenset({"ph", "ph值"})


class _NotReadError(Exception):
    """Carries the reason out of the grammar; never leaves this module."""

    def __init__(self, why: Why, piece: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.piece = piece


@lru_cache(maxsize=8192)  # a demand is compared with thousands of supplies
def parse(text: str, quantity: str = "") -> Parsed | Unparsed:
    """Return the indicator of a text, or the text and why it was not read. Never raises.

    `quantity` is the name where the text itself has none (≥ 450 MPa).
    """
    try:
        return _read(prepared(text), quantity)
    except _NotReadError as not_read:
        return Unparsed(text, not_read.why, not_read.piece)


def prepared(text: str) -> str:
    """Return the form that is read: NFKC with powers kept, one sign for one meaning."""
    if len(text) > TEXT_MAX:
        raise _NotReadError(Why.TOO_LONG)
    lead = text.strip()
    if lead and unicodedata.category(lead[0]) == "No":
        lead = lead[1:]
    powered = _POWER_RUN.sub(lambda run: "^" + run[0].translate(_FROM_POWER), lead)
    if any(unicodedata.category(character) == "No" for character in powered):
        raise _NotReadError(Why.ODD_NUMBER)
    line = _folded(powered.translate(_ONE_FORM)).replace("° ", "°").strip(_TAIL)
    line = _PLUS_MINUS.sub("±", line)
    return _LEAD.sub("", line, count=1) if _LEAD.match(line) else line


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ONE_FORM).split())


def _read(line: str, quantity: str) -> Parsed:
    if not line:
        raise _NotReadError(Why.EMPTY)
    if not _ANY_NUMBER.search(line):
        raise _NotReadError(Why.NO_NUMBER)
    if "±" in line:
        if found := _TOLERANCE.fullmatch(line):
            return _tolerance(found, quantity)
        raise _NotReadError(Why.TOLERANCE_OF_WHAT)
    no_range: _NotReadError | None = None
    for form, read in _FORMS:
        if found := form.fullmatch(line):
            try:
                return read(found, quantity)
            except _NotReadError as not_read:
                if form is not _RANGE:
                    raise no_range or not_read from None
                no_range = not_read  # its "-" may be that of a power: W·m-1·K-1
    raise no_range or _NotReadError(Why.NO_NUMBER)


def _with_word(found: re.Match[str], quantity: str) -> Parsed:
    name, scale, unit = _name_and_unit(found, quantity)
    before = found["before"].lower()
    sign = _SIGN_OF[before]
    if sign is Sign.EQUAL or _ENGLISH.match(before):
        _check_unit(name, unit)
    if before in _BETTER:
        less = better_is_less(name, ratio=unit.dimension == PURE_NUMBER)
        if less is None:
            raise _NotReadError(Why.BETTER_HOW, name)
        sign = Sign.LESS if less else Sign.MORE
    if found["behind"]:
        behind = _behind(found["behind"])
        if before != "为" and behind is not sign:
            raise _NotReadError(Why.TWO_RELATIONS, found["behind"])
        sign = behind
    return _parsed(name, sign, _number(found["value"]) * scale, unit)


def _alone(found: re.Match[str], quantity: str) -> Parsed:
    name = _name(found["name"], quantity)
    sign = _behind(found["behind"]) if found["behind"] else Sign.BARE
    if name[-1].isdigit() or name.endswith("第") or (sign is Sign.BARE and _has_number(name)):
        raise _NotReadError(Why.NO_QUANTITY, name)
    name, scale, unit = _name_and_unit(found, quantity)
    _check_unit(name, unit)
    return _parsed(name, sign, _number(found["value"]) * scale, unit)


def _range(found: re.Match[str], quantity: str) -> Parsed:
    name = _name(found["name"], quantity)
    if _TWO_WORDS.search(found["name"]) or _TWO_WORDS.search(name):
        raise _NotReadError(Why.TWO_RELATIONS, found["name"])
    if name[-1].isdigit():
        raise _NotReadError(Why.NO_QUANTITY, name)
    name, scale, unit = _name_and_unit(found, quantity)
    _check_unit(name, unit)
    low, high = _number(found["value"]), _number(found["value_max"]) * scale
    first_scale, first_unit = scaled_unit(found["first_unit"], name)
    if first_unit is NO_UNIT:
        low *= first_scale if first_scale > 1 else scale
    elif first_unit.dimension == unit.dimension:
        low = unit.from_si(first_unit.to_si(low * first_scale))
    else:
        raise _NotReadError(Why.UNKNOWN_UNIT, found["first_unit"])
    if low > high:
        raise _NotReadError(Why.UPSIDE_DOWN)
    return _parsed(name, Sign.RANGE, low, unit, high)


def _tolerance(found: re.Match[str], quantity: str) -> Parsed:
    name, scale, unit = _name_and_unit(found, quantity)
    _check_unit(name, unit)
    tolerance = _number(found["tolerance"]) * scale
    if found["value"] is None:
        if not better_is_less(name, ratio=False):
            raise _NotReadError(Why.TOLERANCE_OF_WHAT, name)
        sign = Sign.LESS if found["before"] in {"<", "小于", "优于"} else Sign.AT_MOST
        return _parsed(name, sign, tolerance, unit)
    if found["before"] not in {None, ":", "=", "为"}:
        raise _NotReadError(Why.TWO_RELATIONS, found["before"])
    if unit.dimension == PURE_NUMBER and unit is not NO_UNIT and not found["bracket"]:
        raise _NotReadError(Why.TOLERANCE_OF_WHAT, found["unit"])
    middle = _number(found["value"]) * scale
    return _parsed(name, Sign.RANGE, middle - tolerance, unit, middle + tolerance)


_FORMS: Final = (
    (_BOTH_ENDS, _range),
    (_RANGE, _range),
    (_WITH_WORD, _with_word),
    (_ALONE, _alone),
)
"""The forms of a text without ±, in the order in which they are tried."""


def _parsed(
    name: str, sign: Sign, value: Fraction, unit: Unit, value_max: Fraction | None = None
) -> Parsed:
    if unit.text == "年" and _FIRST_YEAR <= value <= _LAST_YEAR:
        raise _NotReadError(Why.DATE)
    return Parsed(name, sign, value, unit, value_max)


def _behind(word: str) -> Sign:
    sign = _SIGN_OF.get(word.lower())
    if sign is None:
        raise _NotReadError(Why.APPROXIMATE, word)
    return sign


def _check_unit(name: str, unit: Unit) -> None:
    if unit is NO_UNIT and normal_name(name) not in _WITHOUT_UNIT:
        raise _NotReadError(Why.NO_UNIT)


def _has_number(name: str) -> bool:
    return _ANY_NUMBER.search(name) is not None


def _name(written: str, quantity: str) -> str:
    """Return the quantity's name without the words that only join it to its number."""
    name = _without_joints(written) or _without_joints(_folded(quantity))
    if (
        not any(map(str.isalpha, name))
        or len(name) > NAME_MAX
        or name.count(" ") >= _NAME_WORDS_MAX
        or _SENTENCE.search(name)
    ):
        raise _NotReadError(Why.NO_QUANTITY, name)
    if _SIGN_IN_NAME.search(name):
        raise _NotReadError(Why.TWO_RELATIONS, name)
    return name


def _name_and_unit(found: re.Match[str], quantity: str) -> tuple[str, int, Unit]:
    """Return the quantity's name, the multiplier and the unit of what was found."""
    name = _name(found["name"], quantity)
    return _with_unit_of_name(name, *scaled_unit(found["unit"], name))


def _with_unit_of_name(name: str, scale: int, unit: Unit) -> tuple[str, int, Unit]:
    """Take a unit in brackets out of a name, where the number has none or one of the same kind."""
    found = _UNIT_IN_NAME.fullmatch(name)
    if found is None:
        return name, scale, unit
    bare = found["name"].rstrip()
    try:
        scale_of_name, of_name = scaled_unit(found["unit"], bare)
    except _NotReadError:
        return name, scale, unit  # (室温)
    if unit is NO_UNIT:
        return bare, scale * scale_of_name, of_name
    # 高度(h)≥5m: a symbol, no hours.
    return (bare if unit.dimension == of_name.dimension else name), scale, unit


def _without_joints(name: str) -> str:
    before = ""
    while name != before:
        before = name
        if _ABOUT.search(name):
            raise _NotReadError(Why.APPROXIMATE, name)
        name = _NAME_LEAD.sub("", _NAME_TAIL.sub("", name).strip(), count=1)
    return name


def scaled_unit(text: str, quantity: str) -> tuple[int, Unit]:
    """Return the multiplier (万) and the unit of what stands behind a number."""
    written, scale = text.strip(), 1
    while True:
        unit = parse_unit(written, quantity)
        if not isinstance(unit, str):
            return scale, as_difference(unit) if is_difference(quantity) else unit
        if written[0] not in _SCALES:
            raise _NotReadError(Why.UNKNOWN_UNIT, text)
        scale, written = scale * _SCALES[written[0]], written[1:].lstrip()


def _number(written: str) -> Fraction:
    """Return the exact value of a number as written."""
    text = written.replace(",", "").replace(" ", "").replace("零下", "-").replace("负", "-")
    text = text.replace("(", "").replace(")", "")
    mantissa, _, exponent = re.sub(r"[×x*]10\^|[eE]", "!", text).partition("!")
    if "^" in mantissa:
        sign = "-" if mantissa.startswith("-") else ""
        mantissa, exponent = f"{sign}1", mantissa.partition("^")[2]
    power = int(exponent or "0")
    if abs(power) > _EXPONENT_MAX:
        raise _NotReadError(Why.ODD_NUMBER, written)
    return Fraction(mantissa) * Fraction(10) ** power


_DECIMAL: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)


@lru_cache(maxsize=8192)
def parse_structured(
    quantity: str, sign: Sign, value: str, value_max: str, unit: str
) -> Parsed | Unparsed:
    """Return the indicator of fields that were given one by one, or why it does not compare.

    `value` and, for RANGE, `value_max` are decimal numbers; `unit` may begin with 万. Never raises.
    """
    text = f"{quantity} {sign} {value} {value_max} {unit}"
    name = _folded(quantity)
    if not normal_name(quantity):
        return Unparsed(text, Why.NO_QUANTITY, quantity)
    numbers = [value, value_max] if sign is Sign.RANGE else [value]
    if not all(map(_DECIMAL.fullmatch, numbers)):
        return Unparsed(text, Why.ODD_NUMBER, value)
    try:
        name, scale, known = _with_unit_of_name(name, *scaled_unit(prepared(unit), quantity))
    except _NotReadError as not_read:
        return Unparsed(text, not_read.why, not_read.piece)
    low, *high = (Fraction(number) * scale for number in numbers)
    if high and low > high[0]:
        return Unparsed(text, Why.UPSIDE_DOWN, value)
    return Parsed(name, sign, low, known, high[0] if high else None)
