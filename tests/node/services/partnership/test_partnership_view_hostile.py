"""The partnership view under documents that nobody writes who means well."""

from __future__ import annotations

from typing import Any

import pytest

from federation.partnership.codec import parse_document
from federation.partnership.codec import serialise as bytes_of
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import StepKind
from federation.records.refs import Ref
from node.storage import awaited
from node.storage.database import Database
from node.storage.enquiries import EnquiryFilter
from node.storage.parts import content_of
from tests.node.services.partnership.made_enquiries import E, MadeEnquiries, R, name_of, origin
from tests.node.services.partnership.test_partnership_view import caught_up, rows
from tests.node.storage.made_logs import subject
from tests.node.storage.test_batches import store

ALL = EnquiryFilter()


def test_hostile_numbers_and_texts_fit_every_database(database: Database) -> None:
    made = MadeEnquiries()
    made.submit()

    said = parse_document(content_of(made.logs[E].parts[0][0]))
    said.step.recorded_at_ms = 2**64 - 1
    said.step.submission.from_region = "3\0" * 500
    said.step.submission.from_organisation.uscc = ""
    said.step.submission.from_organisation.name = "名\0" * 5000
    made.logs[E].document(9, [R], bytes_of(said), None)
    far = Ref(origin(R), 2**63 - 2, bytes(32))
    made.step(E, StepKind.CANCELLED, far, 9, reason="无")
    store(database, made.logs[E])
    caught_up(database)
    row = next(one for one in rows(database) if one.subject == subject(9))
    assert row.submitted_at_ms == 2**63 - 1
    assert row.waits
    with database.read() as tx:
        assert awaited.unproven(tx, awaited.FIRST, 10) == []


def test_many_first_steps_of_one_author_and_subject_are_one_enquiry_and_one_fold(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = MadeEnquiries()
    made.submit()

    said = parse_document(content_of(made.logs[E].parts[0][0]))
    listing = said.step.submission.listing
    for number in range(50):
        listing.name = name_of(1, f"m{number}")
        listing.version.origin = origin(f"m{number}")
        made.logs[E].document(7, [R], bytes_of(said), None)
    store(database, made.logs[E])
    folds = []

    def counted(*asked: Any) -> Any:
        folds.append(asked)
        return fold_enquiry(*asked)

    monkeypatch.setattr("node.services.partnership.enquiry_folder.fold_enquiry", counted)
    caught_up(database)
    (row,) = rows(database)
    assert (row.enquirer, row.listing_member) == (E, R)
    assert len(folds) == 1
