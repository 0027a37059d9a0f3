"""The alert rules: valid, each with a case that is silent and one that fires, each explained."""

from __future__ import annotations

import re

import pytest

from node.rpc.error_table import MEANINGS
from tests.deploy.places import ALERT_CASES, ALERTS, RUNBOOK, SCRAPING, alerts, promtool, read_yaml

NAMES = [rule["alert"] for rule in alerts()]


def test_the_scrape_configuration_is_valid_and_loads_the_rules() -> None:
    promtool("check", "config", "--lint-fatal", str(SCRAPING))


def test_the_rules_are_valid() -> None:
    promtool("check", "rules", "--lint-fatal", str(ALERTS))


def test_every_case_comes_out_as_written() -> None:
    promtool("test", "rules", *map(str, ALERT_CASES))


def test_every_alert_has_a_moment_of_silence_and_one_of_fire() -> None:
    seen = {(name, fires): 0 for name in NAMES for fires in (False, True)}
    for case in [one for file in ALERT_CASES for one in read_yaml(file)["tests"]]:
        for moment in case["alert_rule_test"]:
            seen[moment["alertname"], bool(moment["exp_alerts"])] += 1
    assert [key for key, count in seen.items() if not count] == []


def test_alerts_have_names_of_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("rule", alerts(), ids=NAMES)
def test_an_alert_says_how_urgent_it_is_and_where_the_cure_stands(rule: dict[str, object]) -> None:
    name = str(rule["alert"])
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert rule["annotations"] == {
        "summary": rule["annotations"]["summary"],  # type: ignore[index]
        "runbook": f"deploy/prometheus/README.md#{name.lower()}",
    }


def runbook_entries() -> dict[str, str]:
    parts = re.split(r"^### (Ydx\w+)\n", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_runbook_explains_every_alert_and_no_other() -> None:
    entries = runbook_entries()
    assert set(entries) == set(NAMES)
    assert [name for name, text in entries.items() if len(text.split()) < 15] == []


def test_the_links_inside_the_runbook_lead_somewhere() -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    anchors = {name.lower() for name in runbook_entries()}
    assert set(re.findall(r"\]\(#([a-z]+)\)", text)) <= anchors


def test_the_runbook_names_reasons_and_alerts_that_exist() -> None:
    words = set(re.findall(r"`([A-Z]{3,}(?:_[A-Z]+)*)`", RUNBOOK.read_text(encoding="utf-8")))
    assert words - set(MEANINGS) - {"FULL"} == set()
