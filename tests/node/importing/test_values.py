"""Texts as values: whatever the product calls a choice is read; of a number it is told why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.choice_words import CHOICES
from node.importing.codec import all_paths, resolve
from node.importing.path_mapper import PathMapper
from node.importing.rows import Row
from node.importing.running import import_rows
from node.importing.text_files import open_json_lines
from tests.node.importing.catalogue import Catalogue
from tests.node.importing.test_running import row, written

if TYPE_CHECKING:
    from pathlib import Path

CHOICE_FIELDS = {
    "public.kind": "LISTING_KIND_",
    "public.tech_field": "TECH_FIELD_",
    "public.status": "LISTING_STATUS_",
    "public.classification": "CLASSIFICATION_",
    "public.supply.result_form": "RESULT_FORM_",
    "public.supply.transfer_modes": "TRANSFER_MODE_",
    "public.supply.entitlement": "ENTITLEMENT_",
    "public.supply.evaluation_level": "EVALUATION_LEVEL_",
    "public.supply.ip[0].type": "IP_TYPE_",
    "public.supply.ip[0].status": "IP_STATUS_",
    "public.supply.indicators[0].relation": "RELATION_",
    "public.demand.demand_type": "DEMAND_TYPE_",
    "public.demand.cooperation_modes": "COOPERATION_MODE_",
    "public.demand.indicators[0].relation": "RELATION_",
}


@pytest.mark.parametrize("path", CHOICE_FIELDS)
def test_each_choice_is_read_by_its_term_and_by_its_words(path: str) -> None:
    target, prefix = resolve(path), CHOICE_FIELDS[path]
    names = CHOICES[prefix]
    assert target.choices
    for term in target.choices:
        number = target.convert(prefix + term.text)
        zh, en = names[term.text]
        assert term.zh == zh
        for name in (term.text, zh, f"　{zh} ", en):
            assert target.convert(name) == number


def test_no_choice_of_a_listing_is_left_out() -> None:
    assert {path for path in all_paths() if resolve(path).choices} == set(CHOICE_FIELDS)


def test_a_table_in_the_words_of_the_product_is_read_without_a_mapping() -> None:
    cells = {
        "public.kind": "供给",
        "public.tech_field": "新材料",
        "public.supply.transfer_modes": "普通许可；作价投资",
    }
    result = PathMapper(is_table=True).map_row(Row(1, cells))
    public: Any = result.listing.public
    assert result.problems == ()
    assert (public.kind, public.tech_field, list(public.supply.transfer_modes)) == (1, 5, [5, 7])


def test_what_could_be_several_choices_is_none() -> None:
    cells = {"public.supply.transfer_modes": "许可"}
    (found,) = PathMapper().map_row(Row(1, cells)).problems
    assert found.rule == "UNKNOWN_TERM"
    assert "普通许可 LICENCE" in found.text_zh


@pytest.mark.parametrize(
    ("path", "text", "rule", "zh", "en"),
    [
        ("public.trl", "七", "BAD_NUMBER", "请只填数字", "write digits only"),
        ("public.trl", "7.5", "NOT_WHOLE", "不是整数", "Not a whole number"),
        ("public.trl", "-1", "NUMBER_RANGE", "：0 到 9", ": 0 to 9"),
        ("public.trl", "9" * 20, "NUMBER_RANGE", "：0 到 9", ": 0 to 9"),
        (
            "public.supply.owners[0].share_ppm", "-1", "NUMBER_RANGE",
            "：1 到 1000000", ": 1 to 1000000",
        ),
        (
            "public.attachments[0].size_bytes", "9" * 30, "NUMBER_RANGE",
            "：0 到 9223372036854775807", ": 0 to 9223372036854775807",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_number_is_told_apart(
    path: str, text: str, rule: str, zh: str, en: str
) -> None:
    (found,) = PathMapper().map_row(Row(1, {path: text})).problems
    assert found.rule == rule
    assert zh in found.text_zh
    assert en in found.text_en
    assert "unit =" not in found.text_en


@pytest.mark.parametrize("text", ["7", "7.0", "7.00", "7.", " ７ "])
def test_a_whole_number_may_have_a_part_of_zeros(text: str) -> None:
    assert resolve("public.trl").convert(text) == 7


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("100万元", "BAD_NUMBER"),
        ("面议", "BAD_NUMBER"),
        ("2,000,000", "BAD_NUMBER"),
        ("2000000.50", "NOT_WHOLE"),
        ("50000000000000000000", "NUMBER_RANGE"),
    ],
)
def test_an_amount_that_cannot_be_read_is_told_with_its_unit_and_how_a_mapping_tells_another(
    text: str, rule: str
) -> None:
    path = "members.budget.amount_max_fen"
    (found,) = PathMapper().map_row(Row(1, {path: text})).problems
    assert found.rule == rule
    for told in (found.text_zh, found.text_en):
        assert '"wan_yuan"' in told
        assert ("members.budget.negotiable" in told) == (text == "面议")
    assert "整数分" in found.text_zh


def test_a_date_of_another_form_is_told_with_what_a_mapping_can_do(tmp_path: Path) -> None:
    path = written(tmp_path, [row(1, valid_until="2027/12/31")])
    (result,) = import_rows(open_json_lines(path), PathMapper(), Catalogue().publish)
    (found,) = [one for one in result.problems if not one.is_warning]
    assert found.rule == "DATE_FORM"
    assert 'dates = "%Y/%m/%d"' in found.text_zh
    assert 'dates = "%Y/%m/%d"' in found.text_en


def test_an_amount_that_is_perhaps_in_another_unit_is_told_with_what_a_mapping_can_do(
    tmp_path: Path,
) -> None:
    listing = row(1) | {"members": {"price": {"amount_max_fen": "500"}}}
    path = written(tmp_path, [listing])
    (result,) = import_rows(open_json_lines(path), PathMapper(), Catalogue().publish)
    assert result.outcome.value == "create"
    (found,) = [one for one in result.problems if one.rule == "E_AMOUNT_SMALL"]
    assert found.column == "members.price.amount_max_fen"
    assert "不足 1,000 元" in found.text_zh
    for told in (found.text_zh, found.text_en):
        assert 'unit = "yuan"' in told
