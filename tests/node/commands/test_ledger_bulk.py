"""`ydx ledger propose-all`: files of incomes, in batches under one key."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from federation.log.errors import Refused
from node.commands.ledger_income_rows import read_rows
from node.services.errors import InvalidFields
from tests.node.commands.ledger_desks import CONTRACT

if TYPE_CHECKING:
    from tests.node.commands.ledger_desks import Desks

GUIDE: Final = Path(__file__).parents[3] / "deploy" / "sharing-income.md"
KEY: Final = "6f1c4b1e-30a7-4f0c-9a57-0d4f5f1f2c11"
HEAD: Final = "contract,instalment,date,received_by,amount,evidence\n"


GOOD: Final = {
    "contract": CONTRACT,
    "instalment": "1",
    "date": "2026-11-30",
    "received_by": "AH",
    "amount": "12.30",
}
WRONG: Final[dict[str, tuple[dict[str, str], str]]] = {
    "a contract that is no name and no reference": ({"contract": "x"}, "contract"),
    "no instalment": ({"instalment": " "}, "instalment"),
    "a day that is none": ({"date": "2026-02-30"}, "date"),
    "an amount with three decimals": ({"amount": "1.234"}, "amount"),
    "no amount": ({"amount": ""}, "amount"),
    "yuan and fen": ({"fen": "1230"}, "fen"),
    "half a fen": ({"amount": "", "fen": "1.5"}, "fen"),
    "a kind that is none": ({"kind": "gift"}, "kind"),
    "evidence that is no file": ({"evidence": "missing.pdf"}, "evidence"),
    "a column that is none": ({"amount_yuan": "1"}, "amount_yuan"),
}


def _lines(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_field_is_told_by_its_line_and_column(case: str, tmp_path: Path) -> None:
    changed, column = WRONG[case]
    file = _lines(tmp_path / "rows.jsonl", GOOD, GOOD | {"instalment": "2"} | changed)
    with pytest.raises(InvalidFields) as caught:
        read_rows(file)
    assert [one.field for one in caught.value.violations] == [f"rows.jsonl:2:{column}"]


def test_a_wrong_header_is_told_once_with_the_known_columns(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    rows = "".join(f"{CONTRACT},{number},2026-12-10,1.00\n" for number in range(1, 4))
    file.write_text("合同,instalment,date,amount\n" + rows, encoding="utf-8")
    with pytest.raises(InvalidFields) as caught:
        read_rows(file)
    told = caught.value.violations
    assert [one.field for one in told] == [
        "rows.csv:2:合同", "rows.csv:contract", "rows.csv:received_by",
    ]  # fmt: skip
    assert "known are: contract, instalment, date, received_by, amount, fen" in told[0].text_en
    assert "已知的列：contract" in told[0].text_zh
    for one in told:
        assert one.text_zh.startswith(one.field)
        assert one.text_en.startswith(one.field)


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "bank.pdf").write_bytes(b"paid")
    more = {"kind": "royalty", "deductions": "税费=1.00;手续费=0.50", "evidence": "bank.pdf"}
    row = GOOD | more
    table = tmp_path / "rows.csv"
    table.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8-sig")
    found = read_rows(table)
    assert [one.line for one in found] == [2]
    assert found[0].fields == read_rows(_lines(tmp_path / "rows.jsonl", row))[0].fields
    income = found[0].fields["income"]
    assert income["gross_fen"] == 1230
    assert income["evidence_sha256"] == hashlib.sha256(b"paid").digest()
    assert [(one["name"], one["amount_fen"]) for one in income["deductions"]] == [
        ("税费", 100),
        ("手续费", 50),
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8", "utf-8-sig"])
def test_a_table_is_read_in_the_encoding_that_a_spreadsheet_gave_it(
    encoding: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    row = GOOD | {"deductions": "增值税=1.00"}
    file.write_text(",".join(row) + "\r\n" + ",".join(row.values()) + "\r\n", encoding=encoding)
    (found,) = read_rows(file)
    assert found.fields["income"]["deductions"] == [{"name": "增值税", "amount_fen": 100}]


def test_cells_that_a_spreadsheet_left_blank_are_no_incomes_and_no_columns(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    row = ",".join(GOOD.values())
    file.write_text(f"{','.join(GOOD)},,\n,,,,,,\n{row},,\n , \n\n", encoding="utf-8")
    assert [one.line for one in read_rows(file)] == [3]


def test_a_table_cut_short_by_blank_cells_lacks_a_value_not_a_column(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(f"{','.join(GOOD)}\n{CONTRACT},1,2026-11-30,AH\n", encoding="utf-8")
    with pytest.raises(InvalidFields) as caught:
        read_rows(file)
    assert [(one.field, one.rule) for one in caught.value.violations] == [
        ("rows.csv:2:amount", "REQUIRED")
    ]


def test_the_example_of_the_guide_is_read(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    (tmp_path / "rows.csv").write_text(guide.split("```csv\n")[1].split("```")[0], encoding="utf-8")
    (tmp_path / "invoice.pdf").write_bytes(b"invoice")
    assert [one.fields["income"]["instalment"] for one in read_rows(tmp_path / "rows.csv")] == [
        "1",
        "2",
    ]


def test_an_instalment_that_came_before_in_the_file_is_a_fault(tmp_path: Path) -> None:
    file = _lines(tmp_path / "rows.jsonl", GOOD, GOOD | {"instalment": "2"}, GOOD)
    with pytest.raises(InvalidFields, match="line 1 once more"):
        read_rows(file)


def test_of_many_faults_twenty_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    rows = [GOOD | {"instalment": str(number), "date": "x"} for number in range(25)]
    with pytest.raises(InvalidFields) as caught:
        read_rows(_lines(tmp_path / "rows.jsonl", *rows))
    *shown, more = caught.value.violations
    assert len(shown) == 20
    assert (more.text_zh, more.text_en) == (
        "rows.jsonl 另有 5 处错误",
        "rows.jsonl has 5 more faults",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("no rows", ""), ("no object", "[1]\n"), ("no JSON", "{\n"), ("half a quote", '"a\n')],
)
def test_a_file_of_another_form_is_refused_whole(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / ("rows.csv" if name == "half a quote" else "rows.jsonl")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read_rows(file)
    assert caught.value.reason == "BAD_FILE"


def _rows(path: Path, wrong: int = 0) -> Path:
    rows = [
        f"{CONTRACT},{n},2026-12-10,{'XX' if n == wrong else 'AH'},1.00,{'ab' * 32}\n"
        for n in range(1, 451)
    ]
    path.write_text(HEAD + "".join(rows), encoding="utf-8-sig")
    return path


def test_a_mended_file_goes_on_under_its_key(desks: Desks, agreement: str, tmp_path: Path) -> None:
    rows = _rows(tmp_path / "rows.csv", wrong=250)
    said = ("propose-all", agreement, rows, "--request-id", KEY)
    told = desks("anhui", *said)
    assert told.code
    assert "rows.csv:251" in told.err
    listed = desks.json("anhui", "proposals", agreement, "--open")
    assert len(listed["proposals"]) == 200
    _rows(rows)
    done = desks.json("anhui", *said)
    assert done["proposed"] == len(set(done["names"])) == 450
    assert desks.json("anhui", *said) == done
    assert desks.json("anhui", *said, "--check") == done


def _written(path: Path, *rows: dict[str, str]) -> Path:
    columns = ["contract", "instalment", "date", "received_by", "amount", "fen", "deductions"]
    lines = [",".join(GOOD.get(one, "") if row.get(one) is None else row[one] for one in columns)
             for row in rows]  # fmt: skip
    path.write_text("\n".join([",".join(columns), *lines]), encoding="utf-8")
    return path


REFUSED: Final = {
    3: ({"date": "2099-01-01"}, "date", "DATE_IN_FUTURE"),
    5: ({"date": "2020-01-01"}, "date", "OUTSIDE_AGREEMENT"),
    7: ({"received_by": "XX"}, "received_by", "PARTY_NOT_IN_AGREEMENT"),
    9: ({"deductions": "印花税=1.00"}, "deductions", "DEDUCTION_NOT_ALLOWED"),
    11: ({"deductions": "增值税=99.00"}, "deductions", "DEDUCTIONS_EXCEED_GROSS"),
    13: ({"contract": "nodes/anhui/contracts/00000000000000000000000001"}, "contract",
         "RECORD_NOT_FOUND"),
    249: ({"received_by": "YY"}, "received_by", "PARTY_NOT_IN_AGREEMENT"),
}  # fmt: skip
"""What only the node can refuse, by line: with the column and the reason that are told."""


@pytest.mark.parametrize("mode", [("--check",), ()])
def test_all_that_the_node_refuses_is_told_at_once_by_line_and_column(
    desks: Desks, agreement: str, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """Of later batches too, and nothing is written."""
    rows = [
        {"instalment": str(line)} | REFUSED.get(line, ({}, "", ""))[0] for line in range(2, 250)
    ]
    file = _written(tmp_path / "rows.csv", *rows)
    told = desks("anhui", "propose-all", agreement, file, "--json", *mode)
    assert told.code
    assert told.json["error"]["reason"] == "INVALID_FIELD"
    found = {one["field"]: one for one in told.json["error"]["fields"]}
    assert list(found) == [f"rows.csv:{line}:{REFUSED[line][1]}" for line in REFUSED]
    assert [one["rule"] for one in found.values()] == [rule for _, _, rule in REFUSED.values()]
    for field, one in found.items():
        assert one["what"].startswith(field)
        assert "incomes[" not in one["what"]
    assert desks.json("anhui", "proposals", agreement, "--open")["proposals"] == []


def test_one_refusal_keeps_its_reason_and_is_told_by_line_and_column(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    file = _written(tmp_path / "rows.csv", {}, {"instalment": "2", "date": "2020-01-01"})
    told = desks("anhui", "propose-all", agreement, file)
    assert "OUTSIDE_AGREEMENT" in told.err
    assert "rows.csv:3:date: 2020-01-01 is not within 2026-01-01 to " in told.err
    told = desks("anhui", "propose-all", agreement, file, "--json")
    assert told.json["error"]["metadata"]["field"] == "rows.csv:3:date"


def test_of_many_refusals_twenty_are_told(desks: Desks, agreement: str, tmp_path: Path) -> None:
    rows = [{"instalment": str(number), "received_by": "XX"} for number in range(30)]
    file = _written(tmp_path / "rows.csv", *rows)
    told = desks("anhui", "propose-all", agreement, file, "--check", "--json")
    *shown, more = told.json["error"]["fields"]
    assert [one["field"] for one in shown] == [f"rows.csv:{n}:received_by" for n in range(2, 22)]
    assert more["what"] == "rows.csv may have more faults; mend these first"


def test_what_is_wrong_with_the_agreement_is_told_once(
    desks: Desks, file: Path, tmp_path: Path
) -> None:
    name = str(desks.json("anhui", "agree", file)["agreement"]["name"])
    rows = _written(tmp_path / "rows.csv", {}, {"instalment": "2"})
    told = desks("anhui", "propose-all", name, rows, "--json").json["error"]
    assert told["reason"] == "AGREEMENT_NOT_ACTIVE"
    assert "rows.csv" not in told["what"]


@pytest.mark.parametrize("mode", [("--check",), ()])
def test_an_instalment_that_is_proposed_already_is_told_by_line(
    desks: Desks, agreement: str, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    number = 900 + len(mode)
    file = tmp_path / "rows.csv"
    row = f"{CONTRACT},{number},2026-12-10,AH,1.00,\n"
    file.write_text(HEAD + f"{CONTRACT},{number}-1,2026-12-10,AH,1.00,\n" + row, encoding="utf-8")
    desks.json("anhui", "propose-all", agreement, file)
    desks.ledgers.sync()
    told = desks("anhui", "propose-all", agreement, file, *mode)
    assert not told.code
    assert "in order" not in told.out
    said = [line for line in told.err.splitlines() if "is proposed as well" in line]
    assert [line.split(": ")[0] for line in said] == ["rows.csv:2", "rows.csv:3"]
    listed = desks.json("anhui", "propose-all", agreement, file, "--check")["warnings"]
    assert [
        (one["line"], one["rule"]) for one in listed if one["rule"] == "E_INSTALMENT_PROPOSED"
    ] == [(2, "E_INSTALMENT_PROPOSED"), (3, "E_INSTALMENT_PROPOSED")]


def test_an_income_of_a_closed_month_is_told_by_line(
    desks: Desks, agreement: str, tmp_path: Path
) -> None:
    desks.done("center", "close", agreement, "2026-12", "--yes")
    file = tmp_path / "rows.csv"
    file.write_text(
        HEAD + f"{CONTRACT},1,2027-01-02,AH,1.00,\n{CONTRACT},2,2026-12-10,AH,1.00,\n",
        encoding="utf-8",
    )
    later = "rows.csv:3: 2026-12 is closed: it will count on 2027-01-01"
    for mode in (("--check",), ()):
        said = desks.done("anhui", "propose-all", agreement, file, *mode).err.splitlines()
        assert [line for line in said if "is closed" in line] == [later]


def test_a_key_that_is_no_uuid_is_refused_before_anything_is_sent(
    desks: Desks, tmp_path: Path
) -> None:
    rows = _rows(tmp_path / "rows.csv")
    said = ("propose-all", "nodes/anhui/agreements/x", rows, "--request-id", "again")
    told = desks("anhui", *said)
    assert told.code
    assert "--request-id" in told.err


def test_every_wrong_field_is_told_by_line(desks: Desks, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(HEAD + f"{CONTRACT},1,2026-13-01,,1,\n", encoding="utf-8")
    told = desks("anhui", "propose-all", "nodes/anhui/agreements/x", rows)
    assert told.code
    for column in ("date", "received_by", "amount"):
        assert f"rows.csv:2:{column}" in told.err


def test_a_file_that_can_be_read_only_once_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "incomes.csv"
    os.mkfifo(pipe)
    text = HEAD + ",".join([*(GOOD[name] for name in HEAD.split(",")[:5]), "\n"])
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    [row] = read_rows(pipe)
    writer.join()
    assert (row.line, row.fields["income"]["instalment"]) == (2, "1")
