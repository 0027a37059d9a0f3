"""What `ydx ledger` says without a node: wrong amounts, and a word for every code."""

from __future__ import annotations

from typing import Final

import pytest

from node.commands import (
    ledger_book_texts,
    ledger_books,
    ledger_proposal_texts,
    ledger_texts,
    output,
)
from node.commands.ledger_proposals import IncomeKind
from node.services.ledger.words import INCOMES
from tests.node.commands.running import runner
from ydx.exchange.v1 import ledger_agreements_pb2, ledger_books_pb2, ledger_proposals_pb2
from ydx.exchange.v1.enquiry_pb2 import DocumentRef
from ydx.exchange.v1.ledger_pb2 import IncomeKind as IncomeKindMessage

AGREEMENT: Final = "nodes/anhui/agreements/00000000000000000000000001"


@pytest.mark.parametrize(
    ("said", "reason", "told"),
    [
        (("--amount", "4800"), "INVALID_FIELD", ("AMOUNT_FORM", "yuan with two decimals")),
        (("--amount", "4.80", "--fen", "480"), "INVALID_FIELD", ("AMOUNT_TWICE", "one of them")),
        ((), "INVALID_FIELD", ("REQUIRED", "give --amount in yuan or --fen")),
        (("--fen", "4.80"), "INVALID_FIELD", ("FEN_FORM", "whole number")),
    ],
)
def test_a_wrong_amount_is_refused_before_the_node_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: tuple[str, ...],
    reason: str,
    told: tuple[str, str],
) -> None:
    run = runner(monkeypatch, capsys)
    asked = (
        "ledger",
        "pay",
        AGREEMENT,
        "AH",
        "JS",
        "--date",
        "2027-01-01",
        "--evidence",
        "ab" * 32,
    )
    nobody = ("--evidence", "ab" * 32, "--node", "127.0.0.1:1", "--token", "t")
    refused = run("--lang", "en", *asked, *said, *nobody)
    assert refused.code == 1
    assert reason in refused.err
    assert told[1] in refused.err
    error = run(*asked, *said, *nobody, "--json").json["error"]
    assert (error["reason"], error["fields"][0]["rule"]) == (reason, told[0])
    assert "；" in error["fields"][0]["what_zh"]


