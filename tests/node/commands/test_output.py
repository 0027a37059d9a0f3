"""How errors are told."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from federation.log.errors import YdxError
from node.commands import match, output, search
from node.commands.output import (
    Language,
    choose_language,
    say_in_answer,
    show,
    show_error,
    show_rows,
)
from node.rpc.client_errors import CallError, Violation
from node.rpc.error_table import MEANINGS
from node.rpc.exchange_client import CallFailedError
from ydx.exchange.v1 import match_pb2, search_pb2

FAILURE = CallFailedError(
    CallError(
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
        "two fields are wrong",
        metadata={"fields": "2"},
        violations=(
            Violation("public.title", "REQUIRED", "public.title 必填", "public.title is required"),
            Violation("public.trl", "NUMBER_RANGE", "public.trl 超出 0–9", "public.trl not in 0–9"),
        ),
    ),
    "127.0.0.1:7401",
)


def test_every_field_of_a_refusal_is_told_in_the_language_chosen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_language(Language.EN)
    show_error(FAILURE)
    told = capsys.readouterr().err
    assert "public.title is required" in told
    assert "public.trl not in 0–9" in told
    choose_language(Language.ZH)
    show_error(FAILURE)
    assert "public.trl 超出 0–9" in capsys.readouterr().err


def test_every_field_of_a_refusal_stands_in_its_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output._choice, "as_json", True)
    show_error(FAILURE)
    fields = json.loads(capsys.readouterr().out)["error"]["fields"]
    assert [(one["field"], one["rule"]) for one in fields] == [
        ("public.title", "REQUIRED"),
        ("public.trl", "NUMBER_RANGE"),
    ]


@pytest.mark.parametrize("language", list(Language))
def test_what_programs_read_is_english_in_either_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setattr(output._choice, "language", language)
    monkeypatch.setattr(output._choice, "as_json", True)
    show_error(FAILURE)
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["fields"][0]["what"] == "public.title is required"
    assert error["fields"][0]["what_zh"] == "public.title 必填"
    show_error(YdxError("UNKNOWN_ORIGIN", "no log of this origin is held here"))
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["cure"], error["cure_zh"]) == (
        MEANINGS["UNKNOWN_ORIGIN"].cure_en,
        MEANINGS["UNKNOWN_ORIGIN"].cure_zh,
    )
    assert say_in_answer("缺少", "missing") == "missing"


def test_a_refusal_that_names_its_field_is_told_once_with_its_cure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    what, cure = "the page token is not of this node, method and filter", ("从第一页开始", "x")
    reason = "BAD_PAGE_TOKEN"
    named = (Violation("page_token", reason, cure[0], what),)
    call = CallError("INVALID_ARGUMENT", reason, what, *cure, None, {"field": "page_token"}, named)
    show_error(CallFailedError(call, "127.0.0.1:7401"))
    assert capsys.readouterr().err.splitlines() == [
        f"错误  {reason}",
        "情况  页标记不属于本节点、此方法与此筛选条件",
        "字段  page_token",
        f"办法  {cure[0]}",
    ]
    monkeypatch.setattr(output._choice, "as_json", True)
    show_error(CallFailedError(call, "127.0.0.1:7401"))
    (field,) = json.loads(capsys.readouterr().out)["error"]["fields"]
    assert field == {"field": "page_token", "rule": reason, "what": what, "what_zh": cure[0]}


def test_a_text_of_another_member_steers_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "铸件\x1b[2J\x9b31m\u202eabc\r完"
    show(f"{hostile}\n\t下一行")
    show_rows("rows", [("text", "内容", "text")], [{"text": hostile}, {"text": [hostile]}])
    told = capsys.readouterr().out
    assert told.count("铸件�[2J�31m�abc�完") == 3
    assert "\n\t下一行\n" in told
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & {*told}


def test_owners_labels_and_matches_of_another_member_steer_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "某厂\x1b[2J\x9b31m\u202eabc\r完"
    found = search_pb2.SearchListingsResponse(suggestions=[hostile])
    for field in ("organisation", "labels"):
        found.facets.add(field=field).values.add(value=hostile, count=1)
    search._tell(found)
    matched = match_pb2.MatchListingsResponse()
    one = matched.matches.add()
    one.listing.public.title = hostile
    reason = one.reasons.add(signal=1)
    reason.terms.add(term=hostile)
    one.reasons.add(signal=3).supply.value = hostile
    match._tell(matched)
    told = capsys.readouterr()
    assert told.err.count("某厂�[2J�31m�abc�完") == 3
    assert told.out.count("某厂�[2J�31m�abc�完") == 3
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & {*told.err, *told.out}


@pytest.mark.parametrize(("columns", "is_table"), [(80, False), (160, True)])
def test_what_a_terminal_is_too_narrow_for_comes_whole_field_by_field(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    is_table: bool,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    name = f"nodes/anhui/proposals/{'0' * 26}"
    heads = [("name", "提案", "proposal"), ("title", "名称", "title"), ("note", "备注", "note")]
    rows = [{"name": name, "title": "镁合金" * 10, "note": ""} for _ in range(2)]
    show_rows("rows", heads, rows)
    told = capsys.readouterr().out
    assert told.count(name) == 2
    if is_table:
        assert len(told.splitlines()) == 3
    else:
        assert told == "\n".join([f"提案  {name}\n名称  {'镁合金' * 10}\n"] * 2)


def test_an_empty_table_says_so_and_its_json_is_an_empty_list(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = [("name", "提案", "proposal")]
    show_rows("rows", heads, [])
    assert capsys.readouterr().out == "提案\n（无）\n"
    show_rows("rows", heads, [], says_empty=False)
    assert capsys.readouterr().out == "提案\n"
    monkeypatch.setattr(output._choice, "as_json", True)
    show_rows("rows", heads, [])
    assert json.loads(capsys.readouterr().out) == {"rows": []}


def test_what_is_noted_comes_after_the_data_before_it_also_in_a_file() -> None:
    program = "from node.commands.output import note, show; show('data'); note('a note')"
    told = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    assert told.stdout == b"data\na note\n"
