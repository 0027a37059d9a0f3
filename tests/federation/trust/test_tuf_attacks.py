"""Attacks on the trust files: each is refused with its rule, and the registry stays in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import MetaFile

from federation.log.errors import Refused
from federation.trust import ceremony
from federation.trust.tuf_file import REGISTRY, ROOT, SIZE_BYTES_MAX, SNAPSHOT, TARGETS, TIMESTAMP
from tests.federation.trust.repository import (
    MEMBERS,
    NOW,
    Repository,
    line_of,
    online_signer,
    signer,
    version,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.trust.registry import Registry
    from federation.trust.tuf_state import TrustState


def _older(role: str) -> Callable[[Repository], None]:
    def attack(repository: Repository) -> None:
        if role == TIMESTAMP:
            repository.files[TIMESTAMP, 0] = repository.files[TIMESTAMP, 1]
        if role == SNAPSHOT:  # a timestamp that is new and names an old snapshot

            def name_old(timestamp: Any) -> None:
                timestamp.version = 9
                timestamp.snapshot_meta = MetaFile(1)

            repository.bend(TIMESTAMP, name_old, [online_signer("anhui")])
        if role == TARGETS:  # a snapshot that is new and names old targets

            def name_old_targets(snapshot: Any) -> None:
                snapshot.version = 9
                snapshot.meta["targets.json"] = MetaFile(1)

            repository.bend(SNAPSHOT, name_old_targets, [online_signer("anhui")])
            repository.point_to_snapshot()

    return attack


def _nothing(signed: Any) -> None:
    """Change nothing: only the signatures are another's."""


def _foreign_key(role: str) -> Callable[[Repository], None]:
    def attack(repository: Repository) -> None:
        repository.bend(role, _nothing, [signer(77)])
        if role == SNAPSHOT:
            repository.point_to_snapshot()

    return attack


def _mixed_snapshot(repository: Repository) -> None:
    """Serve a snapshot of the right version that the timestamp did not name."""
    keep = repository.files[TIMESTAMP, 0]
    repository.bend(SNAPSHOT, lambda s: s.unrecognized_fields.update(x=1), [online_signer("anhui")])
    repository.files[TIMESTAMP, 0] = keep


def _too_few_targets_signers(repository: Repository) -> None:
    repository.bend(TARGETS, _nothing, repository.offline[:2], 0)
    content = repository.files[TARGETS, 0]

    def name(snapshot: Any) -> None:
        snapshot.meta["targets.json"] = MetaFile.from_data(3, content, ["sha256"])

    repository.bend(SNAPSHOT, name, [online_signer("anhui")])
    repository.point_to_snapshot()


def _registry_changed(repository: Repository) -> None:
    content = repository.files[REGISTRY, 3]
    repository.files[REGISTRY, 3] = content.replace(b"310000", b"320000", 1)


def _registry_longer(repository: Repository) -> None:
    repository.files[REGISTRY, 3] += b" "


def _swap(role: str, other: str) -> Callable[[Repository], None]:
    def attack(repository: Repository) -> None:
        _serve_always(repository, role, repository.files[other, 0])

    return attack


def _oversized(role: str) -> Callable[[Repository], None]:
    def attack(repository: Repository) -> None:
        _serve_always(repository, role, b" " * (SIZE_BYTES_MAX[role] + 1))

    return attack


def _serve_always(repository: Repository, role: str, content: bytes) -> None:
    repository.files |= {key: content for key in repository.files if key[0] == role}


ATTACKS: dict[str, tuple[Callable[[Repository], None], str]] = {
    "the timestamp goes back in version": (_older(TIMESTAMP), "timestamp: .*must be >= 2"),
    "a newer timestamp names an older snapshot": (
        _older(SNAPSHOT),
        "snapshot version must be >= 2",
    ),
    "a newer snapshot names older targets": (_older(TARGETS), "snapshot: Expected targets.json"),
    "the timestamp is signed by a stranger": (
        _foreign_key(TIMESTAMP),
        "timestamp was signed by 0/1",
    ),
    "the snapshot is signed by a stranger": (_foreign_key(SNAPSHOT), "snapshot was signed by 0/1"),
    "the targets are signed by two of three": (_too_few_targets_signers, "signed by 2/3 keys"),
    "the snapshot is another one of the same version": (_mixed_snapshot, "snapshot: .*expected"),
    "the targets are an older file under the new number": (
        lambda r: r.files.update({(TARGETS, 3): r.files[TARGETS, 2]}),
        "targets: .*expected",
    ),
    "the registry is changed in one digit": (_registry_changed, "registry: Observed hash"),
    "the registry is one byte longer": (_registry_longer, "registry: Observed length"),
    "a snapshot is served for a timestamp": (_swap(TIMESTAMP, SNAPSHOT), "is a snapshot file"),
    "a timestamp is served for a snapshot": (_swap(SNAPSHOT, TIMESTAMP), "is a timestamp file"),
    "the timestamp is oversized": (_oversized(TIMESTAMP), "larger than 16384 bytes"),
    "the snapshot is oversized": (_oversized(SNAPSHOT), "larger than 65536 bytes"),
    "the targets are oversized": (_oversized(TARGETS), "larger than 262144 bytes"),
    "the registry is oversized": (_oversized(REGISTRY), "larger than 2097152 bytes"),
}


