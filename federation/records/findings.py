"""What a check finds: values, collected and never raised, so that a caller sees all at once.

- A finding names the field by its path (public.supply.ip[0].number), the rule, the value cut to 80
  characters, and says what is wrong and the cure in Chinese and English.
- Personal data never stands in a finding: of a text that holds some, or of any field of the ORIGIN
  part, only the path and the place are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from federation.records.personal_data import find_personal_data
from federation.records.rules import RULES, Rule

VALUE_MAX: Final = 80
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one field breaks, or (rule E_…) should mend."""

    field: str
    rule: str
    value: str
    text_zh: str
    text_en: str

    @property
    def is_warning(self) -> bool:
        """Whether the record is accepted all the same."""
        return self.rule.startswith("E_")


@dataclass(frozen=True, slots=True)
class Checked(Generic[R]):
    """A record in its normal form, which is what to store, and what was found in it.

    `record` is a copy: texts normalised and trimmed, codes in canonical form, without output-only
    and unknown fields. Where `violations` is not empty it must not be stored.
    """

    record: R
    violations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the record may be published."""
        return not self.violations


def _is_personal(text: str) -> bool:
    """Say whether what is shown of a text would tell personal data."""
    return next(find_personal_data(text[: 3 * VALUE_MAX]), None) is not None


def finding(
    rule: str,
    field: str,
    shown: str = "",
    *,
    rules: Mapping[str, Rule] = RULES,
    **facts: object,
) -> Finding:
    """Return the finding of one of the rules; `facts` fill its texts."""
    if len(shown) > VALUE_MAX:
        shown = shown[: VALUE_MAX - 1] + "…"
    zh, en = rules[rule]
    quoted_zh, quoted_en = (f"“{shown}”", f' "{shown}"') if shown else (" ", "")
    return Finding(
        field,
        rule,
        shown,
        f"{field}{quoted_zh}{zh.format(**facts)}",
        f"{field}{quoted_en} {en.format(**facts)}",
    )


class Report:
    """Collects findings, and the texts that are still to be searched for personal data."""

    __slots__ = ("_findings", "_mute", "texts")
    rules: ClassVar[Mapping[str, Rule]] = RULES
    """What `add` knows; a package with rules of its own overrides it."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._mute = False
        self.texts: list[tuple[str, str]] = []
        """(path, text) of every text of the parts that others may read."""

    def mute(self) -> None:
        """From here on the fields are personal: no value is told, no text is searched."""
        self._mute = True

    def add(self, rule: str, field: str, value: object = "", **facts: object) -> None:
        """Add a finding; `facts` hold nothing personal."""
        shown = "" if self._mute else str(value)
        told = "" if _is_personal(shown) else shown
        self._findings.append(finding(rule, field, told, rules=self.rules, **facts))

    def note_folded(self, field: str, value: str, stored: str) -> None:
        """Add the warning that a text was stored in another form, unless it is personal."""
        if not (self._mute or _is_personal(value)):
            self.add("E_NFKC", field, value, stored=stored[:VALUE_MAX])

    def checked(self, record: R) -> Checked[R]:
        """Return the record with what was found."""
        if not self._findings:  # nearly always
            return Checked(record, (), ())
        return Checked(
            record,
            tuple(found for found in self._findings if not found.is_warning),
            tuple(found for found in self._findings if found.is_warning),
        )
