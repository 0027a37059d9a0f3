"""The load: callers that each wait for their answer, in a process of their own.

    python -m tests.bench.load ADDRESS METHOD CALLERS < bodies

Bodies come length-prefixed (u32 big-endian) on standard input, a token in YDX_BENCH_TOKEN; each
body is sent once, by whichever caller is free. One line of JSON comes out: wall time, and the p50
and p99 of one call, in seconds. A call that fails ends the program.

The client is asyncio's, which on two cores leaves more of them to the server than 64 threads do
(measured: 4.3 against 3.3 thousand calls/s of the bare echo).
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc

from node.rpc.channels import bearer
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PREFIX: Final = "/ydx.exchange.v1.CatalogueService/"
_TIMEOUT_S: Final = 30.0
_TOKEN: Final = "YDX_BENCH_TOKEN"
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of calls took."""

    calls: int
    took_s: float
    p50_s: float
    p99_s: float

    @property
    def rate(self) -> float:
        return self.calls / self.took_s


def run(address: str, method: str, callers: int, bodies: Sequence[bytes], token: str = "") -> Load:
    """Send all bodies to a method of the catalogue from another process."""
    fed = b"".join(len(body).to_bytes(_LENGTH_BYTES) + body for body in bodies)
    command = [sys.executable, "-m", "tests.bench.load", address, PREFIX + method, str(callers)]
    done = subprocess.run(
        command,
        input=fed,
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | {_TOKEN: token or "none"},
    )
    return Load(**json.loads(done.stdout))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


async def _call_all(address: str, method: str, callers: int, bodies: Sequence[bytes]) -> Load:
    options = [("grpc.max_receive_message_length", MESSAGE_SIZE_BYTES_MAX)]
    metadata = bearer(os.environ[_TOKEN])
    waiting = iter(bodies)
    times: list[float] = []
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        await channel.channel_ready()
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)

        async def caller() -> None:
            for body in waiting:
                began = time.perf_counter()
                await call(body, metadata=metadata, timeout=_TIMEOUT_S)
                times.append(time.perf_counter() - began)

        started = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        took_s = time.perf_counter() - started
    return Load(len(times), took_s, quantile(times, 0.5), quantile(times, 0.99))


def _bodies(fed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(fed):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(fed[at:start])
        yield fed[start:at]


def main() -> None:
    """Call, and print what it took."""
    address, method, callers = sys.argv[1:]
    bodies = list(_bodies(sys.stdin.buffer.read()))
    load = asyncio.run(_call_all(address, method, int(callers), bodies))
    fields = {name: getattr(load, name) for name in Load.__slots__}
    sys.stdout.write(json.dumps(fields) + "\n")


if __name__ == "__main__":
    main()
