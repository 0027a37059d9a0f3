"""The real files, where they are at hand: every record is accepted or refused with a reason.

They lie in ../shared/data beside the checkout, or where YDX_SHARED says.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from node.importing.mapper import FileMapper
from node.importing.mapping import find_mapping, load_mapping
from node.importing.report import Report, run_import
from node.importing.running import Outcome
from node.importing.tables import open_table
from tests.node.importing.catalogue import Catalogue

CHECKOUT = Path(__file__).parents[3]
DATA = Path(os.environ.get("YDX_SHARED", CHECKOUT.parent / "shared")) / "data"
MAPPINGS = CHECKOUT / "deploy" / "example" / "mappings"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not at hand")


class Expected(NamedTuple):
    """What is known of a file: its records, and how many of them break which rule."""

    records: int
    accepted: int
    refusals: dict[str, int]


EXPECTED = {
    "csl_zh/dev.jsonl": Expected(1000, 999, {"TEXT_TOO_SHORT": 1}),
    "nasa_patents/NASA_Patents.csv": Expected(1393, 1392, {"UNKNOWN_TERM": 1}),
    "sbir_topics/topics.jsonl": Expected(
        1680, 1565, {"PERSONAL_EMAIL": 113, "PERSONAL_PHONE": 32, "TITLE_ONLY_NUMBER": 1}
    ),
    "wipo_green/wipo_wind_technologies_69.csv": Expected(69, 69, {}),
    "wipo_green/zh_green_technology_offers_75.json": Expected(75, 75, {}),
    "zh_portal_sample/demand_invented_14.jsonl": Expected(14, 14, {}),
    "zh_portal_sample/supply_real_10.jsonl": Expected(
        10, 8, {"REQUIRED": 1, "PAPER_WITHOUT_RIGHT": 1}
    ),
}


def imported(name: str, catalogue: Catalogue) -> Report:
    path = DATA / name
    mapping_path = find_mapping(path, MAPPINGS)
    assert mapping_path is not None
    mapping = load_mapping(mapping_path)
    return run_import(name, open_table(path, mapping.read), FileMapper(mapping), catalogue.publish)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_record_is_accepted_or_refused_with_a_reason(name: str) -> None:
    expected = EXPECTED[name]
    catalogue = Catalogue()
    report = imported(name, catalogue)
    refused = report.refused
    print(f"{name}: {len(catalogue.listings)} accepted, {len(refused)} refused")  # noqa: T201
    assert report.outcomes.total() == expected.records
    assert len(catalogue.listings) == report.outcomes[Outcome.CREATE] == expected.accepted
    assert len(refused) == expected.records - expected.accepted
    rules = [{found.rule for found in row.problems if not found.is_warning} for row in refused]
    assert all(rules)
    for rule, count in expected.refusals.items():
        assert sum(rule in broken for broken in rules) == count, rule


@pytest.mark.parametrize("name", EXPECTED)
def test_a_second_import_changes_nothing(name: str) -> None:
    catalogue = Catalogue()
    first = imported(name, catalogue)
    again = imported(name, catalogue)
    assert again.outcomes[Outcome.SAME] == first.outcomes[Outcome.CREATE]
    assert again.outcomes[Outcome.CREATE] == again.outcomes[Outcome.UPDATE] == 0


def test_two_formats_of_one_set_are_the_same_records() -> None:
    catalogue = Catalogue()
    imported("wipo_green/wipo_wind_technologies_69.csv", catalogue)
    report = imported("wipo_green/wipo_wind_technologies_69.json", catalogue)
    assert report.outcomes[Outcome.SAME] == report.outcomes.total() == 69


def test_texts_over_the_limit_are_cut_with_a_warning() -> None:
    report = imported("sbir_topics/topics.jsonl", Catalogue())
    assert report.rules["E_CUT"] > 1_000
