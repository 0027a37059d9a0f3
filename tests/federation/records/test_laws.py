"""Laws of all checks: they never raise, what passes passes again, and nothing personal is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.records.codec import Listing, Manager, Organisation
from federation.records.findings import VALUE_MAX, Checked
from federation.records.personal_data import find_personal_data
from federation.records.revision import check_first, check_revision
from federation.records.rules import RULES
from federation.records.validation import check_record
from tests.federation.records.examples import TODAY, demand, manager, organisation, supply
from tests.federation.records.random_records import messages

_CLASSES = (Listing, Organisation, Manager)
_RECORDS = st.one_of(*(messages(record) for record in _CLASSES))
_LISTINGS = messages(Listing)


def _check(record: Any) -> Checked[Any]:
    checked: Checked[Any] = check_record(record, today=TODAY)
    return checked


@given(_RECORDS)
def test_any_record_is_checked_and_never_raises(record: Any) -> None:
    checked = _check(record)
    for found in checked.violations + checked.warnings:
        assert found.rule in RULES
        assert found.field.partition(".")[0] in {"public", "members", "origin"}
        assert len(found.value) <= VALUE_MAX
        assert found.text_zh.startswith(found.field)
        assert found.text_en.startswith(found.field)


@given(_RECORDS)
def test_normal_form_is_checked_alike(record: Any) -> None:
    once = _check(record)
    again = _check(once.record)
    assert again.record == once.record
    assert {(one.rule, one.field) for one in again.violations} == {
        (one.rule, one.field) for one in once.violations
    }
    assert not any(one.rule == "E_NFKC" for one in again.warnings)


@given(_RECORDS)
def test_findings_tell_no_personal_data(record: Any) -> None:
    checked = _check(record)
    for found in checked.violations + checked.warnings:
        for told in (found.value, found.text_zh, found.text_en):
            assert list(find_personal_data(told)) == []
        if found.field.startswith("origin"):
            assert found.value == ""


@given(st.data())
def test_texts_of_a_good_record_may_be_replaced_by_any_good_text(data: st.DataObject) -> None:
    example: Any = data.draw(st.sampled_from([supply, demand, organisation, manager]))
    record = example()
    text = data.draw(st.text(max_size=100))
    field = {"Listing": "description", "Organisation": "description", "Manager": "title"}
    setattr(record.public, field[type(record).__name__], text)
    checked = _check(record)
    if checked.ok:
        again = _check(checked.record)
        assert again.ok
        assert again.record == checked.record


@given(_LISTINGS, _LISTINGS, st.lists(st.dates(), max_size=3))
def test_any_two_revisions_are_compared_and_never_raise(
    before: Listing, after: Listing, validities: list[date]
) -> None:
    found = check_first(after) + check_revision(before, after, validities=validities)
    assert {one.rule for one in found} <= set(RULES)


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_huge_text_is_refused_and_not_normalised(size: int) -> None:
    listing = supply()
    listing.public.title = "\ufdfa" * size
    listing.public.manager = "nodes/" * size
    listing.public.keywords.extend(["铝"] * 1000)
    rules = {found.rule for found in _check(listing).violations}
    assert rules == {"TEXT_TOO_LONG", "RECORD_NAME_FORM", "TOO_MANY"}
