"""The addresses that a node listens on: which are free, and what to say of one that is not."""

from __future__ import annotations

import socket
from contextlib import suppress

from federation.log.errors import Refused
from node.config.settings import split_address


def cannot_listen(address: str, why: str = "") -> Refused:
    """Return the error (BAD_CONFIG) of an address of this machine that cannot be listened on."""
    cure = (
        "端口可能已被占用，也许本节点已在运行（ss -ltnp 可查）；停止占用者，或修改 [listen]",
        (
            "Something may hold the port, perhaps this node itself (see ss -ltnp); "
            "stop that, or change [listen]"
        ),
    )
    text = f"cannot listen on {address}{f': {why}' if why else ''}"
    return Refused("BAD_CONFIG", text, cure=cure, address=address)


def is_free(address: str) -> bool:
    """Tell whether a listener of this machine could take the address now; port 0 always can."""
    host, port = split_address(address)
    with suppress(OSError):
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As listeners do: connections of a node that has just ended hold nothing.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            return True
    return False
