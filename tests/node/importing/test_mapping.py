"""Mapping files: what is wrong in one is told when it is read, with the nearest right thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.log.errors import Refused
from node.importing.mapping import find_mapping, load_mapping

EXAMPLES = Path(__file__).parents[3] / "deploy" / "example" / "mappings"

BASE = """
title = "t"
[fields]
"""


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "m.toml"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("title = ", "m.toml"),
        ('title = "a"\ntitle = "b"', "m.toml: title is given a second time in line 2; keep one"),
        ("titles = 'a'\n[fields]\n", "there is no key titles; do you mean title?"),
        ("[fields]\n[read]\nencodng = 'a'", "there is no key read.encodng; do you mean encoding?"),
        ("title = 'a'\nxyzzy = 1\n[fields]\n", "there is no key xyzzy; there are title, match"),
        ("[fields]\n", "title: Field required"),
        (BASE + '"public.titles" = "a"', "nearest: public.title"),
        (BASE + '"state" = "a"', "there is no field 'state'"),
        (BASE + '"public.supply.ip.number" = "a"', "nearest: public.supply.ip[0].number"),
        (BASE + '"public.supply" = "a"', "there is no field 'public.supply'"),
        (BASE + '"public.title" = { form = "a" }', "public.title.form; do you mean from?"),
        (BASE + '"public.title" = { from = "a", value = "b" }', "exactly one of"),
        (BASE + '"public.title" = { cut = 3 }', "exactly one of"),
        (BASE + '"public.kind" = { value = "SUPPLIES" }', "none of its terms: SUPPLY, DEMAND"),
        (BASE + '"public.trl" = { from = "a", map = { x = "nine" } }', "'nine' breaks BAD_NUMBER"),
        (BASE + '"public.trl" = { from = "a", map = "levels" }', "there is no map 'levels'"),
        (BASE + '"public.trl" = { from = "a", clean = ["magic"] }', "clean"),
        (BASE + '"public.trl" = { from = "a", cut = -1 }', "cut"),
        (BASE + '"public.valid_until" = { from = "a", dates = "YYYY-MM-DD" }', "is no strptime"),
        (BASE + '"public.valid_until" = { from = "a", dates = "%Q" }', "'%Q' is no strptime"),
    ],
    ids=[
        "no TOML", "a key twice", "a misspelt name of a table", "a misspelt option",
        "a strange key", "no title", "a misspelt path", "a path that is output only",
        "a list without an index", "a message, not a field", "a misspelt key", "two sources",
        "no source", "an unknown constant", "an unknown term in a map", "an unknown map",
        "an unknown way to clean", "a negative length", "a date as people write it", "no directive",
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused(tmp_path: Path, content: str, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        load_mapping(written(tmp_path, content))
    assert caught.value.reason == "BAD_FILE"
    assert expected in caught.value.what


def test_a_missing_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"none\.toml"):
        load_mapping(tmp_path / "none.toml")


def test_a_rule_may_be_just_its_column(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, BASE + '"public.title" = "名称"'))
    assert mapping.fields["public.title"].columns == ("名称",)


def test_rows_are_spread_over_members_by_their_source_id(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, 'spread = ["shanghai", "anhui", "center"]' + BASE))
    members = [mapping.member_of(f"id-{number}") for number in range(300)]
    assert members == [mapping.member_of(f"id-{number}") for number in range(300)]
    assert all(members.count(member) > 70 for member in ("shanghai", "anhui", "center"))


def test_one_member_publishes_what_is_not_spread(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, 'member = "anhui"' + BASE))
    assert mapping.member_of("any") == "anhui"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_good_and_found_for_its_files(path: Path) -> None:
    mapping = load_mapping(path)
    assert mapping.match
    for glob in mapping.match:
        assert find_mapping(Path("anywhere") / glob, EXAMPLES) == path


def test_no_mapping_is_found_for_a_strange_file() -> None:
    assert find_mapping(Path("csl_zh/SOURCE.md"), EXAMPLES) is None
