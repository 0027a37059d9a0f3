"""Texts as values: whatever the product calls a choice can be imported."""

from __future__ import annotations

from typing import Any

import pytest

from node.choice_words import CHOICES
from node.importing.codec import all_paths, resolve
from node.importing.path_mapper import PathMapper
from node.importing.rows import Row

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
