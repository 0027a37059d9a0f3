"""Log verification: a good log is found good, and each kind of damage is found where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import and_, delete, select, update

from federation.log.batch import Absence
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.entry import Audience
from federation.log.keys import Signer, generate_private
from node.services.catalogue.records import LISTING, record_name
from node.services.log.verification import verify_log
from node.services.log.write_options import WriteOptions
from node.storage import batches, mirrors, sources
from node.storage.schema import (
    arrival,
    catalogue,
    entry_bundle,
    erased,
    hash_tile,
    invalid_entry,
    mirror,
    part,
    sealed,
    source,
    superseded,
    void_part,
    wanted_part,
)
from tests.node.services.own_node import ORIGIN, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.records.codec import Listing
    from node.storage.database import Database
    from node.storage.transaction import Transaction


def first(tx: Transaction, table: Any) -> Any:
    """Return the condition that picks the first row."""
    key = list(table.primary_key)
    place = tx.execute(select(*key).order_by(*key).limit(1)).one()
    return and_(*(column == value for column, value in zip(key, place, strict=True)))


def flip(tx: Transaction, table: Any, column: str, at: int = -1) -> None:
    """Flip a bit of the first row's bytes."""
    which = first(tx, table)
    damaged = bytearray(tx.execute(select(table.c[column]).where(which)).scalar_one())
    damaged[at] ^= 1
    tx.execute(update(table).where(which).values({column: bytes(damaged)}))


def change(tx: Transaction, table: Any, **values: Any) -> None:
    """Change the first row."""
    tx.execute(update(table).where(first(tx, table)).values(values))


def drop(tx: Transaction, table: Any) -> None:
    """Delete the first row."""
    tx.execute(delete(table).where(first(tx, table)))


def write_own_log(node: OwnNode) -> None:
    """Publish 300 listings, revise one, withdraw one."""
    rows = [supply(number) for number in range(300)]
    node.batches.publish(PLATFORM, rows, WriteOptions(), lambda _: b"")
    node.batches.publish(PLATFORM, [supply(0, trl=7)], WriteOptions(), lambda _: b"")
    with node.database.read() as tx:
        subject = sources.find(tx, "anhui-tech", "AH-0000001")
        assert subject is not None
    name = record_name("anhui", 2, subject)
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())


_PUBLIC_PART: Final = (1 << 40 | 1) << 3
_ORIGIN_PART: Final = _PUBLIC_PART | 2

