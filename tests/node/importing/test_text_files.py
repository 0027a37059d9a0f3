"""CSV and JSON: encodings are found, broken rows are told by their line, the others are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.log.errors import Refused
from node.importing import text_files
from node.importing.text_files import find_encoding, open_csv, open_json_lines, open_json_list

if TYPE_CHECKING:
    from pathlib import Path

    from node.importing.rows import Row, Table

CHINESE = "名称,摘要\n一体化压铸铝合金,铸态即可使用\n"


def rows_of(table: Table) -> list[Row]:
    return list(table.rows)


def rules_of(table: Table) -> list[tuple[int, str]]:
    return [(row.line, found.rule) for row in table.rows for found in row.problems]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_an_encoding_is_found_and_told(tmp_path: Path, encoding: str, found: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode(encoding))
    table = open_csv(path)
    assert table.encoding == found
    assert table.columns == ("名称", "摘要")
    (row,) = rows_of(table)
    assert (row.line, row.cells) == (2, {"名称": "一体化压铸铝合金", "摘要": "铸态即可使用"})


def test_a_long_file_is_told_apart_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "_CHUNK_BYTES", 7)
    path = tmp_path / "a.csv"
    path.write_bytes((CHINESE * 20).encode())
    assert find_encoding(path) == "utf-8"
    path.write_bytes((CHINESE * 20).encode("gb18030"))
    assert find_encoding(path) == "gb18030"


def test_bad_bytes_in_a_utf8_file_refuse_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode() + b"\xff\xfe,x\n" + "好,好\n".encode())
    table = open_csv(path)
    assert table.encoding == "utf-8"
    rows = rows_of(table)
    assert [bool(row.problems) for row in rows] == [False, True, False]
    assert rows[1].problems[0].rule == "BAD_ENCODING"
    assert rows[1].line == 3


def test_a_binary_file_is_refused_and_the_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"PK\x03\x04\0\0\0")
    with pytest.raises(Refused, match="line 1 has a zero byte"):
        open_csv(path)
    path.write_bytes(CHINESE.encode("gb18030") + b"x\0y,1\n")
    with pytest.raises(Refused, match="line 3 has a zero byte"):
        open_csv(path)


@pytest.mark.parametrize(
    "bad", [b"\x00\xd8x\x00,\x00y\x00\n\x00", b"\n"], ids=["half a pair", "half a character"]
)
def test_bad_bytes_in_a_utf16_file_refuse_their_row_only(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode("utf-16") + bad)
    good, mangled = rows_of(open_csv(path))
    assert good.cells["名称"] == "一体化压铸铝合金"
    assert mangled.problems


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-32", "utf-16"])
@pytest.mark.parametrize("is_given", [True, False])
def test_a_byte_order_mark_is_no_part_of_the_first_heading(
    tmp_path: Path, encoding: str, *, is_given: bool
) -> None:
    marked = "" if encoding in {"utf-8-sig", "utf-16", "utf-32"} else "\ufeff"
    given = encoding.removesuffix("-sig") if is_given else ""
    path = tmp_path / "a.csv"
    path.write_bytes((marked + CHINESE).encode(encoding))
    table = open_csv(path, given)
    table.close()
    assert table.columns == ("名称", "摘要")
    path = tmp_path / "a.jsonl"
    path.write_bytes((marked + '{"名称": "铝"}').encode(encoding))
    assert [row.cells for row in open_json_lines(path, given).rows] == [{"名称": "铝"}]


@pytest.mark.parametrize("encoding", ["rot13", "idna", "undefined", "x\0y", "no-such"])
def test_what_is_no_encoding_of_text_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    with pytest.raises(Refused, match="unknown encoding"):
        open_csv(path, encoding)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1\n2,3\n", [(2, "CELL_COUNT")]),
        ("a,b\n1,2,3\n", [(2, "CELL_COUNT")]),
        ('a,b\n"x"y,1\n2,3\n', [(2, "BAD_CSV")]),
        ('a,b\n1,2\n"open,3\n4,5\n', [(3, "BAD_CSV")]),
    ],
    ids=["a cell too few", "a cell too many", "text after a quote", "a quote never closed"],
)
def test_a_broken_csv_row_is_told_by_its_line(
    tmp_path: Path, content: str, expected: list[tuple[int, str]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert rules_of(open_csv(path)) == expected


def test_a_cell_over_several_lines_keeps_the_line_where_its_row_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x\ny",1\n\n2,3\n')
    assert [row.line for row in rows_of(open_csv(path))] == [2, 5]


def test_a_large_cell_is_a_cell_and_its_lines_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "x" * 150_000 + "\n7,8\n" + "y" * 50_000
    path.write_text(f'a,b\n1,"{text}"\n2,3\n')
    first, second = rows_of(open_csv(path))
    assert first.cells["b"] == text
    assert (second.line, second.cells) == (5, {"a": "2", "b": "3"})


def test_a_line_that_is_too_long_takes_no_other_row_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    half = "x" * 600_000
    path.write_text(f'a,b\n"{half}","{half}"\n2,3\n4,"5"\n')
    rows = rows_of(open_csv(path))
    assert [found.rule for found in rows[0].problems] == ["ROW_TOO_LARGE"]
    assert [row.cells.get("b") for row in rows[1:]] == ["3", "5"]


def test_rows_of_blanks_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n  \n , \n,\n\u3000,\n3,4\n", encoding="utf-8")
    assert [row.line for row in rows_of(open_csv(path))] == [2, 7]


def test_what_stands_under_no_heading_is_called_by_its_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,,b,,\n1,x,2,,\n")
    (row,) = rows_of(open_csv(path))
    assert row.cells == {"a": "1", "#2": "x", "b": "2"}


@pytest.mark.parametrize("content", ["", ",,\n", "a,A\n1,2\n", "Ａ,a\n1,2\n"])
def test_headings_that_are_missing_or_alike_refuse_the_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        open_csv(path)
    assert caught.value.reason == "BAD_FILE"


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "MAX_FILE_BYTES", 10)
    path = tmp_path / "a.csv"
    path.write_text(CHINESE, encoding="utf-8")
    with pytest.raises(Refused, match="the limit is 10"):
        open_csv(path)


def test_a_line_without_end_is_one_refused_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "MAX_ROW_CHARACTERS", 100)
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "1"}\n{"a": "' + "x" * 5_000 + '"}\n{"a": "2"}\n')
    rows = rows_of(open_json_lines(path))
    assert [row.line for row in rows] == [1, 2, 3]
    assert [found.rule for found in rows[1].problems] == ["ROW_TOO_LARGE"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{", "BAD_JSON"),
        ("[1]", "BAD_JSON"),
        ('{"a": NaN}', "BAD_JSON"),
        ("[" * 100_000, "BAD_JSON"),
        ('{"a": ' * 30 + "1" + "}" * 30, "ROW_TOO_LARGE"),
        ('{"a": "\\ud800"}', "BAD_ENCODING"),
        ('{"a": 1, "a": 2}', "BAD_JSON"),
        ('{"b": {"a": 1, "a": 1}}', "BAD_JSON"),
        ('{"a": 1, "Ａ": 2}', "BAD_JSON"),
        ('{"a.b": 1, "a": {"b": 2}}', "BAD_JSON"),
        ('{"a": [' + "{}," * 3_000 + '{"b": 1}]}', None),
        (json.dumps({str(number): 1 for number in range(3_000)}), "ROW_TOO_LARGE"),
    ],
    ids=[
        "half an object", "a list", "not a number", "nested without end", "nested too deep",
        "half a character", "a name twice", "a name twice inside", "names alike", "paths alike",
        "many empty objects", "too many cells",
    ],
)  # fmt: skip
def test_a_hostile_json_line_is_a_row_with_a_problem(
    tmp_path: Path, line: str, rule: str | None
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line + '\n{"a": "good"}\n', encoding="utf-8")
    bad, good = rows_of(open_json_lines(path))
    assert [found.rule for found in bad.problems] == ([rule] if rule else [])
    assert good.cells == {"a": "good"}


def test_nested_json_becomes_paths_and_numbers_stay_as_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    content = (
        '{"public": {"trl": 7, "keywords": ["a", 1], "ip": [{"pct": true}], "x": null}, "n": 1.50}'
    )
    path.write_text(content)
    (row,) = rows_of(open_json_lines(path))
    assert row.cells == {
        "public.trl": "7",
        "public.keywords": ("a", "1"),
        "public.ip[0].pct": "true",
        "public.x": "",
        "n": "1.50",
    }


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ('{"public.title": "x" "y": 1}', "；自第 22 列起", "; from column 22 on"),
        ('{"public.title": "x"', "；自第 21 列起", "; from column 21 on"),
        ('{"a": Infinity}', "；Infinity 不是 JSON 的值", "; Infinity is no value of JSON"),
        ('"x"', "；不是写在 { } 中的对象", "; it is no object in { }"),
        ("[" * 100_000, "；嵌套过深", "; it is nested too deeply"),
        ('{"a": 1, "a": 2}', "；名称 a 重复", "; the name a stands twice"),
    ],
)
def test_what_is_wrong_with_a_json_row_is_told_in_both_languages(
    tmp_path: Path, line: str, zh: str, en: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{line}\r\n", encoding="utf-8")
    (row,) = rows_of(open_json_lines(path))
    (found,) = row.problems
    assert found.text_zh.endswith(f"；请修正该行{zh}")
    assert found.text_en.endswith(f"; mend the row{en}")


def test_a_json_list_is_found_under_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"data": {"items": [{"a": 1}, 5, {"a": 1, "a": 2}]}}')
    good, bad, doubled = rows_of(open_json_list(path, list_path="data.items"))
    assert good.cells == {"a": "1"}
    assert (bad.line, bad.problems[0].rule) == (2, "BAD_JSON")
    assert (doubled.line, doubled.problems[0].rule) == (3, "BAD_JSON")
    with pytest.raises(Refused, match="no list at data"):
        open_json_list(path, list_path="data")


@settings(deadline=None)
@given(
    mark=st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"]),
    content=st.binary(max_size=300),
)
def test_any_bytes_are_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, mark: bytes, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(mark + content)
    for opener in (open_csv, open_json_lines, open_json_list):
        try:
            rows = rows_of(opener(path))
        except Refused as refused:
            assert refused.reason == "BAD_FILE"  # noqa: PT017 - both ends are right
        else:
            assert all(bool(row.problems) != bool(row.cells) or not row.cells for row in rows)
