"""XLSX: what a person sees in the cells is what is read; archives made to harm are refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import openpyxl  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from federation.log.errors import Refused
from node.importing import spreadsheets
from node.importing.spreadsheets import open_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    def make(*rows: list[object], sheet: str = "成果") -> Path:
        workbook = openpyxl.Workbook()
        active = workbook.active
        assert active is not None
        active.title = sheet
        for row in rows:
            active.append(row)
        path = tmp_path / "book.xlsx"
        workbook.save(path)
        return path

    return make


def test_cells_are_read_as_text(book: Callable[..., Path]) -> None:
    path = book(
        ["名称", "预算", "日期", "时刻", "是否", "小数"],
        ["铝合金", 1200000, dt.date(2027, 6, 30), dt.datetime(2027, 6, 30, 8, 5), True, 0.25],  # noqa: DTZ001 - a cell has no zone
    )
    table = open_xlsx(path)
    assert table.columns == ("名称", "预算", "日期", "时刻", "是否", "小数")
    (row,) = table.rows
    assert row.line == 2
    assert list(row.cells.values()) == [
        "铝合金", "1200000", "2027-06-30", "2027-06-30T08:05:00", "true", "0.25",
    ]  # fmt: skip


def test_a_computed_fraction_is_read_as_it_is_shown(book: Callable[..., Path]) -> None:
    rows = open_xlsx(book(["价"], [0.1 + 0.2], [1.1], [1e-7], [1 / 3])).rows
    assert [row.cells["价"] for row in rows] == ["0.3", "1.1", "1e-07", "0.333333333333333"]


def test_a_cell_merged_over_rows_stands_for_each_of_them(book: Callable[..., Path]) -> None:
    def merge(xml: bytes) -> bytes:
        ranges = b'<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="C4:D6"/></mergeCells>'
        return xml.replace(b"</sheetData>", b"</sheetData>" + ranges)

    path = book(
        ["总表"], [], [None, "名称", "单位", "电话"],
        [None, "甲", "某所", None], [None, "乙", None, "1"], [], [None, "丙", None, None],
    )  # fmt: skip
    assert [row.cells for row in open_xlsx(rewritten(path, merge)).rows][1:] == [
        {"总表": "", "#2": "甲", "#3": "某所"},
        {"总表": "", "#2": "乙", "#3": "某所", "#4": "1"},
        {"总表": "", "#2": "丙"},
    ]


def test_headings_merged_over_rows_are_no_row(book: Callable[..., Path]) -> None:
    merge = b'</sheetData><mergeCells><mergeCell ref="B2:B4"/></mergeCells>'
    path = book([], [None, "名称", "单位"], [None, None, "人"], [None, None, "某所"])
    changed = rewritten(path, lambda xml: xml.replace(b"</sheetData>", merge))
    assert [row.cells for row in open_xlsx(changed).rows] == [
        {"名称": "", "单位": "人"},
        {"名称": "", "单位": "某所"},
    ]


def test_empty_rows_are_passed_over_and_lines_stay_true(book: Callable[..., Path]) -> None:
    table = open_xlsx(book([], ["a", "b"], [" ", "\u3000"], ["1", None], [None, "2"]))
    assert [(row.line, row.cells) for row in table.rows] == [
        (4, {"a": "1", "b": ""}),
        (5, {"a": "", "b": "2"}),
    ]


def test_formulas_are_not_computed(book: Callable[..., Path]) -> None:
    (row,) = open_xlsx(book(["a", "b"], ["x", '=HYPERLINK("https://example.com")'])).rows
    assert row.cells == {"a": "x", "b": ""}


def test_a_number_that_lost_digits_refuses_its_row(book: Callable[..., Path]) -> None:
    bad, good = open_xlsx(book(["编号"], [1234567890123456789], ["1234567890123456789"])).rows
    assert [(found.rule, found.column) for found in bad.problems] == [("LOST_DIGITS", "编号")]
    assert good.cells == {"编号": "1234567890123456789"}


def test_a_sheet_is_taken_by_name(book: Callable[..., Path]) -> None:
    path = book(["a"], ["1"], sheet="需求")
    assert [row.cells for row in open_xlsx(path, "需求").rows] == [{"a": "1"}]
    with pytest.raises(Refused, match="it has 需求"):
        open_xlsx(path, "成果")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("a,b\n")
    with pytest.raises(Refused, match="not a readable XLSX"):
        open_xlsx(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(Refused, match="not a readable XLSX"):
        open_xlsx(path)


def test_a_damaged_workbook_is_refused(book: Callable[..., Path]) -> None:
    path = book(["名称"], *([f"第{number}行"] for number in range(200)))
    content = path.read_bytes()
    start = content.index(b"sheet1.xml") + 60
    for place in range(start, start + 400, 7):
        path.write_bytes(content[:place] + b"\xff\0" + content[place + 2 :])
        with pytest.raises(Refused, match="not a readable XLSX"):
            open_xlsx(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(Refused, match="not a readable XLSX"):
        open_xlsx(path)


def test_an_encrypted_workbook_is_refused(book: Callable[..., Path]) -> None:
    path = book(["名称"])
    content = path.read_bytes()
    # Bit 0 of the flags, behind the signature and the version of each part.
    content = content.replace(b"PK\x03\x04\x14\0\0", b"PK\x03\x04\x14\0\1")
    content = content.replace(b"PK\x01\x02\x14\3\x14\0\0", b"PK\x01\x02\x14\3\x14\0\1")
    path.write_bytes(content)
    with pytest.raises(Refused, match="encrypted"):
        open_xlsx(path)


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Return a copy of the workbook with another sheet XML."""
    target = path.with_name("changed.xlsx")
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith("sheet1.xml"):
                content = change(content)
            copy.writestr(member.filename, content)
    return target


