"""Random bytes that are drawn in advance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from node.services.random_bytes import DRAWN, RandomBytes


def test_every_byte_is_given_once_whatever_is_asked_for() -> None:
    random_bytes = RandomBytes()
    counts = [0, 1, 10, 96, 32, DRAWN, DRAWN + 1, 10] * 50
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(random_bytes, counts))
    assert [len(one) for one in given] == counts
    long_ones = [one for one in given if len(one) >= 10]
    assert len(set(long_ones)) == len(long_ones), "two callers got the same bytes"
    assert not any(a[:10] in b for a in long_ones for b in long_ones[:40] if a is not b), (
        "some bytes were given twice"
    )
