"""Evidence is what contradicts our copy; the frozen point follows from quorums alone."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from federation.log.evidence import check_evidence
from federation.sync.forks import evidence_against, frozen_size, root_at
from tests.federation.sync.origin import MemoryLog


def histories(common: int, own: int, other: int) -> tuple[MemoryLog, MemoryLog]:
    """Return two logs of one origin that share their first `common` entries."""
    mine, theirs = MemoryLog(), MemoryLog()
    for log in (mine, theirs):
        log.publish(common - 1)
    mine.publish(own)
    theirs.publish(other, salt_from=10_000)
    return mine, theirs


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
def test_every_fork_that_our_copy_reaches_is_evidence(common: int, own: int, other: int) -> None:
    mine, theirs = histories(common, own, other)
    reached = (mine.note(), mine.checkpoint())
    found = evidence_against(
        theirs.note(), theirs.checkpoint(), reached, mine.keys(), mine.prover()
    )
    if theirs.size > mine.size:
        assert found is None, "what lies beyond our copy says nothing yet"
    else:
        assert found is not None
        check_evidence(found, mine.keys())


@given(st.integers(1, 40), st.data())
def test_an_honest_head_is_never_evidence(count: int, data: st.DataObject) -> None:
    log = MemoryLog()
    log.publish(count)
    size = data.draw(st.integers(1, log.size))
    reached = data.draw(st.integers(1, log.size))
    found = evidence_against(
        log.note(size),
        log.checkpoint(size),
        (log.note(reached), log.checkpoint(reached)),
        log.keys(),
        log.prover(),
    )
    assert found is None


@given(st.integers(2, 15), st.randoms(use_true_random=False))
def test_t6_the_frozen_point_does_not_depend_on_the_order_of_learning(
    common: int, order: random.Random
) -> None:
    mine, theirs = histories(common, 5, 3)
    known = [mine.checkpoint(common - 1), mine.checkpoint(common), theirs.checkpoint()]
    order.shuffle(known)

    def root_of(size: int) -> bytes:
        return root_at(mine.prover(), size)

    assert frozen_size(known, 0, mine.size, root_of) == common
    assert frozen_size([theirs.checkpoint()], 0, mine.size, root_of) == 0
    assert frozen_size([], 0, mine.size, root_of) == 0
    assert frozen_size([mine.checkpoint()], 0, mine.size, root_of) == mine.size
