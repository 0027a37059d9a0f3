"""Reads technical indicators out of running text: 抗拉强度≥450MPa；盐雾试验1000小时无明显腐蚀.

Only what is certain is parsed (name, relation, number, unit). Everything else stays a text, with
its beginning as the name; nothing is guessed and nothing is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_INDICATORS: Final = 30

_NAME_CHARACTERS: Final = 30
_NUMBER: Final = r"[-+]?\d{1,15}(?:\.\d{1,10})?"
_RELATIONS: Final = {
    "≥": "RELATION_AT_LEAST",
    "≧": "RELATION_AT_LEAST",
    ">=": "RELATION_AT_LEAST",
    "不低于": "RELATION_AT_LEAST",
    "不小于": "RELATION_AT_LEAST",
    "≤": "RELATION_AT_MOST",
    "≦": "RELATION_AT_MOST",
    "<=": "RELATION_AT_MOST",
    "不高于": "RELATION_AT_MOST",
    "不大于": "RELATION_AT_MOST",
    "不超过": "RELATION_AT_MOST",
    "=": "RELATION_EQUAL",
}
_COMPARED: Final = re.compile(
    rf"(?P<name>[^\d≥≧≤≦<>=]{{1,30}}?)\s*(?P<relation>{'|'.join(_RELATIONS)})\s*"
    rf"(?P<value>{_NUMBER})\s*(?P<unit>[^\d\s][^\d]{{0,15}})?",
    re.ASCII,
)
_RANGE: Final = re.compile(
    rf"(?P<name>[^\d≥≧≤≦<>=]{{1,30}}?)\s*[:：∈=]?\s*(?P<value>{_NUMBER})\s*[-–~～至]\s*"
    rf"(?P<value_max>\d{{1,15}}(?:\.\d{{1,10}})?)\s*(?P<unit>[^\d\s][^\d]{{0,15}})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ParsedIndicator:
    """The fields of ydx.exchange.v1.Indicator."""

    name: str
    relation: str = "RELATION_UNSPECIFIED"
    value: str = ""
    value_max: str = ""
    unit: str = ""
    text: str = ""


def parse_indicators(text: str) -> list[ParsedIndicator]:
    """Return the indicators of a text; what would be over 30 stays together in the last one."""
    pieces = [piece.strip() for piece in re.split(r"[;；，\n]", text)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) > MAX_INDICATORS:
        pieces[MAX_INDICATORS - 1 :] = ["；".join(pieces[MAX_INDICATORS - 1 :])]
    return [_parse(piece) for piece in pieces]


def _parse(piece: str) -> ParsedIndicator:
    if found := _COMPARED.fullmatch(piece):
        return ParsedIndicator(
            found["name"].strip(),
            _RELATIONS[found["relation"]],
            found["value"],
            unit=(found["unit"] or "").strip(),
        )
    if found := _RANGE.fullmatch(piece):
        return ParsedIndicator(
            found["name"].strip(),
            "RELATION_RANGE",
            found["value"],
            found["value_max"],
            (found["unit"] or "").strip(),
        )
    return ParsedIndicator(piece[:_NAME_CHARACTERS], text=piece)
