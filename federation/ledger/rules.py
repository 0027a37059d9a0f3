"""The rules of agreements by name, beside those of records that hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from federation.records.findings import Report
from federation.records.rules import RULES, Rule

LEDGER_RULES: Final = {
    "FLOOR_ABOVE_CAP": Rule(
        "高于该方上限 {cap} 分；请更正其中之一",
        "is above the party's cap of {cap} fen; correct one of the two",
    ),
    "TIER_ORDER": Rule(
        "不高于前一档的上界 {before} 分；请由低到高排列各档",
        "is not above the end of the tier before it, {before} fen; give the tiers in order",
    ),
    "TIER_WITHOUT_END": Rule(
        "不是末档却没有上界；请填写上界",
        "is not the last tier and has no end; give one",
    ),
    "LAST_TIER_ENDS": Rule(
        "末档不得有上界；请清空，或再加一档（不分配则费率为 0）",
        "must not end the last tier; leave it out, or add a tier (of rate 0 to share nothing)",
    ),
    "PARTY_UNKNOWN": Rule(
        "不是协议的分配方；请填写 parties 中的一方",
        "is no party of the agreement; name one of parties",
    ),
    "EXCESS_TO_CAPPED": Rule(
        "该方自身有上限 {cap} 分，不能接收超额；请另选一方或取消其上限",
        "has a cap of {cap} fen itself; name another party, or drop that cap",
    ),
}
"""What is wrong; the cure. As in `records.rules`."""


class LedgerReport(Report):
    """A report that knows both tables."""

    __slots__ = ()
    rules: ClassVar[Mapping[str, Rule]] = {**RULES, **LEDGER_RULES}
