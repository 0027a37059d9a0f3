"""Erasing parts of own records: all revisions, once, by who may; and nothing says them again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.batch import Absence
from federation.log.errors import YdxError
from node.services.access import Caller, Role
from node.services.catalogue import erasing
from node.services.catalogue.erasing import Erased, Erasing
from node.services.catalogue.records import LISTING
from node.services.errors import InvalidFields
from node.services.log.sequencer import Write
from node.services.log.verification import verify_log
from node.storage import mirrors, parts
from tests.node.services.own_node import (
    MEMBER,
    ORIGIN,
    OTHER_PLATFORM,
    PLATFORM,
    OwnNode,
    new_request_id,
    supply,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from node.services.catalogue.batch import Row
    from node.services.log.view import LogView

SECURITY: Final = Caller(frozenset({Role.SECURITY}), "9")
OWN_READER: Final = PLATFORM
GROUND: Final = "PIPL-47"


@pytest.fixture(autouse=True)
def verified(node: OwnNode) -> Iterator[None]:
    yield
    assert verify_log(node.database, ORIGIN).differences == []


@pytest.fixture
def name(node: OwnNode) -> str:
    """Return a listing with two revisions of three parts."""
    published = node.publishing.publish(PLATFORM, LISTING, supply(1), node.options()).record
    revise(node, published.name, trl=8)
    return str(published.name)


def revise(node: OwnNode, name: str, **public: Any) -> None:
    changed = supply(1, **public)
    node.publishing.revise(PLATFORM, LISTING, name, lambda _: changed, node.options())


def erase(
    node: OwnNode,
    name: str,
    names: Sequence[str] = ("origin",),
    *,
    caller: Caller = PLATFORM,
    ground: str = GROUND,
    **options: Any,
) -> Erased:
    eraser = Erasing(node.sequencer, ORIGIN, MEMBER, ack_wait_s=0.1)
    return eraser.erase(caller, name, names, ground, node.options(caller=caller, **options))


def held(node: OwnNode, leaf_index: int) -> list[int]:
    """Return the numbers of the parts that are held of an entry."""
    with node.database.read() as tx:
        origin_id = mirrors.get(tx, ORIGIN).origin_id
        return sorted(parts.of_entry(tx, origin_id, leaf_index))


def test_edge_18_a_part_goes_in_all_revisions_and_the_others_stay(node: OwnNode, name: str) -> None:
    assert held(node, 1) == held(node, 2) == [0, 1, 2]
    assert erase(node, name) == Erased(2, 0, 3)
    assert held(node, 1) == held(node, 2) == [0, 1]
    shown = node.catalogue.get(OWN_READER, LISTING, name)
    assert not shown.HasField("origin")
    assert [(one.part, one.reason) for one in shown.info.missing_parts] == [
        ("origin", Absence.ERASED.value)
    ]
    assert shown.public.title
    for content in ("张三".encode(), b"13800000000"):
        assert not _is_shown_anywhere(node, content)


def _is_shown_anywhere(node: OwnNode, content: bytes) -> bool:
    with node.database.read() as tx:
        origin_id = mirrors.get(tx, ORIGIN).origin_id
        return any(
            content in wire
            for leaf_index in range(node.sequencer.tree_size)
            for wire in parts.of_entry(tx, origin_id, leaf_index).values()
        )


def test_erasing_again_finds_nothing_and_writes_nothing(node: OwnNode, name: str) -> None:
    erase(node, name)
    size = node.sequencer.tree_size
    assert erase(node, name) == Erased(0, 2, 0)
    assert node.sequencer.tree_size == size


def test_a_retry_is_answered_as_before(node: OwnNode, name: str) -> None:
    request_id = new_request_id()
    done = erase(node, name, request_id=request_id, body=b"asked")
    assert erase(node, name, request_id=request_id, body=b"asked") == done
    with pytest.raises(YdxError) as caught:
        erase(node, name, request_id=request_id, body=b"otherwise")
    assert caught.value.reason == "REQUEST_ID_REUSED"


def test_a_check_counts_and_writes_nothing(node: OwnNode, name: str) -> None:
    size = node.sequencer.tree_size
    assert erase(node, name, ("members", "origin"), validate_only=True) == (4, 0, 0)
    assert node.sequencer.tree_size == size
    assert held(node, 2) == [0, 1, 2]


def test_a_later_revision_may_have_the_part_again_and_it_goes_alone(
    node: OwnNode, name: str
) -> None:
    erase(node, name)
    revise(node, name, trl=9)
    assert held(node, 4) == [0, 1, 2]
    assert erase(node, name) == Erased(1, 2, 5)


def test_a_revision_that_has_an_erased_part_again_warns_of_it(node: OwnNode, name: str) -> None:
    erase(node, name, ("members", "origin"))
    changed = supply(1, trl=9)
    done = node.publishing.revise(PLATFORM, LISTING, name, lambda _: changed, node.options())
    told = [(one.rule, one.field) for one in done.warnings]
    assert told == [("E_ERASED_BEFORE", "members"), ("E_ERASED_BEFORE", "origin")]
    changed = supply(1, trl=7)
    done = node.publishing.revise(PLATFORM, LISTING, name, lambda _: changed, node.options())
    assert done.warnings == (), "it is there again"


def test_what_an_earlier_revision_lost_is_warned_of_as_well(node: OwnNode, name: str) -> None:
    erase(node, name, ("members",))
    bare = supply(1, trl=9)
    bare.ClearField("members")
    node.publishing.revise(PLATFORM, LISTING, name, lambda _: bare, node.options())
    again = supply(1, trl=7)
    done = node.publishing.revise(PLATFORM, LISTING, name, lambda _: again, node.options())
    assert [(one.rule, one.field) for one in done.warnings] == [("E_ERASED_BEFORE", "members")]


def test_what_was_erased_of_a_neighbour_is_nothing_of_a_record(node: OwnNode, name: str) -> None:
    bare = supply(2)
    bare.ClearField("members")
    other = node.publishing.publish(PLATFORM, LISTING, bare, node.options()).record.name
    third = node.publishing.publish(PLATFORM, LISTING, supply(3), node.options()).record.name
    for one in (name, third):
        erase(node, one, ("members",))
    done = node.publishing.revise(PLATFORM, LISTING, other, lambda _: supply(2), node.options())
    assert done.warnings == ()


def test_a_batch_that_brings_back_what_was_erased_warns_of_it(node: OwnNode, name: str) -> None:
    erase(node, name, ("public", "origin"))
    for expected in ([("E_ERASED_BEFORE", "public"), ("E_ERASED_BEFORE", "origin")], []):
        told: list[list[tuple[str, str]]] = []

        def serialise(rows: Sequence[Row], told: list[list[tuple[str, str]]] = told) -> bytes:
            told += [[(one.rule, one.field) for one in row.warnings] for row in rows]
            return b""

        node.batches.publish(PLATFORM, [supply(1), supply(2)], node.options(), serialise)
        assert told == [expected, []]


def test_a_withdrawn_record_is_erased_too(node: OwnNode, name: str) -> None:
    node.publishing.withdraw(PLATFORM, LISTING, name, node.options())
    assert erase(node, name, ("public", "members", "origin"))[:2] == (6, 0)
    assert held(node, 1) == held(node, 2) == []


def test_what_has_no_public_part_left_is_security_s_alone(node: OwnNode, name: str) -> None:
    assert erase(node, name, ("public",)).parts == 2
    with pytest.raises(YdxError) as caught:
        erase(node, name)
    assert caught.value.reason == "PLATFORM_MISMATCH"
    assert erase(node, name, caller=SECURITY).parts == 2


def test_a_number_is_free_again_once_its_erased_record_is_withdrawn(
    node: OwnNode, name: str
) -> None:
    erase(node, name, ("public", "members", "origin"))
    node.publishing.withdraw(Caller(frozenset({Role.OPERATOR}), "8"), LISTING, name, node.options())
    again = node.publishing.publish(PLATFORM, LISTING, supply(1), node.options())
    assert again.record.name != name


@pytest.mark.parametrize(
    ("caller", "asked", "reason"),
    [
        (OTHER_PLATFORM, {}, "PLATFORM_MISMATCH"),
        (PLATFORM, {"name": f"nodes/{MEMBER}/listings/{'0' * 26}"}, "RECORD_NOT_FOUND"),
        (PLATFORM, {"name": f"nodes/shanghai/listings/{'0' * 26}"}, "NOT_OWN_RECORD"),
        (SECURITY, {"kind": "organisations"}, "RECORD_NOT_FOUND"),
    ],
)
def test_what_may_not_be_erased(
    node: OwnNode, name: str, caller: Caller, asked: dict[str, str], reason: str
) -> None:
    wanted = asked.get("name", name).replace("listings", asked.get("kind", "listings"))
    size = node.sequencer.tree_size
    with pytest.raises(YdxError) as caught:
        erase(node, wanted, caller=caller)
    assert caught.value.reason == reason
    assert node.sequencer.tree_size == size


@pytest.mark.parametrize(
    ("names", "ground", "field", "rule"),
    [
        ((), GROUND, "parts", "REQUIRED"),
        (("public", "named"), GROUND, "parts[1]", "ERASED_PART_UNKNOWN"),
        (("public",), "", "legal_ground", "LEGAL_GROUND"),
        (("public",), "张三要求", "legal_ground", "LEGAL_GROUND"),
        (("public",), "P" * 65, "legal_ground", "LEGAL_GROUND"),
        (("public",), "11010519491231002X", "legal_ground", "LEGAL_GROUND"),
        (("public",), "asked by 138 0000 1234", "legal_ground", "LEGAL_GROUND"),
    ],
)
def test_what_is_wrong_with_the_arguments(
    node: OwnNode, name: str, names: Sequence[str], ground: str, field: str, rule: str
) -> None:
    with pytest.raises(InvalidFields) as caught:
        erase(node, name, names, ground=ground)
    assert [(one.field, one.rule) for one in caught.value.violations] == [(field, rule)]


def test_many_revisions_take_several_entries_of_one_write(
    node: OwnNode, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "LINES_A_ENTRY", 4)
    for trl in (7, 9, 8):
        revise(node, name, trl=trl)
    size = node.sequencer.tree_size
    assert erase(node, name, ("public", "members")) == Erased(10, 0, size + 2)
    assert node.sequencer.tree_size == size + 3
    assert held(node, 1) == [2]


def together(node: OwnNode, *writes: Callable[[], object]) -> list[Any]:
    """Let writes come in this order, into one group; return what each comes to."""
    entered, leave = threading.Event(), threading.Event()

    def hold(_view: LogView) -> bytes:
        entered.set()
        leave.wait(30)
        return b""

    with ThreadPoolExecutor(1 + len(writes)) as pool:
        pool.submit(node.sequencer.submit, Write(hold))
        entered.wait(30)
        done = []
        for number, write in enumerate(writes, start=1):
            done.append(pool.submit(write))
            while node.sequencer._queue.qsize() < number:
                threading.Event().wait(0.001)
        leave.set()
        return [one.result() for one in done]


def missing(node: OwnNode, name: str) -> dict[str, int]:
    """Return why each part that is not there of the record as it stands is not."""
    shown = node.catalogue.get(OWN_READER, LISTING, name)
    return {one.part: one.reason for one in shown.info.missing_parts}


def test_a_revision_before_it_in_one_group_of_writes_is_erased_too(
    node: OwnNode, name: str
) -> None:
    _, erased = together(
        node,
        lambda: revise(node, name, trl=9),
        lambda: erase(node, name, ["origin", "members"]),
    )
    assert erased.parts == 6
    assert node.catalogue.get(OWN_READER, LISTING, name).public.trl == 9
    assert missing(node, name) == dict.fromkeys(("members", "origin"), Absence.ERASED.value)


def test_a_revision_behind_it_in_one_group_of_writes_brings_nothing_back(
    node: OwnNode, name: str
) -> None:
    def changed(stored: Any) -> Any:
        stored.public.trl = 9
        return stored

    erased, _ = together(
        node,
        lambda: erase(node, name, ["origin", "members"]),
        lambda: node.publishing.revise(PLATFORM, LISTING, name, changed, node.options()),
    )
    assert erased.parts == 4
    assert node.catalogue.get(OWN_READER, LISTING, name).public.trl == 9
    assert not node.catalogue.get(OWN_READER, LISTING, name).origin.contacts
    assert not node.catalogue.get(OWN_READER, LISTING, name).HasField("members")
