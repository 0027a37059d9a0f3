"""A plain limit on requests per address, so that one reader cannot take the listener for itself.

A token bucket each: `rate` requests a second on average, ten seconds' worth at once. An IPv6 reader
has a whole /64, so that is what counts. The table is bounded; the longest unused row is dropped.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from aiohttp import web

from node.web.server import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Handler

ADDRESSES_MAX: Final = 10_000
BURST_S: Final = 10.0


class RateLimit:
    """Counts requests by address. Not for use by several threads."""

    def __init__(self, rate_per_s: float, clock: Callable[[], float]) -> None:
        """Take the sustained rate, and a clock in seconds that never goes back."""
        self._rate_per_s = rate_per_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Count a request; return 0 if it may pass, else after how many seconds the next may."""
        now = self._clock()
        burst = self._rate_per_s * BURST_S
        key = _key(address)
        left, then = self._buckets.pop(key, (burst, now))
        left = min(burst, left + (now - then) * self._rate_per_s)
        passes = left >= 1
        self._buckets[key] = (left - 1 if passes else left, now)
        if len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return 0.0 if passes else (1 - left) / self._rate_per_s


def middleware(limit: RateLimit) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Return the middleware that answers 429 to an address over the limit."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        if wait_s := limit.wait_s(request.remote or ""):
            return plain(429, "too many requests", {"Retry-After": str(int(wait_s) + 1)})
        return await handler(request)

    return limited


def _key(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return ip.exploded[:19]
