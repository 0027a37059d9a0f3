"""Channels: to another member's federation listener, and to an exchange listener.

Between members the roots hold nothing but the pinned certificates of the member dialled, and the
name to be found in its certificate is `<member>.ydx`, whatever the address is.
"""

from __future__ import annotations

from typing import Final

import grpc

from federation.trust.certificate import target_name
from node.rpc.limits import KEEPALIVE_S, MESSAGE_SIZE_BYTES_MAX, PING_ANSWER_S

RECONNECT_MIN_S: Final = 1
RECONNECT_MAX_S: Final = 5
"""Short: whoever uses a channel has a back-off of its own, and may hear that its peer is back."""
CONNECT_TIMEOUT_S: Final = 5

_OPTIONS: Final[list[tuple[str, int | str]]] = [
    ("grpc.max_receive_message_length", MESSAGE_SIZE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_SIZE_BYTES_MAX),
    ("grpc.http2.lookahead_bytes", MESSAGE_SIZE_BYTES_MAX),
    ("grpc.http2.bdp_probe", 0),
    # A message of a sync comes in one frame, not in twenty (measured: 5 % of a first sync).
    ("grpc.http2.max_frame_size", MESSAGE_SIZE_BYTES_MAX),
    ("grpc.keepalive_time_ms", KEEPALIVE_S * 1000),
    ("grpc.http2.ping_timeout_ms", PING_ANSWER_S * 1000),
    ("grpc.initial_reconnect_backoff_ms", RECONNECT_MIN_S * 1000),
    ("grpc.min_reconnect_backoff_ms", CONNECT_TIMEOUT_S * 1000),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MAX_S * 1000),
    # Retrying is decided where it is known whether a call may be repeated.
    ("grpc.enable_retries", 0),
    # Every channel has its own connection, so that closing one closes its socket.
    ("grpc.use_local_subchannel_pool", 1),
    # A member is reached directly or not at all.
    ("grpc.enable_http_proxy", 0),
]


def member_channel(
    endpoint: str, member: str, *, roots: bytes, key: bytes, certificate: bytes
) -> grpc.Channel:
    """Open a channel to `member` at `endpoint` ("host:port"). Keys and certificates are PEM.

    `roots` are that member's pinned certificates; `key` and `certificate` are our own. Without a
    pinned certificate there is nothing to trust: ValueError.
    """
    if not roots:
        raise ValueError(f"no certificate of {member} is pinned")
    credentials = grpc.ssl_channel_credentials(roots, key, certificate)
    name = ("grpc.ssl_target_name_override", target_name(member))
    return grpc.secure_channel(endpoint, credentials, options=[*_OPTIONS, name])


def exchange_channel(endpoint: str, roots: bytes | None = None, name: str = "") -> grpc.Channel:
    """Open a channel to an exchange listener; without `roots` (PEM) it is plaintext.

    `name` is to be found in its certificate; "" is the host that is dialled.
    """
    if roots is None:
        return grpc.insecure_channel(endpoint, options=_OPTIONS)
    options = [*_OPTIONS, ("grpc.ssl_target_name_override", name)] if name else _OPTIONS
    return grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(roots), options=options)


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """Return the call metadata that carries a token."""
    return (("authorization", f"Bearer {token}"),)
