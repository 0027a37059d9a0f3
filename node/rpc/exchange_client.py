"""A client of one node's exchange listener, for the commands and the demo.

- A call names its method and gives the fields of the request; the answer is the response message.
- Every call has a deadline. One that found nobody or a busy node, or was told to come again, is
  repeated a few times with back-off; writes are repeated too only where they carry a request id or
  change nothing the second time, which the caller says.
- Failures are the node's own reasons (`client_errors`). One that found nobody is looked into: what
  TLS is to blame for is TLS_FAILED, and not repeated; nor is one that met another protocol.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import grpc
from google.protobuf.message_factory import GetMessageClass

from federation.log.errors import YdxError
from node.choice_words import CHOICES
from node.config.settings import split_address
from node.rpc.channels import bearer, exchange_channel
from node.rpc.client_errors import CallError, read_error
from node.rpc.tls_check import tls_fault
from node.services.errors import InvalidFields, invalid_field
from ydx.exchange.v1 import (
    catalogue_service_pb2,
    contract_service_pb2,
    ledger_service_pb2,
    node_service_pb2,
    partnership_service_pb2,
    search_service_pb2,
)

CALL_S: Final = 10.0
TRIES_MAX: Final = 5
_PAUSE_S: Final = 0.2
_UNAVAILABLE: Final = "UNAVAILABLE"
_NO_GRPC: Final = "Failed parsing HTTP/2"
_NO_GRPC_TOLD: Final = (
    "it speaks no gRPC: it may be the HTTP address of a node; give that of listen.exchange"
)
_BUSY: Final = ("RESOURCE_EXHAUSTED", "OVERLOADED")
_METHODS: Final = {
    method.name: (f"/{service.full_name}/{method.name}", method)
    for module, name in (
        (catalogue_service_pb2, "CatalogueService"),
        (contract_service_pb2, "ContractService"),
        (ledger_service_pb2, "LedgerService"),
        (node_service_pb2, "NodeService"),
        (search_service_pb2, "SearchService"),
        (partnership_service_pb2, "PartnershipService"),
    )
    for service in (module.DESCRIPTOR.services_by_name[name],)
    for method in service.methods
}


_ADDRESS: Final = re.compile(r"\bipv[46]:\S+: ")


class CallFailedError(YdxError):
    """A call that the node refused or did not answer; `call` holds all that it said."""

    def __init__(self, call: CallError, address: str) -> None:
        # gRPC tells the address of whom it did not reach; that stands before already.
        told = _ADDRESS.sub("", call.what)
        what = f"{address}: {told}" if not call.metadata else call.what
        cure = (call.cure_zh, call.cure_en) if call.cure_zh and call.cure_en else None
        super().__init__(call.reason or "INTERNAL", what, cure=cure, **call.metadata)
        self.call = call
        self.address = address


class ExchangeClient:
    """Calls one node under one token."""

    def __init__(
        self, address: str, token: str, roots: bytes | None = None, name: str = ""
    ) -> None:
        """`roots` (PEM) are what a TLS listener is checked against; without, it is plaintext.

        `name` has to stand in its certificate; "" is the host of the address.
        """
        self.address = address
        self._roots = roots
        self._name = name
        self._channel = exchange_channel(address, roots, name)
        self._metadata = bearer(token)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def call(
        self, name: str, /, *, timeout_s: float = CALL_S, repeat: bool = True, **fields: Any
    ) -> Any:
        """Call a unary method; raises the node's reason, OUT_OF_REACH where it does not answer."""
        path, method = _METHODS[name]
        request = _request(method, fields)
        invoke = self._channel.unary_unary(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        for attempt in range(1, TRIES_MAX + 1):
            try:
                return invoke(request, timeout=timeout_s, metadata=self._metadata)
            except grpc.RpcError as error:
                failure = self._failure(error)
                if not repeat or attempt == TRIES_MAX or not _may_come_again(failure.call):
                    raise failure from error
                time.sleep(_PAUSE_S * 2**attempt)
        raise AssertionError("the last try returns or raises")

    def pages(self, name: str, items: str, /, **fields: Any) -> Iterator[Any]:
        """Yield the items of all pages of a List method."""
        token = ""
        while True:
            page = self.call(name, page_token=token, **fields)
            yield from getattr(page, items)
            token = page.next_page_token
            if not token:
                return

    def stream(self, name: str, /, **fields: Any) -> Iterator[Any]:
        """Yield the messages of a streaming method; raises what `call` raises."""
        path, method = _METHODS[name]
        request = _request(method, fields)
        invoke = self._channel.unary_stream(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        try:
            yield from invoke(request, metadata=self._metadata)
        except grpc.RpcError as error:
            raise self._failure(error) from error

    def _failure(self, error: grpc.RpcError) -> CallFailedError:
        call = read_error(error)
        if call.code == _UNAVAILABLE and call.reason == "OUT_OF_REACH":
            host, port = split_address(self.address)
            if fault := tls_fault(host, port, self._roots, self._name):
                call = CallError("FAILED_PRECONDITION", "TLS_FAILED", fault)
            elif _NO_GRPC in call.what:
                call = replace(call, code="FAILED_PRECONDITION", what=_NO_GRPC_TOLD)
        return CallFailedError(call, self.address)


def _may_come_again(call: CallError) -> bool:
    return call.code == _UNAVAILABLE or (call.code, call.reason) == _BUSY


def _request(method: Any, fields: dict[str, Any]) -> Any:
    """Return the request of a method; a choice or a number that it cannot hold is INVALID_FIELD."""
    try:
        return GetMessageClass(method.input_type)(**fields)
    except ValueError as error:
        raise _unknown_choice(method.input_type, fields) or invalid_field(
            "request", "CHOICE_UNKNOWN", str(error), "不可用", "cannot be sent"
        ) from error


def _unknown_choice(kind: Any, fields: dict[str, Any], path: str = "") -> InvalidFields | None:
    """Return the refusal of the first choice that its field does not have, with those it has."""
    for name, value in fields.items():
        field = kind.fields_by_name.get(name)
        for one in value if isinstance(value, list | tuple) else (value,):
            if field is None or not isinstance(one, str | dict):
                continue
            if isinstance(one, dict) and field.message_type is not None:
                if found := _unknown_choice(field.message_type, one, f"{path}{name}."):
                    return found
            elif field.enum_type is not None and one not in field.enum_type.values_by_name:
                return _choice_refusal(field.enum_type, one, f"{path}{name}")
    return None


def _choice_refusal(enum: Any, value: Any, path: str) -> InvalidFields:
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    known = [one.name.removeprefix(prefix) for one in enum.values[1:]]
    words = CHOICES.get(prefix, {})
    known_zh = [f"{words.get(name, ('',))[0]} {name.lower()}".lstrip() for name in known]
    return invalid_field(
        path,
        "CHOICE_UNKNOWN",
        str(value).removeprefix(prefix).lower(),
        f"不是可选的值；可选：{'、'.join(known_zh)}",
        f"is not known; known are {', '.join(known).lower()}",
    )
