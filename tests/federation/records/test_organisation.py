"""Each rule of an organisation: an example that breaks it, and nothing else."""

from __future__ import annotations

import pytest

from federation.records.codec import OrganisationStatus
from federation.records.organisation import check_organisation
from tests.federation.records.examples import COMPANY, UNIVERSITY, organisation
from tests.federation.records.spoiling import Broken, drop, put, sentence, told

_MERGED = OrganisationStatus.ORGANISATION_STATUS_MERGED

OF_ORGANISATIONS = [
    Broken("a credit code", "REQUIRED", "public.uscc", drop("public.uscc")),
    Broken("a name", "REQUIRED", "public.title", drop("public.title")),
    Broken("a region", "REQUIRED", "public.region", drop("public.region")),
    Broken("a type", "REQUIRED", "public.type", drop("public.type")),
    Broken("a platform", "REQUIRED", "public.source_platform", drop("public.source_platform")),
    Broken(
        "merged into whom",
        "REQUIRED",
        "public.merged_into_uscc",
        put("public.status", _MERGED),
    ),
    Broken(
        "merged into another though active",
        "MERGED_INTO",
        "public.merged_into_uscc",
        put("public.merged_into_uscc", UNIVERSITY),
    ),
    Broken(
        "merged into itself",
        "MERGED_INTO",
        "public.merged_into_uscc",
        lambda record: [
            put("public.status", _MERGED)(record),
            put("public.merged_into_uscc", COMPANY)(record),
        ],
    ),
    Broken(
        "a phone number in the description",
        "PERSONAL_PHONE",
        "public.description",
        put("public.description", "总机 0512-62880000"),
    ),
    Broken(
        "an industry that is none",
        "INDUSTRY_UNKNOWN",
        "public.industry",
        put("public.industry", "Z1"),
    ),
]


@pytest.mark.parametrize("broken", OF_ORGANISATIONS, ids=sentence)
def test_organisation_is_refused_for_exactly_this(broken: Broken) -> None:
    record = organisation()
    broken.spoil(record)
    assert told(check_organisation(record).violations) == [(broken.rule, broken.field)]


def test_organisation_that_moved_is_accepted_with_a_warning() -> None:
    record = organisation()
    record.public.region = "310000"
    checked = check_organisation(record)
    assert checked.ok
    assert told(checked.warnings) == [("E_USCC_REGION", "public.uscc")]


def test_merged_organisation_names_its_heir() -> None:
    record = organisation()
    record.public.status = _MERGED
    record.public.merged_into_uscc = UNIVERSITY
    assert check_organisation(record).ok
