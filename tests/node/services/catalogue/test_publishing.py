"""Publishing, revising, withdrawing: the rules of single writes, alike for the three kinds."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.entry import Audience, parse_entry
from federation.log.errors import YdxError
from federation.records.codec import Listing, Manager, Organisation
from node.rpc.field_masks import masked
from node.services.catalogue.publishing import Publishing
from node.services.catalogue.records import LISTING, MANAGER, ORGANISATION, shanghai_day
from node.services.errors import InvalidFields
from node.services.log.verification import verify_log
from node.storage import logs, mirrors, parts
from tests.node.services.own_node import (
    CLERK,
    MEMBER,
    NOW_S,
    ORIGIN,
    OTHER_PLATFORM,
    PARTNER,
    PLATFORM,
    OwnNode,
    new_request_id,
    supply,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.services.catalogue.publishing import Written


@pytest.fixture(autouse=True)
def verified(node: OwnNode) -> Iterator[None]:
    yield
    assert verify_log(node.database, ORIGIN).differences == []


def organisation() -> Organisation:
    record = Organisation()
    said: Any = record.public
    said.uscc, said.title, said.region, said.type = "91110000600037341L", "某研究院", "340100", 2
    said.source_platform, said.source_id = "anhui-tech", "org-1"
    return record


def manager() -> Manager:
    record = Manager()
    said: Any = record.public
    said.title, said.region, said.level = "皖技经-0012", "340100", 2
    said.employer.name, said.employer.uscc = "某研究院", "91110000600037341L"
    said.source_platform, said.source_id = "anhui-tech", "man-1"
    return record


def publish(node: OwnNode, listing: Listing | None = None, **more: Any) -> Written:
    return node.publishing.publish(PLATFORM, LISTING, listing or supply(1), node.options(), **more)


def revise(node: OwnNode, name: str, *paths: str, etag: str = "", **public: Any) -> Written:
    update = Listing()
    for field, value in public.items():
        setattr(update.public, field, value)
    return node.publishing.revise(
        PLATFORM,
        LISTING,
        name,
        lambda stored: masked(stored, update, paths, ("public", "members", "origin")),
        node.options(),
        etag,
    )


def withdraw(node: OwnNode, name: str, **more: Any) -> Written:
    return node.publishing.withdraw(PLATFORM, LISTING, name, node.options(), **more)


def reason_of(call: Callable[[], object]) -> str:
    with pytest.raises(YdxError) as caught:
        call()
    return caught.value.reason


def rules_of(call: Callable[[], object]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidFields) as caught:
        call()
    return {(one.field, one.rule) for one in caught.value.violations}


@pytest.mark.parametrize(
    ("kind", "record"), [(LISTING, supply(1)), (ORGANISATION, organisation()), (MANAGER, manager())]
)
def test_every_kind_is_published_revised_and_withdrawn(
    node: OwnNode, kind: Any, record: Any
) -> None:
    written = node.publishing.publish(PLATFORM, kind, record, node.options())
    name = written.record.name
    assert name.startswith(f"nodes/anhui/{kind.collection}/")
    assert node.catalogue.get(PLATFORM, kind, name) == written.record
    update = type(record)()
    update.members.terms = "面议"
    revised = node.publishing.revise(
        PLATFORM, kind, name, lambda old: masked(old, update, (), ("members",)), node.options()
    ).record
    assert revised.info.revision == 2
    assert revised.members.terms == "面议"
    assert revised.public == written.record.public
    assert node.catalogue.get(PLATFORM, kind, name) == revised
    gone = node.publishing.withdraw(PLATFORM, kind, name, node.options()).record
    assert (gone.info.revision, gone.state, gone.HasField("public")) == (3, 6, False)
    assert node.catalogue.get(PLATFORM, kind, name) == gone


def test_contacts_stand_in_the_origin_part_only_and_salts_are_fresh(node: OwnNode) -> None:
    name = publish(node).record.name
    revise(node, name, trl=7)
    with node.database.read() as tx:
        origin_id = mirrors.get(tx, ORIGIN).origin_id
        entries = [parse_entry(raw) for raw in logs.entries(tx, origin_id, 1, 3)]
        held = [parts.of_entry(tx, origin_id, leaf_index) for leaf_index in (1, 2)]
    audiences = [Audience.PUBLIC, Audience.MEMBERS, Audience.ORIGIN]
    assert [[audience for audience, _ in entry.parts] for entry in entries] == [audiences] * 2
    salts = {wire[:32] for wires in held for wire in wires.values()}
    assert len(salts) == 6
    secret = b"13800000000"
    for wires in held:
        assert [number for number, wire in wires.items() if secret in wire] == [2]


def test_empty_parts_are_left_out(node: OwnNode) -> None:
    listing = supply(1)
    listing.ClearField("members")
    listing.origin.Clear()
    record = publish(node, listing).record
    assert not record.info.missing_parts
    with node.database.read() as tx:
        entry = logs.entry(tx, mirrors.get(tx, ORIGIN).origin_id, 1)
    assert entry is not None
    assert [audience for audience, _ in parse_entry(entry).parts] == [Audience.PUBLIC]


def test_all_violations_are_told_at_once(node: OwnNode) -> None:
    node.sequencer.open_log()
    listing = supply(1, title="短", region="999999", trl=12)
    rules = rules_of(lambda: publish(node, listing))
    assert rules >= {
        ("public.title", "TEXT_TOO_SHORT"),
        ("public.region", "REGION_UNKNOWN"),
        ("public.trl", "NUMBER_RANGE"),
    }
    assert node.sequencer.tree_size == 1


def test_a_retry_has_its_first_outcome_though_the_clock_was_set_back_and_the_rules_forbid_it_now(
    node: OwnNode,
) -> None:
    times = [NOW_S]
    publishing = Publishing(
        node.sequencer, node.catalogue, MEMBER, lambda: times[0], os.urandom, ack_wait_s=0.1
    )
    listing = supply(1, published_on=shanghai_day(NOW_S).isoformat())
    options = node.options(new_request_id(), b"body")
    first = publishing.publish(PLATFORM, LISTING, listing, options)
    times[0] -= 2 * 86_400
    again = publishing.publish(PLATFORM, LISTING, listing, options)
    assert again.record.name == first.record.name
    other = lambda: publishing.publish(PLATFORM, LISTING, listing, node.options())  # noqa: E731
    assert rules_of(other) == {("public.published_on", "DATE_IN_FUTURE")}


def test_a_source_id_that_no_database_takes_is_refused_for_itself_alone(node: OwnNode) -> None:
    """PostgreSQL has no NUL in texts: asked for it, it would fail the whole group."""
    node.sequencer.open_log()
    outcomes: dict[str, str] = {}
    held = threading.Event()

    def hold(_size: int) -> None:
        held.wait(10)

    def write(name: str, listing: Listing) -> None:
        try:
            publish(node, listing)
        except YdxError as error:
            outcomes[name] = error.reason
        else:
            outcomes[name] = ""

    node.on_commit = hold
    calls = {
        "first": supply(1),
        "second": supply(2),
        "odd": supply(3, source_id="x\0y"),
        "odd platform": supply(4, source_platform="x\0y"),
        "last": supply(5),
    }
    threads = [threading.Thread(target=write, args=call) for call in calls.items()]
    for thread in threads:
        thread.start()
    held.set()
    for thread in threads:
        thread.join()
    assert outcomes == dict.fromkeys(calls, "") | dict.fromkeys(
        ["odd", "odd platform"], "INVALID_FIELD"
    )


def test_a_retry_is_warned_as_at_first(node: OwnNode) -> None:
    options = node.options(new_request_id(), b"body")
    listing = supply(1, valid_until="2020-01-01")
    first = node.publishing.publish(PLATFORM, LISTING, listing, options)
    again = node.publishing.publish(PLATFORM, LISTING, listing, options)
    assert [one.rule for one in first.warnings] == ["E_EXPIRED"]
    assert again.warnings == first.warnings


def test_a_second_live_record_of_one_source_id_is_refused_by_name(node: OwnNode) -> None:
    name = publish(node).record.name
    with pytest.raises(YdxError) as caught:
        publish(node)
    assert (caught.value.reason, caught.value.metadata["name"]) == ("DUPLICATE_SOURCE", name)
    withdraw(node, name)
    again = publish(node, replaces=name).record
    assert again.name != name
    other = publish(node, supply(2)).record.name
    call = lambda: revise(node, other, source_id=supply(1).public.source_id)  # noqa: E731
    assert reason_of(call) == "DUPLICATE_SOURCE"


def test_a_revision_can_take_and_free_a_source_id(node: OwnNode) -> None:
    name = publish(node).record.name
    revise(node, name, source_id="AH-new")
    publish(node)
    withdraw(node, name)
    publish(node, supply(1, source_id="AH-new"))


@pytest.mark.parametrize(
    ("replaces", "rule"),
    [
        ("nodes/anhui/listings/00000000000000000000000001", "REPLACES_UNKNOWN"),
        ("nodes/jiangsu/listings/00000000000000000000000001", "REPLACES_UNKNOWN"),
        ("nodes/anhui/managers/00000000000000000000000001", "RECORD_NAME_FORM"),
        ("x", "RECORD_NAME_FORM"),
    ],
)
def test_only_a_withdrawn_own_listing_is_replaced(node: OwnNode, replaces: str, rule: str) -> None:
    assert rules_of(lambda: publish(node, replaces=replaces)) == {("replaces", rule)}
    live = publish(node, supply(2)).record.name
    assert rules_of(lambda: publish(node, replaces=live)) == {("replaces", "REPLACES_LIVE")}


def test_a_validity_that_was_shortened_after_its_renewal_is_not_renewed_anew(
    node: OwnNode,
) -> None:
    name = publish(node, supply(1, valid_until="2027-06-30")).record.name
    for until in ("2027-12-31", "2027-01-31", "2027-12-31", "2027-06-30"):
        revise(node, name, valid_until=until)
    call = lambda: revise(node, name, valid_until="2028-01-01")  # noqa: E731
    assert rules_of(call) == {("public.valid_until", "RENEWED_TWICE")}


def test_an_unchanged_revision_writes_nothing(node: OwnNode) -> None:
    before = publish(node).record
    size = node.sequencer.tree_size
    written = revise(node, before.name, trl=before.public.trl)
    assert (written.changed, written.record) == (False, before)
    assert node.sequencer.tree_size == size


def test_a_stale_etag_is_refused_and_the_latest_is_told(node: OwnNode) -> None:
    first = publish(node).record
    second = revise(node, first.name, etag=first.info.etag, trl=7).record
    with pytest.raises(YdxError) as caught:
        revise(node, first.name, etag=first.info.etag, trl=8)
    assert caught.value.reason == "STALE_ETAG"
    assert caught.value.metadata["etag"] == second.info.etag
    assert reason_of(lambda: withdraw(node, first.name, etag=first.info.etag)) == "STALE_ETAG"
    withdraw(node, first.name, etag=second.info.etag)


def test_a_mask_replaces_what_it_names_and_clears_what_is_empty(node: OwnNode) -> None:
    name = publish(node).record.name
    revised = revise(node, name, "public.trl", "public.keywords", "members", trl=7).record
    assert (revised.public.trl, list(revised.public.keywords)) == (7, [])
    assert not revised.HasField("members")
    assert revised.public.title == supply(1).public.title
    rules = rules_of(lambda: revise(node, name, "state", "public.nothing", trl=7))
    assert rules == {("update_mask", "MASK_PATH")}


def test_a_withdrawn_record_never_changes(node: OwnNode) -> None:
    name = publish(node).record.name
    withdraw(node, name)
    assert reason_of(lambda: revise(node, name, trl=7)) == "RECORD_WITHDRAWN"
    assert reason_of(lambda: withdraw(node, name)) == "RECORD_WITHDRAWN"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nodes/anhui/listings/00000000000000000000000001", "RECORD_NOT_FOUND"),
        ("nodes/jiangsu/listings/00000000000000000000000001", "NOT_OWN_RECORD"),
        ("nodes/anhui/organisations/00000000000000000000000001", "INVALID_FIELD"),
        ("listings/1", "INVALID_FIELD"),
        ("", "INVALID_FIELD"),
    ],
)
def test_only_known_own_listings_change(node: OwnNode, name: str, reason: str) -> None:
    assert reason_of(lambda: revise(node, name, trl=7)) == reason
    assert reason_of(lambda: withdraw(node, name)) == reason


@pytest.mark.parametrize(
    ("reason", "successor", "violation"),
    [
        (9, "", ("reason", "CHOICE_UNKNOWN")),
        (3, "", ("successor", "SUCCESSOR_NEEDED")),
        (4, "x", ("successor", "RECORD_NAME_FORM")),
        (1, "nodes/anhui/listings/00000000000000000000000001", ("successor", "SUCCESSOR_UNNEEDED")),
    ],
)
def test_a_withdrawal_says_why(
    node: OwnNode, reason: int, successor: str, violation: tuple[str, str]
) -> None:
    name = publish(node).record.name
    call = lambda: withdraw(node, name, reason=reason, successor=successor)  # noqa: E731
    assert rules_of(call) == {violation}
    itself = {("successor", "SUCCESSOR_ITSELF")}
    assert rules_of(lambda: withdraw(node, name, reason=3, successor=name)) == itself
    unknown = "nodes/anhui/listings/00000000000000000000000001"
    missing = {("successor", "SUCCESSOR_UNKNOWN")}
    assert rules_of(lambda: withdraw(node, name, reason=3, successor=unknown)) == missing
    withdraw(node, name, reason=3, successor="nodes/jiangsu/listings/00000000000000000000000001")


def test_a_platform_writes_only_its_own_records(node: OwnNode) -> None:
    name = publish(node).record.name
    options = node.options()
    mismatch = "PLATFORM_MISMATCH"
    write = node.publishing
    assert reason_of(lambda: write.publish(OTHER_PLATFORM, LISTING, supply(2), options)) == mismatch
    assert reason_of(lambda: write.withdraw(OTHER_PLATFORM, LISTING, name, options)) == mismatch
    same = lambda stored: stored  # noqa: E731
    assert reason_of(lambda: write.revise(OTHER_PLATFORM, LISTING, name, same, options)) == mismatch
    assert reason_of(lambda: revise(node, name, source_platform="hefei-lab")) == mismatch


def test_validate_only_writes_nothing(node: OwnNode) -> None:
    options = node.options(new_request_id(), b"", validate_only=True)
    written = node.publishing.publish(PLATFORM, LISTING, supply(1), options)
    assert (written.record.name, written.record.HasField("info")) == ("", False)
    assert node.sequencer.tree_size == 0
    name = publish(node).record.name
    call = lambda: node.publishing.publish(PLATFORM, LISTING, supply(1), options)  # noqa: E731
    assert reason_of(call) == "DUPLICATE_SOURCE"
    gone = node.publishing.withdraw(PLATFORM, LISTING, name, options).record
    assert gone.state == 6
    assert node.catalogue.get(PLATFORM, LISTING, name).state == 1
    assert node.sequencer.tree_size == 2


def test_a_retried_revision_has_its_first_outcome_whatever_came_after(node: OwnNode) -> None:
    name = publish(node).record.name
    options = node.options(new_request_id(), b"body")

    def change(stored: Listing) -> Listing:
        stored.public.trl = 7
        return stored

    first = node.publishing.revise(PLATFORM, LISTING, name, change, options)
    revise(node, name, trl=8)
    again = node.publishing.revise(PLATFORM, LISTING, name, change, options)
    assert (again.record, again.changed) == (first.record, True)
    assert node.catalogue.get(PLATFORM, LISTING, name).public.trl == 8


@pytest.mark.parametrize("caller", [PARTNER, CLERK, OTHER_PLATFORM])
def test_no_contact_is_shown_to_whom_it_is_not_for(node: OwnNode, caller: Any) -> None:
    name = publish(node).record.name
    shown = node.catalogue.get(caller, LISTING, name)
    withheld = {part.part for part in shown.info.missing_parts}
    assert shown.HasField("origin") == (caller is CLERK)
    assert shown.HasField("members") == (caller is not PARTNER)
    assert withheld == {"members", "origin"} - {
        part for part in ("members", "origin") if shown.HasField(part)
    }
    assert all(part.reason == 1 for part in shown.info.missing_parts)