def test_a_sheet_with_a_far_corner_is_refused_before_it_is_opened(
    book: Callable[..., Path],
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = rewritten(book(["a"], ["1"]), lambda xml: xml.replace(b"</sheetData>", corner))
    with pytest.raises(Refused, match="1048576 × 16384 cells"):
        open_xlsx(path)


@pytest.mark.parametrize(
    "place",
    [b"r='XFD80000'", b'r ="XFD80000"', b'r="xfd80000"', b"r" + b" " * 300 + b'=\n"XFD80000"'],
    ids=["single quotes", "a space", "small letters", "many spaces"],
)
@pytest.mark.parametrize("name", [b"worksheets/sheet1.xml", b"data.xml"])
def test_a_far_corner_is_found_however_it_is_written_and_wherever(
    book: Callable[..., Path], tmp_path: Path, place: bytes, name: bytes
) -> None:
    """What is not refused here makes the reader take all memory, and ends the process."""
    sheet, target = b"worksheets/sheet1.xml", tmp_path / "far.xlsx"
    cell = b"<row><c %b><v>1</v></c></row></sheetData>" % place
    with zipfile.ZipFile(book(["a"], ["1"])) as source, zipfile.ZipFile(target, "w") as copy:
        for member in source.infolist():
            content = source.read(member).replace(sheet, name)
            is_sheet = member.filename.endswith("sheet1.xml")
            content = content.replace(b"</sheetData>", cell) if is_sheet else content
            copy.writestr(member.filename.replace(sheet.decode(), name.decode()), content)
    with pytest.raises(Refused, match="80000 × 16384 cells"):
        open_xlsx(target)


def test_an_archive_that_inflates_too_far_is_refused(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_INFLATED_BYTES", 100_000)
    path = rewritten(book(["a"], ["1"]), lambda xml: xml + b" " * 200_000)
    with pytest.raises(Refused, match="inflates to over"):
        open_xlsx(path)


def test_an_archive_that_lies_about_a_size_is_refused(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_INFLATED_BYTES", 100_000)
    path = rewritten(book(["a"], ["1"]), lambda xml: xml + b" " * 200_000)
    with zipfile.ZipFile(path) as archive:
        size_bytes = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes()
    path.write_bytes(content.replace(size_bytes.to_bytes(4, "little"), (9).to_bytes(4, "little")))
    with pytest.raises(Refused, match="inflates to over"):
        open_xlsx(path)
