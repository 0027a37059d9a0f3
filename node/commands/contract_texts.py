"""Contracts as text for a person: amounts in yuan, codes in words, what may come next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from node.choice_words import CONTRACT_TYPES, PAYMENT_MODES, REGISTRATIONS, SHARES
from node.commands import sealed_texts, words
from node.commands.output import note, say, show_rows
from node.commands.times import beijing_time, zoned
from node.commands.words import choice_name, enum_name, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENQUIRY: Final = re.compile(r"contract\.enquiries\[(\d+)\]\.enquiry")
_CODES: Final = {
    "allowed": words.CONTRACT_DOCUMENTS,
    "kind": sealed_texts.CONTRACT_KINDS,
    "void_reason": words.VOIDS,
}
_FLAGS: Final = {"true": ("是", "yes"), "false": ("否", "no")}


def show_contracts(contracts: Iterable[Any]) -> None:
    """Write a table of contracts."""
    columns = [
        ("project", "项目", "project"),
        ("seller", "卖方", "seller"),
        ("buyer", "买方", "buyer"),
        ("signed_on", "签订", "signed"),
        ("amount", "成交额（元）", "amount (CNY)"),
        ("state", "登记", "registration"),
        ("number", "登记编号", "number"),
        ("confirmed", "双方确认", "confirmed"),
        ("cancelled", "解除", "cancelled"),
        ("provisional", "待确认", "provisional"),
        ("name", "合同名", "name"),
    ]
    show_rows("contracts", columns, map(_row, contracts))


def tell_contract(one: Any, *, full: bool) -> None:
    """Write the essentials of one contract, or with `full` every field that is set."""
    from node.commands import records

    columns = [("field", "字段", "field"), ("value", "值", "value")]
    if full:
        cells = records.cells(one)
        show_rows("fields", columns, ({"field": p, "value": _told(one, p, t)} for p, t in cells))
        return
    rows = [{"field": say(zh, en), "value": value} for zh, en, value in _essentials(one)]
    show_rows("fields", columns, [row for row in rows if row["value"] not in ("", None)])
    if one.waits_for:
        count = len(one.waits_for)
        note(say(f"等待 {count} 份文件到达", f"it waits for {count} documents"))
    note(say("全部字段与文件：--full", "All fields and documents: --full"))


def _told(one: Any, path: str, text: str) -> str:
    """Return what a cell says, for a person: codes in words, times as such, enquiries by name."""
    field = path.rpartition(".")[2]
    if field == "recorded_at_ms":
        return zoned(beijing_time(int(text) / 1000))
    if link := _ENQUIRY.fullmatch(path):
        return enquiry_name(one.contract.enquiries[int(link[1])])
    if field in _CODES:
        return say("、", ", ").join(word(_CODES[field], code) for code in text.split(";"))
    if text in _FLAGS:
        return say(*_FLAGS[text])
    return say("、", ", ").join(map(words.spoken, text.split(";")))


def enquiry_name(link: Any) -> str:
    """Return the name of an enquiry that a contract quotes."""
    from federation.log.subject import parse_origin
    from node.services.partnership.enquiry_loading import EnquiryName

    return str(EnquiryName(parse_origin(link.submitted.origin).member, link.enquiry))


def yuan(fen: int) -> str:
    """Return an amount in yuan, exactly."""
    from federation.ledger.amounts import grouped_yuan

    return grouped_yuan(fen)


def _essentials(one: Any) -> Iterator[tuple[str, str, Any]]:
    contract = one.contract
    yield "项目", "project", contract.project_name
    yield "类型", "type", word(CONTRACT_TYPES, enum_name(contract, "type"))
    yield "卖方", "seller", _side(contract.seller)
    yield "买方", "buyer", _side(contract.buyer)
    yield "签订", "signed", contract.signed_on
    yield "有效期", "valid", f"{contract.valid_from} – {contract.valid_until}"
    yield "成交额（元）", "amount (CNY)", yuan(contract.contract_amount_fen)
    if contract.technical_amount_fen:
        technical = yuan(contract.technical_amount_fen)
        yield "技术交易额（元）", "technical amount (CNY)", technical
    yield "付款方式", "payment", ", ".join(_payment_modes(contract))
    yield "付款约定", "payment terms", contract.payment_terms
    yield "登记", "registration", _registration(one)
    yield "双方确认", "confirmed by both", one.confirmed
    yield "解除", "cancelled", one.cancelled or None
    yield "待确认", "provisional", one.provisional or None
    yield "版本数", "versions", one.versions
    for share in one.attribution:
        who = " ".join(filter(None, (share.member, share.region, share.record)))
        yield "归属", "brought about by", f"{word(SHARES, enum_name(share, 'share'))} {who}"
    yield "本方可", "allowed", ", ".join(_allowed(one)) or say("无", "nothing")
    yield "版本标记", "etag", one.etag.strip('"')  # as a shell would pass it on
    yield "合同名", "name", one.name


def _allowed(one: Any) -> Iterator[str]:
    """Yield what this member may write now; for the register the states that may follow."""
    from federation.partnership.terms import REGISTRATION_MOVES, Registration

    for kind in one.allowed:
        told = word(words.CONTRACT_DOCUMENTS, kind)
        if kind == "registration":
            moves = REGISTRATION_MOVES.get(one.registration, frozenset())
            states = [state.name for state in Registration if state in moves]
            named = [f"{state.lower()} {REGISTRATIONS[state][0]}" for state in states]
            told += say(f"（{'、'.join(named)}）", f" ({', '.join(map(str.lower, states))})")
        yield told


def _registration(one: Any) -> str:
    state = word(REGISTRATIONS, enum_name(one, "registration"))
    return " ".join(filter(None, (state, one.register_number, one.decided_on)))


def _payment_modes(contract: Any) -> Iterator[str]:
    field = contract.DESCRIPTOR.fields_by_name["payment_modes"]
    for number in contract.payment_modes:
        yield word(PAYMENT_MODES, choice_name(field, number))


def _side(side: Any) -> str:
    return " ".join(filter(None, (side.member, side.organisation.name, side.organisation.uscc)))


def _row(one: Any) -> dict[str, Any]:
    contract = one.contract
    state = enum_name(one, "registration")
    return {
        "project": contract.project_name,
        "seller": f"{contract.seller.member} {contract.seller.organisation.name}",
        "buyer": f"{contract.buyer.member} {contract.buyer.organisation.name}",
        "signed_on": contract.signed_on,
        "amount": yuan(contract.contract_amount_fen),
        "state": word(REGISTRATIONS, state) if state else "",
        "number": one.register_number,
        "confirmed": one.confirmed,
        "cancelled": one.cancelled,
        "provisional": one.provisional,
        "name": one.name,
    }