DAMAGES: dict[str, tuple[Callable[[Transaction], object], str]] = {
    "a bit of an entry": (lambda tx: flip(tx, entry_bundle, "data"), "verified root"),
    "the length of an entry": (lambda tx: flip(tx, entry_bundle, "data", 0), "bundle 0"),
    "a lost bundle": (lambda tx: drop(tx, entry_bundle), "bundle 0"),
    "a bit of a tile": (lambda tx: flip(tx, hash_tile, "data"), "tile 0/0"),
    "a lost tile": (lambda tx: drop(tx, hash_tile), "tile 0/0"),
    "another root": (lambda tx: change(tx, mirror, verified_root=bytes(32)), "verified root"),
    "another range": (lambda tx: change(tx, mirror, compact_range=b"x"), "compact range"),
    "a size above the verified one": (
        lambda tx: change(tx, mirror, confirmed_size=10**6),
        "confirmed size",
    ),
    "a bit of a part": (lambda tx: flip(tx, part, "content"), "part 1/0"),
    "a bit of a salt": (lambda tx: flip(tx, part, "content", 0), "part 1/0"),
    "a lost part": (lambda tx: drop(tx, part), "part 1/0"),
    "another audience": (lambda tx: change(tx, part, audience=4), "part 1/0"),
    "another title": (lambda tx: change(tx, catalogue, title="改"), "entry 3"),
    "another state": (lambda tx: change(tx, catalogue, state=6), "entry 3"),
    "another revision": (lambda tx: change(tx, catalogue, revision=2), "entry 3"),
    "another time": (lambda tx: change(tx, catalogue, recorded_at_ms=1), "entry 3"),
    "another log": (lambda tx: change(tx, catalogue, origin_id=2), "entry 3"),
    "another log of an earlier revision": (
        lambda tx: change(tx, superseded, origin_id=2),
        "entry 1",
    ),
    "another leaf hash": (lambda tx: flip(tx, catalogue, "leaf_hash"), "entry 3"),
    "a lost catalogue row": (lambda tx: drop(tx, catalogue), "entry 3"),
    "a lost earlier revision": (lambda tx: drop(tx, superseded), "entry 1"),
    "a good entry marked invalid": (
        lambda tx: tx.insert_rows(invalid_entry, [(1 << 40, "WRONG_REVISION")]),
        "entry 0",
    ),
    "a part erased by nothing": (
        lambda tx: tx.insert_rows(erased, [((1 << 40 | 5) << 3, 1 << 40 | 6, 1, None)]),
        "part 5/0",
    ),
    "a part erased by what is not in the log": (
        lambda tx: tx.insert_rows(erased, [((1 << 40 | 5) << 3, 1 << 40 | 10**6, 1, None)]),
        "part 5/0",
    ),
    "a part that is held and wanted": (
        lambda tx: tx.insert_rows(wanted_part, [((1 << 40 | 5) << 3, 1, 0, 0.0, 0)]),
        "part 5/0",
    ),
    "a part that is held and void": (
        lambda tx: tx.insert_rows(void_part, [((1 << 40 | 5) << 3,)]),
        "part 5/0",
    ),
    "a lost part that is called void": (
        lambda tx: (
            tx.execute(delete(part).where(part.c.id == _PUBLIC_PART)),
            tx.insert_rows(void_part, [(_PUBLIC_PART,)]),
        ),
        "part 1/0",
    ),
    "a lost ORIGIN part that is called wanted": (
        lambda tx: (
            tx.execute(delete(part).where(part.c.id == _ORIGIN_PART)),
            tx.insert_rows(wanted_part, [(_ORIGIN_PART, 4, 0, 0.0, 0)]),
        ),
        "part 1/2",
    ),
    "another source": (lambda tx: change(tx, source, source_id="x"), "source anhui-tech/x"),
    "a lost source": (lambda tx: drop(tx, source), "source anhui-tech/AH-0000000"),
    "a lost arrival": (lambda tx: drop(tx, arrival), "arrivals"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_where_it_is(node: OwnNode, damage: str) -> None:
    write_own_log(node)
    report = verify_log(node.database, ORIGIN)
    assert report.differences == []
    assert (report.tree_size, report.parts_held) == (303, 903)
    apply, place = DAMAGES[damage]
    with node.database.write() as tx:
        apply(tx)
    report = verify_log(node.database, ORIGIN)
    assert not report.ok
    assert place in {one.place for one in report.differences}


def test_the_quick_way_finds_damaged_logs_and_passes_over_views(node: OwnNode) -> None:
    write_own_log(node)
    with node.database.write() as tx:
        flip(tx, part, "content")
        change(tx, catalogue, title="改")
    assert verify_log(node.database, ORIGIN, full=False).ok
    with node.database.write() as tx:
        flip(tx, entry_bundle, "data")
    assert not verify_log(node.database, ORIGIN, full=False).ok


def test_stored_notes_are_held_against_root_and_keys(node: OwnNode) -> None:
    write_own_log(node)
    signer, other = (Signer(ORIGIN, generate_private()) for _ in range(2))
    with node.database.read() as tx:
        own = mirrors.get(tx, ORIGIN)

    def differences(signed_by: Signer, root: bytes) -> set[str]:
        checkpoint = Checkpoint(ORIGIN, own.verified_size, root)
        with node.database.write() as tx:
            mirrors.set_newest_note(tx, own.origin_id, sign_checkpoint(checkpoint, [signed_by]))
        report = verify_log(node.database, ORIGIN, lambda _size: [signer.verifier()])
        return {one.place for one in report.differences}

    assert differences(signer, own.verified_root) == set()
    assert differences(other, own.verified_root) == {"newest note"}
    assert "newest note" in differences(signer, bytes(32))


def test_no_more_is_confirmed_than_the_confirmed_note_says(node: OwnNode) -> None:
    write_own_log(node)
    with node.database.write() as tx:
        own = mirrors.get(tx, ORIGIN)
        tree = Checkpoint(ORIGIN, own.verified_size, own.verified_root)
        note = sign_checkpoint(tree, [Signer(ORIGIN, generate_private())])
        mirrors.set_confirmed(tx, own.origin_id, own.verified_size, note)
    assert verify_log(node.database, ORIGIN).ok
    with node.database.write() as tx:
        change(tx, mirror, confirmed_note=None)
    differences = verify_log(node.database, ORIGIN).differences
    assert [one.place for one in differences] == ["confirmed size"]


def test_a_mirror_with_all_that_can_be_absent_is_good(database: Database) -> None:
    log = MadeLog()
    for number in range(1, 40):
        log.put(number)
    log.put(1, revision=2)
    log.put(1, revision=2)
    log.sealed()
    log.withdraw(2, revision=2)
    log.put(2, revision=3)
    log.erase((3, 0), (3, 2), (5, 1), (41, 0), (99, 0))
    log.add(b"junk", [])
    absences = {
        (7, 0): Absence.WANTED,
        (8, 1): Absence.VOID,
        (9, 2): Absence.WITHHELD,
        (41, 0): Absence.WITHHELD,
        (41, 1): Absence.WITHHELD,
    }
    with database.write() as tx:
        mirrors.add(tx, log.origin)
        for batch in log.batches([10, 11, 30], absences):
            batches.apply(tx, batch)
    report = verify_log(database, log.origin)
    assert report.differences == []
    assert report.parts_absent == {"wanted": 1, "void": 1, "withheld": 3, "erased": 3}


def test_a_copy_that_is_behind_what_a_quorum_has_cosigned_is_good(database: Database) -> None:
    """A mirror hears of the largest tree before it has the entries."""
    log = MadeLog()
    signer = Signer(log.origin, generate_private())
    for number in range(9):
        log.put(number)
    with database.write() as tx:
        row = mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 5))
        note = sign_checkpoint(Checkpoint(log.origin, 9, bytes(32)), [signer])
        mirrors.set_confirmed(tx, row.origin_id, 0, note)
    assert verify_log(database, log.origin).differences == []
    with database.write() as tx:
        tx.execute(update(mirror).values(is_own=True))
    places = {one.place for one in verify_log(database, log.origin).differences}
    assert "confirmed note" in places, "an own log that is behind it was put back"


