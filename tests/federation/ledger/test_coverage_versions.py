"""A CHECKPOINT is judged by the registry version that it names: early and late members agree.

Five versions of one registry: 2 gives anhui a second log key, 3 jiangsu another witness key,
4 closes anhui's log and gives it a successor, 5 lets zhejiang join.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger.codec import checkpoint_body
from federation.ledger.coverage import Coverage
from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.log.keys import COSIGNATURE_V1, ED25519, Signer
from federation.log.note import add_signatures
from federation.trust.registry import (
    Log,
    LogKey,
    Member,
    QuorumPeriod,
    Registry,
    TreeHead,
    WitnessKey,
)
from federation.trust.registry_rules import check_succession

FOUNDERS = ("anhui", "center", "jiangsu", "shanghai")
ANHUI = "ydx.example/anhui"
SUCCESSOR = f"{ANHUI}.2"
ZHEJIANG = "ydx.example/zhejiang"
KEYS = {
    "first": Signer(ANHUI, leaf_hash(b"first")),
    "second": Signer(ANHUI, leaf_hash(b"second")),
    "successor": Signer(SUCCESSOR, leaf_hash(b"successor")),
    "zhejiang": Signer(ZHEJIANG, leaf_hash(b"zhejiang")),
}
WITNESSES = {
    name: Signer(f"ydx.example/{name.split()[0]}/witness", leaf_hash(name.encode()))
    for name in (*FOUNDERS, "jiangsu again", "zhejiang")
}
OLD, NEW = ("center", "jiangsu", "shanghai"), ("center", "jiangsu again", "shanghai")
JOINED = ("center", "shanghai", "zhejiang")


def _head(size: int) -> TreeHead:
    return TreeHead(size, leaf_hash(b"root"))


def _member(name: str, log_key: Signer, version: int = 1) -> Member:
    return Member(
        name=name,
        region="310000",
        endpoint="",
        logs=(Log(log_key.name, (LogKey(log_key.verifier(ED25519), from_version=version),)),),
        witness_keys=(WitnessKey(WITNESSES[name].verifier(COSIGNATURE_V1), version),),
        trust_key=log_key.verifier(ED25519),
        certificates=(),
        joined_version=version,
    )


def _with(registry: Registry, member: Member) -> Registry:
    others = [one for one in registry.members if one.name != member.name]
    members = tuple(sorted([*others, member], key=lambda one: one.name))
    return replace(registry, version=registry.version + 1, members=members)


def _versions() -> tuple[Registry, ...]:
    """Return the five versions, each of which may follow the one before."""
    members = tuple(
        _member(
            name, KEYS["first"] if name == "anhui" else Signer(f"ydx.example/{name}", bytes(32))
        )
        for name in FOUNDERS
    )
    one = Registry("ydx.example", 1, members, (QuorumPeriod(1, FOUNDERS, 3, 3),))
    anhui, jiangsu = one.member("anhui"), one.member("jiangsu")
    first = replace(anhui.logs[0].keys[0], end=_head(10), ended_version=2)
    second = LogKey(KEYS["second"].verifier(ED25519), 10, from_version=2)
    log = replace(anhui.logs[0], keys=(first, second))
    two = _with(one, replace(anhui, logs=(log,)))
    ended = replace(jiangsu.witness_keys[0], ended_version=3, ends={ANHUI: _head(12)})
    fresh = WitnessKey(WITNESSES["jiangsu again"].verifier(COSIGNATURE_V1), 3)
    three = _with(two, replace(jiangsu, witness_keys=(ended, fresh)))
    closed = replace(log, closed=_head(20), closed_version=4)
    key = LogKey(KEYS["successor"].verifier(ED25519), from_version=4)
    four = _with(three, replace(anhui, logs=(closed, Log(SUCCESSOR, (key,), predecessor=ANHUI))))
    five = replace(
        _with(four, _member("zhejiang", KEYS["zhejiang"], 5)),
        periods=(*one.periods, QuorumPeriod(5, (*FOUNDERS, "zhejiang"), 3, 4)),
    )
    return one, two, three, four, five


VERSIONS = _versions()


class Said(NamedTuple):
    """What a CHECKPOINT entry says."""

    key: str
    size: int
    version: int
    by: tuple[str, ...]

    def body(self) -> bytes:
        """Return the body of the entry."""
        signer = KEYS[self.key]
        note = sign_checkpoint(Checkpoint(signer.name, self.size, leaf_hash(b"root")), [signer])
        lines = [make_cosignature(note, WITNESSES[name], 1_790_000_000) for name in self.by]
        return checkpoint_body(add_signatures(note, lines), self.version)


def _judged(said: Said, registry: Registry) -> str:
    """Return why an entry is void, "" if it counts."""
    try:
        Coverage().add(0, BODIES[said], registry)
    except Refused as refusal:
        return refusal.reason
    return ""


CASES: dict[str, tuple[Said, bool]] = {
    "the first log key": (Said("first", 9, 1, OLD), True),
    "a log key above the end that a later version gave it": (Said("first", 11, 1, OLD), True),
    "a log key above its end": (Said("first", 11, 2, OLD), False),
    "a log key at its end": (Said("first", 10, 2, OLD), True),
    "a log key of a later version": (Said("second", 11, 1, OLD), False),
    "a log key in the version that brought it": (Said("second", 11, 2, OLD), True),
    "a witness key above the end that a later version gave it": (Said("second", 13, 2, OLD), True),
    "a witness key above its end": (Said("second", 13, 3, OLD), False),
    "a witness key at its end": (Said("second", 12, 3, OLD), True),
    "a witness key of a later version": (Said("second", 13, 2, NEW), False),
    "a witness key in the version that brought it": (Said("second", 13, 3, NEW), True),
    "a log above the size at which a later version closed it": (Said("second", 21, 3, NEW), True),
    "a closed log above its end": (Said("second", 21, 4, NEW), False),
    "a closed log at its end": (Said("second", 20, 4, NEW), True),
    "a log of a later version": (Said("successor", 3, 3, NEW), False),
    "a log in the version that brought it": (Said("successor", 3, 4, NEW), True),
    "a witness that joined later": (Said("successor", 4, 4, JOINED), False),
    "a witness in the version that it joined in": (Said("successor", 4, 5, JOINED), True),
    "the log of a member that joined later": (Said("zhejiang", 2, 4, NEW), False),
    "the log of a member in the version that it joined in": (Said("zhejiang", 2, 5, NEW), True),
}
BODIES = {said: said.body() for said, _ in CASES.values()}


def test_the_versions_may_follow_one_another() -> None:
    for i, old in enumerate(VERSIONS):
        for new in VERSIONS[i + 1 :]:
            check_succession(old, new)


@pytest.mark.parametrize(("said", "counts"), CASES.values(), ids=CASES)
def test_every_later_registry_judges_as_the_version_that_the_entry_names(
    said: Said, counts: bool
) -> None:
    judged = [_judged(said, registry) for registry in VERSIONS]
    assert judged[: said.version - 1] == ["UNKNOWN_REGISTRY_VERSION"] * (said.version - 1)
    assert [not reason for reason in judged[said.version - 1 :]] == [counts] * (6 - said.version)


class _Member:
    """Takes registries and entries as they come; judges in order, and waits where it must."""

    def __init__(self) -> None:
        self.coverage = Coverage()
        self.judged: list[tuple[str, int] | None] = []
        self._registry: Registry | None = None
        self._log: list[Said] = []

    def take(self, come: Registry | Said) -> None:
        """Take what comes. A registry below the one in force changes nothing."""
        if isinstance(come, Said):
            self._log.append(come)
        elif self._registry is None or come.version > self._registry.version:
            self._registry = come
        while self._registry is not None and len(self.judged) < len(self._log):
            at = len(self.judged)
            try:
                found = self.coverage.add(at, BODIES[self._log[at]], self._registry)
            except Refused as refusal:
                if refusal.reason == "UNKNOWN_REGISTRY_VERSION":
                    return
                self.judged.append(None)
            else:
                self.judged.append(found)


@st.composite
def _arrivals(draw: st.DrawFn) -> tuple[list[Registry | Said], list[Registry | Said]]:
    """Return one log, with the registries among its entries in two ways; both end with all."""
    log = draw(st.lists(st.sampled_from(sorted(BODIES)), max_size=8))
    found = []
    for _ in range(2):
        come: list[Registry | Said] = [*log]
        # Some are never seen, as by who joins late; the newest is.
        seen = draw(st.lists(st.sampled_from(VERSIONS[:-1]), max_size=4))
        for registry in draw(st.permutations([*seen, VERSIONS[-1]])):
            come.insert(draw(st.integers(0, len(come))), registry)
        found.append(come)
    return found[0], found[1]


@settings(deadline=None)
@given(_arrivals())
def test_members_judge_alike_whenever_registries_and_entries_come(
    arrivals: tuple[list[Registry | Said], list[Registry | Said]],
) -> None:
    members = []
    for come in arrivals:
        member = _Member()
        for one in come:
            member.take(one)
        members.append(member)
    early, late = members
    assert early.judged == late.judged
    assert len(early.judged) == sum(isinstance(one, Said) for one in arrivals[0])
    assert early.coverage.registry_version == late.coverage.registry_version
