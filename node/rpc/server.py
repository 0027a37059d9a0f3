"""A threaded gRPC server for one listener.

Rules (DESIGN section 10):

- Unary calls and streams have separate, bounded thread pools, so that idle streams starve nothing.
- What does not fit is refused at once with OVERLOADED and RetryInfo, from a thread of its own: a
  unary call when too many wait for a thread, a stream when too many are open.
- A method that the listener does not have is refused there too, with UNKNOWN_METHOD.
- Between members only mutual TLS with pinned certificates. The exchange listener has TLS, or is
  plaintext on loopback; anything else is BAD_CONFIG.
- Stopping: health says NOT_SERVING, streams are asked to end, running calls have the grace time.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import grpc
from grpc_health.v1 import health, health_pb2

from federation.log.errors import Refused, Unreachable
from node.config.listening import cannot_listen
from node.config.settings import is_loopback, split_address
from node.rpc.errors import grpc_status
from node.rpc.handlers import Door, service_handlers
from node.rpc.limits import RpcLimits, server_options
from node.rpc.open_calls import OpenCalls
from node.rpc.probes import probe_handlers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from google.protobuf.descriptor import ServiceDescriptor

    from federation.log.errors import YdxError
    from node.rpc.authentication import Authenticate
    from node.rpc.handlers import Audit, Handler, RpcMetrics
    from node.rpc.pins import Pins

    Services: TypeAlias = Sequence[tuple[ServiceDescriptor, object]]

# Streams leave their place a moment before their thread.
_STREAM_THREADS_SPARE = 8
_HEALTH_NOTICE_S = 1.0


@dataclass(frozen=True, slots=True)
class Listener:
    """Where a server listens and whom it lets in. Without credentials it is plaintext."""

    address: str
    authenticate: Authenticate
    credentials: grpc.ServerCredentials | None = None
    limits: RpcLimits = field(default_factory=RpcLimits)
    reflection: bool = False
    open_probes: bool = False


def federation_credentials(pins: Pins, key: bytes, certificate: bytes) -> grpc.ServerCredentials:
    """Mutual TLS that accepts the certificates pinned at the moment of each handshake (all PEM).

    A configuration is given only where the pins have changed: each one given replaces what
    handshakes in other threads are using, unguarded, and whoever only connects often enough could
    end the process.
    """
    used = pins.roots

    def configuration() -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(key, certificate)], used)

    def changed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal used
        if (roots := pins.roots) == used:
            return None
        used = roots
        return configuration()

    return grpc.dynamic_ssl_server_credentials(
        configuration(),
        changed,  # type: ignore[arg-type]  # its stub leaves out None: nothing has changed
        require_client_authentication=True,
    )


def exchange_credentials(key: bytes, certificate_chain: bytes) -> grpc.ServerCredentials:
    """TLS with the operator's certificate; callers are known by their tokens."""
    return grpc.ssl_server_credentials([(key, certificate_chain)])


class RpcServer:
    """Serves `services` (descriptor and servicer each) on one listener, from `start` to `stop`."""

    def __init__(
        self, listener: Listener, services: Services, *, metrics: RpcMetrics, audit: Audit
    ) -> None:
        limits = listener.limits
        self._services = [descriptor.full_name for descriptor, _ in services]
        self._health = health.HealthServicer()
        self._calls = OpenCalls(limits)
        streams = limits.streams_max + _STREAM_THREADS_SPARE
        self._pools = (
            ThreadPoolExecutor(limits.unary_threads, "rpc-unary"),
            ThreadPoolExecutor(streams, "rpc-stream"),
            ThreadPoolExecutor(1, "rpc-refuse"),
        )
        unary_pool, stream_pool, refuse_pool = self._pools
        door = Door(listener.authenticate, self._calls, stream_pool, metrics, audit)
        handlers: dict[str, Handler] = {}
        for descriptor, servicer in services:
            handlers |= service_handlers(descriptor, servicer, door)
        reflected = self._services if listener.reflection else None
        handlers |= probe_handlers(
            door, self._health, is_open=listener.open_probes, reflected=reflected
        )
        admission = _Admission(handlers, limits, self._calls, unary_pool, refuse_pool)
        self._server = grpc.server(unary_pool, [admission], options=server_options(limits))
        self.port = _bind(self._server, listener)

    def start(self) -> None:
        """Serve. All services are reported healthy until `set_health` says otherwise."""
        for service in self._services:
            self.set_health(service, serving=True)
        self._calls.start()
        self._server.start()

    def set_health(self, service: str, *, serving: bool) -> None:
        """State the health of one service by its full name; "" is the whole server."""
        state = health_pb2.HealthCheckResponse
        self._health.set(service, state.SERVING if serving else state.NOT_SERVING)

    def cancel_pins(self, pins: frozenset[bytes]) -> None:
        """Cancel the open calls of certificates that are no longer pinned."""
        self._calls.cancel_pins(pins)

    def stop(self, grace_s: float) -> None:
        """Stop taking calls, let open ones end within the grace time, then cancel them."""
        # A watcher that does not read must not hold up the end.
        notice = threading.Thread(target=self._health.enter_graceful_shutdown, daemon=True)
        notice.start()
        notice.join(_HEALTH_NOTICE_S)
        stopped = self._server.stop(grace_s)
        self._calls.end_streams()
        stopped.wait()
        self._calls.stop()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)


class _Admission(grpc.GenericRpcHandler):
    """Finds the handler of a call, or refuses it where the node is full."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        limits: RpcLimits,
        calls: OpenCalls,
        unary_pool: ThreadPoolExecutor,
        refuse_pool: ThreadPoolExecutor,
    ) -> None:
        self._handlers = handlers
        self._limits = limits
        self._calls = calls
        self._unary_waiting = unary_pool._work_queue.qsize  # noqa: SLF001 - the pool's only count
        full = Unreachable("OVERLOADED", "too many calls are waiting or streams open")
        unknown = Refused("UNKNOWN_METHOD", "this listener has no such method")
        self._refusal = _refusal(refuse_pool, full)
        self._unknown = _refusal(refuse_pool, unknown)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler:
        """Run on grpcio's polling thread for each call.

        A method that is not here is refused by us: gRPC's own answer would carry no reason.
        """
        handler = self._handlers.get(handler_call_details.method)
        if handler is None:
            return self._unknown
        if handler.response_streaming:
            full = self._calls.stream_count() >= self._limits.streams_max
        else:
            full = self._unary_waiting() >= self._limits.unary_waiting_max
        return self._refusal if full else handler


def _refusal(pool: ThreadPoolExecutor, error: YdxError) -> Handler:
    status = grpc_status(error)

    def refuse(_bodies: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        context.abort_with_status(status)
        return b""

    refuse.experimental_thread_pool = pool  # type: ignore[attr-defined]
    return grpc.stream_unary_rpc_method_handler(refuse)


def _bind(server: grpc.Server, listener: Listener) -> int:
    address = listener.address
    if listener.credentials is None and not is_loopback(address):
        raise Refused(
            "BAD_CONFIG", f"{address} is not on loopback and has no certificate", address=address
        )
    try:
        if listener.credentials is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, listener.credentials)
    except RuntimeError:
        port = 0
    if port == 0 or split_address(address)[1] not in {0, port}:
        raise cannot_listen(address)
    return port
