"""One wrapper around each RPC, built once when the server is built.

Rules:

- The order is limits → authentication → authorisation → request → handler; metrics and audit see
  every outcome. There is no interceptor chain: a call costs one function.
- A servicer method is `Method(request, caller) -> response`; a streaming one is
  `Method(request, caller, life) -> Generator[response]`. It raises YdxError for what it knows.
- Handlers are registered as request-streaming and without a deserialiser. So a caller is known
  before its message is awaited, and nobody unknown can hold a thread; and the message is parsed
  here, in the pool, where bytes that are no message become INVALID_ARGUMENT (grpcio parses on its
  only polling thread and answers INTERNAL). On the wire this is the same as a unary request.
- Every RPC of the service has a method and a row in the policy table, and every public method of
  the servicer is an RPC; anything else stops the building of the server.
- Requests nest at most 16 deep. That follows from their types, which may not be recursive, so it
  is checked when the server is built; unknown fields are not descended into.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Protocol, TypeAlias

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from federation.log.errors import Refused, Unreachable, YdxError
from node.rpc.errors import code_of, drop_frames, grpc_status, told
from node.rpc.policy import allowed_roles
from node.rpc.stream_life import StreamLife

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from concurrent.futures import ThreadPoolExecutor

    from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor

    from node.rpc.open_calls import OpenCalls
    from node.services.access import Caller, Role

    Handler: TypeAlias = grpc.RpcMethodHandler[Any, Any]

NESTING_MAX: Final = 16


class RpcMetrics(Protocol):
    """Counts calls. `method` is "/package.Service/Method", `code` a gRPC status name."""

    def serve(self, method: str, kind: Literal["unary", "server_stream"]) -> None:
        """Announce a method before it is called."""

    def started(self, method: str) -> None:
        """Count a call that has begun."""

    def handled(self, method: str, code: str, seconds: float) -> None:
        """Count a call that is over."""

    def error_told(self, reason: str) -> None:
        """Count an error that the caller was told, by its reason."""


class Audit(Protocol):
    """Hears of every finished call; `caller` is None where nobody was recognised."""

    def __call__(self, method: str, caller: Caller | None, code: str) -> None:
        """Record it."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the handlers of one listener share."""

    authenticate: Callable[[grpc.ServicerContext], Caller]
    open_calls: OpenCalls
    stream_pool: ThreadPoolExecutor
    metrics: RpcMetrics
    audit: Audit


@dataclass(frozen=True, slots=True)
class _Rpc:
    """One method, looked up once."""

    path: str
    roles: frozenset[Role]
    handle: Callable[..., Any]
    parse: Callable[[bytes], Any]
    door: Door

    def admit(self, context: grpc.ServicerContext) -> Caller:
        caller = self.door.authenticate(context)
        if self.roles.isdisjoint(caller.roles):
            raise self.role_missing(caller)
        return caller

    def role_missing(self, caller: Caller) -> Refused:
        """Return the refusal, with the roles that would do: not everybody knows the policy."""
        have, needs = ", ".join(sorted(caller.roles)), sorted(self.roles)
        needed = " or ".join(needs)
        return Refused(
            "ROLE_MISSING",
            f"{self.path} needs {needed}; the caller is {have}",
            cure=(
                f"需要角色 {' 或 '.join(needs)}；请换用有此角色的令牌，或向运维申请",
                f"Needs {needed}; use a token of that role, or ask the operator for one",
            ),
            method=self.path,
            roles=have,
            needs=", ".join(needs),
        )

    def request(self, bodies: Iterator[bytes]) -> Any:
        body = next(bodies, None)
        if body is None:
            raise Refused("MALFORMED_REQUEST", "the call carries no message")
        try:
            return self.parse(body)
        except DecodeError:
            raise Refused(
                "MALFORMED_REQUEST", "the bytes are no message of the request's type"
            ) from None

    def abort(self, context: grpc.ServicerContext, error: YdxError) -> NoReturn:
        self.door.metrics.error_told(error.reason)
        context.abort_with_status(grpc_status(error))
        raise AssertionError("abort_with_status returned")

    def finish(self, caller: Caller | None, code: str, started_at: float) -> None:
        self.door.metrics.handled(self.path, code, perf_counter() - started_at)
        self.door.audit(self.path, caller, code)


