"""The standard health and reflection services, behind the same door as everything else.

They are either open (the demo) or for callers that authenticate, whatever their role. Their streams
count as streams: bounded in number and life, and closed by us when the node stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from node.rpc.errors import grpc_status, told
from node.rpc.stream_life import StreamLife

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from node.rpc.handlers import Door, Handler

_HEALTH = health.SERVICE_NAME
_REFLECTION = reflection.SERVICE_NAME


def probe_handlers(
    door: Door, servicer: health.HealthServicer, *, is_open: bool, reflected: Sequence[str] | None
) -> dict[str, Handler]:
    """Handlers by path of health and, if service names are given in `reflected`, of reflection."""
    found = _Collector()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, found)
    if reflected is not None:
        names = (*reflected, _HEALTH, _REFLECTION)
        mirror = reflection.ReflectionServicer(names)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(mirror, found)
    return {path: _guard(path, handler, door, is_open) for path, handler in found.handlers.items()}


class _Collector:
    """Takes handlers in the place of a server."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Ignore what `add_registered_method_handlers` brings by name."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Handler]) -> None:
        self.handlers |= {f"/{service}/{name}": handler for name, handler in handlers.items()}


def _guard(path: str, handler: Handler, door: Door, is_open: bool) -> Handler:
    if handler.request_streaming:
        inner, rebuild = handler.stream_stream, grpc.stream_stream_rpc_method_handler
    elif handler.response_streaming:
        inner, rebuild = handler.unary_stream, grpc.unary_stream_rpc_method_handler
    else:
        inner, rebuild = handler.unary_unary, grpc.unary_unary_rpc_method_handler

    inner = cast("Callable[..., Any]", inner)

    def behaviour(request: Any, context: grpc.ServicerContext, *send: Callable[..., None]) -> Any:
        if not is_open:
            try:
                door.authenticate(context)
            except Exception as failure:  # noqa: BLE001 - whatever it is becomes a status
                context.abort_with_status(grpc_status(told(failure, path)))
        if handler.response_streaming:
            _track(door, context)
        return inner(request, context, *send)

    if handler.response_streaming:
        behaviour.experimental_thread_pool = door.stream_pool  # type: ignore[attr-defined]
        # Health streams hold no thread: status changes are pushed.
        behaviour.experimental_non_blocking = getattr(  # type: ignore[attr-defined]
            inner, "experimental_non_blocking", False
        )
    return rebuild(behaviour, handler.request_deserializer, handler.response_serializer)


def _track(door: Door, context: grpc.ServicerContext) -> None:
    life = StreamLife()
    life.on_end(context.cancel)
    call = door.open_calls.add(context, None, life)
    if not context.add_callback(lambda: door.open_calls.remove(call)):
        door.open_calls.remove(call)
