"""What codes of the API are called in tables for a person; `--json` and CSV keep the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.choice_words import CHOICES, code_of
from node.commands.output import say
from node.commands.translating import told

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT_DOCUMENTS: Final = {
    "contract": ("变更", "amend"),
    "confirmation": ("确认", "confirm"),
    "registration": ("记录登记", "register"),
    "cancellation": ("解除", "cancel"),
}

STEPS: Final = {
    "SUBMITTED": ("已提交", "submitted"),
    "INFO_REQUESTED": ("要求补充", "info_requested"),
    "INFO_GIVEN": ("已补充", "info_given"),
    "ACCEPTED": ("已接受", "accepted"),
    "DECLINED": ("已谢绝", "declined"),
    "INTRODUCED": ("已引荐", "introduced"),
    "CONTRACTED": ("已签约", "contracted"),
    "NO_DEAL": ("未成交", "no_deal"),
    "CANCELLED": ("已撤回", "cancelled"),
    "EXPIRED": ("已过期", "expired"),
}
NOTES: Final = {
    "NDA": ("保密协议", "nda"),
    "NEGOTIATION": ("洽谈", "negotiation"),
    "DISPUTE": ("异议", "dispute"),
    "CONTACTS": ("联系人", "contacts"),
    "REGISTRATION": ("合同登记", "registration"),
    "CONSENT_WITHDRAWN": ("撤回同意", "consent_withdrawn"),
}
DUES: Final = {
    "ANSWER": ("答复期限", "answer due"),
    "DECISION": ("决定期限", "decision due"),
}
VOIDS: Final = {
    "UNREADABLE": ("无法读取", "unreadable"),
    "UNKNOWN": ("新版本的文件", "of a newer version"),
    "OTHER_SUBJECT": ("属于另一项", "of another one"),
    "NOT_A_PARTY": ("作者不是当事方", "its author is no party"),
    "NOT_ADDRESSED": ("未送达全部当事方", "not addressed to all"),
    "NO_SUCH_DOCUMENT": ("所答文件不存在", "answers no document"),
    "NOT_ALLOWED_HERE": ("此处不允许", "not allowed there"),
    "ALREADY_ANSWERED": ("作者此前已答复", "its author answered before"),
    "ANSWERS_VOID": ("所答文件无效", "answers what is void"),
    "LOST": ("让位于另一答复", "another answer wins"),
}
AWAITED: Final = {
    "NOT_SYNCED": ("其日志尚未同步到此处", "its log is not followed up to there yet"),
    "WANTED": ("内容正在索取", "its content is asked for"),
    "FROZEN": ("其日志已冻结", "its log is frozen below it"),
    "UNKNOWN_LOG": ("登记表中没有该日志", "the registry names no such log"),
}
OPERATIONS: Final = {"PUT": ("写入", "PUT"), "WITHDRAW": ("撤回", "WITHDRAW")}
WAITS_FOR: Final = {
    "agreement": ("运维同意", "agreement"),
    "confirmation": ("法定见证", "confirmation"),
    "delay": ("安全期满", "delay"),
    "step": ("即将销毁", "step"),
    "scrub": ("清理数据库日志", "scrub"),
}
COMPARED: Final = {
    "kind": ("类别", "kind"),
    "source_id": ("来源编号", "source_id"),
    "title": ("名称", "title"),
    "region": ("地区", "region"),
    "trl": ("就绪度", "trl"),
    "owner": ("机构", "owner"),
    "supply.ip": ("知识产权", "supply.ip"),
}
"""Fields by which listings are compared."""
DUPLICATE_KEYS: Final = {"title_key": ("名称", "title"), "patents": ("专利号", "patent")}
MATCH_NOTES: Final = {
    "MET": ("满足", "met"),
    "CONTRADICTED": ("不满足", "contradicted"),
    "UNKNOWN": ("无法判断", "cannot be decided"),
    "BEYOND_CAP": ("分值已满", "beyond the cap"),
    "SAME_SECTION": ("同部/门类", "same section"),
    "SAME_CLASS": ("同大类", "same class"),
    "SAME_SUBCLASS": ("同小类/中类", "same subclass"),
    "SAME_GROUP": ("同组/小类", "same group"),
    "SAME_TECH_FIELD": ("同技术领域", "same technology field"),
    "ESTIMATED": ("就绪度为估计", "estimated"),
    "OPEN_LICENCE": ("开放许可费", "fee of an open licence"),
    "OVER_BUDGET": ("超出预算", "over budget"),
    "SAME_PROVINCE": ("同省", "same province"),
    "SAME_CITY": ("同市", "same city"),
    "IN_REGION": ("在偏好地区", "in the region"),
    "EXPIRES_SOON": ("即将到期", "expires soon"),
}
MEASURES: Final = {
    "contracts": ("合同数", "contracts"),
    "contract_amount_fen": ("成交额（元）", "contract amount (CNY)"),
    "technical_amount_fen": ("技术交易额（元）", "technical amount (CNY)"),
    "institution_amount_fen": ("院校院所成交额（元）", "amount of public institutions (CNY)"),
    "registered_contracts": ("已登记合同数", "registered contracts"),
    "managers": ("技术经理人数", "technology managers"),
    "transfer_organisations": ("转移机构数", "transfer organisations"),
}
TARGETS: Final = {
    "turnover": ("成交额", "turnover"),
    "institutions": ("院校院所合同额", "institutions"),
    "managers": ("技术经理人", "managers"),
    "transfer_organisations": ("技术转移机构", "transfer_organisations"),
}
"""Those that a node measures by itself; what its settings name otherwise has that name."""


def why_words(why: str) -> str:
    """Return in the language of this run why an answer is not complete; else as it was told."""
    return told(why)


def spoken(name: str) -> str:
    """Return what the whole name of a choice is called, LISTING_KIND_DEMAND; else the name."""
    for prefix, table in CHOICES.items():
        if name.startswith(prefix):
            return word(table, name.removeprefix(prefix))
    return name


def spoken_and_typed(name: str) -> str:
    """Return what a choice is called with the short form that options take."""
    for prefix, table in CHOICES.items():
        short = name.removeprefix(prefix)
        if name.startswith(prefix) and short in table:
            return say(f"{table[short][0]} {short.lower()}", short.lower())
    return name


def step_to_take(code: str) -> str:
    """Return what a step is called that somebody may take, as it is typed."""
    if code == "CONTRACTED":  # which nobody types
        return say("签约（ydx contract create）", "ydx contract create")
    zh, typed = STEPS.get(code, (code, code))
    return say(f"{zh.removeprefix('已')} {typed}", typed)


def word(table: Mapping[str, tuple[str, str]], code: str) -> str:
    """Return what a code is called, itself where it has no name."""
    return say(*table[code]) if code in table else code


def enum_name(message: Any, field: str) -> str:
    """Return the name of a choice without the prefix of its type; "" where it is not set."""
    return choice_name(message.DESCRIPTOR.fields_by_name[field], getattr(message, field))


def typed_choice(prefix: str, value: str) -> str | int:
    """Return the name of an enumeration's value that was typed; a number stays one, "" is none.

    It may be typed as the code or as the word that a table shows for it.
    """
    if not value:
        return 0
    if value.isdecimal():
        return int(value)
    code = code_of(f"{prefix}_", value) or value.upper().replace("-", "_")
    return f"{prefix}_{code}"


def choice_name(field: Any, number: int) -> str:
    """Return the name of one value of an enumeration's field, as `enum_name` does."""
    known = field.enum_type.values_by_number
    if number not in known:
        return str(number)
    unset = known[0].name
    name = known[number].name
    return "" if name == unset else str(name.removeprefix(unset.removesuffix("UNSPECIFIED")))
