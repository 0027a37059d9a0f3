"""The rules of agreements by name, beside those of records that hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from federation.records.findings import Report
from federation.records.reference_fields import REFERENCE_RULES
from federation.records.rules import RULES, Rule

LEDGER_RULES: Final = {
    **REFERENCE_RULES,
    "PARTY_FORM": Rule(
        "不是分配方代号；请用 1 至 40 位字母、数字或连字符，如 JS-TT",
        "is no name of a party; give 1 to 40 letters, digits or hyphens such as JS-TT",
    ),
    "MONTH_FORM": Rule(
        "不是月份；请写成 YYYY-MM，如 2026-11", "is no month; write YYYY-MM such as 2026-11"
    ),
    "YEAR_EARLY": Rule("早于 {first} 年；请核对", "is before {first}; compare it"),
    "NOT_THE_CENTER": Rule(
        "不是登记表中的中心 {center}；请改为该成员",
        "is not the center that the registry names, {center}; name that member",
    ),
    "CURRENCY": Rule(
        "不受支持；请填写 {currency}（人民币）", "is not supported; give {currency} (renminbi)"
    ),
    "NOT_A_MEMBER": Rule(
        "不在协议的成员 {members} 之中；只有协议的成员才能起草",
        "is none of the agreement's members {members}; one of them has to write it",
    ),
    "SIGNERS_REQUIRED": Rule(
        "多于签署方的数目 {signers}；请减少，或填 0 表示全部",
        "is more than the {signers} signers; give fewer, or 0 for all",
    ),
    "GROSS_DEDUCTS": Rule(
        "与“总额”基数相矛盾；请删除扣除项，或改为税后净额、服务费",
        "contradict a gross base; leave them out, or share what is net of tax or a service fee",
    ),
    "NO_DAY": Rule(
        "与生效日相同，没有一天有效；请填写最后一天的次日",
        "is the first day itself, so no day is left; give the day after the last",
    ),
    "SAME_PARTY": Rule("收付双方相同；请更正其一", "pays itself; correct one of the two"),
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
    """A report that knows both tables; what form and terms both find is told once."""

    __slots__ = ("_told",)
    rules: ClassVar[Mapping[str, Rule]] = {**RULES, **LEDGER_RULES}

    def __init__(self) -> None:
        super().__init__()
        self._told: set[tuple[str, str]] = set()

    def add(self, rule: str, field: str, value: object = "", **facts: object) -> None:
        """Add a finding, unless the field is told to break this rule already."""
        if (rule, field) not in self._told:
            self._told.add((rule, field))
            super().add(rule, field, value, **facts)