def show_all(tx: Transaction) -> None:
    """List every document with both parts."""
    tx.execute(update(sealed).values(parts=3))


def flip_sealed(tx: Transaction) -> None:
    """Flip a bit of the first sealed part."""
    tx.execute(delete(part).where(part.c.audience != Audience.NAMED.value))
    flip(tx, part, "content")


SEALED_DAMAGES: dict[str, tuple[Callable[[Transaction], None], str]] = {
    "a document that is not listed": (lambda tx: drop(tx, sealed), "entry 1"),
    "another subject": (lambda tx: change(tx, sealed, subject=bytes(16)), "entry 1"),
    "a part that is not held": (lambda tx: change(tx, sealed, parts=7), "entry 1"),
    "a personal part that is shown after its erasure": (
        show_all,
        "entry 2",
    ),
    "a document where there is none": (
        lambda tx: tx.insert_rows(sealed, [(1 << 40, bytes(16), 1)]),
        "entry 0",
    ),
    "a document that is not ours": (
        lambda tx: tx.insert_rows(sealed, [(1 << 40 | 3, bytes(16), 1)]),
        "entry 3",
    ),
    "a bit of a sealed part": (flip_sealed, "part 1/0"),
}


@pytest.mark.parametrize("damage", SEALED_DAMAGES)
def test_damage_to_sealed_documents_is_found(database: Database, damage: str) -> None:
    log = MadeLog()
    log.put(1)
    log.document(7)
    log.document(8)
    log.document(9, ["zhejiang"])
    log.erase((2, 1))
    withheld = {(3, 0): Absence.WITHHELD, (3, 1): Absence.WITHHELD}
    with database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 5, withheld))
    report = verify_log(database, log.origin)
    assert report.differences == []
    assert report.parts_absent == {"withheld": 2, "erased": 1}
    apply, place = SEALED_DAMAGES[damage]
    with database.write() as tx:
        apply(tx)
    assert place in {one.place for one in verify_log(database, log.origin).differences}


def test_differences_are_bounded_and_counted(node: OwnNode, monkeypatch: Any) -> None:
    monkeypatch.setattr("node.services.log.verification.DIFFERENCES_MAX", 10)
    write_own_log(node)
    with node.database.write() as tx:
        tx.execute(delete(part))
    report = verify_log(node.database, ORIGIN)
    assert len(report.differences) == 10
    assert report.difference_count >= 903


def test_revisions_of_a_renewed_listing_keep_their_rules(node: OwnNode) -> None:
    record = node.publishing.publish(PLATFORM, LISTING, supply(1), WriteOptions()).record

    def until(day: str) -> Callable[[Listing], Listing]:
        def renew(stored: Listing) -> Listing:
            stored.public.valid_until = day
            return stored

        return renew

    write = node.publishing
    write.revise(PLATFORM, LISTING, record.name, until("2028-06-30"), WriteOptions())
    with pytest.raises(Exception, match="INVALID_FIELD"):
        write.revise(PLATFORM, LISTING, record.name, until("2028-07-30"), WriteOptions())
    assert verify_log(node.database, ORIGIN).ok
