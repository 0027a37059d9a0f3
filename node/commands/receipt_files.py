"""Writing receipts: with the trust files that make root.json all that is needed to check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from node.commands.output import note, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from federation.trust.tuf_file import TrustFile
    from node.rpc.exchange_client import ExchangeClient

# They are too large, or the node is of an older version.
_CANNOT_CARRY = frozenset({"MESSAGE_TOO_LARGE", "UNKNOWN_METHOD"})

TrustOption = Annotated[
    bool,
    typer.Option(
        "--trust/--no-trust",
        help="附带信任文件，离线验证只需 root.json / with the trust files, so that root.json is "
        "all that an offline check needs",
    ),
]


def tell_written(file: Path, count: int = 0) -> None:
    """Say where receipts were written, and how many where that is known."""
    note(
        say(f"已写入 {count} 份收据：{file}", f"{count} receipts were written: {file}")
        if count
        else say(f"已写入收据：{file}", f"written: {file}")
    )


def with_trust(
    client: ExchangeClient,
    receipts: bytes,
    *,
    trust: bool,
    carry: Callable[[bytes, Iterable[TrustFile]], bytes] | None = None,
) -> bytes:
    """Return a file of receipts, carrying the node's trust files if they are asked for.

    What cannot carry them is as good a receipt, and said to be without. `carry` puts them into a
    file that is not of receipts alone.
    """
    from federation.log.errors import YdxError
    from federation.trust import carrying
    from federation.trust.tuf_file import TrustFile

    if not trust:
        return receipts
    try:
        given = client.call("GetTrustFiles").files
        put = carry or carrying.carry
        return put(receipts, [TrustFile(one.role, one.version, one.content) for one in given])
    except YdxError as error:
        if error.reason not in _CANNOT_CARRY:
            raise
        note(
            say(
                f"收据不含信任文件（{error.reason}）：验证者除 root.json 外还需整个 trust 目录",
                f"without the trust files ({error.reason}): whoever checks the receipt needs the "
                "whole trust folder, not root.json alone",
            )
        )
        return receipts
