"""Columns that are field paths: no cell is lost, and what is nearly a path is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.importing.codec import nearest_to_column
from node.importing.path_mapper import PathMapper
from node.importing.rows import Row, column_key
from node.importing.running import import_rows
from node.importing.text_files import open_json_lines
from tests.node.importing.catalogue import Catalogue
from tests.node.importing.test_running import row, written

if TYPE_CHECKING:
    from pathlib import Path

    from node.importing.mapper import Mapped
    from node.importing.running import RowResult


def mapped(cells: dict[str, str]) -> Mapped:
    return PathMapper().map_row(Row(1, cells))


def names(result: Mapped) -> list[str]:
    return [person.name for person in result.listing.origin.contacts]


@pytest.mark.parametrize("index", ["00", "01", "٠", "۰", "０", "", "-1", "100"])
def test_an_index_has_one_spelling_and_a_column_with_another_is_told(index: str) -> None:
    for key in (f"origin.contacts.{index}.name", f"origin.contacts[{index}].name"):
        assert PathMapper().unread([key]) == ([] if index == "０" else [key])
        if index != "０":  # headings are compared without regard to width
            assert nearest_to_column(key) == "origin.contacts[0].name"
        cells = {"origin.contacts.0.name": "甲", key: "乙"}
        assert names(mapped(cells)) in ([], ["甲"])


@given(index=st.text(st.characters(categories=["N"]), min_size=1, max_size=3))
def test_no_spelling_of_an_index_replaces_another(index: str) -> None:
    cells = {"origin.contacts.0.name": "甲"}
    cells[column_key(f"origin.contacts.{index}.name")] = "乙"
    result = mapped(cells)
    is_read = len(cells) - len(PathMapper().unread(cells))
    assert len(names(result)) == is_read


def test_two_columns_of_one_field_are_told_by_name() -> None:
    cells = {"origin.contacts[0].phone": "+86 100", "origin.contacts.phone": "+86 200"}
    (found,) = mapped(cells).problems
    assert (found.rule, found.field, found.value) == ("SAME_FIELD", "origin.contacts[0].phone", "")
    assert found.text_zh.endswith("：origin.contacts[0].phone、origin.contacts.phone")
    assert found.text_en.endswith(": origin.contacts[0].phone, origin.contacts.phone")
    assert mapped(cells | {"origin.contacts.phone": " "}).problems == (), "one has no value"


@pytest.mark.parametrize(
    ("column", "nearest"),
    [
        ("contacts.0.name", "origin.contacts.0.name"),
        ("contacts[3].phone", "origin.contacts[3].phone"),
        ("contacts.name", "origin.contacts.name"),
        ("title", "public.title"),
        ("kind", "public.kind"),
        ("budget.amount_max_fen", "members.budget.amount_max_fen"),
        ("titles", "public.title"),
        ("public.titles", "public.title"),
        ("name", ""),
        ("备注", ""),
    ],
)
def test_a_column_without_its_part_is_told_with_it(column: str, nearest: str) -> None:
    assert nearest_to_column(column) == nearest


def test_a_file_without_paths_is_told_which_ones_were_perhaps_meant() -> None:
    cure = PathMapper().cure(["Title", "备注", "kind"])
    assert cure.endswith("field paths, as Title → public.title, kind → public.kind")
    assert PathMapper().cure(["备注"]).endswith("field paths")


def test_indices_tell_an_order_and_empty_elements_are_passed_over() -> None:
    cells = {"origin.contacts.0.name": " ", "origin.contacts.1.name": "甲"}
    assert names(mapped(cells)) == ["甲"]
    cells = {f"origin.contacts.{index}.name": text for index, text in ((6, "乙"), (2, "甲"))}
    result = mapped(cells)
    assert (names(result), result.problems) == (["甲", "乙"], ())


def test_an_element_that_could_not_be_read_keeps_its_place() -> None:
    cells = {"public.supply.ip[0].type": "专力", "public.supply.ip[1].number": "CN1"}
    result = mapped(cells)
    assert [found.field for found in result.problems] == ["public.supply.ip[0].type"]
    assert [one.number for one in result.listing.public.supply.ip] == ["", "CN1"]


def imported(tmp_path: Path, contacts: dict[str, str], **changes: str) -> RowResult:
    line: dict[str, Any] = row(1, **changes)
    path = written(tmp_path, [line | contacts])
    catalogue = Catalogue()
    (result,) = import_rows(
        open_json_lines(path), PathMapper(), catalogue.publish, check=catalogue.plan
    )
    return result


def test_what_is_wrong_with_an_element_is_told_at_the_index_of_its_column(tmp_path: Path) -> None:
    contacts = {"origin.contacts.3.name": "甲", "origin.contacts.6.role": "主任"}
    for region in ("340203", "x"):  # alone, and beside what could not be read
        (found, *_) = imported(tmp_path, contacts, region=region).problems[::-1]
        assert found.rule == "REQUIRED"
        assert found.field == "origin.contacts[6].name"
        assert found.text_zh.startswith("origin.contacts[6].name 必填")
        assert found.text_en.startswith("origin.contacts[6].name is required")


def test_more_elements_than_a_list_holds_are_counted_without_the_empty_ones(
    tmp_path: Path,
) -> None:
    contacts = {f"origin.contacts.{number}.name": "甲" for number in range(1, 6)}
    assert imported(tmp_path, contacts).outcome.value == "create"
    (found,) = [
        one
        for one in imported(tmp_path, contacts | {"origin.contacts.9.name": "乙"}).problems
        if not one.is_warning
    ]
    assert (found.rule, found.column) == ("TOO_MANY", "origin.contacts")
    assert "有 6 项，至多 5 项" in found.text_zh