@pytest.mark.parametrize(("attack", "what"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_and_the_registry_stays(
    attack: Callable[[Repository], None], what: str
) -> None:
    repository = Repository()
    repository.publish(version(repository.state.registry, 2))
    state = repository.pinned()
    repository.update(state)
    before = state.registry
    repository.publish(version(before, 3))
    attack(repository)
    with pytest.raises(Refused, match=what) as caught:
        repository.update(state)
    assert caught.value.reason == "TRUST_FILE_REFUSED"
    assert state.registry is before


@pytest.mark.parametrize("number", [2**63, True, -1, 0])
def test_a_version_that_is_no_version_is_refused_though_signed(number: Any) -> None:
    repository = Repository()

    def renumber(signed: Any) -> None:
        signed.version = number

    repository.bend(TIMESTAMP, renumber, [online_signer("anhui")])
    with pytest.raises(Refused, match=r"not a whole number|not a TUF file"):
        repository.update(repository.pinned())


@pytest.mark.parametrize("number", [b"1.5", b"NaN", b"1e999", b'"1"', b"[]"])
def test_a_version_that_is_no_number_is_refused(number: bytes) -> None:
    repository = Repository()
    text = repository.files[TIMESTAMP, 0]
    repository.files[TIMESTAMP, 0] = text.removesuffix(b"1}}") + number + b"}}"
    with pytest.raises(Refused, match="not a TUF file"):
        repository.update(repository.pinned())


def _same_version_again(change: Callable[[Registry], Registry]) -> tuple[Repository, TrustState]:
    """Return a state that holds version 2, and a repository in which it was signed once more."""
    repository = Repository()
    state = repository.pinned()
    second = version(repository.state.registry, 2)
    repository.publish(second)
    repository.update(state)
    repository.offline = repository.offline[1:]  # another three of the five
    repository.publish(change(second))
    return repository, state


def test_a_second_content_of_one_registry_version_is_refused() -> None:
    repository, state = _same_version_again(lambda registry: replace(registry, formats=(1, 2)))
    with pytest.raises(Refused, match="registry: Observed"):
        repository.update(state)
    assert state.registry.formats == (1,)


def test_other_signatures_of_the_same_registry_are_taken() -> None:
    repository, state = _same_version_again(lambda registry: registry)
    repository.update(state)
    assert state.content(TARGETS) == repository.files[TARGETS, 2]
    assert state.registry.version == 2
    assert not state.stale(NOW)


def test_a_registry_that_deletes_a_member_is_refused_whoever_signed_it() -> None:
    repository = Repository()
    state = repository.pinned()
    repository.update(state)
    fewer = ceremony.founding_registry(
        [line_of(member) for member in MEMBERS if member != "zhejiang"], center="center"
    )
    repository.publish(version(fewer, 2))
    with pytest.raises(Refused, match="changes the quorum of an earlier version"):
        repository.update(state)
    assert state.registry.version == 1


@given(role=st.sampled_from([ROOT, TIMESTAMP, SNAPSHOT, TARGETS, REGISTRY]), data=st.data())
def test_no_bytes_raise_anything_but_a_refusal(role: str, data: st.DataObject) -> None:
    """Any file, with any stretch of it replaced by any bytes."""
    repository = Repository()
    if role == ROOT:
        repository.next_root()
    key = (ROOT, 2) if role == ROOT else (role, 0 if role == TIMESTAMP else 1)
    content = repository.files[key]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    middle = data.draw(st.binary(max_size=20) | st.sampled_from([b"1e999", b"null", b"[]", b"NaN"]))
    repository.files[key] = content[:start] + middle + content[end:]
    state = repository.pinned()
    reason = "TRUST_FILE_REFUSED"
    try:
        repository.update(state)
    except Refused as error:
        reason = error.reason
    assert reason == "TRUST_FILE_REFUSED"
