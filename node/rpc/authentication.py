"""Finds out who calls: by bearer token on the exchange listener, by certificate between members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc

    from node.rpc.pins import Pins
    from node.services.access import Caller

    Authenticate = Callable[[grpc.ServicerContext], Caller]

_SCHEME: Final = "bearer "


def by_token(verify: Callable[[str], Caller]) -> Authenticate:
    """Authenticate by `authorization: Bearer ydx_…`; `verify` raises TOKEN_INVALID."""

    def authenticate(context: grpc.ServicerContext) -> Caller:
        for key, value in context.invocation_metadata() or ():
            if key == "authorization" and isinstance(value, str):
                token = value[len(_SCHEME) :]
                if value[: len(_SCHEME)].lower() != _SCHEME or not token.strip():
                    break
                return verify(token)
        raise Refused("TOKEN_MISSING", "the call carries no bearer token")

    return authenticate


def by_certificate(pins: Pins) -> Authenticate:
    """Authenticate by the leaf certificate of the connection, looked up on each call."""

    def authenticate(context: grpc.ServicerContext) -> Caller:
        properties: Any = context.auth_context()  # each value is a sequence; its stub errs
        leaf = properties.get("x509_pem_cert", ())
        caller = pins.caller(leaf[0]) if leaf else None
        if caller is None:
            raise Refused("UNKNOWN_MEMBER", "the certificate of this connection is not pinned")
        return caller

    return authenticate
