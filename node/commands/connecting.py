"""How a command reaches a node: its address, the caller's token, what its certificate must be.

- Without `--node` it is the node of the configuration. A listener on all addresses is dialled on
  loopback.
- A token never leaves this machine unencrypted: an address off loopback needs TLS, and so the
  certificate that it is checked against.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.commands.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.rpc.exchange_client import ExchangeClient

NodeOption = Annotated[
    str | None,
    typer.Option(
        "--node",
        envvar="YDX_NODE",
        help="节点交换地址 host:port，默认取自配置 / exchange address of the node, "
        "from the configuration by default",
    ),
]
TokenOption = Annotated[
    str, typer.Option("--token", envvar="YDX_TOKEN", help="访问令牌 / access token")
]
CaOption = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        envvar="YDX_CA",
        help="校验节点证书的 PEM 文件 / PEM file that the node's certificate is checked against",
    ),
]

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - dialled, not listened on


def dialled(address: str) -> str:
    """Return where a listener of this machine is dialled; port 0 is BAD_CONFIG."""
    from federation.log.errors import YdxError
    from node.config.settings import split_address

    host, port = split_address(address)
    if port == 0:
        text = f"{address} is a free port that only the node knows; give --node"
        raise YdxError("BAD_CONFIG", text, address=address)
    return f"{_EVERYWHERE[host]}:{port}" if host in _EVERYWHERE else address


def certificate(address: str, ca: Path | None) -> bytes | None:
    """Return what the certificate of an address is checked against; None is plaintext.

    Raises BAD_CONFIG for an address off loopback without it, or that is none.
    """
    from federation.log.errors import YdxError
    from node.config.settings import is_loopback

    try:
        if ca is not None:
            return ca.read_bytes()
        if is_loopback(address):
            return None
    except OSError as error:
        text = f"{ca} cannot be read: {error.strerror}"
        raise YdxError("BAD_CONFIG", text, file=str(ca)) from error
    except ValueError as error:
        raise YdxError("BAD_CONFIG", f"{address}: {error}", address=address) from error
    text = f"{address} is not on this machine: give --ca, a token is never sent unencrypted"
    raise YdxError("BAD_CONFIG", text, address=address)


@contextmanager
def connected(
    node: str | None, token: str, ca: Path | None, config: Path | None
) -> Iterator[ExchangeClient]:
    """Give a client of the node under the token. Raises BAD_CONFIG, TOKEN_MISSING."""
    from federation.log.errors import YdxError
    from node.rpc.exchange_client import ExchangeClient

    if node is None:
        listen = load_settings(config).settings.listen
        node, ca = dialled(listen.exchange), ca or listen.exchange_certificate
    roots = certificate(node, ca)
    if not token:
        raise YdxError("TOKEN_MISSING", "give --token or set YDX_TOKEN (ydx token create)")
    client = ExchangeClient(node, token, roots)
    try:
        yield client
    finally:
        client.close()
