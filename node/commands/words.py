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