def service_handlers(
    service: ServiceDescriptor, servicer: object, door: Door
) -> dict[str, Handler]:
    """Handlers by path for all RPCs of `service`. Raise LookupError where one cannot be served."""
    names = {method.name for method in service.methods}
    public = {name for name in dir(servicer) if name[0].isupper() and callable_of(servicer, name)}
    if public != names:
        odd = ", ".join(sorted(public ^ names))
        raise LookupError(f"{type(servicer).__name__} does not match {service.full_name}: {odd}")
    handlers = {}
    for method in service.methods:
        rpc = _rpc(service, method, servicer, door)
        door.metrics.serve(rpc.path, "server_stream" if method.server_streaming else "unary")
        handlers[rpc.path] = _handler(rpc, method)
    return handlers


def callable_of(servicer: object, name: str) -> bool:
    """Whether `name` is a method of the servicer."""
    return callable(getattr(servicer, name))


def _rpc(
    service: ServiceDescriptor, method: MethodDescriptor, servicer: object, door: Door
) -> _Rpc:
    path = f"/{service.full_name}/{method.name}"
    if method.client_streaming:
        raise LookupError(f"{path} streams requests, which no listener takes")
    if message_depth(method.input_type) > NESTING_MAX:
        raise LookupError(f"{path} takes messages nested deeper than {NESTING_MAX}")
    parse = GetMessageClass(method.input_type).FromString
    return _Rpc(path, allowed_roles(path), getattr(servicer, method.name), parse, door)


def message_depth(message: Descriptor, above: frozenset[str] = frozenset()) -> int:
    """How deep messages of this type can nest; more than any limit if the type is recursive."""
    if message.full_name in above:
        return 10**6
    above |= {message.full_name}
    inner = (f.message_type for f in message.fields if f.message_type is not None)
    return 1 + max((message_depth(m, above) for m in inner), default=0)


def _handler(rpc: _Rpc, method: MethodDescriptor) -> Handler:
    serialize = GetMessageClass(method.output_type).SerializeToString
    if method.server_streaming:
        return grpc.stream_stream_rpc_method_handler(_streaming(rpc), None, serialize)
    return grpc.stream_unary_rpc_method_handler(_unary(rpc), None, serialize)


def _unary(rpc: _Rpc) -> Callable[[Iterator[bytes], grpc.ServicerContext], Any]:
    open_calls, metrics = rpc.door.open_calls, rpc.door.metrics

    def behaviour(bodies: Iterator[bytes], context: grpc.ServicerContext) -> Any:
        started_at = perf_counter()
        metrics.started(rpc.path)
        caller, code = None, "OK"
        try:
            caller = rpc.admit(context)
            call = open_calls.add(context, caller)
            try:
                return rpc.handle(rpc.request(bodies), caller)
            finally:
                open_calls.remove(call)
        except grpc.RpcError:
            code = "CANCELLED"
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is becomes a status
            error = told(failure, rpc.path)
            code = code_of(error)
            drop_frames(failure)
            rpc.abort(context, error)
        finally:
            rpc.finish(caller, code, started_at)

    return behaviour


def _streaming(
    rpc: _Rpc,
) -> Callable[[Iterator[bytes], grpc.ServicerContext], Generator[Any, None, None]]:
    def behaviour(
        bodies: Iterator[bytes], context: grpc.ServicerContext
    ) -> Generator[Any, None, None]:
        started_at = perf_counter()
        rpc.door.metrics.started(rpc.path)
        caller, code = None, "OK"
        try:
            caller = rpc.admit(context)
            yield from _watched(rpc, caller, bodies, context)
        except (grpc.RpcError, GeneratorExit):
            code = "CANCELLED"
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is becomes a status
            error = told(failure, rpc.path)
            code = code_of(error)
            drop_frames(failure)
            rpc.abort(context, error)
        finally:
            rpc.finish(caller, code, started_at)

    # grpcio runs a behaviour with this attribute in that pool (grpc/_server.py, 1.85.1).
    behaviour.experimental_thread_pool = rpc.door.stream_pool  # type: ignore[attr-defined]
    return behaviour


def _watched(
    rpc: _Rpc, caller: Caller, bodies: Iterator[bytes], context: grpc.ServicerContext
) -> Generator[Any, None, None]:
    """Yield the servicer's messages, with the time of each send on record."""
    life = StreamLife()
    call = rpc.door.open_calls.add(context, caller, life)
    try:
        if not rpc.door.open_calls.has_place(call):
            raise Unreachable("OVERLOADED", "too many streams are open")
        if not context.add_callback(life.end):
            life.end()
        rpc.admit(context)  # again, now that a change of pins would find the call
        messages = rpc.handle(rpc.request(bodies), caller, life)
        try:
            for message in messages:
                rpc.admit(context)  # a token that was revoked is told nothing more
                call.sending_since = monotonic()
                yield message
                call.sending_since = None
        finally:
            messages.close()
    finally:
        rpc.door.open_calls.remove(call)
