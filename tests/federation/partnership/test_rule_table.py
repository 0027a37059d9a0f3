"""The table of partnership rules: readable in both languages, each with an example."""

from __future__ import annotations

from string import Formatter

import pytest

from federation.partnership.rules import PARTNERSHIP_RULES, PartnershipReport
from federation.records.rules import RULES
from tests.federation.partnership.test_contract_validation import OF_CONTRACTS, OF_REGISTRATIONS
from tests.federation.partnership.test_validation import OF_SUBMISSIONS


def test_every_rule_has_an_example() -> None:
    shown = {
        broken.rule
        for table in (OF_SUBMISSIONS, OF_CONTRACTS, OF_REGISTRATIONS)
        for broken in table
    }
    elsewhere = {"NOT_A_SIDE", "BEFORE_SIGNING", "PHONE_FORM", "EMAIL_FORM"}
    assert set(PARTNERSHIP_RULES) - elsewhere <= shown


def test_no_rule_has_two_meanings_though_contacts_go_elsewhere_than_those_of_a_record() -> None:
    again = set(PARTNERSHIP_RULES) & set(RULES)
    assert again == {"PERSONAL_PHONE", "PERSONAL_EMAIL"}
    for name in again:
        here, there = PARTNERSHIP_RULES[name], RULES[name]
        assert here[0].split("，")[0] == there[0].split("，")[0]
        assert "ydx enquiry contacts" in here[0]
        assert "origin" not in here[0] + here[1]
    assert set(PartnershipReport.rules) == set(PARTNERSHIP_RULES) | set(RULES)


@pytest.mark.parametrize("name", PARTNERSHIP_RULES)
def test_rule_says_what_and_the_cure_in_both_languages(name: str) -> None:
    zh, en = PARTNERSHIP_RULES[name]
    assert "；" in zh
    assert ";" in en
    assert {field for _, field, _, _ in Formatter().parse(zh)} == {
        field for _, field, _, _ in Formatter().parse(en)
    }
