"""`ydx ledger` against the listeners of three nodes that keep books together."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.node.commands.ledger_desks import income

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.commands.ledger_desks import Desks
    from tests.node.commands.running import Said

UNKNOWN: Final = "nodes/anhui/agreements/00000000000000000000000001"


def test_an_agreement_is_simulated_proposed_signed_and_shown(desks: Desks, file: Path) -> None:
    told = desks.done("anhui", "agree", file, "--simulate", "1000.01", "--simulate", "2,000.00")
    for text in ("1,000.01", "500.01", "AH remainder 0.01", "in all", "3,000.01", "1,500.01"):
        assert text in told.out
    assert "it may be written" in desks.done("anhui", "agree", file, "--check").out
    before = desks.json("anhui", "agreements")["agreements"]
    made = desks.done("anhui", "agree", file, lang="zh")
    said, name, state = made.out.split()
    assert (said, state) == ("已提出", "待签署")
    listed = [one["name"] for one in desks.json("anhui", "agreements")["agreements"]]
    assert listed == [*(one["name"] for one in before), name]
    assert "--request-id " in made.err
    assert "待接受：anhui, jiangsu" in made.err
    refused = desks("anhui", "accept", name, lang="zh")
    assert (refused.code, "ROLE_MISSING" in refused.err) == (1, True)
    desks.accepted(name)
    assert "active" in desks.done("jiangsu", "agreements", "--state", "active").out
    assert name not in desks.done("jiangsu", "agreements", "--state", "proposed").out
    shown = desks.done("center", "show", name, lang="zh")
    for text in ("生效", "跨区域技术转移服务费分配协议", "成果方平台", "服务费", "均由人处理"):
        assert text in shown.out
    record = desks.json("center", "show", name)["agreement"]
    assert (record["state"], record["name"]) == ("AGREEMENT_STATE_ACTIVE", name)


def test_a_request_id_that_was_told_makes_a_repeat_act_once(desks: Desks, agreement: str) -> None:
    first = desks.json("anhui", *income(agreement))
    key = first["request_id"]
    again = desks.json("anhui", *income(agreement), "--request-id", key)
    assert again["proposal"]["name"] == first["proposal"]["name"]
    other = desks("anhui", *income(agreement, 2), "--request-id", key)
    assert "REQUEST_ID_REUSED" in other.err
    assert len(desks.json("anhui", "proposals", agreement, "--open")["proposals"]) == 1


def test_incomes_are_booked_taken_back_paid_closed_and_proven(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    proposed = desks.done("anhui", *income(agreement), "--deduct", "增值税=288.00", lang="zh")
    said, name, _ = proposed.out.split()
    assert said == "已提案"
    assert "现在入账则分得：AH 2,256.00, JS 1,353.60, NETC 902.40" in proposed.err
    assert "本节点没有该合同" in proposed.err
    waiting = desks.done("jiangsu", "proposals", agreement, "--open")
    assert "anhui, jiangsu" in waiting.out
    assert f"{name}: the contract is not held here" in waiting.err
    assert "the contract is not held here" in desks.done("jiangsu", "proposal", name).err
    assert "902.40" in desks.done("jiangsu", "balances", agreement).out
    desks.accepted(name)
    shown = desks.done("center", "proposal", name)
    for text in ("booked", "4,800.00", "deduction 增值税", "288.00", "share of NETC", "ab" * 32):
        assert text in shown.out
    back = desks.json(
        "jiangsu", "reverse", name, "--amount", "100.00", "--date", "2026-12-11", "--reason", "退款"
    )["proposal"]["name"]
    slip = tmp_path / "slip.txt"
    slip.write_text("paid", encoding="utf-8")
    paid = desks.done(
        "anhui", "pay", agreement, "AH", "JS", "--fen", 100_000, "--date", "2026-12-12",
        "--evidence", slip,
    )  # fmt: skip
    assert "digest of the evidence" in paid.err
    desks.accepted(back, paid.out.split()[1])
    assert "partly reversed" in desks.done("anhui", "proposals", agreement).out
    _check_books(desks, agreement)
    _check_statement(desks, agreement)
    _check_files(desks, agreement, tmp_path)


def _check_books(desks: Desks, agreement: str) -> None:
    told = desks.done("jiangsu", "balances", agreement, lang="zh")
    for text in ("代收待分", "3,412.00", "-1,206.00", "323.60", "合计"):
        assert text in told.out
    assert "1,323.60" in desks.done("jiangsu", "balances", agreement, "--on", "2026-12-11").out
    found = desks.json("jiangsu", "balances", agreement)
    assert {one["party"]: one["net_fen"] for one in found["positions"]} == {
        "AH": "-120600",
        "JS": "32360",
        "NETC": "88240",
    }
    journal = desks.done("anhui", "journal", agreement, "--kind", "income", "--party", "JS").out
    assert "Clearing" in journal
    assert "Reversal" not in journal
    assert len(desks.json("anhui", "journal", agreement)["entries"]) == 3
    assert "捌佰捌拾贰元肆角整" in desks.done("center", "netting", agreement).out
    assert "323.60" in desks.done("center", "netting", agreement, "--bilateral").out
    entry = desks.json("anhui", "journal", agreement, "--until", "2026-12-10")["entries"][0]
    trail = desks.done(
        "anhui", "trail", agreement, f"{entry['leaf_index']}.{entry.get('number', 0)}",
        "--receipts", "trail.txt", lang="zh",
    )  # fmt: skip
    assert "裁定" in trail.out
    assert "trail.txt" in trail.err


def _check_statement(desks: Desks, agreement: str) -> None:
    elsewhere = desks("anhui", "close", agreement, "2026-12", "--yes")
    assert elsewhere.code == 1
    assert "is closed by its center, center" in elsewhere.err
    unasked = desks("center", "close", agreement, "2026-12")
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    early = desks("center", "close", agreement, "2025-12", "--yes")
    assert "2025-12 is before the agreement, which began in 2026-01" in early.err
    checked = desks.done("center", "close", agreement, "2026-12", "--check")
    assert "nothing was written" in checked.err
    assert not desks.json("center", "statements", agreement)["statements"]
    closed = desks.json("center", "close", agreement, "2026-12")
    again = desks.json(
        "center", "close", agreement, "2026-12", "--request-id", closed["request_id"]
    )
    assert again == closed
    twice = desks("center", "close", agreement, "2026-12", "--yes")
    assert "PERIOD_NOT_OPEN" in twice.err
    read = desks.done("jiangsu", "statements", agreement, "--month", "2026-12", lang="zh")
    assert "期初（元）" in read.out
    missing = desks("jiangsu", "statements", agreement, "--month", "2026-01")
    assert "closed: 2026-12" in missing.err
    refused = desks("jiangsu", "accept-statement", agreement, "2026-12", who="clerk")
    assert "ROLE_MISSING" in refused.err
    assert "Agree" not in refused.err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", StringIO("n\n"))
        declined = desks("jiangsu", "accept-statement", agreement, "2026-12", who="approver")
        assert declined.code == 1
        assert "nothing was written" in declined.err
        patch.setattr(sys, "stdin", StringIO("y\n"))
        desks.done("jiangsu", "accept-statement", agreement, "2026-12", who="approver")
    agreed = ("accept-statement", agreement, "2026-12", "--json")
    assert desks("anhui", *agreed, who="approver").code == 2
    said = desks.done("anhui", *agreed, "--yes", who="approver").json
    assert said["statement"]["digest"] == closed["statement"]["digest"]
    listed = desks.done("center", "statements", agreement).out
    assert "anhui, jiangsu" in listed


def _check_files(desks: Desks, agreement: str, folder: Path) -> None:
    for form in ("beancount", "journal", "csv", "xlsx", "html"):
        told = desks.json("jiangsu", "export", agreement, "--form", form)
        assert told["bytes"] > 100
    late = desks("jiangsu", "export", agreement, "--form", "html", "--period", "2026-01",
                 "--output", folder / "late.html")  # fmt: skip
    assert "STATEMENT_NOT_FOUND" in late.err
    assert not (folder / "late.html").exists()
    assert (
        desks("jiangsu", "export", agreement, "--form", "csv", "--output", "-", "--json").code == 2
    )
    lines = folder / "statement.csv"
    desks.done("jiangsu", "export", agreement, "--form", "csv", "--period", "2026-12",
               "--output", lines)  # fmt: skip
    journal, statement = folder / "journal.csv", lines.read_text(encoding="utf-8-sig")
    desks.done("jiangsu", "export", agreement, "--form", "csv", "--output", journal)
    assert statement.splitlines()[0] != journal.read_text(encoding="utf-8-sig").splitlines()[0]
    assert "2026-12" in statement
    bundle = folder / "books.bundle"
    desks.done("jiangsu", "export", agreement, "--form", "bundle", "--output", bundle)
    world = desks.ledgers.world
    root = folder / "root.json"  # and nothing beside it
    root.write_bytes((world["jiangsu"].folder / "trust" / "root.json").read_bytes())
    proven = desks.run("ledger", "verify", "--bundle", bundle, "--root", root, "--json")
    assert proven.json["verdict"] in {"verified", "provisional"}, proven.out
    assert proven.json["shared_fen"] == 441_200


def test_what_another_member_decides_spoils_no_bundle(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    """A node that takes itself for the center writes an outcome: it is void, and told."""
    from federation.ledger import codec  # noqa: PLC0415 - of this test alone
    from node.services.ledger import reading  # noqa: PLC0415

    node = desks.ledgers["anhui"]
    keeper = node.ledger.bookkeeper
    with node.side.database.read() as tx:
        *_, row = reading.agreements(tx)  # the newest
    outcome = codec.Outcome(kind=codec.OutcomeKind.OUTCOME_KIND_CLOSED, period="2026-12")
    keeper._ports.sealing.write(lambda view: keeper._add(view, row, [outcome]))
    desks.ledgers.sync()
    assert "NOT_THE_CENTER" in desks.done("jiangsu", "balances", agreement).err
    bundle = tmp_path / "books.bundle"
    export = ("export", agreement, "--form", "bundle", "--no-trust", "--output", bundle)
    desks.done("jiangsu", *export)
    folder = desks.ledgers.world["jiangsu"].folder
    proven = desks.run(
        "ledger", "verify", "--bundle", bundle, "--root", folder / "trust" / "root.json",
        "--trust-dir", folder.parent / "federation" / "trust", "--json",
    )  # fmt: skip
    assert proven.json["differences"] == []


def test_an_agreement_is_amended_and_its_end_is_rejected(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    shown = desks.json("anhui", "show", agreement)
    shown["agreement"]["agreement"]["effective_from"] = "2028-01-01"
    next_one = tmp_path / "next.json"
    next_one.write_text(json.dumps(shown), encoding="utf-8")
    assert "it may be written" in desks.done("anhui", "amend", agreement, next_one, "--check").out
    amended = desks.done("anhui", "amend", agreement, next_one).out.split()[1]
    assert "effective" not in desks.done("jiangsu", "proposal", amended).out
    desks.accepted(amended)
    assert "version 2" in desks.done("jiangsu", "show", agreement).out
    ended = desks.done(
        "jiangsu",
        "terminate",
        agreement,
        "--until",
        "2029-01-01",
        "--reason",
        "合作结束",
        lang="zh",
    ).out.split()[1]
    desks.done("anhui", "reject", ended, "--reason", "不同意", who="approver")
    told = desks.done("jiangsu", "proposal", ended, lang="zh").out
    for text in ("终止", "已拒绝", "anhui: 不同意"):
        assert text in told


def test_an_agreement_is_shown_with_the_version_whose_terms_are_told(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    """A version that the end came before is told as never in force, and its terms are not."""
    text = json.dumps(desks.json("anhui", "show", agreement), ensure_ascii=False)
    assert "terms of" not in desks.done("anhui", "show", agreement).out
    next_one = tmp_path / "next.json"
    later = text.replace("2026-01-01", "2028-01-01").replace("协议", "新协议")
    next_one.write_text(later, encoding="utf-8")
    desks.accepted(desks.done("anhui", "amend", agreement, next_one).out.split()[1])
    told = desks.done("jiangsu", "show", agreement).out
    assert "version 2, from 2028-01-01" in told
    assert "新协议" in told
    end = ("--until", "2027-06-01", "--reason", "合作结束")
    desks.accepted(desks.done("anhui", "terminate", agreement, *end).out.split()[1])
    told = desks.done("jiangsu", "show", agreement, lang="zh").out
    assert "版本 1，自 2026-01-01" in told
    assert "从未生效" in told
    assert "新协议" not in told
    assert "新协议" not in desks.done("jiangsu", "agreements").out


def test_an_agreement_is_shown_for_the_days_that_are_left_of_it(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    def days() -> list[str]:
        told = desks.done("jiangsu", "show", agreement).out.splitlines()
        return [line.split()[-1] for line in told if line.startswith(("from ", "to "))]

    first, last = days()
    shown = desks.json("anhui", "show", agreement)
    shown["agreement"]["agreement"]["effective_from"] = "2028-01-01"
    next_one = tmp_path / "next.json"
    next_one.write_text(json.dumps(shown), encoding="utf-8")
    desks.accepted(desks.done("anhui", "amend", agreement, next_one).out.split()[1])
    assert days() == [first, last]
    end = ("--until", "2027-06-01", "--reason", "合作结束")
    desks.accepted(desks.done("anhui", "terminate", agreement, *end).out.split()[1])
    assert days() == [first, "2027-06-01"]


def test_a_policy_is_set_shown_and_taken_back(desks: Desks, agreement: str) -> None:
    def policy(*said: object, **how: Any) -> Said:
        return desks("jiangsu", "policy", agreement, *said, who="approver", **how)

    assert policy("--json").json == {"policy": None}
    told = policy("--incomes", "--payments", "--up-to", "5,000.00", "--evidence")
    assert "incomes, payments; each up to 5,000.00 CNY; with evidence" in told.out
    assert "每笔不超过 5,000.00 元" in policy(lang="zh").out
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    desks.accepted(name, by=("anhui",))
    assert "booked" in desks.done("anhui", "proposal", name).out
    big = desks.json("anhui", *income(agreement, 2, "5000.01"))["proposal"]["name"]
    assert desks.json("anhui", "proposal", big)["proposal"]["waits_for"] == ["anhui", "jiangsu"]
    for wrong in (("--off", "--incomes"), ("--evidence",)):
        assert policy(*wrong).code == 2
    assert "no, a person decides all" in policy("--off").out


def test_a_printed_statement_says_who_agrees_and_what_is_disputed(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    desks.accepted(name)
    desks.done("center", "close", agreement, "2026-12", "--yes")
    printed = ("export", agreement, "--form", "html", "--output", tmp_path / "statement.html")

    def page() -> str:
        desks.done("anhui", *printed)
        return (tmp_path / "statement.html").read_text(encoding="utf-8")

    assert "Disputed by" not in page()
    desks.done("jiangsu", "dispute", name, "--reason", "金额不符")
    desks.done("jiangsu", "accept-statement", agreement, "2026-12", "--yes", who="approver")
    told = page()
    assert "有异议 Disputed by jiangsu: 金额不符" in told
    agreed = told[told.index("Members that agree to it") :]
    assert "<td>jiangsu</td>" in agreed[: agreed.index("</tr>")]


def test_a_dispute_is_told_and_taken_back(desks: Desks, agreement: str) -> None:
    name = desks.json("anhui", *income(agreement))["proposal"]["name"]
    desks.accepted(name)
    disputed = desks.done("jiangsu", "dispute", name, "--reason", "金额不符", lang="zh")
    assert disputed.out.startswith("已提出异议")
    assert "jiangsu: 金额不符" in desks.done("anhui", "proposal", name).out
    for command in ("show", "balances"):
        told = desks.done("center", command, agreement).err
        assert f"incomes that a member disputes, with no posting changed: 1: {name}" in told
    over = desks.done("jiangsu", "dispute", name, "--reason", "已核对", "--over")
    assert over.out.startswith("dispute over")
    assert "disputed" not in desks.done("anhui", "proposal", name).out
    assert "disputes" not in desks.done("anhui", "show", agreement).err


def test_simulations_take_yuan_or_fen_of_a_file_or_a_name(
    desks: Desks, agreement: str, file: Path
) -> None:
    by_name = desks.json("center", "simulate", agreement, "1000.00", "0.05")
    by_file = desks.json("center", "simulate", file, "--fen", 100_000, "--fen", 5)
    days = [{each.pop("income_date") for each in one["allocations"]} for one in (by_name, by_file)]
    assert by_name == by_file
    today = datetime.fromtimestamp(desks.ledgers.world.now_s, UTC).date().isoformat()
    assert days == [{max(today, "2026-01-01")}, {"2026-01-01"}]
    assert [one["amount_fen"] for one in by_name["allocations"]] == ["100000", "5"]
    less = desks.done("center", "simulate", agreement, "1000.00", "--deduct", "增值税=60.00")
    assert "940.00" in less.out
    assert desks("center", "simulate", agreement).code == 2


def test_an_unknown_name_is_told_with_the_cure(desks: Desks) -> None:
    for said in (("show", UNKNOWN), ("balances", UNKNOWN), ("proposals", UNKNOWN)):
        told = desks("anhui", *said, lang="zh")
        assert told.code == 1
        assert "RECORD_NOT_FOUND" in told.err
        assert "办法" in told.err
    assert desks("anhui", "proposal", "x", "--json").json["error"]["reason"] == "INVALID_FIELD"
    assert "LEAF.NUMBER" in desks("anhui", "trail", UNKNOWN, "1.x").err
    huge = desks("anhui", "balances", UNKNOWN, "--size", "9" * 30)
    assert "INVALID_FIELD" in huge.err
    assert desks("anhui", "agreements", "--state", "nonsense").code == 2
