"""The demo's ports on loopback: chosen for five members, and tested before anything starts."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from typing import Final

from federation.log.errors import YdxError
from node.demo.listings import MEMBERS

LISTENERS: Final = ("federation", "api", "http", "telemetry")
DEFAULT_PORT: Final = 7400
_PORTS_A_MEMBER: Final = 10
# Below those that the kernel gives to outgoing connections: a stopped member finds its own again.
_FREE_PORTS: Final = range(10_000, 32_000)


def choose(base_port: int) -> dict[str, dict[str, str]]:
    """Return host:port by member and listener; with `base_port` 0 any that are free.

    Raises BAD_CONFIG where another program listens on one of those asked for.
    """
    if base_port == 0:
        free = _free_ports(len(MEMBERS) * len(LISTENERS))
        return {name: {one: _address(free.pop()) for one in LISTENERS} for name in MEMBERS}
    chosen = {
        name: {
            one: _address(base_port + _PORTS_A_MEMBER * row + place)
            for place, one in enumerate(LISTENERS)
        }
        for row, name in enumerate(MEMBERS)
    }
    refuse_taken(
        (one for addresses in chosen.values() for one in addresses.values()),
        "choose other ports with --base-port N, or free ones with --base-port 0",
    )
    return chosen


def refuse_taken(addresses: Iterable[str], remedy: str) -> None:
    """Raise BAD_CONFIG with the remedy, naming the addresses on which another program listens."""
    taken = [one for one in addresses if not _is_free(one)]
    if taken:
        text = f"another program listens on {', '.join(taken)}; {remedy}"
        raise YdxError("BAD_CONFIG", text, addresses=", ".join(taken))


def _address(port: int) -> str:
    return f"127.0.0.1:{port}"


def _is_free(address: str) -> bool:
    """Tell whether a listener can be had; connections that linger after a stop do not hinder."""
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    # Not the seeded generator: tests that run beside each other would all choose the same.
    for port in random.SystemRandom().sample(_FREE_PORTS, len(_FREE_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise YdxError("BAD_CONFIG", f"no {count} ports are free; choose some with --base-port")