@pytest.mark.parametrize(
    "said",
    [
        "2026340000000042",
        f"ydx.example/anhui:-1:{'ab' * 32}",
        f"ydx.example/anhui:{'9' * 30}:{'ab' * 32}",
        f"ydx.example/anhui:\uff13:{'ab' * 32}",
        "ydx.example/anhui:3:ab",
    ],
)
def test_a_contract_that_is_no_name_and_no_place_is_told_as_that_field(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    asked = ("ledger", "propose", AGREEMENT, "--contract", said, "--instalment", "1")
    more = ("--date", "2027-01-01", "--received-by", "AH", "--amount", "1.00", "--json")
    run = runner(monkeypatch, capsys)
    error = run(*asked, *more, "--node", "127.0.0.1:1", "--token", "t").json["error"]
    assert (error["reason"], error["fields"][0]["field"]) == ("INVALID_FIELD", "contract")
    assert "ydx contract list" in error["fields"][0]["what"]


@pytest.mark.parametrize(
    ("place", "text"), [((1, 42, 0), "42.0"), ((0, 42, 3), "42.3"), ((2, 7, 1), "2:7.1")]
)
def test_a_place_is_written_as_it_is_read(place: tuple[int, int, int], text: str) -> None:
    generation, leaf_index, number = place
    entry = ledger_books_pb2.EntryRecord(
        generation=generation, leaf_index=leaf_index, number=number
    )
    assert ledger_texts.outcome_place(entry) == text
    assert ledger_books._place(f"{generation}/{leaf_index}/{number}") == {
        "generation": generation,
        "leaf_index": leaf_index,
        "number": number,
    }
    read = ledger_books._place(text)
    assert read == {
        "generation": generation if generation > 1 else 0,
        "leaf_index": leaf_index,
        "number": number,
    }


def test_a_partners_lines_have_no_total_and_who_is_not_told_is_called_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = {"account": "PAYABLE", "party": "TM", "credit_fen": 500}
    ledger_book_texts.tell_balances(ledger_books_pb2.GetBalancesResponse(lines=[line]))
    assert "合计" not in capsys.readouterr().out
    whole = [line, {"account": "CLEARING", "party": "AH", "debit_fen": 500}]
    ledger_book_texts.tell_balances(ledger_books_pb2.GetBalancesResponse(lines=whole))
    assert "合计" in capsys.readouterr().out
    paid = ledger_books_pb2.GetNettingResponse(payments=[{"payee": "TM", "amount_fen": 500}])
    ledger_book_texts.tell_netting(paid)
    assert "（其他方）" in capsys.readouterr().out


def test_books_that_wait_or_are_disputed_say_for_what(capsys: pytest.CaptureFixture[str]) -> None:
    state = ledger_books_pb2.BooksState(
        waits=True,
        waits_for=[DocumentRef(origin="ydx.example/jiangsu", leaf_index=17)],
        disputed="VECTOR_DIFFERS",
        void_outcomes=[
            ledger_books_pb2.VoidOutcome(
                generation=generation, leaf_index=3, number=1, void_reason="NOT_ACCEPTED"
            )
            for generation in (1, 2)
        ],
    )
    ledger_texts.tell_books(state)
    told = capsys.readouterr().err
    for one in (
        "ydx.example/jiangsu#17",
        "VECTOR_DIFFERS",
        " 3.1 NOT_ACCEPTED",
        " 2:3.1 NOT_ACCEPTED",
    ):
        assert one in told


def test_a_statement_names_each_proposal_that_it_carries_as_commands_take_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One whose name means another document, which nobody can accept, by its place."""
    statement = ledger_books_pb2.StatementRecord(
        period="2026-11",
        positions=[ledger_books_pb2.NetPosition(party="AH", net_fen=-5)],
        carried=[{"origin": "ydx.example/anhui", "leaf_index": number} for number in (7, 9)],
        carried_names=["nodes/anhui/proposals/01", ""],
    )
    output.choose_language(output.Language.ZH)
    ledger_book_texts.tell_statement(statement)
    told = capsys.readouterr().out
    assert "nodes/anhui/proposals/01\nydx.example/anhui#9" in told.replace(" ", "")
    assert "待处理提案将使其增减" not in told, "what is pending is none of a statement's"


@pytest.mark.parametrize(
    ("reason", "lang", "text"),
    [
        ("REJECTED", "zh", "签署方拒绝"),
        ("REJECTED", "en", "a signer rejected it"),
        ("INSTALMENT_BOOKED", "zh", "INSTALMENT_BOOKED 该合同的这一期已入账"),
        ("VECTOR_DIFFERS", "zh", "VECTOR_DIFFERS 中心的数额与本节点计算不符"),
        ("NEW_REASON", "zh", "NEW_REASON"),
    ],
)
def test_why_a_proposal_is_not_booked_is_told_in_words_in_the_list_too(
    capsys: pytest.CaptureFixture[str], reason: str, lang: str, text: str
) -> None:
    record = ledger_proposals_pb2.ProposalRecord(
        name="nodes/anhui/proposals/01",
        state=ledger_proposals_pb2.PROPOSAL_STATE_REJECTED,
        reason=reason,
        income={"gross_fen": 1},
    )
    output.choose_language(output.Language(lang))
    ledger_proposal_texts.tell_proposals([record])
    in_list = capsys.readouterr().out
    ledger_proposal_texts.tell_proposal(record)
    for told in (in_list, capsys.readouterr().out):
        assert text in told
        assert "REJECTED" not in told


def test_every_code_has_its_word() -> None:
    states = {
        name.removeprefix(f"{prefix}_")
        for kind, prefix in (
            (ledger_agreements_pb2.AgreementState, "AGREEMENT_STATE"),
            (ledger_proposals_pb2.ProposalState, "PROPOSAL_STATE"),
        )
        for name in dict(kind.items())
    }
    kinds = {one.name.removeprefix("INCOME_KIND_") for one in IncomeKindMessage.DESCRIPTOR.values}
    assert kinds - {"UNSPECIFIED"} == {one.name for one in IncomeKind} == set(INCOMES)
    assert states - {"UNSPECIFIED"} == set(ledger_texts.STATES)
    one_of = ledger_proposals_pb2.ProposalRecord.DESCRIPTOR.oneofs_by_name["proposal"]
    assert {field.name for field in one_of.fields} == set(ledger_proposal_texts._KINDS)
    assert ledger_texts.word(ledger_texts.RULES, "NEW_RULE") == "NEW_RULE"
    assert ledger_texts.account("OTHER") == "OTHER"
    record = ledger_books_pb2.GetNettingRequest(mode=ledger_books_pb2.NETTING_MODE_BILATERAL)
    assert ledger_texts.enum_name(record, "mode") == "BILATERAL"
