"""Failures that carry more than a sentence.

`YdxError` (federation.log.errors) is the family; what stands here needs its own shape on the wire.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence


class InvalidFields(Refused):
    """Fields of a request break rules: INVALID_ARGUMENT, reason INVALID_FIELD.

    `violations` has at least one finding.
    """

    def __init__(self, violations: Sequence[Finding]) -> None:
        first = violations[0]
        super().__init__("INVALID_FIELD", first.text_en, field=first.field, rule=first.rule)
        self.violations = tuple(violations)


def renamed(found: Finding, field: str) -> Finding:
    """Return a finding as one of another field; its texts begin with the field."""
    length = len(found.field)
    return replace(
        found,
        field=field,
        text_zh=field + found.text_zh[length:],
        text_en=field + found.text_en[length:],
    )


def within(refusal: Refused, path: str) -> Refused:
    """Return a refusal of one element of a request, telling which: `path` stands before fields."""
    if isinstance(refusal, InvalidFields):
        return InvalidFields([renamed(one, f"{path}.{one.field}") for one in refusal.violations])
    field = refusal.metadata.get("field", "")
    metadata = refusal.metadata | {"field": f"{path}.{field}" if field else path}
    return Refused(refusal.reason, f"{path}: {refusal.what}", cure=refusal.cure, **metadata)


def invalid_field(field: str, rule: str, value: str, text_zh: str, text_en: str) -> InvalidFields:
    """Return the error of one field of a request that is no part of a record.

    The texts start after the field and its value, for example "must not be negative".
    """
    shown = value[:80]
    quoted_zh, quoted_en = (f"“{shown}”", f' "{shown}"') if shown else (" ", "")
    text = (f"{field}{quoted_zh}{text_zh}", f"{field}{quoted_en} {text_en}")
    return InvalidFields([Finding(field, rule, shown, *text)])
