"""Puts the texts of a column into the field of a listing; what cannot be read is a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.importing.conversion import fen, iso_date
from node.importing.indicators import parse_indicators
from node.importing.problems import known_terms, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import Listing
    from node.importing.codec import Target
    from node.importing.mapping import FieldRule
    from node.importing.problems import Problem


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
        except ValueError as error:
            name = str(error)
            more = known_terms(text, target.choices, ("", "")) if target.choices else ("", "")
            problems.append(problem(name, column=column, field=target.path, value=text, more=more))
            continue
        if rule and rule.cut and len(text) > rule.cut:
            detail = f"{len(text)} > {rule.cut}"
            problems.append(problem("E_CUT", column=column, field=target.path, detail=detail))
    if values:
        target.put(listing, values)


def _prepared(text: str, rule: FieldRule | None) -> str:
    if rule is None:
        return text
    if rule.dates and rule.value is None:
        text = iso_date(text, rule.dates)
    if rule.unit:
        text = fen(text, rule.unit)
    return text[: rule.cut].rstrip() if rule.cut else text
