"""What an entry of a log is, in words: its kind, and what a sealed document says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.choice_words import REGISTRATIONS
from node.commands.output import say
from node.commands.words import NOTES, STEPS, enum_name, word

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final[Mapping[int, tuple[str, str]]] = {
    1: ("日志首条", "genesis"),
    2: ("供需", "listing"),
    3: ("机构", "organisation"),
    4: ("技术经理人", "technology manager"),
    5: ("密封文件", "sealed document"),
    6: ("删除", "erasure"),
    7: ("删除执行确认", "acknowledged erasures"),
    8: ("检查点", "checkpoint"),
    9: ("登记表", "registry"),
}
_ENQUIRY: Final = ("合作意向", "enquiry")
_CONTRACT: Final = ("技术合同", "contract")
_LEDGER: Final = ("收益分配", "benefit sharing")
CONTRACT_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "contract": ("文本", "version"),
    "confirmation": ("确认", "confirmation"),
    "registration": ("登记", "registration"),
    "cancellation": ("解除", "cancellation"),
}
_DOCUMENTS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    **{which: (_CONTRACT, told) for which, told in CONTRACT_KINDS.items()},
    "agreement": (_LEDGER, ("协议", "agreement")),
    "termination": (_LEDGER, ("终止", "termination")),
    "income": (_LEDGER, ("收入", "income")),
    "reversal": (_LEDGER, ("冲销", "reversal")),
    "payment": (_LEDGER, ("付款", "payment")),
    "acceptance": (_LEDGER, ("接受", "acceptance")),
    "rejection": (_LEDGER, ("拒绝", "rejection")),
    "dispute": (_LEDGER, ("异议", "dispute")),
    "statement_acceptance": (_LEDGER, ("接受对账单", "acceptance of a statement")),
    "outcomes": (_LEDGER, ("中心裁定", "outcomes of the center")),
}


def kind_words(kind: int) -> str:
    """Return what a kind of entry is called; one of a newer version by its number."""
    return say(*_KINDS.get(kind, (f"种类 {kind}", f"kind {kind}")))


def document_words(content: bytes) -> str:
    """Return what the document of a sealed entry is; a sealed document where it cannot be read."""
    found = _parsed(content)
    if found is None:
        return say(*_KINDS[5])
    which, said = found
    if which in {"step", "note"}:
        table = STEPS if which == "step" else NOTES
        told = word(table, enum_name(said, "kind"))
        return say(f"{_ENQUIRY[0]}：{told}", f"{_ENQUIRY[1]}: {told}")
    group, one = _DOCUMENTS[which]
    return say(f"{group[0]}：{one[0]}", f"{group[1]}: {one[1]}")


def document_says(content: bytes) -> str:
    """Return the words and amounts of a document of an enquiry or a contract; "" of others."""
    found = _parsed(content)
    return " ".join(filter(None, _said(*found))) if found else ""


def _said(which: str, said: Any) -> tuple[str, ...]:
    from federation.ledger.amounts import grouped_yuan

    match which:
        case "step":
            return said.submission.listing.name, said.reason, said.message
        case "note":
            return (said.text,)
        case "contract":
            amount = grouped_yuan(said.contract_amount_fen)
            money = say(f"成交额 {amount} 元", f"{amount} CNY")
            return said.project_name, money, say(f"签订 {said.signed_on}", said.signed_on)
        case "registration":
            state = word(REGISTRATIONS, enum_name(said, "state"))
            return state, said.register_number, said.decided_on, said.reason
        case "cancellation":
            return said.cancelled_on, said.reason
    return ()


def document_time_ms(content: bytes) -> int:
    """Return when a document says that it was written, in Unix milliseconds; 0 if it does not."""
    found = _parsed(content)
    return int(getattr(found[1], "recorded_at_ms", 0)) if found else 0


def document_name(content: bytes, member: str, subject: bytes) -> str:
    """Return the name of the enquiry or contract that a member's document tells; "" if none.

    Of an enquiry only the first step tells who asked.
    """
    from federation.log.errors import Refused
    from federation.log.subject import parse_origin
    from node.services.partnership.contract_names import ContractName
    from node.services.partnership.enquiry_loading import EnquiryName

    which, said = _parsed(content) or ("", None)
    if said is None:
        return ""
    if which == "step" and enum_name(said, "kind") == "SUBMITTED":
        return str(EnquiryName(member, subject))
    if which not in CONTRACT_KINDS:
        return ""
    version = said.previous if which == "contract" else said.contract
    try:
        author = parse_origin(version.origin).member if version.origin else member
    except Refused:
        return ""
    return str(ContractName(author, subject))


def _parsed(content: bytes) -> tuple[str, Any] | None:
    """Return which document a content is, and what it says; None where it cannot be read."""
    from federation.ledger import codec as ledger
    from federation.log.errors import Refused
    from federation.partnership import codec as partnership

    # The two number their documents apart, so that what is one of one is none of the other.
    for codec in (partnership, ledger):
        try:
            document: Any = codec.parse_document(content)
        except Refused:
            continue
        which = codec.which_document(document)
        if which in {"step", "note", *_DOCUMENTS}:
            return which, getattr(document, which)
    return None
