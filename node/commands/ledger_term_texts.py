"""Terms of agreements as text for a person: what they say, and what an amendment changes."""

from __future__ import annotations

from typing import Any, Final

from node.commands.ledger_texts import (
    STATES,
    enum_name,
    facts,
    life_of,
    place,
    policy_text,
    tell_books,
    word,
    yuan,
)
from node.commands.output import say, show_rows

_NOTHING: Final = "–"


def tell_agreement(record: Any) -> None:
    """Write one agreement: its terms, its parties, its versions, and how far its books are."""
    terms = record.agreement
    facts(
        [
            ("协议名", "name", record.name),
            ("状态", "state", word(STATES, enum_name(record, "state"))),
            ("以下条款", "terms of", _terms_of(record)),
            *term_facts(terms, life_of(record)),
            ("已接受", "accepted by", _accepted_by(record)),
            ("待接受", "waits for", list(record.waits_for)),
            *(
                (f"版本 {number}", f"version {number}", f"{_days(one)}  {place(one.ref)}")
                for number, one in enumerate(record.versions, 1)
            ),
            ("待处理提案", "open proposals", record.open_proposals or None),
            ("已结至", "closed through", record.books.closed_through),
            ("中心日志大小", "size of the center's log", record.books.center_size),
            ("状态摘要", "state digest", record.books.state_digest.hex()),
            ("自动接受", "accepted automatically", policy_text(record)),
        ]
    )
    _tell_parties(terms)
    tell_books(record.books)


def _days(version: Any) -> str:
    if version.effective_from == version.effective_to:  # the agreement ended before
        return say("从未生效", "never in force")
    return f"{version.effective_from} – {version.effective_to}"


def _terms_of(record: Any) -> str:
    """Return of which version the terms are and from when, where there is more than one."""
    for number, one in enumerate(record.versions, 1):
        if len(record.versions) > 1 and one.ref == record.version:
            day = one.effective_from
            return say(f"版本 {number}，自 {day}", f"version {number}, from {day}")
    return ""


def _accepted_by(record: Any) -> Any:
    if enum_name(record, "state") != "PROPOSED":
        return ""
    return list(record.accepted_by) or say("尚无", "nobody yet")


def tell_terms(terms: Any, before: Any = None) -> None:
    """Write the terms of a version; against those in force, what changes as old → new."""
    rows = term_facts(terms)
    if before is not None:
        old = {zh: value for zh, _, value in term_facts(before)}
        now = {zh for zh, _, _ in rows}
        gone = [(zh, en, "") for zh, en, _ in term_facts(before) if zh not in now]
        rows = [(zh, en, _changed(old.get(zh), value)) for zh, en, value in rows + gone]
    facts(rows)
    _tell_parties(terms, before)


def _tell_parties(terms: Any, before: Any = None) -> None:
    """Write a table of an agreement's parties."""
    columns = [
        ("party", "参与方", "party"),
        ("role", "身份", "role"),
        ("member", "成员", "member"),
        ("called", "名称", "name"),
        ("share", "比例（ppm）", "share (ppm)"),
        ("cap", "封顶（元）", "cap (CNY)"),
        ("floor", "保底（元）", "floor (CNY)"),
    ]
    rows = {one.party: _party(one) for one in terms.parties}
    if before is not None:
        nobody = dict.fromkeys((field for field, _, _ in columns), "")
        old = {one.party: _party(one) for one in before.parties}
        rows = {
            party: {
                field: _changed(old.get(party, nobody)[field], rows.get(party, nobody)[field])
                for field in nobody
            }
            for party in dict.fromkeys([*rows, *old])
        }
    show_rows("parties", columns, rows.values())


def _party(one: Any) -> dict[str, str]:
    from node.services.ledger.words import ROLES

    return {
        "party": one.party,
        "role": say(*ROLES[one.role]) if one.role in ROLES else str(one.role),
        "member": one.member,
        "called": one.display_name,
        "share": str(one.share_ppm),
        "cap": yuan(one.cap_fen) if one.HasField("cap_fen") else "",
        "floor": yuan(one.floor_fen) if one.HasField("floor_fen") else "",
    }


def _changed(old: Any, new: Any) -> str:
    """Return a value, or both where it is another one than before."""
    before, now = (", ".join(one) if isinstance(one, list) else one or "" for one in (old, new))
    return now if before == now else f"{before or _NOTHING} → {now or _NOTHING}"


def term_facts(terms: Any, days: tuple[str, str] | None = None) -> list[tuple[str, str, Any]]:
    """Return the terms of an agreement but its parties, as `facts` takes them.

    `days` are those of the agreement where they are not the ones that these terms say.
    """
    bases = {
        "GROSS": ("总额", "gross"),
        "NET_OF_TAX": ("税后", "net of tax"),
        "SERVICE_FEE": ("服务费", "service fee"),
    }
    scopes = {
        "": ("每笔", "each income"),
        "PER_EVENT": ("每笔", "each income"),
        "CALENDAR_YEAR": ("公历年", "calendar year"),
        "AGREEMENT_LIFE": ("协议存续期", "life of the agreement"),
    }
    count = terms.signers_required or len(terms.signers)
    first, last = days or (terms.effective_from, terms.effective_to)
    return [
        ("名称", "title", terms.title),
        ("分配基数", "base", word(bases, enum_name(terms, "base"))),
        ("扣除项", "deductions", list(terms.deductions)),
        *(
            (
                f"阶梯 {number}",
                f"tier {number}",
                (say("至 ", "up to ") + yuan(one.upto_fen) if one.HasField("upto_fen") else "")
                + f"  {one.rate_ppm} ppm",
            )
            for number, one in enumerate(terms.tiers, 1)
        ),
        (
            "阶梯累计",
            "tiers add up over",
            word(scopes, enum_name(terms, "tier_scope")) if terms.tiers else "",
        ),
        ("封顶保底累计", "caps and floors over", word(scopes, enum_name(terms, "limit_scope"))),
        ("尾差归", "remainder to", terms.remainder_to),
        ("超额归", "excess to", terms.excess_to),
        ("起", "from", first),
        ("止（不含）", "to (exclusive)", last),
        (
            "签署方",
            "signers",
            ", ".join(terms.signers) + say(f"（需 {count} 方）", f" ({count} required)"),
        ),
        ("中心", "center", terms.center),
    ]
