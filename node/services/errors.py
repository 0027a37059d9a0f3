"""Failures that carry more than a sentence.

`YdxError` (federation.log.errors) is the family; what stands here needs its own shape on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.log.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One rule that one field breaks; the texts say what is wrong and how to mend it.

    `value` is cut to 80 characters and empty for personal data.
    """

    field: str
    rule: str
    value: str
    text_zh: str
    text_en: str


class InvalidFields(Refused):
    """Fields of a request break rules: INVALID_ARGUMENT, reason INVALID_FIELD."""

    def __init__(self, violations: Sequence[FieldViolation]) -> None:
        first = violations[0]
        super().__init__(
            "INVALID_FIELD", f"{first.field}: {first.text_en}", field=first.field, rule=first.rule
        )
        self.violations = tuple(violations)
