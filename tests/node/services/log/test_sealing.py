"""Sealing: what is written for whom, once, and only if it may be at that moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from federation.log.entry import KIND_SEALED, parse_entry
from federation.log.errors import Refused, YdxError
from federation.log.hashing import leaf_hash
from federation.log.part import MAX_PART_BYTES, open_named
from node.services.catalogue.changes import ChangeFeed
from node.services.catalogue.records import LISTING
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace, Sealing
from node.services.log.verification import verify_log
from node.services.log.write_options import WriteOptions
from node.storage import arrivals, logs, mirrors, parts, sealed
from tests.node.services.own_node import (
    CLERK,
    MEMBER,
    ORIGIN,
    PLATFORM,
    OwnNode,
    new_request_id,
    supply,
)

if TYPE_CHECKING:
    from node.services.log.view import LogView

SUBJECT = bytes(range(16))
MEMBERS = ("anhui", "center", "jiangsu", "shanghai", "zhejiang")
STEP = SealedDocument(SUBJECT, 1, ("shanghai", "center"), b"a step", b"who to call")


@pytest.fixture
def sealing(node: OwnNode) -> Sealing:
    return Sealing(node.sequencer, MEMBER, lambda: MEMBERS, ack_wait_s=0.1)


def stored(node: OwnNode, place: SealedPlace) -> tuple[bytes, dict[int, bytes]]:
    with node.database.read() as tx:
        origin_id = mirrors.get(tx, ORIGIN).origin_id
        entry = logs.entry(tx, origin_id, place.leaf_index)
        assert entry is not None
        return entry, parts.of_entry(tx, origin_id, place.leaf_index)


def test_a_sealed_entry_shows_nothing_but_that_something_was_sealed(
    node: OwnNode, sealing: Sealing
) -> None:
    place = sealing.seal(STEP)
    raw, wires = stored(node, place)
    entry = parse_entry(raw)
    assert place == SealedPlace(1, leaf_hash(raw))
    assert (entry.kind, entry.subject, entry.revision, entry.operation) == (KIND_SEALED, b"", 0, 0)
    assert (entry.recorded_at_ms, entry.request, entry.body) == (0, b"", b"")
    assert [len(wire) for wire in wires.values()] == [1024, 1024]
    for number, content in enumerate((b"a step", b"who to call")):
        header, said = open_named(wires[number], entry.parts[number][1], ORIGIN, number)
        assert (header.subject, header.revision, said) == (SUBJECT, 1, content)
        assert header.named == ("center", "shanghai")
    assert wires[0][:32] != wires[1][:32]


@pytest.mark.parametrize(
    ("content_bytes", "wire_bytes"),
    [(0, 1024), (1000, 4096), (5000, 16_384), (17_000, 65_536), (66_000, 262_144)],
)
def test_a_part_is_filled_up_to_one_of_five_sizes(
    node: OwnNode, sealing: Sealing, content_bytes: int, wire_bytes: int
) -> None:
    document = replace(STEP, content=bytes(content_bytes), personal=None)
    _, wires = stored(node, sealing.seal(document))
    assert [len(wire) for wire in wires.values()] == [wire_bytes]


def test_it_is_found_by_its_subject_and_the_log_is_in_order(
    node: OwnNode, sealing: Sealing
) -> None:
    places = [sealing.seal(replace(STEP, revision=revision)) for revision in (1, 2)]
    node.publishing.publish(PLATFORM, LISTING, supply(1), WriteOptions())
    with node.database.read() as tx:
        found = sealed.by_subject(tx, SUBJECT)
        assert arrivals.last_position(tx) == 4
    assert [(one.leaf_index, one.leaf_hash) for one in found] == [place[:2] for place in places]
    assert [one.header.revision for one in found] == [1, 2]
    assert verify_log(node.database, ORIGIN).differences == []


def test_the_change_feed_tells_nothing_of_it(node: OwnNode, sealing: Sealing) -> None:
    sealing.seal(STEP)
    feed = ChangeFeed(node.database, node.catalogue)
    page = feed.list(CLERK, 0, 100, with_records=True)
    assert (list(page.changes), page.position) == ([], 2)


def test_a_request_acts_once_whatever_stands_by_then(node: OwnNode, sealing: Sealing) -> None:
    options = node.options(new_request_id(), b"body", caller=CLERK)
    place = sealing.seal(STEP, options, none_yet)
    assert sealing.seal(replace(STEP, content=b"made anew"), options, none_yet) == place
    entry = parse_entry(stored(node, place)[0])
    assert options.request is not None
    assert entry.request == options.request.key
    with pytest.raises(Refused, match="ALREADY"):
        sealing.seal(STEP, node.options(new_request_id(), b"body", caller=CLERK), none_yet)
    assert node.sequencer.tree_size == 2


def test_a_request_of_another_kind_of_write_is_refused(node: OwnNode, sealing: Sealing) -> None:
    options = node.options(new_request_id(), b"body")
    node.publishing.publish(PLATFORM, LISTING, supply(1), options)
    with pytest.raises(YdxError, match="REQUEST_ID_REUSED"):
        sealing.seal(STEP, options)


def none_yet(view: LogView) -> None:
    """Refuse a second entry of a subject."""
    if view.documents(SUBJECT):
        raise Refused("ALREADY", "the step is answered")


def test_of_writes_that_exclude_each_other_one_is_done(sealing: Sealing) -> None:
    """Also where they stand in one group, which no table shows yet."""

    def seal(number: int) -> int:
        try:
            return sealing.seal(replace(STEP, content=b"%d" % number), None, none_yet).leaf_index
        except Refused:
            return 0

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(seal, range(24)))
    assert sorted(done)[-2:] == [0, 1]


def test_a_precondition_sees_stored_and_staged_documents_and_the_transaction(
    sealing: Sealing,
) -> None:
    first = sealing.seal(STEP)
    seen: list[list[tuple[int, bytes]]] = []

    def look(view: LogView) -> None:
        view.seal(replace(STEP, revision=2, named=("center",)))
        seen.append([(one.leaf_index, one.leaf_hash) for one in view.documents(SUBJECT)])
        assert sealed.at(view.transaction, ORIGIN, 1) is not None
        assert view.documents(bytes(16)) == []

    second = sealing.seal(replace(STEP, revision=3), None, look)
    (looked,) = seen
    assert looked[0] == first[:2]
    assert [leaf for leaf, _ in looked] == [1, 2]
    assert second.leaf_index == 3


def test_validating_writes_nothing_and_refuses_alike(node: OwnNode, sealing: Sealing) -> None:
    options = WriteOptions(validate_only=True)
    assert sealing.seal(STEP, options, none_yet).leaf_index == node.sequencer.tree_size
    sealing.seal(STEP)
    size = node.sequencer.tree_size
    with pytest.raises(Refused, match="ALREADY"):
        sealing.seal(STEP, options, none_yet)
    assert node.sequencer.tree_size == size


def test_validating_a_request_that_was_made_tells_what_came_of_it(
    node: OwnNode, sealing: Sealing
) -> None:
    request_id = new_request_id()
    done = sealing.seal(STEP, node.options(request_id, b"body"))
    again = sealing.seal(STEP, node.options(request_id, b"body", validate_only=True), none_yet)
    assert again == done
    other = node.options(request_id, b"other", validate_only=True)
    with pytest.raises(Refused, match="REQUEST_ID_REUSED"):
        sealing.seal(STEP, other)


@pytest.mark.parametrize("which", ["content", "personal"])
def test_what_is_too_large_is_refused_by_its_field(
    node: OwnNode, sealing: Sealing, which: str
) -> None:
    document = replace(STEP, **{which: bytes(MAX_PART_BYTES)})  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        sealing.seal(document)
    assert (caught.value.reason, caught.value.metadata["field"]) == ("PART_TOO_LARGE", which)
    assert node.sequencer.tree_size <= 1


def test_who_is_no_member_cannot_be_named(sealing: Sealing) -> None:
    with pytest.raises(YdxError, match="INVALID_FIELD"):
        sealing.seal(replace(STEP, named=("center", "nanjing")))


def test_the_own_member_need_not_be_named_and_changes_nothing(
    node: OwnNode, sealing: Sealing
) -> None:
    for named in ((), (MEMBER,)):
        raw, wires = stored(node, sealing.seal(replace(STEP, named=named)))
        header, _ = open_named(wires[0], parse_entry(raw).parts[0][1], ORIGIN, 0)
        assert header.named == ()


def test_the_answer_may_wait_for_another_member(node: OwnNode, sealing: Sealing) -> None:
    node.stored_by_peer = lambda _size, _timeout_s: False
    options = replace(node.options(new_request_id(), b"body", caller=CLERK), ack_peer=True)
    with pytest.raises(YdxError, match="NOT_STORED_BY_PEER"):
        sealing.seal(STEP, options)
    node.stored_by_peer = lambda _size, _timeout_s: True
    assert sealing.seal(STEP, options).leaf_index == 1


def test_contents_of_documents_are_not_printed() -> None:
    assert "who to call" not in repr(STEP)
