"""Puts the texts of a column into the field of a listing; what cannot be read is a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from node.importing.conversion import fen, iso_date
from node.importing.indicators import parse_indicators
from node.importing.problems import BadValueError, known_terms, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import Listing
    from node.importing.codec import Target
    from node.importing.mapping import FieldRule
    from node.importing.problems import Problem

IN_FEN: Final = (
    '；金额须为整数分（1 元 = 100 分）；以元或万元计的列可在映射中写 unit = "yuan" 或 "wan_yuan"',
    '; amounts are whole fen (1 yuan = 100 fen); a mapping can say unit = "yuan" or "wan_yuan"',
)
"""What is told of an amount whose column has no unit."""
_OF_RANGES: Final = ("amount_min_fen", "amount_max_fen")


def put_texts(
    listing: Listing,
    target: Target,
    rule: FieldRule | None,
    column: str,
    texts: Sequence[str],
    problems: list[Problem],
) -> None:
    """Convert the texts and set the field; what cannot be converted is a problem."""
    if len(texts) > 1 and not target.repeated:
        value = "；".join(texts)
        problems.append(problem("NOT_A_TEXT", column=column, field=target.path, value=value))
        return
    values: list[object] = []
    for text in texts:
        try:
            if target.is_indicator:
                values += parse_indicators(text)
            else:
                values.append(target.convert(_prepared(text, rule)))
        except BadValueError as error:
            more = _more(error, target, rule, text)
            problems.append(
                problem(error.rule, column=column, field=target.path, value=text, more=more)
            )
            continue
        if rule and rule.cut and len(text) > rule.cut:
            detail = f"{len(text)} > {rule.cut}"
            problems.append(problem("E_CUT", column=column, field=target.path, detail=detail))
    if values:
        target.put(listing, values)


def _more(
    error: BadValueError, target: Target, rule: FieldRule | None, text: str
) -> tuple[str, str]:
    """Return what there is to say beside the rule: bounds, choices, the unit of an amount."""
    zh, en = error.more
    if target.choices:
        zh, en = known_terms(text, target.choices, ("", ""))
    elif target.is_amount:
        for more in (unit_told(rule), _negotiable(target.path, text)):
            zh, en = zh + more[0], en + more[1]
    return zh, en


def unit_told(rule: FieldRule | None) -> tuple[str, str]:
    """Return what to say of the unit of an amount, in Chinese and in English."""
    if rule is not None and rule.unit:
        told = f'unit = "{rule.unit}"'
        return f"；单位已由映射给出：{told}", f"; its unit is told by the mapping: {told}"
    return IN_FEN


def _negotiable(path: str, text: str) -> tuple[str, str]:
    flag = f"{path.rpartition('.')[0]}.negotiable"
    if "面议" not in text or not path.endswith(_OF_RANGES):
        return "", ""
    return f"；面议请在 {flag} 填 是", f"; what is negotiable has {flag} = true"


def _prepared(text: str, rule: FieldRule | None) -> str:
    if rule is None:
        return text
    if rule.dates and rule.value is None:
        text = iso_date(text, rule.dates)
    if rule.unit:
        text = fen(text, rule.unit)
    return text[: rule.cut].rstrip() if rule.cut else text
