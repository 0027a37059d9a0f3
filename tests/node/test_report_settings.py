"""The targets of reports in the settings: the plan's by default, or the member's own."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from node.config.example import default_text
from node.config.settings import PLAN_TARGETS, Report
from node.services.partnership.report_folds import MEASURES


def test_the_example_file_shows_the_plans_targets_as_they_are_read() -> None:
    text = default_text(Report.model_fields["targets"])
    assert Report(**tomllib.loads(f"targets = {text}")).targets == PLAN_TARGETS


def test_every_measure_that_reports_know_can_be_a_target() -> None:
    for measure in MEASURES:
        said = {"one": {"measure": measure, "amount": 1, "until": "2027-12-31"}}
        assert Report.model_validate({"targets": said}).targets["one"].measure == measure


@pytest.mark.parametrize(
    "said",
    [
        {"measure": "patents", "amount": 1, "until": "2027-12-31"},
        {"measure": "managers", "amount": 0, "until": "2027-12-31"},
        {"measure": "managers", "amount": 1, "until": "2027-02-30"},
        {"measure": "managers", "amount": 1, "until": "20271231"},
        {"measure": "managers", "amount": 1},
    ],
)
def test_a_target_that_measures_nothing_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Report.model_validate({"targets": {"one": said}})
