"""Lookups of the registry, its quorums, and what a later version may change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Refused
from federation.log.keys import COSIGNATURE_V1, ED25519
from federation.trust import ceremony
from federation.trust.quorum import quorum_size
from federation.trust.registry import (
    Certificate,
    Log,
    LogKey,
    QuorumPeriod,
    Thaw,
    TreeHead,
    WitnessKey,
)
from federation.trust.registry_file import encode_registry, parse_registry
from federation.trust.registry_rules import check_registry, check_succession
from tests.federation.trust.repository import MEMBERS, certificate_of, key_of, line_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.trust.registry import Member, Registry

FOUNDED = ceremony.founding_registry([line_of(member) for member in MEMBERS], "center")
ANHUI = "delta.example/anhui"
END = TreeHead(10, b"\1" * 32)
NEWCOMER = ceremony.founding_registry([line_of("huadong")]).member("huadong")


def with_member(registry: Registry, member: Member) -> Registry:
    others = [one for one in registry.members if one.name != member.name]
    members = tuple(sorted([*others, member], key=lambda one: one.name))
    return replace(registry, version=registry.version + 1, members=members)


def joining(member: Member, version: int) -> Member:
    """Return a founding member as one that joined in a later version."""
    log = member.logs[0]
    return replace(
        member,
        joined_version=version,
        logs=(replace(log, keys=(replace(log.keys[0], from_version=version),)),),
        witness_keys=(replace(member.witness_keys[0], from_version=version),),
    )


def rolled_over() -> Registry:
    """Return version 2, in which anhui's log key and witness key were replaced."""
    member = FOUNDED.member("anhui")
    log = member.logs[0]
    keys = (
        replace(log.keys[0], end=END, ended_version=2),
        LogKey(key_of(ANHUI, ED25519, "second"), first_size=END.size, from_version=2),
    )
    ends = {"delta.example/center": TreeHead(7, b"c" * 32)}
    ended = replace(member.witness_keys[0], ended_version=2, ends=ends)
    fresh = WitnessKey(key_of(f"{ANHUI}/witness", COSIGNATURE_V1, "second"), from_version=2)
    return with_member(
        FOUNDED,
        replace(member, logs=(replace(log, keys=keys),), witness_keys=(ended, fresh)),
    )


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (49, 33)])
def test_the_quorum_is_two_thirds_and_one(n: int, k: int) -> None:
    assert quorum_size(n) == k


def test_lookups() -> None:
    assert FOUNDED.origins() == tuple(f"delta.example/{name}" for name in MEMBERS)
    member = FOUNDED.member_of_origin(ANHUI)
    assert member.name == "anhui"
    assert FOUNDED.member_of_pin(member.certificates[0].pin) is member
    assert FOUNDED.member_of_pin(bytes(32)) is None
    assert FOUNDED.member("center").holds("center")
    assert not member.holds("center")
    assert FOUNDED.quorum(ANHUI) == 3
    assert set(FOUNDED.witnesses(ANHUI)) == set(MEMBERS) - {"anhui"}
    with pytest.raises(Refused, match="UNKNOWN_ORIGIN"):
        FOUNDED.log_keys("delta.example/nobody")
    with pytest.raises(Refused, match="UNKNOWN_MEMBER"):
        FOUNDED.member("nobody")


def test_a_key_counts_for_its_sizes_only() -> None:
    registry = rolled_over()
    check_registry(registry)
    check_succession(FOUNDED, registry)
    first, second = registry.log_keys(ANHUI)
    assert registry.log_keys_at(ANHUI, 9) == (first,)
    assert registry.log_keys_at(ANHUI, 10) == (first, second), "the end is cosigned again"
    assert registry.log_keys_at(ANHUI, 11) == (second,)


def test_a_registry_tells_which_keys_an_earlier_version_had() -> None:
    later = rolled_over()
    first, second = later.log_keys(ANHUI)
    for size in (0, 10, 11):
        assert later.log_keys_in(1, ANHUI, size) == FOUNDED.log_keys_at(ANHUI, size) == (first,)
        assert later.log_keys_in(2, ANHUI, size) == later.log_keys_at(ANHUI, size)
    assert second in later.log_keys_in(2, ANHUI, 10)


def test_an_ended_witness_key_counts_up_to_its_end_of_each_origin() -> None:
    registry = rolled_over()
    first, second = registry.witnesses("delta.example/center")["anhui"]
    assert registry.witness_keys_at("delta.example/center", "anhui", 7) == (first, second)
    assert registry.witness_keys_at("delta.example/center", "anhui", 8) == (second,)
    assert registry.witness_keys_at("delta.example/jiangsu", "anhui", 0) == (second,)


