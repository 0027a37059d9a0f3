"""Which streams keep their place."""

from __future__ import annotations

from typing import Any, cast

from node.rpc.limits import RpcLimits
from node.rpc.open_calls import OpenCalls
from node.rpc.stream_life import StreamLife


def test_of_streams_let_in_at_once_the_first_ones_keep_their_place() -> None:
    calls, context = OpenCalls(RpcLimits(streams_max=3)), cast("Any", None)
    unary = [calls.add(context, None) for _ in range(9)]
    streams = [calls.add(context, None, StreamLife()) for _ in range(5)]
    assert [calls.has_place(one) for one in streams] == [True, True, True, False, False]
    assert len(unary) == 9
    calls.remove(streams[0])
    assert calls.has_place(streams[3])
