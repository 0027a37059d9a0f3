"""How a command reaches a node: its address, the caller's token, what its certificate must be.

- Without `--node` it is the node of the configuration. A listener on all addresses is dialled on
  loopback.
- A token never leaves this machine unencrypted: an address off loopback needs TLS, and so the
  certificate that it is checked against.
- The listener of the configuration is known by its certificate, whatever address it is dialled at.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.commands.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.config.settings import Listen
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


@dataclass(frozen=True, slots=True)
class Target:
    """An address to dial, and what its certificate is checked against; no roots are plaintext."""

    address: str
    roots: bytes | None
    name: str = ""
    """What has to stand in the certificate; "" is the host of the address."""


def target(address: str, ca: Path | None) -> Target:
    """Return how to dial an address, checking it against `ca`.

    Raises BAD_CONFIG for an address off loopback without it, INVALID_FIELD for one that is none,
    and BAD_FILE for a file without a certificate.
    """
    from federation.log.errors import YdxError
    from node.config.settings import is_loopback
    from node.services.errors import invalid_field

    try:
        if not is_loopback(address) and ca is None:
            text = f"{address} is not on this machine: give --ca, a token is never sent unencrypted"
            raise YdxError("BAD_CONFIG", text, address=address)
    except ValueError as error:
        zh = "须写作 host:port，例如 127.0.0.1:7401"
        raise invalid_field("node", "ADDRESS", address, zh, f"is no address: {error}") from error
    return Target(address, None if ca is None else _roots(ca))


def own_target(listen: Listen, ca: Path | None) -> Target:
    """Return how to dial the exchange listener of this node's configuration. Raises BAD_CONFIG."""
    from node.config.tls_files import certificate_name

    found = target(dialled(listen.exchange), ca or listen.exchange_certificate)
    if listen.exchange_certificate is None:
        return found
    return replace(found, name=certificate_name(listen.exchange_certificate))


def _roots(ca: Path) -> bytes:
    from federation.log.errors import YdxError

    try:
        pem = ca.read_bytes()
    except OSError as error:
        text = f"{ca} (--ca) cannot be read: {error.strerror}"
        raise YdxError("BAD_FILE", text, file=str(ca)) from error
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        text = f"{ca} (--ca) holds no certificate: it is to be PEM, -----BEGIN CERTIFICATE-----"
        raise YdxError("BAD_FILE", text, file=str(ca))
    return pem


@contextmanager
def connected(
    node: str | None, token: str, ca: Path | None, config: Path | None
) -> Iterator[ExchangeClient]:
    """Give a client of the node under the token. Raises what `target` does, TOKEN_MISSING."""
    from federation.log.errors import YdxError
    from node.rpc.exchange_client import ExchangeClient

    found = target(node, ca) if node else own_target(load_settings(config).settings.listen, ca)
    if not token:
        cure = (
            "用 --token 或环境变量 YDX_TOKEN 给出令牌；运维用 ydx token create 新建",
            "Give --token or set YDX_TOKEN; the operator makes one with ydx token create",
        )
        raise YdxError("TOKEN_MISSING", "the command has no access token", cure=cure)
    client = ExchangeClient(found.address, token, found.roots, found.name)
    try:
        yield client
    finally:
        client.close()
