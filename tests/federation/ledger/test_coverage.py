"""What the checkpoints in the center's log cover: every entry that does not count is void alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger.codec import checkpoint_body, parse_checkpoint_body
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
from tests.laws import examples

NAMES = ("anhui", "center", "jiangsu", "shanghai")
DOMAIN = "ydx.example"
ORIGIN = f"{DOMAIN}/anhui"
LOGS = {name: Signer(f"{DOMAIN}/{name}", leaf_hash(name.encode())) for name in NAMES}
WITNESSES = {name: Signer(name, leaf_hash(b"w" + name.encode())) for name in NAMES}
LOGS["anhui again"] = Signer(ORIGIN, leaf_hash(b"another key"))
SPARE = Signer("jiangsu", leaf_hash(b"spare"))


def _registry(version: int = 3, **witness_keys: tuple[WitnessKey, ...]) -> Registry:
    members = tuple(
        Member(
            name=name,
            region="310000",
            endpoint="",
            logs=(Log(LOGS[name].name, (LogKey(LOGS[name].verifier(ED25519)),)),),
            witness_keys=witness_keys.get(name)
            or (WitnessKey(WITNESSES[name].verifier(COSIGNATURE_V1), 1),),
            trust_key=LOGS[name].verifier(ED25519),
            certificates=(),
        )
        for name in NAMES
    )
    return Registry(DOMAIN, version, members, (QuorumPeriod(1, NAMES, 3, 3),))


REGISTRY = _registry()


def _body(
    size: int,
    version: int = 3,
    by: tuple[str, ...] = ("center", "jiangsu", "shanghai"),
    log: str = "anhui",
    spare: bool = False,
) -> bytes:
    note = sign_checkpoint(Checkpoint(ORIGIN, size, leaf_hash(b"root")), [LOGS[log]])
    keys = [WITNESSES[name] for name in by] + ([SPARE] if spare else [])
    lines = [make_cosignature(note, one, 1_790_000_000) for one in keys]
    return checkpoint_body(add_signatures(note, lines), version)


def _reason(coverage: Coverage, body: bytes, registry: Registry = REGISTRY) -> str:
    try:
        coverage.add(9, body, registry)
    except Refused as refusal:
        return refusal.reason
    return ""


def test_a_place_is_covered_above_the_first_checkpoint_that_is_larger() -> None:
    coverage = Coverage()
    assert coverage.add(3, _body(5), REGISTRY) == (ORIGIN, 5)
    coverage.add(7, _body(8), REGISTRY)
    assert [coverage.covers(ORIGIN, 4, at) for at in (3, 4)] == [False, True]
    assert [coverage.covers(ORIGIN, 5, at) for at in (7, 8)] == [False, True]
    assert not coverage.covers(ORIGIN, 8, 100)
    assert not coverage.covers(f"{DOMAIN}/jiangsu", 0, 100)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (_body(6, by=("center", "jiangsu")), "NOT_CONFIRMED_YET"),
        (_body(6, by=("anhui", "center", "jiangsu")), "NOT_CONFIRMED_YET"),
        (_body(6, by=("center",) * 3), "NOT_CONFIRMED_YET"),
        (_body(6, version=2), "WRONG_CHECKPOINT"),
        (_body(5), "WRONG_CHECKPOINT"),
        (_body(4), "WRONG_CHECKPOINT"),
        (_body(6, version=4), "UNKNOWN_REGISTRY_VERSION"),
        (b"", "MALFORMED_ENTRY"),
        (_body(6) + b"\x18\x01", "MALFORMED_ENTRY"),
    ],
    ids=[
        "two of three witnesses",
        "the origin cosigns itself",
        "one witness three times",
        "the registry version decreases",
        "the same size again",
        "a smaller size",
        "a version that is not here yet waits",
        "nothing",
        "a field that nobody knows",
    ],
)
def test_an_entry_that_does_not_count_changes_nothing(body: bytes, reason: str) -> None:
    coverage = Coverage()
    coverage.add(3, _body(5), REGISTRY)
    assert _reason(coverage, body) == reason
    assert (coverage.registry_version, coverage.size_of(ORIGIN)) == (3, 5)
    assert not coverage.covers(ORIGIN, 5, 100)


def test_the_quorum_of_a_later_version_makes_no_earlier_one_whole() -> None:
    fewer = QuorumPeriod(3, ("anhui", "center", "jiangsu"), 2, 2)
    registry = replace(REGISTRY, periods=(*REGISTRY.periods, fewer))
    two = {version: _body(6, version, by=("center", "jiangsu")) for version in (2, 3)}
    assert _reason(Coverage(), two[2], registry) == "NOT_CONFIRMED_YET"
    assert _reason(Coverage(), two[3], registry) == ""


def test_p11_a_note_under_a_key_that_is_not_the_logs_is_void() -> None:
    assert _reason(Coverage(), _body(5, log="anhui again")) == "NO_TRUSTED_SIGNATURE"


@settings(deadline=None, max_examples=examples(60))
@given(st.data())
def test_p11_a_note_with_any_bit_flipped_covers_nothing(data: st.DataObject) -> None:
    """Text, names, key ids and signatures alike; the quorum is just enough."""
    note, version = parse_checkpoint_body(_body(5))
    at = data.draw(st.integers(0, 8 * len(note) - 1))
    flipped = bytearray(note)
    flipped[at // 8] ^= 1 << at % 8
    coverage = Coverage()
    assert _reason(coverage, checkpoint_body(bytes(flipped), version))
    assert coverage.size_of(ORIGIN) == Coverage().size_of(ORIGIN)
    assert not coverage.covers(ORIGIN, 0, 100)


def test_p11_a_witness_without_its_role_does_not_count() -> None:
    """Jiangsu's key is good; the quorum of the version does not have it among its witnesses."""
    assert not _reason(Coverage(), _body(5))
    names = tuple(one for one in NAMES if one != "jiangsu")
    without = replace(REGISTRY, periods=(QuorumPeriod(1, names, 3, 3),))
    assert _reason(Coverage(), _body(5), without) == "NOT_CONFIRMED_YET"


