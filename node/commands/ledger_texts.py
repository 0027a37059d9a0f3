"""Agreements of the ledger as text for a person: amounts in yuan, codes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from node.commands.output import note, say, show_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

STATES: Final = {
    "PROPOSED": ("待签署", "proposed"),
    "REFUSED": ("未成立", "refused"),
    "OPEN": ("待处理", "open"),
    "ACTIVE": ("生效", "active"),
    "FINAL": ("已入账", "booked"),
    "PARTLY_REVERSED": ("部分冲销", "partly reversed"),
    "REVERSED": ("已冲销", "reversed"),
    "REJECTED": ("已拒绝", "rejected"),
    "EXPIRED": ("已过期", "expired"),
    "DISPUTED": ("有争议", "disputed"),
}
_DISPUTED: Final = {
    "VECTOR_DIFFERS": ("中心的数额与本节点计算不符", "the center's amounts are not those here"),
    "STATEMENT_DIFFERS": ("中心的对账单与本节点不符", "the center's statement is not that here"),
    "UNKNOWN_OUTCOME": ("裁定的种类须由新版程序识别", "a newer program knows this outcome"),
    "UNKNOWN_DOCUMENT": ("文件的种类须由新版程序识别", "a newer program knows this document"),
}
"""Why books are disputed, as `judging` has it."""
RULES: Final = {
    "SHARE": ("比例", "share"),
    "REMAINDER": ("尾差", "remainder"),
    "CAP": ("封顶", "cap"),
    "EXCESS": ("超额", "excess"),
    "FLOOR": ("保底", "floor"),
    "GIVEN_TO_FLOORS": ("让予保底", "given to floors"),
}
STEPS: Final = {
    "posting": ("分录", "posting"),
    "outcome": ("裁定", "outcome"),
    "acceptance": ("接受", "acceptance"),
    "income": ("收入", "income"),
    "reversal": ("冲销", "reversal"),
    "payment": ("付款", "payment"),
    "corrected": ("所更正的收入", "corrected income"),
    "agreement": ("协议", "agreement"),
    "contract": ("合同", "contract"),
    "enquiry": ("意向", "enquiry"),
    "introduction": ("对接", "introduction"),
    "manager": ("技术经理人", "technology manager"),
    "introducer": ("引荐方", "introducer"),
    "listing": ("供需", "listing"),
}
_FACTS: Final = [("fact", "项目", "fact"), ("value", "值", "value")]


def yuan(fen: int) -> str:
    """Return an amount in yuan with thousands separators, exactly."""
    from federation.ledger.amounts import grouped_yuan

    return grouped_yuan(fen)


def word(table: dict[str, tuple[str, str]], code: str) -> str:
    """Return what a code is called, itself where it has no name."""
    return say(*table[code]) if code in table else code


def enum_name(message: Any, field: str) -> str:
    """Return the name of a choice without the prefix of its type; "" where it is not set."""
    number = getattr(message, field)
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    if number not in kind.values_by_number:
        return str(number)
    unset = kind.values_by_number[0].name
    name = kind.values_by_number[number].name
    return "" if name == unset else str(name.removeprefix(unset.removesuffix("UNSPECIFIED")))


def account(code: str) -> str:
    """Return what an account is called."""
    from federation.ledger.journal import AccountKind
    from node.services.ledger.words import ACCOUNTS

    try:
        return say(*ACCOUNTS[AccountKind(code)])
    except ValueError:
        return code


def reason_text(code: str) -> str:
    """Return why something is not booked: its code, and what it means or what to do about it.

    That a signer has rejected it is no error, and needs no code.
    """
    from node.rpc.error_table import MEANINGS

    if code == "REJECTED":
        return say("签署方拒绝", "a signer rejected it")
    if code in _DISPUTED:
        return f"{code} {say(*_DISPUTED[code])}"
    meaning = MEANINGS.get(code)
    return code if meaning is None else f"{code} {say(meaning.cure_zh, meaning.cure_en)}"


def place(ref: Any) -> str:
    """Return where a document stands."""
    return f"{ref.origin}#{ref.leaf_index}"


def outcome_place(one: Any) -> str:
    """Return the place of an outcome, as exports have it and `trail` takes it."""
    from federation.ledger.journal import Place

    return str(Place(one.generation, one.leaf_index, one.number))


def facts(rows: Iterable[tuple[str, str, Any]]) -> None:
    """Write (Chinese, English, value) as a table; what is empty is left out."""
    found = [{"fact": say(zh, en), "value": value} for zh, en, value in rows]
    show_rows("facts", _FACTS, [one for one in found if one["value"] not in ("", [], None)])


def tell_warnings(answer: Any) -> None:
    """Say what should be mended in what was accepted."""
    for one in getattr(answer, "warnings", ()):
        note(say(one.text_zh, one.text_en))


def tell_books(state: Any) -> None:
    """Say what is missing in books, or wrong with them."""
    if state.disputed:
        note(
            say(
                f"账目有争议（{state.disputed}）：不显示余额",
                f"the books are disputed ({state.disputed}): balances are not told",
            )
        )
    if state.waits:
        missing = ", ".join(map(place, state.waits_for)) or "?"
        note(
            say(
                f"账目暂停：等待文件 {missing}",
                f"the books wait for documents: {missing}",
            )
        )
    for one in state.void_outcomes:
        told = f"{outcome_place(one)} {one.void_reason} {one.detail}".strip()
        note(say(f"无效裁定 {told}", f"void outcome {told}"))
    if state.disputed_incomes:
        count, names = len(state.disputed_incomes), ", ".join(state.disputed_incomes)
        note(
            say(
                f"{count} 笔收入有成员提出异议（账目不变）：{names}",
                f"incomes that a member disputes, with no posting changed: {count}: {names}",
            )
        )


def tell_agreements(agreements: Iterable[Any]) -> None:
    """Write a table of agreements."""
    columns = [
        ("title", "名称", "title"),
        ("state", "状态", "state"),
        ("parties", "参与方", "parties"),
        ("from", "起", "from"),
        ("to", "止（不含）", "to (exclusive)"),
        ("open", "待处理提案", "open proposals"),
        ("closed", "已结至", "closed through"),
        ("name", "协议名", "name"),
    ]
    rows = [
        {
            "title": one.agreement.title,
            "state": word(STATES, enum_name(one, "state")),
            "parties": [party.party for party in one.agreement.parties],
            "from": life_of(one)[0],
            "to": life_of(one)[1],
            "open": one.open_proposals,
            "closed": one.books.closed_through,
            "name": one.name,
        }
        for one in agreements
    ]
    show_rows("agreements", columns, rows)


def life_of(record: Any) -> tuple[str, str]:
    """Return the first day of an agreement and the day after its last, versions or an end told."""
    if not record.versions:
        return record.agreement.effective_from, record.agreement.effective_to
    return record.versions[0].effective_from, record.versions[-1].effective_to


def policy_text(holder: Any) -> str:
    """Return when the node accepts by itself, in one line."""
    if not holder.HasField("policy"):
        return say("否，均由人处理", "no, a person decides all")
    policy = holder.policy
    what = [
        say(zh, en)
        for is_set, zh, en in (
            (policy.incomes, "收入", "incomes"),
            (policy.reversals, "冲销", "reversals"),
            (policy.payments, "付款", "payments"),
        )
        if is_set
    ]
    if not what:
        return say("否，均由人处理", "no, a person decides all")
    told = [", ".join(what)]
    if policy.gross_max_fen:
        limit = yuan(policy.gross_max_fen)
        told.append(say(f"每笔不超过 {limit} 元", f"each up to {limit} CNY"))
    if policy.needs_evidence:
        told.append(say("须有凭证", "with evidence"))
    if policy.needs_contract:
        told.append(
            say(
                "收入须有双方确认的合同，同类合计不超过合同金额",
                "incomes with a contract that both sides stand behind, each kind within its amount",
            )
        )
    return "; ".join(told)


def tell_simulation(answer: Any, gross_fen: list[int]) -> None:
    """Write what every party would get of each income, and in all."""
    parties = [line.party for line in answer.totals]
    columns = [
        ("day", "日期", "day"),
        ("gross", "总额（元）", "gross (CNY)"),
        ("base", "基数", "base"),
        ("amount", "分配额", "shared"),
        *((f"party {one}", one, one) for one in parties),
        ("why", "说明", "remark"),
    ]
    rows: list[dict[str, Any]] = []
    for fen, one in zip(gross_fen, answer.allocations, strict=True):
        shares = {f"party {line.party}": yuan(line.amount_fen) for line in one.vector}
        rows.append(
            dict.fromkeys((field for field, _, _ in columns), "")
            | {
                "day": one.income_date,
                "gross": yuan(fen),
                "base": "" if one.reason else yuan(one.base_fen),
                "amount": "" if one.reason else yuan(one.amount_fen),
                "why": one.reason or decisions_text(one.decisions),
            }
            | shares
        )
    totals = {f"party {line.party}": yuan(line.amount_fen) for line in answer.totals}
    shared = sum(one.amount_fen for one in answer.allocations)
    rows.append(
        dict.fromkeys((field for field, _, _ in columns), "")
        | {"day": say("合计", "in all"), "amount": yuan(shared)}
        | totals
    )
    show_rows("allocations", columns, rows)
    for code in dict.fromkeys(one.reason for one in answer.allocations if one.reason):
        note(reason_text(code))


def decisions_text(decisions: Iterable[Any]) -> str:
    """Return which rules gave what beside the shares."""
    return ", ".join(
        f"{one.party} {word(RULES, one.rule)} {yuan(one.amount_fen)}"
        for one in decisions
        if one.rule != "SHARE"
    )