def test_a_closed_log_takes_no_signature_above_its_end() -> None:
    member = FOUNDED.member("anhui")
    closed = replace(member.logs[0], closed=END, closed_version=2)
    key = LogKey(key_of(f"{ANHUI}.2", ED25519), from_version=2)
    successor = Log(f"{ANHUI}.2", (key,), predecessor=closed.origin)
    registry = with_member(FOUNDED, replace(member, logs=(closed, successor)))
    check_succession(FOUNDED, registry)
    assert parse_registry(encode_registry(registry)) == registry
    assert registry.log_keys_at(ANHUI, 10)
    assert registry.log_keys_at(ANHUI, 11) == registry.log_keys_in(2, ANHUI, 11) == ()
    assert registry.log_keys_in(1, ANHUI, 11) == FOUNDED.log_keys_at(ANHUI, 11)
    assert (registry.log(f"{ANHUI}.2").from_version, registry.log(ANHUI).from_version) == (2, 1)
    assert registry.log_keys_in(1, f"{ANHUI}.2", 0) == ()
    assert registry.member("anhui").origin == f"{ANHUI}.2"
    assert registry.member_of_origin(ANHUI) is registry.member_of_origin(f"{ANHUI}.2")


def test_a_revoked_certificate_and_a_member_who_left_open_no_connection() -> None:
    member = FOUNDED.member("anhui")
    pin = member.certificates[0].pin
    new = Certificate(certificate_of("anhui", "second"))
    revoked = replace(member.certificates[0], revoked_version=2)
    registry = with_member(FOUNDED, replace(member, certificates=(revoked, new)))
    check_succession(FOUNDED, registry)
    assert registry.member_of_pin(pin) is None
    assert registry.member_of_pin(new.pin) is registry.member("anhui")
    gone = with_member(FOUNDED, replace(member, left_version=2))
    assert gone.member_of_pin(pin) is None
    assert pin not in gone.pins()


def test_the_quorums_of_all_versions_are_carried() -> None:
    lines = [line_of(member) for member in ("anhui", "center", "jiangsu")]
    three = ceremony.founding_registry(lines, "center")
    joined = ceremony.founding_registry([*lines, line_of("zhejiang")], "center")
    newcomer = joining(joined.member("zhejiang"), 2)
    two = with_member(three, newcomer)
    check_succession(three, two)
    assert two.quorum("delta.example/zhejiang") == quorum_size(3), "not a witness yet itself"
    assert two.quorum(ANHUI) == quorum_size(2)
    assert "zhejiang" not in two.witnesses(ANHUI)
    period = QuorumPeriod(3, ("anhui", "center", "jiangsu", "zhejiang"), 3, 3)
    final = replace(two, version=3, periods=(*two.periods, period))
    check_succession(two, final)
    assert [(q.from_version, q.required) for q in final.quorums(ANHUI)] == [(1, 2), (3, 3)]
    assert set(final.witnesses(ANHUI)) == {"center", "jiangsu", "zhejiang"}
    assert parse_registry(encode_registry(final)) == final


def _without_member(registry: Registry) -> Registry:
    return replace(registry, members=registry.members[1:])


def _member_change(**changes: object) -> Callable[[Registry], Registry]:
    def change(registry: Registry) -> Registry:
        member = replace(registry.member("anhui"), **changes)  # type: ignore[arg-type]  # a table
        return replace(with_member(registry, member), version=registry.version)

    return change


def _reopened_key(registry: Registry) -> Registry:
    log = registry.member("anhui").logs[0]
    return _member_change(logs=(replace(log, keys=(replace(log.keys[0], end=None),)),))(registry)


def _moved_end(registry: Registry) -> Registry:
    log = registry.member("anhui").logs[0]
    keys = (
        replace(log.keys[0], end=TreeHead(11, END.root)),
        replace(log.keys[1], first_size=11),
    )
    return _member_change(logs=(replace(log, keys=keys),))(registry)


def _reopened_witness(registry: Registry) -> Registry:
    key = registry.member("anhui").witness_keys[0]
    reopened = replace(key, ended_version=None, ends={})
    return _member_change(witness_keys=(reopened,))(registry)


def _second_key(**changes: object) -> Callable[[Registry], Registry]:
    def change(registry: Registry) -> Registry:
        log = registry.member("anhui").logs[0]
        key = replace(log.keys[1], **changes)  # type: ignore[arg-type]  # a table
        return _member_change(logs=(replace(log, keys=(log.keys[0], key)),))(registry)

    return change