def test_a_version_is_taken_once_it_is_here() -> None:
    coverage = Coverage()
    assert _reason(coverage, _body(6, version=4)) == "UNKNOWN_REGISTRY_VERSION"
    assert not _reason(coverage, _body(6, version=4), _registry(4))


def test_a_witness_key_of_a_later_version_does_not_count_in_an_earlier_one() -> None:
    later = _registry(
        4,
        jiangsu=(
            *REGISTRY.member("jiangsu").witness_keys,
            WitnessKey(SPARE.verifier(COSIGNATURE_V1), 4),
        ),
    )
    early = _body(5, by=("center", "shanghai"), spare=True)
    assert _reason(Coverage(), early) == _reason(Coverage(), early, later) == "NOT_CONFIRMED_YET"
    assert not _reason(Coverage(), _body(5, 4, ("center", "shanghai"), spare=True), later)


def test_a_witness_key_that_ended_later_still_counts_in_an_earlier_version() -> None:
    ended = replace(
        REGISTRY.member("jiangsu").witness_keys[0],
        ended_version=4,
        ends={ORIGIN: TreeHead(2, bytes(32))},
    )
    later = _registry(4, jiangsu=(ended,))
    assert not _reason(Coverage(), _body(5))
    assert not _reason(Coverage(), _body(5), later)
    assert _reason(Coverage(), _body(5, version=4), later) == "NOT_CONFIRMED_YET"


def test_a_member_that_joined_later_is_not_covered_by_an_earlier_version() -> None:
    members = tuple(
        replace(one, joined_version=4) if one.name == "anhui" else one for one in REGISTRY.members
    )
    later = replace(REGISTRY, version=4, members=members)
    assert _reason(Coverage(), _body(5), later) == "UNKNOWN_ORIGIN"
