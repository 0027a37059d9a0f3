"""The guides name everything that the code has: each setting, metric, command and error reason."""

from __future__ import annotations

import re

import pytest

from tests.reference import EXAMPLE, TABLES, example, table, with_table


def names_in(text: str) -> set[str]:
    return set(re.findall(r"^\| (`[^`]+`) \|", text, re.MULTILINE))


@pytest.mark.parametrize("name", TABLES)
def test_the_guide_names_everything_and_is_fresh(name: str) -> None:
    file, headings, rows = TABLES[name]
    guide = file.read_text(encoding="utf-8")
    fresh = table(headings, rows())
    missing = sorted(names_in(fresh) - names_in(guide))
    assert not missing, f"{file.name} does not name {missing}: run make docs"
    assert with_table(guide, name, fresh) == guide, f"{file.name} is not fresh: run make docs"


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_something_in_every_column(name: str) -> None:
    _, headings, rows = TABLES[name]
    for row in rows():
        assert len(row) == len(headings)
        assert all(cell.strip() for cell in row), row


def test_the_example_configuration_is_fresh() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == example(), "run make docs"


def test_a_guide_without_markers_is_noticed() -> None:
    with pytest.raises(LookupError, match="settings begin"):
        with_table("# A guide\n", "settings", "| a |")
