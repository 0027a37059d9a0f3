"""The rules of partnership documents by name, beside those of records that hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from federation.records.findings import Report
from federation.records.reference_fields import REFERENCE_RULES
from federation.records.rules import RULES, Rule

PARTNERSHIP_RULES: Final = {
    **REFERENCE_RULES,
    # Names.
    "SUBJECT_LENGTH": Rule(
        "有 {length} 字节；合作意向编号应为 16 字节，请照原样引用",
        "has {length} bytes; an enquiry's id has 16, quote it as it is",
    ),
    "LISTING_VERSION": Rule(
        "不在该信息所属成员 {member} 的日志中；请引用该信息自身的版本",
        "does not stand in a log of the listing's member {member}; name the listing's own version",
    ),
    # Steps and notes.
    "NOT_OF_THIS_KIND": Rule(
        "不属于 {kind}；请删除此字段", "does not belong to {kind}; remove this field"
    ),
    "INTRODUCER_EMPTY": Rule(
        "既无技术经理人也无服务机构；请至少填写一个",
        "names neither a manager nor an organisation; give one of them",
    ),
    # Contacts, and where they do not stand.
    "PHONE_FORM": Rule(
        "不是电话号码；请填写至少 7 位数字，可有 + - 空格 括号和分机，如 0512-55550100 转 8",
        "is not a phone number; give 7 digits or more, with + - ( ) blanks or an extension at will",
    ),
    "EMAIL_FORM": Rule(
        "不是电子邮箱；请写成 名称@域名，如 zhang@example.com",
        "is not an e-mail address; write name@domain, such as zhang@example.com",
    ),
    "PERSONAL_PHONE": Rule(
        "第 {place} 个字符处有电话号码；请删除，联系方式在引荐后用 ydx enquiry contacts 提供",
        "has a phone number at character {place}; delete it: once introduced, contacts are given"
        " with ydx enquiry contacts",
    ),
    "PERSONAL_EMAIL": Rule(
        "第 {place} 个字符处有电子邮箱；请删除，联系方式在引荐后用 ydx enquiry contacts 提供",
        "has an e-mail address at character {place}; delete it: once introduced, contacts are given"
        " with ydx enquiry contacts",
    ),
    # Contracts.
    "COUNTRY_FORM": Rule(
        "不是国家代码；请填写两位大写字母，如 CN",
        "is not a country code; give two capital letters such as CN",
    ),
    "NATURE_CODE_FORM": Rule(
        "不是单位性质代码；请填写登记表上的三位数字，如 100",
        "is not a nature code; give the three digits of the register's form, such as 100",
    ),
    "REGISTER_NUMBER_FORM": Rule(
        "不是合同登记编号；请填写 16 位数字",
        "is not a contract's register number; give its 16 digits",
    ),
    "TECHNICAL_AMOUNT": Rule(
        "技术交易额高于成交额 {contract_amount} 分；请更正其中之一",
        "is above the contract's amount of {contract_amount} fen; correct one of the two",
    ),
    "NOT_A_SIDE": Rule(
        "不是买卖任一方的成员（{sides}）；请由其中一方的节点提交",
        "is the member of neither side ({sides}); let the node of one of them write it",
    ),
    "BEFORE_SIGNING": Rule(
        "早于合同签订日 {signed_on}；请更正日期",
        "is before the contract was signed, {signed_on}; correct the day",
    ),
    "NOT_THE_CENTER": Rule("不是中心；请填写 {center}", "is not the center; give {center}"),
    "LINK_SIDES": Rule(
        "引用的合作意向的双方（{parties}）不是合同双方的成员（{sides}）；请引用双方之间的意向",
        "is an enquiry between {parties}, not between the sides, {sides}; quote one of theirs",
    ),
}
"""What is wrong; the cure. As in `records.rules`."""


class PartnershipReport(Report):
    """A report that knows both tables."""

    __slots__ = ()
    rules: ClassVar[Mapping[str, Rule]] = {**RULES, **PARTNERSHIP_RULES}
