"""Cosignatures are united, members are counted, and what a quorum confirmed stays confirmed."""

from __future__ import annotations

import pytest

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.errors import Refused
from federation.log.note import add_signatures, parse_note
from federation.sync.confirmation import Confirmations
from federation.trust.registry import Quorum
from tests.federation.sync.origin import ORIGIN, MemoryLog, cosigned, signer, witness_key

MEMBERS = ("center", "jiangsu", "shanghai", "zhejiang")
WITNESSES = {name: signer(f"ydx.example/{name}/witness") for name in MEMBERS}
QUORUM = Quorum(1, {name: (witness_key(one),) for name, one in WITNESSES.items()}, 3)


def confirmations(log: MemoryLog, *quorums: Quorum) -> Confirmations:
    return Confirmations(ORIGIN, log.keys, lambda _size: quorums or (QUORUM,))


def grown() -> MemoryLog:
    log = MemoryLog()
    log.publish(9)
    return log


def test_three_of_four_confirm_and_two_do_not() -> None:
    log = grown()
    known = confirmations(log)
    known.add(cosigned(log.note(), WITNESSES["center"], WITNESSES["jiangsu"]))
    assert known.confirmed is None
    assert known.newest is not None
    known.add(cosigned(log.note(), *list(WITNESSES.values())[:3]))
    assert known.confirmed is not None
    assert known.confirmed.checkpoint.tree_size == log.size


def test_cosignatures_from_different_notes_are_united() -> None:
    log = grown()
    known = confirmations(log)
    for name in MEMBERS[:3]:
        known.add(cosigned(log.note(), WITNESSES[name]))
    assert known.confirmed is not None
    assert len(parse_note(known.confirmed.united_note()).signatures) == 4


def test_one_member_with_two_keys_counts_once() -> None:
    log = grown()
    second = signer("ydx.example/center/witness", 2)
    keys = {**QUORUM.witness_keys, "center": (*QUORUM.witness_keys["center"], witness_key(second))}
    known = confirmations(log, Quorum(1, keys, 3))
    known.add(cosigned(log.note(), WITNESSES["center"], second, WITNESSES["jiangsu"]))
    assert known.confirmed is None


def test_a_stranger_does_not_count_and_does_no_harm() -> None:
    log = grown()
    known = confirmations(log)
    stranger = signer("ydx.example/elsewhere/witness")
    known.add(cosigned(log.note(), stranger, WITNESSES["center"], WITNESSES["jiangsu"]))
    assert known.confirmed is None


def test_a_bad_cosignature_of_a_known_witness_refuses_the_note() -> None:
    log = grown()
    other = parse_note(cosigned(log.note(5), WITNESSES["center"])).signatures[-1]
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        confirmations(log).add(add_signatures(log.note(), [other]))


def test_a_quorum_of_an_earlier_registry_version_stays_good() -> None:
    log = grown()
    small = Quorum(1, {"center": QUORUM.witness_keys["center"]}, 1)
    known = confirmations(log, small, QUORUM)
    known.add(cosigned(log.note(), WITNESSES["center"]))
    assert known.confirmed is not None


def test_an_origin_without_witnesses_confirms_itself() -> None:
    log = grown()
    known = confirmations(log, Quorum(1, {}, 0))
    known.add(log.note())
    assert known.confirmed is not None


def test_confirmed_does_not_fall_when_older_notes_come_late() -> None:
    log = grown()
    known = confirmations(log)
    three = list(WITNESSES.values())[:3]
    known.add(cosigned(log.note(8), *three))
    known.add(cosigned(log.note(5), *three))
    assert known.confirmed is not None
    assert known.confirmed.checkpoint.tree_size == 8


def test_two_roots_of_one_size_are_both_remembered() -> None:
    log, fork = grown(), MemoryLog()
    fork.publish(9, salt_from=500)
    known = confirmations(log)
    known.add(log.note())
    known.add(fork.note())
    assert len(known.at(log.size)) == 2


def test_what_is_remembered_is_bounded() -> None:
    log = MemoryLog()
    log.publish(200)
    known = confirmations(log)
    for size in range(1, 200):
        known.add(log.note(size))
    assert sum(len(known.at(size)) for size in range(1, 201)) <= 64
    assert known.newest is not None
    assert known.newest.checkpoint.tree_size == 199


def test_a_copy_that_lags_keeps_the_notes_that_it_will_reach() -> None:
    log = MemoryLog()
    log.publish(200)
    known = confirmations(log)
    three = list(WITNESSES.values())[:3]
    for size in range(1, 200):
        known.add(cosigned(log.note(size), *three) if size % 5 == 0 else log.note(size))
    kept = [one.checkpoint.tree_size for one in known.known() if known.is_quorum(one)]
    assert {5, 10, 195} <= set(kept)
    known.forget_below(10)
    assert next(iter(known.known())).checkpoint.tree_size == 10


def test_lines_that_a_relay_has_put_in_are_not_passed_on() -> None:
    log = grown()
    known = confirmations(log)
    strangers = [signer(f"ydx.example/stranger{number}/witness") for number in range(98)]
    known.add(cosigned(log.note(), *strangers))
    for name in MEMBERS:
        known.add(cosigned(log.note(), WITNESSES[name]))
    assert known.newest is not None
    assert known.newest.note == log.note()
    assert len(parse_note(known.newest.united_note()).signatures) == 5


def test_the_same_lines_are_not_verified_again_and_others_are() -> None:
    log = grown()
    known = confirmations(log)
    note = cosigned(log.note(), WITNESSES["center"])
    assert known.add(note).holds(parse_note(note).signatures)
    bad = parse_note(cosigned(log.note(5), WITNESSES["center"])).signatures[-1]
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        known.add(add_signatures(log.note(), [bad]))


def test_a_checkpoint_with_extension_lines_is_refused() -> None:
    log = grown()
    claimed = log.checkpoint()
    text = Checkpoint(claimed.origin, claimed.tree_size, claimed.root, ("more",))
    with pytest.raises(Refused, match="MALFORMED_CHECKPOINT"):
        confirmations(log).add(sign_checkpoint(text, [log.signer]))