def _key_ended_earlier(registry: Registry) -> Registry:
    log = registry.member("anhui").logs[0]
    keys = (replace(log.keys[0], ended_version=1), log.keys[1])
    return _member_change(logs=(replace(log, keys=keys),))(registry)


def _third_key(from_version: int, ended_version: int) -> Callable[[Registry], Registry]:
    def change(registry: Registry) -> Registry:
        log = registry.member("anhui").logs[0]
        second = replace(log.keys[1], end=TreeHead(20, END.root), ended_version=ended_version)
        third = LogKey(key_of(ANHUI, ED25519, "third"), 20, from_version=from_version)
        return _member_change(logs=(replace(log, keys=(log.keys[0], second, third)),))(registry)

    return change


def _closed_before(registry: Registry) -> Registry:
    log = replace(registry.member("anhui").logs[0], closed=TreeHead(30, END.root), closed_version=2)
    return _member_change(logs=(log,))(registry)


def _new_witness_key(registry: Registry) -> Registry:
    first, second = registry.member("anhui").witness_keys
    second = replace(second, ended_version=3)
    third = WitnessKey(key_of(f"{ANHUI}/witness", COSIGNATURE_V1, "third"), from_version=1)
    return _member_change(witness_keys=(first, second, third))(registry)


FORBIDDEN: dict[str, tuple[Callable[[Registry], Registry], str]] = {
    "another federation": (lambda r: replace(r, federation="other.example"), "another federation"),
    "the same version": (lambda r: replace(r, version=r.version - 1), "is not above 2"),
    "a member is deleted": (_without_member, "deletes anhui"),
    "a member joined earlier than it did": (_member_change(joined_version=2), "joined in another"),
    "a log key is deleted": (_reopened_key, "deletes or re-opens a log"),
    "the end of a log key is moved": (_moved_end, "deletes or re-opens a log"),
    "a witness key is opened again": (_reopened_witness, "witness_keys: deletes"),
    "a log key is of an earlier version than it was": (
        _second_key(from_version=1),
        "deletes or re-opens a log",
    ),
    "a log key ended earlier than it did": (_key_ended_earlier, "deletes or re-opens a log"),
    "a new log key of an old version": (
        _third_key(from_version=2, ended_version=3),
        r"anhui.logs\[0\].keys\[2\]: is new and says version 2, not above 2",
    ),
    "a log key is ended in an old version": (
        _third_key(from_version=3, ended_version=2),
        r"anhui.logs\[0\].keys\[1\] that ended: is new and says version 2",
    ),
    "a log is closed in an old version": (_closed_before, r"logs\[0\] that is closed: is new"),
    "a new witness key of an old version": (
        _new_witness_key,
        r"witness_keys\[2\]: is new and says version 1",
    ),
    "a member joins in an old version": (
        lambda r: with_member(replace(r, version=2), joining(NEWCOMER, 2)),
        "member huadong: is new and says version 2",
    ),
    "a member left in an old version": (_member_change(left_version=2), "that left: is new"),
    "a certificate is deleted": (
        _member_change(certificates=(Certificate(certificate_of("anhui", "third")),)),
        "certificates: deletes",
    ),
    "a format is taken back": (lambda r: replace(r, formats=(2,)), "takes a format back"),
    "the quorum of an earlier version is lowered": (
        lambda r: replace(r, periods=(replace(r.periods[0], k=4),)),
        "changes the quorum",
    ),
    "a quorum is put in for an earlier version": (
        lambda r: replace(r, periods=(*r.periods, replace(r.periods[0], from_version=2))),
        "changes the quorum",
    ),
}


@pytest.mark.parametrize(("change", "what"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_later_version_deletes_and_reopens_nothing(
    change: Callable[[Registry], Registry], what: str
) -> None:
    old = rolled_over()
    new = change(replace(old, version=3))
    with pytest.raises(Refused, match=what):
        check_succession(old, new)


def test_names_are_never_used_again() -> None:
    gone = with_member(FOUNDED, replace(FOUNDED.member("anhui"), left_version=2))
    back = with_member(gone, replace(FOUNDED.member("anhui")))
    with pytest.raises(Refused, match="never used again"):
        check_succession(gone, back)


def test_an_earlier_thaw_stays() -> None:
    thawed = replace(FOUNDED, version=2, thaws=(Thaw(2, ANHUI, END),))
    check_succession(FOUNDED, thawed)
    with pytest.raises(Refused, match="earlier thaw"):
        check_succession(thawed, replace(thawed, version=3, thaws=()))
