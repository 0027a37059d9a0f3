"""Rounds with a peer: what is asked for, what is refused, what an expired file still does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from federation.log.errors import Refused, YdxError
from federation.trust import ceremony
from federation.trust.tuf_file import (
    REGISTRY,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
)
from federation.trust.tuf_round import FastForward, TrustRound
from federation.trust.tuf_state import TrustState
from tests.federation.trust.repository import (
    DAY_S,
    NOW,
    Repository,
    online_signer,
    signer,
    version,
)


def test_a_first_round_asks_in_order_and_ends_with_the_registry_in_force() -> None:
    repository = Repository()
    state = repository.pinned()
    assert state.stale(NOW)
    one = repository.update(state)
    assert repository.asked == [
        (ROOT, 2),
        (TIMESTAMP, 0),
        (SNAPSHOT, 1),
        (TARGETS, 1),
        (REGISTRY, 1),
    ]
    assert state.registry == repository.state.registry
    assert state.versions() == dict.fromkeys((ROOT, TIMESTAMP, SNAPSHOT, TARGETS, REGISTRY), 1)
    assert {(f.role, f.version) for f in one.accepted} == set(state.versions().items()) - {
        (ROOT, 1)
    }
    assert not state.stale(NOW)


def test_without_a_registry_every_reader_is_told_so() -> None:
    with pytest.raises(YdxError) as caught:
        _ = Repository().pinned().registry
    assert caught.value.reason == "TRUST_STALE"


def test_a_round_without_news_asks_for_root_and_timestamp_only() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.asked.clear()
    assert repository.update(state).accepted == []
    assert repository.asked == [(ROOT, 2), (TIMESTAMP, 0)]


def test_a_renewal_brings_no_targets_again() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.renew()
    repository.asked.clear()
    repository.update(state)
    assert repository.asked == [(ROOT, 2), (TIMESTAMP, 0), (SNAPSHOT, 2)]
    assert state.versions()[TIMESTAMP] == 2


def test_a_new_registry_takes_force_with_its_targets() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.publish(version(repository.state.registry, 2))
    repository.update(state)
    assert state.registry.version == state.versions()[TARGETS] == 2


def test_edge_15_forty_versions_of_the_registry_are_caught_up_with_at_once() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    for number in range(2, 42):
        repository.publish(version(repository.state.registry, number))
    repository.asked.clear()
    repository.update(state)
    assert state.registry.version == state.versions()[TARGETS] == 41
    assert state.registry == repository.state.registry
    assert [asked for asked in repository.asked if asked[0] == REGISTRY] == [(REGISTRY, 41)]


def test_a_peer_that_breaks_off_leaves_the_registry_in_force_and_trust_stale() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.publish(version(repository.state.registry, 2))
    registry_file = repository.files.pop((REGISTRY, 2))
    repository.update(state)
    assert state.registry.version == state.versions()[TARGETS] == 1
    assert state.stale(NOW), "a newer registry exists"
    repository.files[REGISTRY, 2] = registry_file
    repository.update(state)
    assert state.registry.version == 2
    assert not state.stale(NOW)


@pytest.mark.parametrize("role", [TIMESTAMP, SNAPSHOT])
def test_a_version_driven_up_alarms_and_a_root_without_the_key_heals_it(role: str) -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    far = 1_000_000

    def drive_up(signed: Any) -> None:
        signed.version = far

    thief = online_signer("zhejiang")
    repository.bend(SNAPSHOT, drive_up if role == SNAPSHOT else _one_more, [thief])
    repository.point_to_snapshot("zhejiang")
    if role == TIMESTAMP:
        repository.bend(TIMESTAMP, drive_up, [thief])
    alarms = repository.update(state).alarms
    assert FastForward(role, 1, far) in alarms
    # zhejiang's key is taken out of the root: what it signed is forgotten.
    honest = Repository()
    members = tuple(
        replace(m, left_version=1) if m.name == "zhejiang" else m for m in state.registry.members
    )
    honest.next_root(registry=replace(state.registry, members=members))
    honest.update(state)
    assert state.versions()[role] < far
    assert state.registry.version == 1
    assert not state.stale(NOW)


def _one_more(signed: Any) -> None:
    signed.version += 1


@pytest.mark.parametrize("ahead_days", [8, 365])
def test_who_renews_with_a_clock_far_ahead_is_refused_and_the_next_one_is_taken(
    ahead_days: int,
) -> None:
    """Else nobody would renew again for as long: all would be fresh until then."""
    honest, wrong = Repository(), Repository()
    wrong.renew(NOW + ahead_days * DAY_S)
    state = honest.pinned()
    honest.update(state)
    before = state.versions()
    with pytest.raises(Refused, match="TRUST_FILE_REFUSED"):
        wrong.update(state)
    assert state.versions() == before
    wrong_by_hours = Repository()
    wrong_by_hours.renew(NOW + DAY_S / 2)
    wrong_by_hours.update(state)
    assert state.versions()["timestamp"] == before["timestamp"] + 1


def test_a_jump_of_exactly_1000_gives_no_alarm() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)

    def jump(signed: Any) -> None:
        signed.version = 1_001

    repository.bend(TIMESTAMP, jump, [online_signer("anhui")])
    assert repository.update(state).alarms == []
    assert state.versions()[TIMESTAMP] == 1_001


def test_edge_15_everything_expired_keeps_the_registry_and_says_stale() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    last = state.expires
    assert last == NOW + 7 * DAY_S
    assert not state.stale(last - 1)
    assert state.stale(last)
    repository.update(state, last + DAY_S)  # the peer knows no better: no refusal
    assert state.registry.version == 1
    repository.renew(now=last + DAY_S)
    repository.update(state, last + DAY_S)
    assert not state.stale(last + DAY_S)


def test_an_expired_timestamp_guards_against_an_older_one() -> None:
    repository = Repository()
    old = repository.files[TIMESTAMP, 0]
    repository.renew()
    state = repository.pinned()
    later = NOW + 8 * DAY_S
    repository.update(state, later)
    assert state.versions()[TIMESTAMP] == 2
    assert not state.has_registry
    repository.files[TIMESTAMP, 0] = old
    with pytest.raises(Refused, match="must be >= 2"):
        repository.update(state, later)


def test_expired_targets_leave_the_registry_before_them_in_force() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.publish(version(state.registry, 2), now=NOW - ceremony.OFFLINE_VALIDITY_S)
    repository.renew()
    repository.update(state)
    assert state.registry.version == 1
    assert state.stale(NOW)


def test_stored_files_are_loaded_again_though_all_have_expired() -> None:
    repository = Repository()
    repository.next_root()
    repository.publish(version(repository.state.registry, 2))
    state = repository.pinned()
    repository.update(state)
    again = TrustState(repository.pinned_root, state.files())
    assert again.versions() == state.versions()
    assert again.registry == state.registry
    assert again.stale(NOW + 10_000 * DAY_S)


def test_the_registry_outlives_the_keys_that_signed_it() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    repository.next_root(offline=[signer(n) for n in range(11, 16)])
    assert repository.state.timestamp is None, "the founder's key had signed it"
    repository.renew()
    with pytest.raises(Refused, match="targets was signed by 0/3"):
        repository.update(state)
    assert state.stale(NOW), "the new keys have not signed the registry"
    assert TrustState(repository.pinned_root, state.files()).registry == state.registry
    repository.publish(version(state.registry, 2))
    repository.update(state)
    assert not state.stale(NOW)
    assert state.registry.version == 2


def test_stored_files_that_prove_nothing_are_left_out() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    torn = [replace(f, content=f.content[:-9]) for f in state.files() if f.role != ROOT]
    again = TrustState(repository.pinned_root, torn)
    assert again.versions() == {ROOT: 1}
    repository.update(again)
    assert again.registry == state.registry


def test_of_two_renewals_of_one_version_the_round_takes_the_peers_pair() -> None:
    """Two members renew at once: their snapshots differ under one number."""
    one, other = Repository(), Repository()
    one.renew(by="anhui")
    other.renew(by="center")
    assert one.files[SNAPSHOT, 2] != other.files[SNAPSHOT, 2]
    state = one.pinned()
    one.update(state)

    def one_more(timestamp: Any) -> None:
        timestamp.version = 3

    other.bend(TIMESTAMP, one_more, [online_signer("center")])
    other.update(state)
    assert state.content(SNAPSHOT) == other.files[SNAPSHOT, 2]
    fresh = one.pinned()
    served = Repository()
    served.files = {(f.role, f.version): f.content for f in state.files()}
    served.files[TIMESTAMP, 0] = served.files[TIMESTAMP, 3]
    served.update(fresh)
    assert fresh.registry == state.registry


def test_feeding_what_was_not_asked_for_is_a_programming_error() -> None:
    one = TrustRound(Repository().pinned(), NOW)
    one.feed(None)
    one.feed(None)
    assert one.wanted() is None
    with pytest.raises(RuntimeError):
        one.feed(b"")
