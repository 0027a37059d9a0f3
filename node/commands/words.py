"""What codes of the API are called in tables for a person; `--json` and CSV keep the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.commands.output import say
from node.commands.translating import told

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
RECORD_STATES: Final = {
    "PUBLISHED": ("公开", "published"),
    "ON_HOLD": ("暂停", "on hold"),
    "MATCHED": ("已对接", "matched"),
    "CLOSED_DEAL": ("已成交", "closed deal"),
    "FLAGGED": ("存疑", "flagged"),
    "WITHDRAWN": ("已撤回", "withdrawn"),
    "HIDDEN": ("不可显示", "hidden"),
}
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
    "LISTING_STATUS_": RECORD_STATES,
    "CLASSIFICATION_": {
        "GENERAL": ("一般", "general"),
        "IMPORTANT": ("重要", "important"),
        "CORE": ("核心", "core"),
        "SECRET": ("涉密", "secret"),
    },
    "RESULT_FORM_": {
        "INVENTION_PATENT": ("发明专利", "invention patent"),
        "UTILITY_MODEL": ("实用新型", "utility model"),
        "DESIGN": ("外观", "design"),
        "SOFTWARE": ("软件著作权", "software"),
        "IC_LAYOUT": ("集成电路布图", "layout of an integrated circuit"),
        "PLANT_VARIETY": ("植物新品种", "plant variety"),
        "DRUG_CERTIFICATE": ("新药证书", "drug certificate"),
        "KNOW_HOW": ("技术秘密", "know-how"),
        "NEW_PRODUCT": ("新产品", "new product"),
        "NEW_PROCESS": ("新工艺", "new process"),
        "NEW_MATERIAL": ("新材料", "new material"),
        "PROTOTYPE": ("样机", "prototype"),
        "PAPER": ("论文/报告", "paper or report"),
        "OTHER": ("其他", "other"),
    },
    "IP_TYPE_": {
        "INVENTION": ("发明专利", "invention patent"),
        "UTILITY_MODEL": ("实用新型", "utility model"),
        "DESIGN": ("外观设计", "design"),
        "SOFTWARE": ("软件著作权", "software"),
        "IC_LAYOUT": ("集成电路布图设计", "layout of an integrated circuit"),
        "PLANT_VARIETY": ("植物新品种", "plant variety"),
        "KNOW_HOW": ("技术秘密", "know-how"),
        "OTHER": ("其他", "other"),
    },
    "ENTITLEMENT_": {
        "INSTITUTION": ("单位所有", "of the institution"),
        "PARTIAL": ("部分赋权", "partial"),
        "FULL": ("全部赋权", "full"),
        "LONG_TERM_USE": ("长期使用权", "long-term use"),
    },
    "EVALUATION_LEVEL_": {
        "WORLD_LEADING": ("国际领先", "world-leading"),
        "WORLD_ADVANCED": ("国际先进", "world-class"),
        "NATIONAL_LEADING": ("国内领先", "leading in the country"),
        "NATIONAL_ADVANCED": ("国内先进", "advanced in the country"),
        "ORDINARY": ("国内一般", "ordinary"),
        "NOT_EVALUATED": ("未评价", "not evaluated"),
    },
    "RELATION_": {
        "AT_LEAST": ("≥", "≥"),
        "AT_MOST": ("≤", "≤"),
        "EQUAL": ("=", "="),
        "RANGE": ("∈", "∈"),
    },
    "DEMAND_TYPE_": {
        "RESEARCH": ("技术攻关", "research"),
        "SUBSTITUTION": ("国产替代", "domestic substitution"),
        "UPGRADE": ("产品升级", "product upgrade"),
        "ACQUISITION": ("成果引进", "acquisition"),
        "TESTING": ("检测服务", "testing"),
        "TALENT": ("人才团队", "talent"),
        "FINANCING": ("投融资", "financing"),
    },
    "MISSING_PART_REASON_": {
        "WITHHELD": ("不对本方公开", "withheld"),
        "ERASED": ("已依法删除", "erased"),
        "WANTED": ("尚未到达", "wanted"),
        "VOID": ("作废", "void"),
    },
    "CONTRACT_TYPE_": CONTRACT_TYPES,
    "PAYMENT_MODE_": PAYMENT_MODES,
    "REGISTRATION_STATE_": REGISTRATIONS,
    "ATTRIBUTION_SHARE_": SHARES,
}


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
    """Return the name of an enumeration's value that was typed; a number stays one, "" is none."""
    if not value:
        return 0
    return int(value) if value.isdecimal() else f"{prefix}_{value.upper().replace('-', '_')}"


def choice_name(field: Any, number: int) -> str:
    """Return the name of one value of an enumeration's field, as `enum_name` does."""
    known = field.enum_type.values_by_number
    if number not in known:
        return str(number)
    unset = known[0].name
    name = known[number].name
    return "" if name == unset else str(name.removeprefix(unset.removesuffix("UNSPECIFIED")))
