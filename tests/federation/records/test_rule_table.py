"""The table of rules: readable in both languages, and every rule has an example that breaks it."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from federation.records import rules
from federation.records.findings import VALUE_MAX, Report, finding
from federation.records.rules import RULES
from tests.federation.records.test_demand_rules import OF_DEMANDS
from tests.federation.records.test_listing import WARNED
from tests.federation.records.test_organisation import OF_ORGANISATIONS
from tests.federation.records.test_supply_rules import OF_SUPPLIES
from tests.federation.records.test_technology_manager import OF_MANAGERS

_ELSEWHERE = {
    "E_USCC_REGION",  # test_organisation
    "KIND_CHANGED",  # test_revision, as all below
    "RENEWAL_TOO_LONG",
    "RENEWED_TWICE",
    "STATUS_FIRST",
    "STATUS_MOVE",
    "USCC_CHANGED",
    "VALIDITY_REMOVED",
}


def _strings(folder: Path) -> set[str]:
    return {
        node.value
        for path in folder.glob("*.py")
        if path.name != "rules.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_rule_has_an_example() -> None:
    tables = (OF_SUPPLIES, OF_DEMANDS, WARNED, OF_ORGANISATIONS, OF_MANAGERS)
    shown = {broken.rule for table in tables for broken in table}
    assert shown | _ELSEWHERE == set(RULES)


def test_every_rule_is_used() -> None:
    used = _strings(Path(rules.__file__).parent)
    personal = {rule for rule in RULES if rule.startswith("PERSONAL_")}
    assert set(RULES) - personal <= used


@pytest.mark.parametrize("name", RULES)
def test_rule_says_what_and_the_cure_in_both_languages(name: str) -> None:
    zh, en = RULES[name]
    assert "；" in zh
    assert ";" in en
    assert {field for _, field, _, _ in Formatter().parse(zh)} == {
        field for _, field, _, _ in Formatter().parse(en)
    }


def test_value_is_cut_to_80_characters() -> None:
    report = Report()
    report.add("USCC_FORM", "public.uscc", "9" * 20 + "很" * 500)
    (found,) = report.checked(None).violations
    assert len(found.value) == VALUE_MAX
    assert found.value.endswith("…")


def test_text_names_field_value_and_cure() -> None:
    found = finding("TITLE_ONLY_NUMBER", "public.title", "123")
    assert found.text_zh == "public.title“123”不含文字；请写明是什么技术"
    assert found.text_en == 'public.title "123" has no words; say what the technology is'


def test_personal_data_is_never_told() -> None:
    report = Report()
    report.add("TEXT_TOO_LONG", "public.title", "致电 13800001234" * 50, length=1, most=1)
    report.note_folded("public.title", "１３８００００１２３４", "13800001234")
    report.mute()
    report.add("TEXT_TOO_LONG", "origin.contacts[0].name", "某某", length=1, most=1)
    checked = report.checked(None)
    assert [found.value for found in checked.violations] == ["", ""]
    assert checked.warnings == ()
    assert "13800001234" not in "".join(found.text_en for found in checked.violations)
