"""What is told of a record beside its content."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from node.services.catalogue.records import fill_info
from ydx.exchange.v1.record_pb2 import RecordInfo


@pytest.mark.parametrize(
    ("recorded_at_ms", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
        (2**64 - 1, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_time_is_told_however_wrong_the_origins_clock_is(
    recorded_at_ms: int, expected: str
) -> None:
    info = RecordInfo()
    entry = SimpleNamespace(
        leaf_index=1,
        revision=1,
        leaf_hash=bytes(32),
        recorded_at_ms=recorded_at_ms,
        is_provisional=False,
    )
    fill_info(info, "anhui", entry)
    assert info.recorded_at.ToJsonString() == expected
