"""Each rule of a technology manager: an example that breaks it, and nothing else."""

from __future__ import annotations

import pytest

from federation.records.codec import Consent, Manager, Person
from federation.records.technology_manager import check_manager
from tests.federation.records.examples import TODAY, manager
from tests.federation.records.spoiling import Broken, drop, extend, put, sentence, told

_PHONE = "13800001234"


def _person(consent: Consent | None) -> Manager:
    record = manager()
    record.origin.person.CopyFrom(Person(name="某某", phone=_PHONE, email="a@example.com"))
    if consent:
        record.origin.consent.CopyFrom(consent)
    return record


def _consent(**other: str) -> Consent:
    return Consent(
        **({"purpose": "撮合", "scope": "姓名、电话", "granted_on": "2026-01-05"} | other)
    )


OF_MANAGERS = [
    Broken("a pseudonym", "REQUIRED", "public.title", drop("public.title")),
    Broken("a level", "REQUIRED", "public.level", drop("public.level")),
    Broken("an employer", "REQUIRED", "public.employer", drop("public.employer")),
    Broken(
        "an employer with a name",
        "REQUIRED",
        "public.employer.name",
        drop("public.employer.name"),
    ),
    Broken(
        "6 fields", "TOO_MANY", "public.tech_fields", extend("public.tech_fields", 1, 2, 3, 4, 5)
    ),
    Broken(
        "a region twice",
        "DUPLICATE_ITEM",
        "public.regions_served[2]",
        extend("public.regions_served", "310000"),
    ),
    Broken(
        "a phone number as pseudonym",
        "PERSONAL_PHONE",
        "public.title",
        put("public.title", _PHONE),
    ),
    Broken(
        "a person without consent",
        "CONSENT_REQUIRED",
        "origin.person",
        lambda record: record.CopyFrom(_person(None)),
    ),
    Broken(
        "a person after the consent was withdrawn",
        "CONSENT_WITHDRAWN",
        "origin.person",
        lambda record: record.CopyFrom(_person(_consent(withdrawn_on="2026-06-01"))),
    ),
    Broken(
        "a consent of nobody",
        "REQUIRED",
        "origin.person",
        lambda record: record.origin.consent.CopyFrom(_consent()),
    ),
    Broken(
        "a consent without purpose",
        "REQUIRED",
        "origin.consent.purpose",
        lambda record: record.CopyFrom(_person(_consent(purpose=""))),
    ),
    Broken(
        "a consent of tomorrow",
        "DATE_IN_FUTURE",
        "origin.consent.granted_on",
        lambda record: record.CopyFrom(_person(_consent(granted_on="2026-07-31"))),
    ),
    Broken(
        "a consent withdrawn before it was given",
        "DATE_ORDER",
        "origin.consent.granted_on",
        lambda record: record.origin.consent.CopyFrom(_consent(withdrawn_on="2026-01-04")),
    ),
]


@pytest.mark.parametrize("broken", OF_MANAGERS, ids=sentence)
def test_manager_is_refused_for_exactly_this(broken: Broken) -> None:
    record = manager()
    broken.spoil(record)
    found = check_manager(record, today=TODAY).violations
    assert told(found) == [(broken.rule, broken.field)]


def test_manager_with_a_consenting_person_is_good() -> None:
    assert check_manager(_person(_consent()), today=TODAY).ok


def test_withdrawn_consent_may_stay_without_the_person() -> None:
    record = manager()
    record.origin.consent.CopyFrom(_consent(withdrawn_on="2026-06-01"))
    assert check_manager(record, today=TODAY).ok


def test_employer_without_code_stays_unresolved() -> None:
    record = manager()
    record.public.employer.uscc = ""
    checked = check_manager(record, today=TODAY)
    assert checked.ok
    assert told(checked.warnings) == [("E_UNRESOLVED", "public.employer")]
