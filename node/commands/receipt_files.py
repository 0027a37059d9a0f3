"""Writing receipts: with the trust files that make root.json all that is needed to check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from node.rpc.exchange_client import ExchangeClient

TrustOption = Annotated[
    bool,
    typer.Option(
        "--trust/--no-trust",
        help="附带信任文件，离线验证只需 root.json / with the trust files, so that root.json is "
        "all that an offline check needs",
    ),
]


def with_trust(client: ExchangeClient, receipts: bytes, *, trust: bool) -> bytes:
    """Return a file of receipts, carrying the node's trust files if they are asked for.

    The root that is pinned at the node is left out: who trusts it has it.
    """
    from federation.trust.carrying import carry
    from federation.trust.tuf_file import ROOT, TrustFile

    if not trust:
        return receipts
    given = client.call("GetTrustFiles").files
    files = [TrustFile(one.role, one.version, one.content) for one in given]
    pinned = min(one.version for one in files if one.role == ROOT)
    return carry(receipts, [one for one in files if (one.role, one.version) != (ROOT, pinned)])
