"""Bad input at the command line: its reason, its field and what to do, in both languages.

`tests/node/rpc/test_ledger_bad_input` tries more of it; here is what a person reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from node.commands.ledger_typed import typed_of
from node.storage import mirrors
from tests.node.commands.ledger_desks import CONTRACT, MEMBERS, income

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.commands.ledger_desks import Desks

EVIDENCE: Final = ("--evidence", "ab" * 32)


def sizes(desks: Desks) -> list[int]:
    """Return how many entries each member's log has."""
    found = []
    for name in MEMBERS:
        side = desks.ledgers[name].side
        with side.database.read() as tx:
            found.append(mirrors.get(tx, desks.ledgers.world[name].origin).verified_size)
    return found


@pytest.fixture
def ended(desks: Desks, file: Path) -> str:
    """Carry an agreement into force and to its end; return its name."""
    file.write_text(file.read_text(encoding="utf-8").replace("协议", "另一协议"), encoding="utf-8")
    name = str(desks.json("anhui", "agree", file)["agreement"]["name"])
    desks.accepted(name)
    ending = ("--until", "2026-12-05", "--reason", "结束")
    desks.accepted(desks.json("anhui", "terminate", name, *ending)["proposal"]["name"])
    return name


def test_each_bad_input_names_its_field_and_the_cure_and_writes_nothing(
    desks: Desks, agreement: str, ended: str, file: Path, tmp_path: Path
) -> None:
    desks.accepted(desks.json("anhui", *income(agreement))["proposal"]["name"])
    back = desks.json("anhui", *income(agreement, 2))["proposal"]["name"]
    desks.accepted(back)
    reverse = ("reverse", back, "--date", "2026-12-11", "--reason", "退款")
    desks.accepted(desks.json("jiangsu", *reverse)["proposal"]["name"])

    def event(name: str = agreement, **changes: str) -> tuple[str, ...]:
        said = {"contract": CONTRACT, "instalment": "9", "date": "2026-12-10", "fen": "1000"}
        said |= {"received_by": "AH"} | changes
        options = [(f"--{key.replace('_', '-')}", value) for key, value in said.items()]
        return ("propose", name, *(one for pair in options for one in pair))

    def pay(payer: str, fen: int) -> tuple[str, ...]:
        return ("pay", agreement, payer, "JS", "--date", "2026-12-12", "--fen", str(fen), *EVIDENCE)

    def terms(old: str, new: str) -> tuple[str, ...]:
        path = tmp_path / f"{new.strip()[:7]}.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return ("agree", str(path))

    cases: dict[str, tuple[tuple[str, ...], str, str]] = {
        "a float": (event(fen="10.5"), "INVALID_FIELD", "fen"),
        "a base below zero": (event(fen="-1"), "INVALID_FIELD", "fen"),
        "a base of zero": (event(fen="0"), "INVALID_FIELD", "fen"),
        "2^62": (event(fen=str(1 << 62)), "INVALID_FIELD", "fen"),
        "2^60": (event(fen=str(1 << 60)), "AMOUNT_OUT_OF_RANGE", "income.gross_fen"),
        "shares": (terms("300_000", "300_001"), "INVALID_FIELD", "agreement.parties"),
        "no member": (terms('"jiangsu"', '"nobody"'), "INVALID_FIELD", "agreement.signers[1]"),
        "no party": (event(received_by="XX"), "PARTY_NOT_IN_AGREEMENT", "income.received_by"),
        "no payer": (pay("XX", 1), "PARTY_NOT_IN_AGREEMENT", "payment.payer"),
        "a day before": (event(date="2025-12-31"), "OUTSIDE_AGREEMENT", "income.income_date"),
        "a day to come": (event(date="2029-01-01"), "INVALID_FIELD", "income.income_date"),
        "an instalment twice": (event(instalment="1"), "INSTALMENT_BOOKED", "income.instalment"),
        "ended": (event(ended), "AGREEMENT_TERMINATED", "income.income_date"),
        "a second reversal": (reverse, "ALREADY_REVERSED", "income"),
        "above the balance": (pay("AH", 10**9), "PAYMENT_EXCEEDS_BALANCE", "payment.amount_fen"),
    }
    before = sizes(desks)
    for name, (said, reason, field) in cases.items():
        for lang, (heading, do) in {"zh": ("字段", "办法"), "en": ("field", "do")}.items():
            told = desks("anhui", *said, lang=lang)
            assert told.code == 1, name
            lines = [line.partition("  ")[::2] for line in told.err.splitlines()]
            assert reason in [text for _, text in lines], name
            fields = [text for begin, text in lines if begin == heading]
            typed = typed_of(said[0]).get(field, field)
            assert any(text.startswith(typed) for text in fields), (name, told.err)
            # What to do about a field that breaks a rule is said with it.
            assert (reason == "INVALID_FIELD") != (do in [begin for begin, _ in lines]), name
        error = desks("anhui", *said, "--json").json["error"]
        told_of = {error["metadata"].get("field"), *(one["field"] for one in error["fields"])}
        assert (error["reason"], field in told_of) == (reason, True), name
    assert sizes(desks) == before


def test_what_is_wrong_is_told_by_what_was_typed_and_to_programs_by_the_field(
    desks: Desks, agreement: str, file: Path
) -> None:
    event = income(agreement)
    for said, typed in (
        ((*event, "--date", "2026-13-01"), "--date"),
        ((*event, "--amount", "1"), "--amount"),
        ((*event, "--deduct", "x"), "--deduct"),
        ((*event, "--request-id", "x"), "--request-id"),
        (("agree", file, "--simulate", "1"), "--simulate"),
        (("policy", agreement, "--incomes", "--up-to", "1"), "--up-to"),
        (("simulate", agreement, "1.00", "--date", "1"), "--date"),
        (("journal", agreement, "--from", "1"), "--from"),
        (("balances", agreement, "--on", "1"), "--on"),
        (("terminate", agreement, "--until", "1", "--reason", "止"), "--until"),
    ):
        who = "approver" if said[0] == "policy" else "clerk"
        told = desks("anhui", *said, who=who)
        fields = re.findall("^field +(.*)$", told.err, re.MULTILINE)
        assert fields, (said, told.err)
        assert fields[0].startswith(typed), told.err
    error = desks("anhui", *event, "--date", "2026-13-01", "--json").json["error"]
    assert error["fields"][0]["field"] == "income.income_date"
