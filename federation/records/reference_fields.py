"""Fields that all families of documents share: references, names of members, codes of one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Refused
from federation.log.hashing import MAX_TREE_SIZE
from federation.log.subject import check_member, parse_origin
from federation.records.codec import DocumentRef
from federation.records.fields import Digest, Number, shape
from federation.records.findings import Report
from federation.records.rules import Rule

REFERENCE_RULES: Final = {
    "ORIGIN_FORM": Rule(
        "不是日志来源；请写成 <联盟域名>/<成员>",
        "is not an origin; write <federation domain>/<member>",
    ),
    "MEMBER_FORM": Rule(
        "不是成员名；请填写如 jiangsu 的小写成员名",
        "is not a member's name; give one in lower case such as jiangsu",
    ),
}
"""What is wrong; the cure. As in `records.rules`."""


@dataclass(frozen=True, slots=True)
class OriginName:
    """The origin of a log."""

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the text as it is; see Field."""
        try:
            parse_origin(value)
        except Refused:
            report.add("ORIGIN_FORM", path, value)
        return value


@dataclass(frozen=True, slots=True)
class MemberName:
    """The name of a member."""

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the text as it is; see Field."""
        try:
            check_member(value)
        except Refused:
            report.add("MEMBER_FORM", path, value)
        return value


@dataclass(frozen=True, slots=True)
class Code:
    """A code of one form; blanks at its ends go."""

    pattern: re.Pattern[str]
    rule: str

    def normal(self, value: str, path: str, report: Report) -> str:
        """Return the code to store; see Field."""
        stored = value.strip()
        if stored and not self.pattern.fullmatch(stored):
            report.add(self.rule, path, value)
        return stored if stored != value else value


RECORDED_AT_MS: Final = Number(0, (1 << 63) - 1)
DOCUMENT_REF: Final = shape(
    DocumentRef,
    required="origin leaf_hash",
    origin=OriginName(),
    leaf_index=Number(0, MAX_TREE_SIZE - 1),
    leaf_hash=Digest(),
)
