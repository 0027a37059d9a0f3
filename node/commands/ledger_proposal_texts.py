"""Proposals of the ledger as text for a person: what they say, where they stand, what they post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.commands.ledger_term_texts import tell_terms
from node.commands.ledger_texts import (
    STATES,
    decisions_text,
    enum_name,
    facts,
    place,
    reason_text,
    tell_warnings,
    word,
    yuan,
)
from node.commands.output import note, say, show, show_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS: Final = {
    "version": ("协议版本", "version"),
    "termination": ("终止", "termination"),
    "income": ("收入", "income"),
    "reversal": ("冲销", "reversal"),
    "payment": ("付款", "payment"),
}


def tell_proposals(proposals: Iterable[Any]) -> None:
    """Write a table of proposals."""
    columns = [
        ("kind", "种类", "kind"),
        ("day", "日期", "day"),
        ("amount", "金额（元）", "amount (CNY)"),
        ("state", "状态", "state"),
        ("accepted_by", "已接受", "accepted by"),
        ("waits_for", "待接受", "waits for"),
        ("reason", "原因", "why"),
        ("name", "提案名", "name"),
    ]
    proposals = list(proposals)
    rows = list(map(_row, proposals))
    show_rows("proposals", columns, rows)
    for one in proposals:
        for warning in one.warnings:
            note(f"{one.name}: {say(warning.text_zh, warning.text_en)}")


def tell_to_accept(proposals: Iterable[Any], in_force: Any = None) -> None:
    """Write what is about to be accepted: amounts, splits, terms, and what should be looked at.

    `in_force` are the terms that an amendment changes.
    """
    columns = [
        ("kind", "种类", "kind"),
        ("day", "日期", "day"),
        ("amount", "金额（元）", "amount (CNY)"),
        ("contract", "合同", "contract"),
        ("instalment", "期次", "instalment"),
        ("received_by", "收款方", "received by"),
        ("evidence", "凭证摘要", "digest of evidence"),
        ("split", "现在入账则分得", "split if booked now"),
        ("name", "提案名", "name"),
    ]
    proposals = list(proposals)
    rows = [_row(one) | _origin(one) | {"split": _split(one)} for one in proposals]
    show_rows("proposals", [one for one in columns if any(row[one[0]] for row in rows)], rows)
    for one in proposals:
        if one.WhichOneof("proposal") == "version":
            tell_terms(one.version, in_force if one.version.HasField("previous") else None)
    for one in proposals:
        for _, zh, en in notes_of(one):
            note(f"{one.name}: {say(zh, en)}")


def _origin(one: Any) -> dict[str, str]:
    """Return from where the money of a proposal comes and who has it, and its evidence."""
    which = one.WhichOneof("proposal") or ""
    said = getattr(one, which) if which else None
    is_income = which == "income"
    return {
        "contract": place(one.income.contract) if is_income else "",
        "instalment": one.income.instalment if is_income else "",
        "received_by": one.income.received_by if is_income else "",
        "evidence": getattr(said, "evidence_sha256", b"").hex(),
    }


def notes_of(one: Any) -> list[tuple[str, str, str]]:
    """Return what a person should look at in an open proposal: rule, Chinese, English."""
    found = [(each.rule, each.text_zh, each.text_en) for each in one.warnings]
    if later := later_words(one):
        found.append(("COUNTS_LATER", *later))
    if one.reason:
        why = reason_text(one.reason)
        found.append((one.reason, f"现在不能入账：{why}", f"cannot be booked now: {why}"))
    return found


def _split(one: Any) -> str:
    """Return what each party gets; of a payment what it changes of who is owed, and who owes."""
    told = ", ".join(f"{line.party} {yuan(line.amount_fen)}" for line in one.vector)
    if one.WhichOneof("proposal") == "payment" and told:
        return say(f"净额变动：{told}", f"net changes: {told}")
    return told


def _row(one: Any) -> dict[str, Any]:
    return {
        "kind": _kind_of(one),
        "day": _day(one),
        "amount": _amount(one),
        "state": _state(one),
        "accepted_by": list(one.accepted_by),
        "waits_for": list(one.waits_for),
        "reason": reason_text(one.reason),
        "name": one.name,
    }


def tell_proposal(one: Any) -> None:
    """Write one proposal: what it says, where it stands, and what it posts."""
    which = one.WhichOneof("proposal") or ""
    said = getattr(one, which) if which else None
    got, share = _vector_words(one, which)
    facts(
        [
            ("提案名", "name", one.name),
            ("协议名", "agreement", one.agreement),
            ("种类", "kind", _kind_of(one)),
            ("位置", "place", place(one.ref)),
            ("状态", "state", _state(one)),
            ("原因", "why", reason_text(one.reason)),
            *_content(which, said),
            ("已接受", "accepted by", list(one.accepted_by)),
            ("待接受", "waits for", list(one.waits_for)),
            *(("拒绝", "rejected", f"{each.member}: {each.reason}") for each in one.rejections),
            *(("争议", "disputed", f"{each.member}: {each.reason}") for each in one.disputes),
            *(
                (f"{got} {line.party}", f"{share} {line.party}", yuan(line.amount_fen))
                for line in one.vector
            ),
            ("将计入日期", "would count on", one.value_date),
            ("尾差等", "rules", decisions_text(one.decisions)),
            ("裁定", "outcome", _outcome(one)),
        ]
    )
    if which == "version":
        tell_terms(said)
    tell_warnings(one)


def _vector_words(one: Any, which: str) -> tuple[str, str]:
    """Return in both languages what a line of the vector is; of an open one it may change."""
    if which == "payment":
        return "净额变动", "net change of"
    if one.HasField("decided_at"):
        return "分得", "share of"
    return "现在入账则分得", "share, if booked now, of"


def _outcome(one: Any) -> str:
    """Return where the center has decided a proposal; "" while it is open."""
    from federation.ledger.journal import Place

    if not one.HasField("decided_at"):
        return ""
    return str(Place(one.decided_generation, one.decided_at, one.decided_number))


def tell_proposed(answer: Any, *, check: bool) -> None:
    """Say what a proposal has come to, or would come to."""
    tell_warnings(answer)
    one = answer.proposal
    if check:
        show(say("可以写入", "it may be written"))
        one = answer.checked
    else:
        show(f"{say('已提案', 'proposed')}  {one.name}  {_state(one)}")
    tell_warnings(one)
    which = one.WhichOneof("proposal")
    if one.vector:
        told = _split(one)
        if which == "payment":
            note(say(f"入账后{told}", f"once booked, {told}"))
        else:
            zh = f"现在入账则分得：{told}；此前若有其他入账，可能变动"
            note(say(zh, f"if booked now they get: {told}; what is booked before may change that"))
    if later := later_words(one):
        note(say(*later))
    if one.waits_for:
        waits = ", ".join(one.waits_for)
        note(say(f"待接受：{waits}", f"waits for: {waits}"))


def later_words(one: Any) -> tuple[str, str] | None:
    """Return in both languages that a proposal would count on a later day than its own, if so."""
    own, counts = _day(one), one.value_date
    if not counts or counts == own:
        return None
    month = own[: len("2026-12")]
    return f"{month} 已结账，将计入 {counts}", f"{month} is closed: it will count on {counts}"


def _content(which: str, said: Any) -> list[tuple[str, str, Any]]:
    from node.services.ledger.words import INCOMES, called

    match which:
        case "termination":
            return [
                ("止（不含）", "to (exclusive)", said.effective_to),
                ("事由", "reason", said.reason),
            ]
        case "income":
            return [
                ("合同", "contract", place(said.contract)),
                ("期次", "instalment", said.instalment),
                ("收入类型", "kind of income", say(*called(INCOMES, enum_name(said, "kind")))),
                ("日期", "day", said.income_date),
                ("总额（元）", "gross (CNY)", yuan(said.gross_fen)),
                *(
                    (f"扣除 {one.name}", f"deduction {one.name}", yuan(one.amount_fen))
                    for one in said.deductions
                ),
                ("收款方", "received by", said.received_by),
                ("凭证摘要", "digest of evidence", said.evidence_sha256.hex()),
            ]
        case "reversal":
            return [
                ("冲销收入", "takes back", place(said.income)),
                ("金额（元）", "amount (CNY)", _taken_back(said)),
                ("日期", "day", said.reversal_date),
                ("事由", "reason", said.reason),
                ("凭证摘要", "digest of evidence", said.evidence_sha256.hex()),
            ]
        case "payment":
            return [
                ("付款方", "payer", said.payer),
                ("收款方", "payee", said.payee),
                ("金额（元）", "amount (CNY)", yuan(said.amount_fen)),
                ("日期", "day", said.paid_on),
                ("凭证摘要", "digest of evidence", said.evidence_sha256.hex()),
            ]
    return []


def _taken_back(reversal: Any) -> str:
    return yuan(reversal.amount_fen) if reversal.amount_fen else say("全部", "all of it")


def _amount(one: Any) -> str:
    match one.WhichOneof("proposal"):
        case "income":
            return yuan(one.income.gross_fen)
        case "reversal":
            return _taken_back(one.reversal)
        case "payment":
            return yuan(one.payment.amount_fen)
    return ""


def _day(one: Any) -> str:
    days = {
        "version": "effective_from",
        "termination": "effective_to",
        "income": "income_date",
        "reversal": "reversal_date",
        "payment": "paid_on",
    }
    which = one.WhichOneof("proposal")
    return str(getattr(getattr(one, which), days[which])) if which else ""


def _state(one: Any) -> str:
    told = word(STATES, enum_name(one, "state"))
    return told + (say("（待确认）", " (provisional)") if one.provisional else "")


def _kind_of(proposal: Any) -> str:
    """Return which kind of proposal it is, in words."""
    return word(_KINDS, proposal.WhichOneof("proposal") or "")
