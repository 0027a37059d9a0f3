"""The addresses that a node listens on: which are free, and what to say of one that is not."""

from __future__ import annotations

from federation.log.errors import Refused


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
