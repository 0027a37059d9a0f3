"""Who sees which part of a served log, how it is marked, and where batches are cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.log.batch import Absence
from federation.log.checkpoint import Checkpoint
from federation.log.entry import KIND_GENESIS, KIND_SEALED, Audience, Entry, encode_entry
from federation.log.errors import Refused
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.part import PartHeader, new_part
from federation.sync import codec
from federation.sync.frames import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    Batch,
    PartMark,
    PartPlace,
)
from federation.sync.mirror import OriginMirror
from node.services.sync.copies import Copies
from node.services.sync.log_serving import LogServer
from node.storage import batches, mirrors
from node.storage.database import Database
from node.storage.stored_tiles import StoredTiles
from tests.federation.sync.origin import signer
from tests.node.storage.made_logs import ORIGIN, MadeLog, listing
from ydx.sync.v1.sync_service_pb2 import ReadLogResponse

OWNER = "shanghai"


@dataclass
class Served:
    """A made log, stored, and who serves it."""

    database: Database
    log: MadeLog

    def store(
        self,
        absences: dict[tuple[int, int], Absence] | None = None,
        reached: int | None = None,
        *,
        is_own: bool = False,
    ) -> LogServer:
        with self.database.write() as tx:
            origin_id = mirrors.add(tx, ORIGIN, is_own=is_own).origin_id
            for batch in self.log.batches(range(0, len(self.log.entries), 512), absences):
                batches.apply(tx, batch)
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(self.log.entries[:reached]))
        checkpoint = Checkpoint(ORIGIN, compact_range.size, compact_range.root())
        heads = SimpleNamespace(reached=(b"note", checkpoint))
        member = SimpleNamespace(name=OWNER)
        return LogServer(
            self.database,
            cast("Any", SimpleNamespace(origin=lambda _: heads)),
            Copies(lambda _: StoredTiles(self.database, origin_id)),
            lambda: cast("Any", SimpleNamespace(member_of_origin=lambda _: member)),
        )

    def sealed(self, *named: str) -> int:
        """Append a document for these members."""
        header = PartHeader(ORIGIN, bytes(16), 1, 0, Audience.NAMED, named)
        wire, commitment = new_part(header, b"document", bytes([len(self.log.entries)]) * 32)
        parts = ((Audience.NAMED, commitment),)
        return self.log.add(encode_entry(Entry(kind=KIND_SEALED, parts=parts)), [wire])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    yield Served(database, MadeLog())
    database.close()


def stream(server: LogServer, from_size: int = 0, caller: str = "anhui") -> list[Batch]:
    note, *rest = server.read_log(ORIGIN, from_size, caller)
    assert note == b"note"
    return [one for one in rest if isinstance(one, Batch)]


def test_public_and_members_parts_go_to_every_member_and_origin_parts_to_none(
    served: Served,
) -> None:
    served.log.put(1)
    server = served.store()
    for caller in ("anhui", OWNER):
        (batch,) = stream(server, caller=caller)
        assert batch.parts == [*served.log.parts[0][:2], b""]
        assert batch.marks == [PartMark.WITHHELD]
    places = [PartPlace(ORIGIN, 0, number) for number in range(4)]
    fetched = server.fetch_parts(places, OWNER)
    assert [one.content for one in fetched] == [*served.log.parts[0][:2], b"", b""]
    assert [one.mark for one in fetched[2:]] == [PartMark.WITHHELD, PartMark.MISSING]


@pytest.mark.parametrize(("caller", "sees"), [("anhui", True), (OWNER, True), ("zhejiang", False)])
def test_a_named_part_goes_to_whom_its_header_names_and_to_its_owner(
    served: Served, caller: str, *, sees: bool
) -> None:
    served.sealed("anhui", "center")
    server = served.store()
    wire = served.log.parts[0][0]
    (batch,) = stream(server, caller=caller)
    (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 0)], caller)
    assert batch.parts == [wire if sees else b""]
    assert fetched.content == (wire if sees else b"")
    if not sees:
        assert batch.marks == [PartMark.WITHHELD]
        assert fetched.mark is PartMark.WITHHELD


@pytest.mark.parametrize(
    "absence", [None, *Absence], ids=lambda one: one.name if one else "held and not for the caller"
)
def test_a_relay_tells_nobody_whether_it_holds_a_sealed_part(
    served: Served, absence: Absence | None
) -> None:
    """It would tell whether the part names the relay."""
    served.sealed("jiangsu")
    server = served.store({} if absence is None else {(0, 0): absence})
    (batch,) = stream(server, caller="zhejiang")
    (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 0)], "zhejiang")
    assert (batch.parts, batch.marks) == ([b""], [PartMark.WITHHELD])
    assert (fetched.content, fetched.mark) == (b"", PartMark.WITHHELD)


def test_an_owner_that_lost_a_sealed_part_does_not_say_that_it_names_nobody(
    served: Served,
) -> None:
    served.sealed("jiangsu")
    server = served.store({(0, 0): Absence.WANTED}, is_own=True)
    (batch,) = stream(server, caller="jiangsu")
    (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 0)], "jiangsu")
    assert (batch.marks, fetched.mark) == ([PartMark.MISSING], PartMark.MISSING)


def test_an_erased_personal_part_is_served_to_nobody(served: Served) -> None:
    served.log.document(7, ["jiangsu"])
    served.log.erase((0, 1), (0, 0))
    server = served.store()
    for caller in ("jiangsu", OWNER):
        (batch,) = stream(server, caller=caller)
        assert batch.parts == [served.log.parts[0][0], b""]
        assert batch.marks == [PartMark.ERASED]
        (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 1)], caller)
        assert (fetched.content, fetched.mark) == (b"", PartMark.ERASED)


def test_a_commitment_copied_into_another_log_opens_nothing(served: Served) -> None:
    """Zhejiang, which shanghai's document does not name, commits to it in its own log and asks."""
    served.sealed("jiangsu")
    copying = MadeLog("ydx.example/zhejiang")
    copying.add(served.log.entries[0], [b""])
    with served.database.write() as tx:
        mirrors.add(tx, copying.origin)
        batches.apply(tx, copying.batch(0, 1, {(0, 0): Absence.WANTED}))
    server = served.store()
    places = [PartPlace(origin, 0, n) for origin in (ORIGIN, copying.origin) for n in (0, 1)]
    for caller in ("zhejiang", "center"):
        fetched = server.fetch_parts(places, caller)
        assert [one.content for one in fetched] == [b""] * 4
    (_, _, copied, _) = server.fetch_parts(places, "jiangsu")
    assert copied.content == b"", "not even to whom the original names"


