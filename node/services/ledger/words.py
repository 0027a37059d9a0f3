"""What codes are called, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from federation.ledger.journal import AccountKind

_Code = TypeVar("_Code")


class Words(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return both, Chinese first."""
        return f"{self.zh} {self.en}".strip()


ENTRIES: Final[Mapping[str, Words]] = {
    "INCOME": Words("收入", "Income"),
    "REVERSAL": Words("冲销", "Reversal"),
    "PAYMENT": Words("付款", "Payment"),
}
INCOMES: Final[Mapping[str, Words]] = {
    "SERVICE_FEE": Words("服务费", "Service fee"),
    "CONTRACT_PRICE": Words("合同价款", "Contract price"),
    "ROYALTY": Words("提成", "Royalty"),
    "OTHER": Words("其他", "Other"),
}
ACCOUNTS: Final[Mapping[AccountKind, Words]] = {
    AccountKind.CLEARING: Words("代收待分", "Clearing"),
    AccountKind.PAYABLE: Words("应付分成", "Payable"),
    AccountKind.RECEIVABLE: Words("应退款项", "Receivable"),
}
ROLES: Final[Mapping[int, Words]] = {
    1: Words("成果方平台", "Origin platform"),
    2: Words("需求方平台", "Demand platform"),
    3: Words("中心", "Center"),
    4: Words("技术经理人", "Technology manager"),
    5: Words("引荐方", "Introducer"),
    6: Words("其他", "Other"),
}


def called(table: Mapping[_Code, Words], code: _Code) -> Words:
    """Return what a code is called, the code itself where it is not known."""
    return table.get(code, Words(str(code), ""))
