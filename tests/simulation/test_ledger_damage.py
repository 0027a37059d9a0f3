"""P10 and P11: whatever byte of what a member stores is flipped, `ydx log verify` names the item.

And a fold from those bytes waits or finds outcomes void; it never books anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from sqlalchemy import select, update

from federation.ledger.documents import Outcomes
from federation.log.entry import KIND_CHECKPOINT, parse_entry
from node.services.ledger import outcomes, reading
from node.services.ledger.documents import read_run
from node.services.ledger.reading import EntryFilter
from node.services.ledger.view import NAME
from node.services.log.verification import verify_log
from node.storage import logs, mirrors, views
from node.storage.positions import part_id
from node.storage.schema import entry_bundle, mirror, part
from tests.simulation.ledger_member import LedgerMember

if TYPE_CHECKING:
    from federation.ledger.journal import JournalEntry
    from federation.records.refs import Ref
    from node.storage.transaction import Transaction
    from tests.simulation.ledger_world import LedgerWorld

HOLDER: Final = "jiangsu"


class Held(NamedTuple):
    """What one member holds of the agreement."""

    books: LedgerMember
    row: reading.AgreementRow
    journal: list[JournalEntry]


@pytest.fixture
def held(sharing: LedgerWorld) -> Held:
    books = sharing.books(HOLDER)
    [row] = books.agreements()
    with books.side.database.read() as tx:
        return Held(books, row, reading.entries(tx, row, EntryFilter()))


def outcome_of(held: Held, tx: Transaction) -> Ref:
    told = outcomes.outcome_document(tx, held.row, held.journal[0].place)
    assert told is not None
    assert isinstance(told.document.facts, Outcomes)
    return told.document.ref


def acceptance_of(held: Held, tx: Transaction) -> Ref:
    said = reading.said_of(tx, held.journal[0].proposal)
    return next(one.document.ref for one in said if one.document.author == "zhejiang")


PARTS: Final = {
    "the agreement": lambda held, _tx: held.row.ref,
    "the income": lambda held, _tx: held.journal[0].proposal,
    "an acceptance": acceptance_of,
    "the outcome": outcome_of,
}


def fold_anew(held: Held) -> list[JournalEntry]:
    """Fold from the stored bytes alone; return the journal."""
    database = held.books.side.database
    with database.write() as tx:
        views.keep(tx, NAME, 0, "another program's")
    anew = LedgerMember(held.books.member)
    anew.follow()
    anew.close()
    with database.read() as tx:
        row = reading.agreement(tx, held.row.ref)
        return [] if row is None else reading.entries(tx, row, EntryFilter())


def flipped(content: bytes, at: int) -> bytes:
    """Return the bytes with one bit changed."""
    damaged = bytearray(content)
    damaged[at] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize("what", PARTS)
def test_p10_a_flipped_byte_of_a_document_is_named_and_its_agreement_books_no_more(
    held: Held, what: str
) -> None:
    database = held.books.side.database
    with database.read() as tx:
        ref: Ref = PARTS[what](held, tx)
        which = part.c.id == part_id(mirrors.get(tx, ref.origin).origin_id, ref.leaf_index, 0)
        content = tx.execute(select(part.c.content).where(which)).scalar_one()
    for at in (0, 31, 33, len(content) // 3, len(content) - 1):
        with database.write() as tx:
            tx.execute(update(part).where(which).values(content=flipped(content, at)))
        report = verify_log(database, ref.origin)
        assert f"part {ref.leaf_index}/0" in {one.place for one in report.differences}, at
    assert fold_anew(held) == []
    with database.write() as tx:
        tx.execute(update(part).where(which).values(content=content))
    assert verify_log(database, ref.origin).ok
    assert fold_anew(held) == held.journal


def test_p10_p11_a_flipped_signature_under_a_covering_checkpoint_covers_nothing(
    held: Held,
) -> None:
    database = held.books.side.database
    with database.read() as tx:
        row = mirrors.get(tx, "ydx.example/center")
        entries = logs.entries(tx, row.origin_id, 0, row.verified_size)
        raw = [one for one in entries if parse_entry(one).kind == KIND_CHECKPOINT]
        bundles = tx.execute(select(entry_bundle.c.id, entry_bundle.c.data)).all()
        number, data = next((number, data) for number, data in bundles if raw[0] in data)
        which = entry_bundle.c.id == number
    for entry in raw:
        body = parse_entry(entry).body
        signature = body.index("— ydx.example/".encode()) + 60
        at = data.index(entry) + entry.index(body) + signature
        with database.write() as tx:
            tx.execute(update(entry_bundle).where(which).values(data=flipped(data, at)))
        report = verify_log(database, row.origin)
        assert "verified root" in {one.place for one in report.differences}
        journal = fold_anew(held)
        assert journal == held.journal[: len(journal)], "it may book less, never otherwise"
    assert raw


@pytest.mark.parametrize("column", ["newest_note", "confirmed_note"])
def test_p11_a_flipped_signature_of_a_stored_head_is_named(held: Held, column: str) -> None:
    database, registry = held.books.side.database, held.books.side.trust.registry()
    origin = held.row.ref.origin
    with database.write() as tx:
        which = mirror.c.origin == origin
        note: bytes = tx.execute(select(mirror.c[column]).where(which)).scalar_one()
        at = note.index("— ydx.example/".encode()) + 60
        tx.execute(update(mirror).where(which).values({column: flipped(note, at)}))
    report = verify_log(database, origin, lambda size: registry.log_keys_at(origin, size))
    assert column.replace("_", " ") in {one.place for one in report.differences}


def test_what_is_read_of_a_log_is_what_its_commitments_say(held: Held) -> None:
    """The bytes of every document that was booked stand in its entry's commitment."""
    with held.books.side.database.read() as tx:
        for ref in (held.row.ref, held.journal[0].proposal, outcome_of(held, tx)):
            row = mirrors.get(tx, ref.origin)
            [one] = read_run(tx, row, ref.leaf_index, ref.leaf_index + 1)
            assert one.ref == ref