def test_who_names_itself_in_its_own_entry_is_given_nothing_of_others(served: Served) -> None:
    """The header that counts is the one under the commitment of the place asked for."""
    served.sealed("jiangsu")
    own = MadeLog("ydx.example/zhejiang")
    own.document(7, ["jiangsu"])
    with served.database.write() as tx:
        mirrors.add(tx, own.origin)
        batches.apply(tx, own.batch(0, 1))
    server = served.store()
    (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 0)], "zhejiang")
    assert fetched.content == b""


@pytest.mark.parametrize(
    ("absence", "mark"),
    [(Absence.WANTED, PartMark.MISSING), (Absence.VOID, PartMark.MISSING)],
)
def test_what_is_not_held_is_marked_missing(
    served: Served, absence: Absence, mark: PartMark
) -> None:
    served.log.put(1)
    (batch,) = stream(served.store({(0, 0): absence}))
    assert batch.parts[0] == b""
    assert batch.marks[0] == mark


def test_an_erased_part_is_not_served_though_its_bytes_are_still_there(served: Served) -> None:
    served.log.put(1)
    served.log.erase((0, 0))
    server = served.store()
    (batch,) = stream(server)
    assert batch.parts[:2] == [b"", served.log.parts[0][1]]
    assert batch.marks == [PartMark.ERASED, PartMark.WITHHELD]
    (fetched,) = server.fetch_parts([PartPlace(ORIGIN, 0, 0)], "anhui")
    assert (fetched.content, fetched.mark) == (b"", PartMark.ERASED)


