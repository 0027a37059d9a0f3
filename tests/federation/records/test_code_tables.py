"""The code tables: whole, dated, and read in the way that their gaps need."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.records.code_tables import (
    INDUSTRIES,
    REGIONS,
    RegionStanding,
    industry_with_letter,
    region_standing,
)


def test_tables_are_whole() -> None:
    assert len(REGIONS) == 3219
    assert len(INDUSTRIES) == 1971
    assert sum(code[:2] in {"31", "32", "33", "34"} for code in REGIONS) == 350
    assert [sum(len(code) == size for code in INDUSTRIES) for size in (1, 3, 4, 5)] == [
        20,
        97,
        473,
        1381,
    ]


@pytest.mark.parametrize("name", ["gbt2260.tsv", "gbt4754_2017.tsv"])
def test_table_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    text = files("federation.records").joinpath("codes", name).read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# GB/T ")
    assert "20" in first
    assert "source: " in first


@pytest.mark.parametrize(
    ("sentence", "code", "standing"),
    [
        ("Shanghai", "310000", RegionStanding.LISTED),
        ("Suzhou", "320500", RegionStanding.LISTED),
        ("Kunshan", "320583", RegionStanding.LISTED),
        ("the districts of a municipality have no row", "310100", RegionStanding.LISTED),
        ("the districts of Nanjing have no row", "320101", RegionStanding.LISTED),
        ("Linping, made in 2021", "330113", RegionStanding.PLAUSIBLE),
        ("Nanhui, abolished in 2009", "310119", RegionStanding.PLAUSIBLE),
        ("a prefecture that never was", "329900", RegionStanding.UNKNOWN),
        ("a province that never was", "990000", RegionStanding.UNKNOWN),
        ("5 digits", "32050", RegionStanding.UNKNOWN),
        ("full-width digits", "３２０５０１", RegionStanding.UNKNOWN),
        ("a superscript", "32050²", RegionStanding.UNKNOWN),
        ("the center", "CENTER", RegionStanding.UNKNOWN),
        ("nothing", "", RegionStanding.UNKNOWN),
    ],
)
def test_region(sentence: str, code: str, standing: RegionStanding) -> None:
    assert region_standing(code) is standing, sentence


def test_every_industry_is_found_without_its_letter() -> None:
    assert all(industry_with_letter(code[1:]) == code for code in INDUSTRIES if len(code) > 1)
    assert industry_with_letter("C") == "C"
    assert industry_with_letter("9999") == "9999"


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    assert region_standing(text) in RegionStanding
    assert isinstance(industry_with_letter(text), str)
