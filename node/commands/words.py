"""What codes of the API are called in tables for a person; `--json` and CSV keep the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.commands.output import say

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRATIONS: Final = {
    "": ("未申请", "not applied for"),
    "ACCEPTED": ("受理", "accepted"),
    "REGISTERED": ("已登记", "registered"),
    "REFUSED": ("不予登记", "refused"),
    "REVOKED": ("撤销", "revoked"),
}
CONTRACT_TYPES: Final = {
    "COMMISSIONED_DEVELOPMENT": ("技术开发（委托）", "commissioned development"),
    "JOINT_DEVELOPMENT": ("技术开发（合作）", "joint development"),
    "ASSIGNMENT": ("技术转让", "assignment"),
    "LICENCE": ("技术许可", "licence"),
    "CONSULTING": ("技术咨询", "consulting"),
    "SERVICE": ("技术服务", "service"),
}
PAYMENT_MODES: Final = {
    "LUMP_SUM": ("一次总付", "lump sum"),
    "INSTALMENTS": ("分期", "instalments"),
    "ROYALTY": ("提成", "royalty"),
    "EQUITY": ("入股", "equity"),
}
SHARES: Final = {
    "LISTING_REGION": ("成果所在地区", "region of the listing"),
    "ENQUIRING_REGION": ("提出意向地区", "region that enquired"),
    "INTRODUCING_REGION": ("引荐地区", "region that introduced"),
    "TECHNOLOGY_MANAGER": ("技术经理人", "technology manager"),
    "SERVICE_ORGANISATION": ("服务机构", "service organisation"),
    "CENTER": ("中心", "center"),
}
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
RECORD_STATES: Final = {
    "PUBLISHED": ("公开", "published"),
    "ON_HOLD": ("暂停", "on hold"),
    "MATCHED": ("已对接", "matched"),
    "CLOSED_DEAL": ("已成交", "closed deal"),
    "FLAGGED": ("存疑", "flagged"),
    "WITHDRAWN": ("已撤回", "withdrawn"),
    "HIDDEN": ("不可显示", "hidden"),
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
CHOICES: Final = {
    "LISTING_KIND_": {"SUPPLY": ("供给", "supply"), "DEMAND": ("需求", "demand")},
    "TECH_FIELD_": {
        "ELECTRONICS_INFORMATION": ("电子信息", "electronics and information"),
        "AEROSPACE": ("航空航天", "aerospace"),
        "ADVANCED_MANUFACTURING": ("先进制造", "advanced manufacturing"),
        "BIOMEDICINE": ("生物医药与医疗器械", "biomedicine"),
        "NEW_MATERIALS": ("新材料及其应用", "new materials"),
        "NEW_ENERGY": ("新能源与高效节能", "new energy"),
        "ENVIRONMENT": ("环境保护与资源综合利用", "environment"),
        "NUCLEAR": ("核应用", "nuclear"),
        "AGRICULTURE": ("农业", "agriculture"),
        "TRANSPORT": ("现代交通", "transport"),
        "URBAN_SOCIAL": ("城市建设与社会发展", "urban and social"),
    },
    "TRANSFER_MODE_": {
        "OWN_USE": ("自行实施", "own use"),
        "ASSIGNMENT": ("转让", "assignment"),
        "EXCLUSIVE_LICENCE": ("独占许可", "exclusive licence"),
        "SOLE_LICENCE": ("排他许可", "sole licence"),
        "LICENCE": ("普通许可", "licence"),
        "JOINT_USE": ("合作实施", "joint use"),
        "EQUITY": ("作价投资", "equity"),
        "OPEN_LICENCE": ("开放许可", "open licence"),
        "ENTITLED_ASSIGNMENT": ("赋权+转让+约定收益", "entitled assignment"),
        "OTHER": ("其他", "other"),
    },
    "COOPERATION_MODE_": {
        "COMMISSIONED": ("委托开发", "commissioned"),
        "JOINT_DEVELOPMENT": ("联合开发", "joint development"),
        "ASSIGNMENT": ("受让", "assignment"),
        "LICENCE": ("许可", "licence"),
        "EQUITY": ("作价入股", "equity"),
        "SERVICE": ("技术服务", "service"),
        "JOINT_LAB": ("共建", "joint laboratory"),
    },
    "MANAGER_LEVEL_": {
        "JUNIOR": ("初级", "junior"),
        "INTERMEDIATE": ("中级", "intermediate"),
        "SENIOR": ("高级", "senior"),
    },
    "INTEGRITY_STATUS_": {
        "UNSPECIFIED": ("正常", "good"),
        "GOOD": ("正常", "good"),
        "WARNED": ("警示", "warned"),
        "SUSPENDED": ("暂停", "suspended"),
        "REVOKED": ("撤销", "revoked"),
    },
    "IP_STATUS_": {
        "NOT_FILED": ("未申请", "not filed"),
        "SECRET": ("秘密", "secret"),
        "PENDING": ("申请中", "pending"),
        "GRANTED": ("已授权", "granted"),
        "LAPSED": ("失效", "lapsed"),
    },
    "RECORD_STATE_": RECORD_STATES,
    "CONTRACT_TYPE_": CONTRACT_TYPES,
    "PAYMENT_MODE_": PAYMENT_MODES,
    "REGISTRATION_STATE_": REGISTRATIONS,
}


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
    zh, typed = STEPS.get(code, (code, code))
    return say(f"{zh.removeprefix('已')} {typed}", typed)


def word(table: Mapping[str, tuple[str, str]], code: str) -> str:
    """Return what a code is called, itself where it has no name."""
    return say(*table[code]) if code in table else code


def enum_name(message: Any, field: str) -> str:
    """Return the name of a choice without the prefix of its type; "" where it is not set."""
    return choice_name(message.DESCRIPTOR.fields_by_name[field], getattr(message, field))


def choice_name(field: Any, number: int) -> str:
    """Return the name of one value of an enumeration's field, as `enum_name` does."""
    known = field.enum_type.values_by_number
    if number not in known:
        return str(number)
    unset = known[0].name
    name = known[number].name
    return "" if name == unset else str(name.removeprefix(unset.removesuffix("UNSPECIFIED")))
