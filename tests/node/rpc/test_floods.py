"""What a hostile client does below gRPC's API, with frames written by hand (fault F15)."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from functools import partial
from typing import Final

import pytest

from federation.log.errors import Refused
from node.rpc.server import Listener, RpcServer
from tests.node.rpc.serving import (
    CATALOGUE,
    dialled,
    failure,
    invoke,
    path_of,
    servicer_of,
    serving,
)

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0x0, 0x1, 0x3, 0x4, 0x6, 0x7
END_HEADERS: Final = 0x4
ENHANCE_YOUR_CALM: Final = 0xB
GET = path_of(CATALOGUE, "GetListing")


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def header(name: str, value: str) -> bytes:
    """Encode a literal header field that is not indexed (RFC 7541, 6.2.2)."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


REQUEST: Final = b"".join(
    header(*pair)
    for pair in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", GET),
        (":authority", "localhost"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ]
)


def connect(server: RpcServer) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
    return connection


def goaway_code(connection: socket.socket) -> int | None:
    """Read until the server says goodbye, and return its error code."""
    data = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65536):
            data += chunk
    while len(data) >= 9:
        size, kind = int.from_bytes(data[:3], "big"), data[3]
        if kind == GOAWAY:
            return int.from_bytes(data[13:17], "big")
        data = data[9 + size :]
    return None


def nobody(_context: object) -> None:
    raise Refused("TOKEN_MISSING", "no token")


def listener() -> Listener:
    return Listener("127.0.0.1:0", nobody)  # type: ignore[arg-type]  # it never returns


def still_answers(server: RpcServer) -> bool:
    with dialled(server) as channel:
        return failure(partial(invoke, channel, GET)).reason == "TOKEN_MISSING"


def test_a_ping_flood_ends_its_connection_and_no_other() -> None:
    with serving(listener(), (CATALOGUE, servicer_of(CATALOGUE))) as server:
        with connect(server) as connection:
            with suppress(ConnectionError):
                connection.sendall(frame(PING, 0, 0, bytes(8)) * 100)
            assert goaway_code(connection) == ENHANCE_YOUR_CALM
        assert still_answers(server)


def test_rapid_resets_leave_the_server_answering_others() -> None:
    with serving(listener(), (CATALOGUE, servicer_of(CATALOGUE))) as server:
        with connect(server) as connection, suppress(ConnectionError):
            for stream in range(1, 4001, 2):
                connection.sendall(
                    frame(HEADERS, END_HEADERS, stream, REQUEST)
                    + frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
                )
            assert still_answers(server)
        assert still_answers(server)


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        PREFACE + b"\xff" * 100,
        PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_HEADERS, 1, b"\x80" * 50),
        PREFACE + frame(SETTINGS, 0, 0) + frame(DATA, 0, 1, b"x"),
    ],
    ids=["HTTP/1.1", "no frame", "broken header compression", "data of no stream"],
)
def test_what_is_no_gRPC_at_all_disturbs_nobody(bytes_sent: bytes) -> None:  # noqa: N802 - its name
    with serving(listener(), (CATALOGUE, servicer_of(CATALOGUE))) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(bytes_sent)
            assert still_answers(server)
        assert still_answers(server)
