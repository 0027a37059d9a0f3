"""What the choices of the API are called, by the prefix of their type and the rest of their name.

It is the one table of these words: commands show them, and what is shown can be typed and imported.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

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
RECORD_STATES: Final = {
    "PUBLISHED": ("公开", "published"),
    "ON_HOLD": ("暂停", "on hold"),
    "MATCHED": ("已对接", "matched"),
    "CLOSED_DEAL": ("已成交", "closed deal"),
    "FLAGGED": ("存疑", "flagged"),
    "WITHDRAWN": ("已撤回", "withdrawn"),
    "HIDDEN": ("不可显示", "hidden"),
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

_WORD_CHARACTERS: Final = 100  # more than a word has
_JOINTS: Final = re.compile("[与及/]")


def code_of(prefix: str, word: str) -> str | None:
    """Return the choice that is called so in Chinese or English, without its prefix, or None.

    Width, case and blanks do not matter. Of a Chinese name that joins several things, as
    新材料及其应用, the first alone will do where no other choice is called so.
    """
    return _codes(prefix).get(_plain(word)) if len(word) <= _WORD_CHARACTERS else None


@cache
def _codes(prefix: str) -> Mapping[str, str]:
    table = {
        code: words
        for code, words in CHOICES.get(prefix, {}).items()
        if code not in {"", "UNSPECIFIED"}
    }
    heads: dict[str, list[str]] = {}
    for code, (zh, _) in table.items():
        heads.setdefault(_plain(_JOINTS.split(zh)[0]), []).append(code)
    codes = {head: found[0] for head, found in heads.items() if len(found) == 1}
    codes |= {_plain(word): code for code, words in reversed(table.items()) for word in words}
    return codes


def _plain(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).split()).casefold()