def test_edge_13_a_relay_passes_on_what_it_does_not_understand_byte_for_byte(
    served: Served,
) -> None:
    """Nothing is built again from what was read: a parser would drop or move some of this."""
    known = encode_entry(Entry(kind=KIND_GENESIS, body=b"\x0a\x01x"))
    strange = {
        "fields of another version": known + b"\xf8\x01\x01",
        "a kind of another version": b"\x08\x01\x10\x0a\x42\x01\x00",
        "a format of another version": b"\x08\x02\x0a\x00",
        "fields in another order": b"\x10\x01\x08\x01",
        "a field that stands twice": b"\x08\x01" + known,
        "no message": b"\xff\xff",
    }
    for entry in (known, *strange.values()):
        served.log.add(entry, [])
    (batch,) = stream(served.store())
    travelled = ReadLogResponse.FromString(codec.batch_to_wire(batch).SerializeToString())
    arrived = codec.frame_from_wire(travelled)
    assert isinstance(arrived, Batch)
    assert list(arrived.entries) == served.log.entries


@pytest.mark.parametrize("from_size", [0, 1, 500, 511, 512, 513, 1199])
def test_batches_end_at_multiples_of_512_and_prove_themselves(
    served: Served, from_size: int
) -> None:
    for number in range(1200):
        served.log.withdraw(number, 1)
    server = served.store()
    found = stream(server, from_size)
    ends = [one.first_leaf_index + len(one.entries) for one in found]
    assert [end for end in ends if end < 1200] == [end for end in (512, 1024) if from_size < end]
    assert max(len(one.entries) for one in found) <= BATCH_ENTRIES_MAX

    key = signer(ORIGIN)
    mirror = OriginMirror(ORIGIN, CompactRange(), lambda _: [key.verifier()], "anhui")
    mirror._range.extend(leaf_hashes(served.log.entries[:from_size]))
    whole = CompactRange()
    whole.extend(leaf_hashes(served.log.entries))
    mirror.target = Checkpoint(ORIGIN, whole.size, whole.root())
    for batch in found:
        mirror.advance(mirror.verify(batch))
    assert mirror.verified_size == 1200


def test_a_batch_is_cut_before_it_weighs_more_than_a_frame(served: Served) -> None:
    for number in range(12):
        served.log.put(number, public=listing("碳" * 60, summary="x" * 200_000))
    found = stream(served.store())
    assert [len(one.entries) for one in found] == [5, 5, 2]
    assert all(one.size_bytes() <= BATCH_BYTES_MAX for one in found)


def test_parts_asked_for_one_by_one_come_in_answers_of_bounded_size(served: Served) -> None:
    for number in range(14):
        served.log.put(number, public=listing("碳" * 60, summary="x" * 200_000))
    server = served.store()
    places = [PartPlace(ORIGIN, number, 0) for number in range(14)]
    fetched = server.fetch_parts(places, "anhui")
    assert 0 < len(fetched) < 14
    assert sum(len(one.content) for one in fetched) <= 2 * 1024 * 1024


def test_a_stream_leads_to_what_a_note_covers_and_not_to_what_is_stored_behind(
    served: Served,
) -> None:
    for number in range(9):
        served.log.put(number)
    server = served.store(reached=6)
    assert sum(len(one.entries) for one in stream(server)) == 6
    for from_size in (6, 7, 1 << 62):
        with pytest.raises(Refused, match="HEAD_NOT_GROWING"):
            next(server.read_log(ORIGIN, from_size, "anhui"))


def test_places_of_other_logs_or_beyond_the_copy_are_missing(served: Served) -> None:
    served.log.put(1)
    server = served.store()
    places = [
        PartPlace("ydx.example/nobody", 0, 0),
        PartPlace(ORIGIN, 1, 0),
        PartPlace(ORIGIN, 1 << 62, 0),
        PartPlace(ORIGIN, 0, 7),
        PartPlace(ORIGIN, 0, 1 << 31),
    ]
    assert {one.mark for one in server.fetch_parts(places, "anhui")} == {PartMark.MISSING}
