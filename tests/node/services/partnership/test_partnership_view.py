"""The partnership view: the same rows whatever comes first, and no wait that nothing ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.log.batch import Absence
from federation.partnership.documents import Document
from federation.partnership.steps import NoteKind, StepKind
from federation.records.refs import Ref
from node.services.partnership.documents import documents_of
from node.services.partnership.enquiry_folder import EnquiryFolder
from node.services.partnership.view import PartnershipView
from node.storage import batches, enquiries, freezing, mirrors, parts, views
from node.storage.database import Database
from node.storage.enquiries import NO_DAY, EnquiryFilter, EnquiryRow
from node.storage.positions import split_part_id
from tests.node.services.partnership.made_enquiries import (
    USCC,
    E,
    MadeEnquiries,
    R,
    name_of,
    origin,
)
from tests.node.storage.made_logs import subject
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

ALL = EnquiryFilter()
NUMBERS = count()


def caught_up(database: Database) -> PartnershipView:
    view = PartnershipView(database, [EnquiryFolder()])
    follow(view)
    return view


def follow(view: PartnershipView) -> None:
    while view.step():
        pass


def rows(database: Database) -> list[EnquiryRow]:
    with database.read() as tx:
        return enquiries.page(tx, ALL, None, 100)


def introduced(made: MadeEnquiries, number: int = 7) -> tuple[Ref, Ref]:
    asked = made.submit(number)
    accepted = made.step(R, StepKind.ACCEPTED, asked, number, answer_due="2026-12-09")
    return asked, made.step(E, StepKind.INTRODUCED, accepted, number)


def test_an_enquiry_has_a_row_that_says_what_lists_and_reports_need(database: Database) -> None:
    made = MadeEnquiries()
    made.submit()
    store(database, made.logs[R], is_own=True)
    store(database, made.logs[E])
    caught_up(database)
    (row,) = rows(database)
    assert (row.subject, row.enquirer, row.listing_member) == (subject(7), E, R)
    assert row.state == StepKind.SUBMITTED
    assert row.reached == 1 << StepKind.SUBMITTED
    assert (row.due, row.owed_by) == ("2026-12-01", R)
    assert (row.answer_due, row.decision_due) == ("2026-12-01", "2026-12-22")
    assert (row.organisation, row.from_region) == (USCC.casefold(), "320500")
    assert (row.listing, row.source_platform) == (name_of(1), "anhui-tech")
    assert not row.is_ended
    assert not row.waits


def test_a_row_keeps_nothing_of_a_listing_that_is_erased(database: Database) -> None:
    made = MadeEnquiries()
    made.submit()
    store(database, made.logs[R], is_own=True)
    store(database, made.logs[E])
    view = caught_up(database)
    (row,) = rows(database)
    assert row.source_platform
    last = made.logs[R].erase((0, 0), (0, 1))
    with database.write() as tx:
        batches.apply(tx, made.logs[R].batch(last, last + 1))
    follow(view)
    assert rows(database) == [row._replace(owner_digest="", source_platform="")]


def test_a_row_follows_the_steps_to_their_end(database: Database) -> None:
    made = MadeEnquiries()
    store(database, made.logs[R], is_own=True)
    _, last = introduced(made)
    made.note(E, NoteKind.CONTACTS, last, personal=b"who")
    made.step(R, StepKind.NO_DEAL, last, reason="价格")
    view = PartnershipView(database, [EnquiryFolder()])
    store(database, made.logs[E])
    follow(view)
    assert rows(database)[0].waits
    with database.write() as tx:
        batches.apply(tx, made.logs[R].batch(1, len(made.logs[R].entries)))
    follow(view)
    (row,) = rows(database)
    assert row.is_ended
    assert row.state == StepKind.NO_DEAL
    assert (row.due, row.owed_by) == (NO_DAY, "")
    assert row.contacts_from == E
    assert row.submitted_at_ms < row.accepted_at_ms == row.answered_at_ms
    assert row.contracted_at_ms == 0


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_rows_are_the_same_whatever_came_first(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    made = MadeEnquiries()
    asked, last = introduced(made)
    made.step(R, StepKind.DECLINED, asked, reason="无")
    made.note(R, NoteKind.CONTACTS, last, personal=b"who")
    made.submit(8)
    made.step(E, StepKind.CANCELLED, Ref(origin(R), 40, bytes(32)), 8, reason="无")
    whole = Database.open(f"sqlite:///{folder}/whole.db")
    for log in made.logs.values():
        store(whole, log)
    caught_up(whole)
    pieces = Database.open(f"sqlite:///{folder}/pieces.db")
    view = PartnershipView(pieces, [EnquiryFolder()])
    ends = dict.fromkeys(made.logs, 0)
    wanted = {
        (member, leaf_index): data.draw(st.booleans())
        for member, log in made.logs.items()
        for leaf_index in range(len(log.entries))
    }
    with pieces.write() as tx:
        for member in made.logs:
            mirrors.add(tx, origin(member))
    while any(ends[member] < len(log.entries) for member, log in made.logs.items()):
        member = data.draw(
            st.sampled_from([one for one, log in made.logs.items() if ends[one] < len(log.entries)])
        )
        log, start = made.logs[member], ends[member]
        end = data.draw(st.integers(start + 1, len(log.entries)))
        late = {
            (leaf_index, 0): Absence.WANTED
            for leaf_index in range(start, end)
            if wanted[member, leaf_index] and len(log.parts[leaf_index]) < 3
        }
        with pieces.write(durable=False) as tx:
            batches.apply(tx, log.batch(start, end, late))
        ends[member] = end
        if data.draw(st.booleans()):
            follow(view)
    bring_late(pieces, made)
    follow(view)
    assert rows(pieces) == rows(whole)
    for database in (whole, pieces):
        database.close()


def bring_late(database: Database, made: MadeEnquiries) -> None:
    """Let all parts come that are wanted still."""
    with database.write() as tx:
        for row in mirrors.every(tx):
            log = made.logs[row.origin.rpartition("/")[2]]
            for one in parts.wanted_due(tx, row.origin_id, 1e12, 100):
                wire = log.parts[one.leaf_index][one.part_number]
                parts.arrive(tx, row.origin_id, one.leaf_index, one.part_number, wire, None)


def test_what_is_hidden_is_folded_away_and_what_is_shown_again_comes_back(
    database: Database,
) -> None:
    made = MadeEnquiries()
    introduced(made)
    store(database, made.logs[R], is_own=True)
    store(database, made.logs[E])
    view = caught_up(database)
    shown = rows(database)
    freeze(database, 1)
    follow(view)
    assert rows(database)[0].state == StepKind.ACCEPTED
    freeze(database, 0)
    follow(view)
    assert rows(database) == []
    freeze(database, None)
    follow(view)
    assert rows(database) == shown


def freeze(database: Database, size: int | None) -> None:
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, origin(E)), size)


def test_a_step_that_names_what_never_was_waits_until_the_log_proves_it(
    database: Database,
) -> None:
    made = MadeEnquiries()
    made.submit()
    made.step(E, StepKind.CANCELLED, Ref(origin(R), 3, b"\1" * 32), reason="无")
    store(database, made.logs[E])
    with database.write() as tx:
        mirrors.add(tx, origin(R))
        batches.apply(tx, made.logs[R].batch(0, 1))
    view = caught_up(database)
    assert rows(database)[0].waits
    for number in (2, 3, 4):
        made.logs[R].put(number)
    with database.write() as tx:
        batches.apply(tx, made.logs[R].batch(1, 4))
    follow(view)
    assert not rows(database)[0].waits


def test_a_part_that_turns_out_void_ends_the_wait_at_the_next_recheck(database: Database) -> None:
    made = MadeEnquiries()
    asked = made.submit()
    accepted = made.step(R, StepKind.ACCEPTED, asked, answer_due="2026-12-09")
    made.step(E, StepKind.INTRODUCED, accepted)
    store(database, made.logs[E])
    place = (accepted.leaf_index, 0)
    store(database, made.logs[R], absences={place: Absence.WANTED})
    view = caught_up(database)
    assert rows(database)[0].waits
    view.recheck()
    assert rows(database)[0].waits
    with database.write() as tx:
        parts.set_void(tx, mirrors.get(tx, origin(R)).origin_id, *place)
    assert not view.step()
    view.recheck()
    assert not rows(database)[0].waits


def test_a_recheck_comes_to_all_that_waits_however_much_can_never_be_proven(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.services.partnership.view.RECHECKED_MAX", 3)
    made = MadeEnquiries()
    asked = made.submit()
    accepted = made.step(R, StepKind.ACCEPTED, asked, answer_due="2026-12-09")
    hidden = made.step(R, StepKind.ACCEPTED, asked, 99)
    for number in (1, 2, 3, 4, 5):  # before the other one in every order
        made.step(E, StepKind.CANCELLED, hidden, number, reason="无")
    made.step(E, StepKind.INTRODUCED, accepted)
    store(database, made.logs[E])
    place = (accepted.leaf_index, 0)
    absences = {place: Absence.WANTED, (hidden.leaf_index, 0): Absence.WITHHELD}
    store(database, made.logs[R], absences=absences)
    view = caught_up(database)
    with database.write() as tx:
        parts.set_void(tx, mirrors.get(tx, origin(R)).origin_id, *place)
    for _ in range(3):
        view.recheck()
    (row,) = (one for one in rows(database) if one.subject == subject(7))
    assert not row.waits


def test_what_a_document_names_and_we_cannot_read_is_asked_for(database: Database) -> None:
    made = MadeEnquiries()
    asked = made.submit()
    accepted = made.step(R, StepKind.ACCEPTED, asked, answer_due="2026-12-09")
    made.step(E, StepKind.INTRODUCED, accepted)
    place = (accepted.leaf_index, 0)
    store(database, made.logs[R], absences={place: Absence.WITHHELD})
    store(database, made.logs[E])
    caught_up(database)
    with database.read() as tx:
        origin_id = mirrors.get(tx, origin(R)).origin_id
        (one,) = parts.wanted_due(tx, origin_id, 1.0, 10)
        assert (one.leaf_index, one.part_number) == place
        assert one.is_cited
        assert split_part_id(0) == (0, 0, 0)


class Named:
    """A folder that counts, and can be told by its name."""

    def __init__(self) -> None:
        self.folded: list[tuple[bytes, int]] = []
        self.cleared = 0

    def fold(self, tx: Transaction, subject: bytes, documents: Sequence[Document]) -> None:
        del tx
        self.folded.append((subject, len(documents)))

    def clear(self, tx: Transaction) -> None:
        del tx
        self.cleared += 1


class Another(Named):
    """As `Named`."""


def test_a_view_goes_on_where_it_was_and_begins_anew_with_other_folders(
    database: Database,
) -> None:
    made = MadeEnquiries()
    made.submit()
    store(database, made.logs[E])
    first = Named()
    follow(PartnershipView(database, [first]))
    assert first.folded == [(subject(7), 1)]
    assert first.cleared == 1
    again = Named()
    follow(PartnershipView(database, [again]))
    assert (again.folded, again.cleared) == ([], 0)
    other = Another()
    follow(PartnershipView(database, [again, other]))
    assert again.folded == other.folded == [(subject(7), 1)]
    assert again.cleared == 1


def test_a_position_that_the_feed_does_not_know_begins_anew(database: Database) -> None:
    made = MadeEnquiries()
    made.submit()
    store(database, made.logs[E])
    caught_up(database)
    with database.write() as tx:
        kept = views.find(tx, "partnership")
        assert kept is not None
        views.keep(tx, "partnership", kept.position + 1, kept.fold_version)
        enquiries.clear(tx)
    caught_up(database)
    assert len(rows(database)) == 1


def test_a_damaged_document_stops_only_its_own_subject(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from federation.log.errors import YdxError  # noqa: PLC0415 - used once
    from node.services.partnership import view  # noqa: PLC0415 - used once

    made = MadeEnquiries()
    made.submit(7)
    made.submit(8)
    store(database, made.logs[E])
    read = documents_of

    def damaged(tx: Transaction, which: bytes) -> list[Document]:
        if which == subject(7):
            raise YdxError("COPY_DAMAGED", "rotten")
        return read(tx, which)

    monkeypatch.setattr(view, "documents_of", damaged)
    caught_up(database)
    assert [row.subject for row in rows(database)] == [subject(8)]


def test_pages_go_on_behind_the_last_place(database: Database) -> None:
    made = MadeEnquiries()
    for number in range(10, 17):
        made.submit(number)
    asked = made.submit(20)
    made.step(R, StepKind.DECLINED, asked, 20, reason="无")
    store(database, made.logs[E])
    store(database, made.logs[R])
    caught_up(database)
    seen: list[bytes] = []
    with database.read() as tx:
        place = None
        while page := enquiries.page(tx, ALL, place, 3):
            seen += [row.subject for row in page]
            place = page[-1].place
        assert seen == [subject(number) for number in [*range(10, 17), 20]]
        late = EnquiryFilter(open_only=True, due_before="2026-12-01")
        assert enquiries.page(tx, late, None, 9) == []
        mine = EnquiryFilter(owed_by=R, organisation=USCC.casefold(), states=(1,))
        assert len(enquiries.page(tx, mine, None, 9)) == 7
        assert enquiries.page(tx, EnquiryFilter(seen=()), None, 9) == []
