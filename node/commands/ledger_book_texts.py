"""Books of the ledger as text for a person: balances, journal, statements, netting, trails."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from node.commands.ledger_texts import (
    STEPS,
    account,
    decisions_text,
    facts,
    outcome_place,
    place,
    tell_books,
    word,
    yuan,
)
from node.commands.output import note, say, show, show_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGEST_SHOWN = 16
_NETS = [
    ("party", "参与方", "party"),
    ("net", "净额（元，正为应收）", "net (CNY, above 0: is owed)"),
]


def tell_balances(answer: Any) -> None:
    """Write the trial balance, its sums, and the net positions."""
    columns = [
        ("account", "科目", "account"),
        ("party", "参与方", "party"),
        ("debit", "借方（元）", "debit (CNY)"),
        ("credit", "贷方（元）", "credit (CNY)"),
    ]
    rows = [
        {
            "account": account(one.account),
            "party": one.party,
            "debit": _side(one.debit_fen),
            "credit": _side(one.credit_fen),
        }
        for one in answer.lines
    ]
    debit_fen = sum(one.debit_fen for one in answer.lines)
    credit_fen = sum(one.credit_fen for one in answer.lines)
    if debit_fen == credit_fen:  # else they are some parties' lines, that a partner reads
        total = {"account": say("合计", "in all"), "party": ""}
        rows.append(total | {"debit": yuan(debit_fen), "credit": yuan(credit_fen)})
    show_rows("lines", columns, rows)
    show("")
    tell_positions(answer.positions)
    tell_books(answer.state)


def tell_positions(positions: Iterable[Any]) -> None:
    """Write what each party is owed, or owes."""
    pending = ("pending", "待处理提案将使其增减", "open proposals would add")
    show_rows("positions", [*_NETS, pending], _net_rows(positions))


def _net_rows(positions: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "party": one.party,
            "net": yuan(one.net_fen),
            "pending": yuan(one.pending_fen) if one.pending_fen else "",
        }
        for one in positions
    ]


def tell_entries(entries: Iterable[Any]) -> None:
    """Write the journal, a row for each posting."""
    from node.services.ledger.words import ENTRIES, called

    columns = [
        ("outcome", "裁定", "outcome"),
        ("kind", "类型", "kind"),
        ("value_date", "计入日期", "value date"),
        ("own_date", "业务日期", "own date"),
        ("account", "科目", "account"),
        ("party", "参与方", "party"),
        ("debit", "借方（元）", "debit (CNY)"),
        ("credit", "贷方（元）", "credit (CNY)"),
    ]
    rows = [
        {
            "outcome": outcome_place(entry),
            "kind": say(*called(ENTRIES, entry.kind)),
            "value_date": entry.value_date,
            "own_date": entry.own_date,
            "account": account(one.account),
            "party": one.party,
            "debit": _side(one.amount_fen),
            "credit": _side(-one.amount_fen),
        }
        for entry in entries
        for one in entry.postings
    ]
    show_rows("postings", columns, rows)


def tell_statements(statements: Iterable[Any]) -> None:
    """Write a table of statements."""
    columns = [
        ("period", "期间", "period"),
        ("positions", "净额（元）", "net (CNY)"),
        ("accepted_by", "已同意", "agreed to by"),
        ("carried", "结转提案", "carried proposals"),
        ("digest", "摘要", "digest"),
    ]
    rows = [
        {
            "period": one.period,
            "positions": [f"{each.party} {yuan(each.net_fen)}" for each in one.positions],
            "accepted_by": list(one.accepted_by),
            "carried": len(one.carried),
            "digest": f"{one.digest.hex()[:_DIGEST_SHOWN]}…",
        }
        for one in statements
    ]
    show_rows("statements", columns, rows)


def tell_statement(one: Any) -> None:
    """Write a statement whole, with its digest and what it carries."""
    facts(
        [
            ("期间", "period", one.period),
            ("上一期间", "after", one.after),
            ("摘要", "digest", one.digest.hex()),
            ("上期摘要", "digest before", _digest(one.previous_digest)),
            ("已同意", "agreed to by", list(one.accepted_by)),
        ]
    )
    columns = [
        ("account", "科目", "account"),
        ("party", "参与方", "party"),
        ("opening", "期初（元）", "opening (CNY)"),
        ("debit", "借方", "debit"),
        ("credit", "贷方", "credit"),
        ("closing", "期末（借正贷负）", "closing (debit above 0)"),
    ]
    rows = [
        {
            "account": account(line.account),
            "party": line.party,
            "opening": yuan(line.opening_fen),
            "debit": _side(line.debit_fen),
            "credit": _side(line.credit_fen),
            "closing": yuan(line.closing_fen),
        }
        for line in one.lines
    ]
    show("")
    show_rows("lines", columns, rows)
    show("")
    show_rows("positions", _NETS, _net_rows(one.positions))
    if one.carried:
        show("")
        names = [
            {"name": name or place(ref)}
            for ref, name in zip_longest(one.carried, one.carried_names, fillvalue="")
        ]  # an old node tells no names
        show_rows("carried", [("name", "结转的待处理提案", "open proposals carried")], names)


def tell_netting(answer: Any) -> None:
    """Write the payments that would settle, with their amounts in capital form."""
    columns = [
        ("payer", "付款方", "payer"),
        ("payee", "收款方", "payee"),
        ("amount", "金额（元）", "amount (CNY)"),
        ("capital", "大写", "in words"),
    ]
    rows = [
        {
            "payer": one.payer or say("（其他方）", "(others)"),
            "payee": one.payee or say("（其他方）", "(others)"),
            "amount": yuan(one.amount_fen),
            "capital": one.capital_form,
        }
        for one in answer.payments
    ]
    show_rows("payments", columns, rows, says_empty=False)
    if not rows:
        note(say("没有应付款项", "nothing is to be paid"))
    tell_books(answer.state)


def tell_trail(steps: Iterable[Any]) -> None:
    """Write the stations from a posting back to its origin."""
    columns = [
        ("what", "环节", "step"),
        ("place", "位置", "place"),
        ("text", "内容", "text"),
        ("held", "本节点持有", "held here"),
    ]
    rows = [
        {
            "what": word(STEPS, one.what),
            "place": place(one.ref) if one.HasField("ref") else "",
            "text": "; ".join(
                filter(None, (say(one.text_zh, one.text_en), decisions_text(one.decisions)))
            ),
            "held": one.held,
        }
        for one in steps
    ]
    show_rows("steps", columns, rows)


def _side(fen: int) -> str:
    """Return an amount in its column; nothing where it is not of this side."""
    return yuan(fen) if fen > 0 else ""


def _digest(digest: bytes) -> str:
    """Return a digest in hex; nothing for that before the first."""
    return digest.hex() if any(digest) else ""
