"""Limits of one gRPC listener, and the options that set them.

Rules (DESIGN section 10): messages 4 MiB, unary calls 10 s, streams 30 min, one send 30 s. A
connection lives an hour and then drains for as long as a stream may live, so that no stream is cut.
A client may ping every 20 s; more is a ping flood and closes the connection. Who says nothing for
30 s is pinged, and is gone if it does not answer within 60 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MESSAGE_SIZE_BYTES_MAX: Final = 4 * 1024 * 1024
KEEPALIVE_S: Final = 30
PING_ANSWER_S: Final = 60
"""Long, since on a slow line a ping waits behind what was sent before it.

gRPC (1.85) heeds `grpc.http2.ping_timeout_ms` only: `grpc.keepalive_timeout_ms` ends nothing.
"""
_PING_INTERVAL_MIN_S: Final = 20
_METADATA_SIZE_BYTES_MAX: Final = 16 * 1024
_CONNECTION_AGE_S: Final = 3600


@dataclass(frozen=True, slots=True)
class RpcLimits:
    """What one listener grants. Counts are of threads, calls or streams."""

    unary_threads: int = 64
    unary_waiting_max: int = 256
    streams_max: int = 64
    streams_per_connection_max: int = 128
    unary_s: float = 10.0
    stream_life_s: float = 1800.0
    stream_end_s: float = 60.0
    send_s: float = 30.0
    watch_interval_s: float = 1.0
    message_size_bytes_max: int = MESSAGE_SIZE_BYTES_MAX


def server_options(limits: RpcLimits) -> list[tuple[str, int]]:
    """Options of a server. A second server on the same port fails instead of sharing it."""
    drain_s = limits.stream_life_s + limits.stream_end_s
    return [
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", limits.message_size_bytes_max),
        ("grpc.max_send_message_length", limits.message_size_bytes_max),
        ("grpc.max_metadata_size", _METADATA_SIZE_BYTES_MAX),
        ("grpc.max_concurrent_streams", limits.streams_per_connection_max),
        ("grpc.max_connection_age_ms", _CONNECTION_AGE_S * 1000),
        ("grpc.max_connection_age_grace_ms", round(drain_s * 1000)),
        ("grpc.keepalive_time_ms", KEEPALIVE_S * 1000),
        ("grpc.http2.ping_timeout_ms", PING_ANSWER_S * 1000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", _PING_INTERVAL_MIN_S * 1000),
        ("grpc.http2.max_ping_strikes", 2),
    ]
