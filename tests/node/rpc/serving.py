"""Real servers, tokens and certificates for the tests of node.rpc."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from ssl import DER_cert_to_PEM_cert
from typing import TYPE_CHECKING, Any

import grpc
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.protobuf.message_factory import GetMessageClass

from federation.log.keys import ED25519, Signer
from federation.trust.certificate import self_signed
from federation.trust.registry import Certificate, Member
from node.rpc.channels import bearer
from node.rpc.client_errors import CallError, read_error
from node.rpc.server import Listener, RpcServer
from node.services.access import Caller, Role
from ydx.exchange.v1 import (
    catalogue_service_pb2,
    contract_service_pb2,
    ledger_service_pb2,
    node_service_pb2,
    partnership_service_pb2,
    search_service_pb2,
)
from ydx.sync.v1 import sync_service_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from google.protobuf.descriptor import ServiceDescriptor

    from federation.trust.tuf_file import TrustFile

CATALOGUE: Any = catalogue_service_pb2.DESCRIPTOR.services_by_name["CatalogueService"]
CONTRACT: Any = contract_service_pb2.DESCRIPTOR.services_by_name["ContractService"]
LEDGER: Any = ledger_service_pb2.DESCRIPTOR.services_by_name["LedgerService"]
NODE: Any = node_service_pb2.DESCRIPTOR.services_by_name["NodeService"]
PARTNERSHIP: Any = partnership_service_pb2.DESCRIPTOR.services_by_name["PartnershipService"]
SEARCH: Any = search_service_pb2.DESCRIPTOR.services_by_name["SearchService"]
SYNC: Any = sync_service_pb2.DESCRIPTOR.services_by_name["SyncService"]
PLATFORM = Caller(frozenset({Role.PLATFORM}), token_id="t", source_platform="sz")


class Counts:
    """Remembers what the wrapper tells its metrics and its audit."""

    def __init__(self) -> None:
        self.served: set[str] = set()
        self.handled_codes: list[tuple[str, str]] = []
        self.reasons: list[str] = []
        self.audited: list[tuple[str, Caller | None, str]] = []

    def serve(self, method: str, kind: str) -> None:
        assert kind in {"unary", "server_stream"}
        self.served.add(method)

    def started(self, method: str) -> None:
        assert method in self.served

    def handled(self, method: str, code: str, seconds: float) -> None:
        assert seconds >= 0
        self.handled_codes.append((method, code))

    def error_told(self, reason: str) -> None:
        self.reasons.append(reason)

    def audit(self, method: str, caller: Caller | None, code: str) -> None:
        self.audited.append((method, caller, code))


def servicer_of(service: ServiceDescriptor, **methods: Callable[..., Any]) -> object:
    """Make a servicer with all methods of a service: those given, others answer nothing."""
    body: dict[str, Any] = {}
    for method in service.methods:
        response = GetMessageClass(method.output_type)

        def unary(_self: object, _request: Any, _caller: Caller, kind: Any = response) -> Any:
            return kind()

        def stream(
            _self: object, _request: Any, _caller: Caller, _life: Any, kind: Any = response
        ) -> Iterator[Any]:
            yield kind()

        own = methods.get(method.name)
        default = stream if method.server_streaming else unary
        body[method.name] = default if own is None else staticmethod(own)
    return type("Servicer", (), body)()


def node_giving(files: Iterable[TrustFile]) -> tuple[ServiceDescriptor, object]:
    """Return a NodeService that gives these trust files, and else says nothing."""
    answer = node_service_pb2.GetTrustFilesResponse(
        files=[
            node_service_pb2.TrustFile(role=one.role, version=one.version, content=one.content)
            for one in files
        ]
    )
    return NODE, servicer_of(NODE, GetTrustFiles=lambda _request, _caller: answer)


@contextmanager
def serving(
    listener: Listener, *services: tuple[Any, object], counts: Counts | None = None
) -> Iterator[RpcServer]:
    counts = counts or Counts()
    server = RpcServer(listener, services, metrics=counts, audit=counts.audit)
    server.start()
    try:
        yield server
    finally:
        server.stop(0)


@contextmanager
def dialled(server: RpcServer) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield channel


def path_of(service: ServiceDescriptor, method: str) -> str:
    return f"/{service.full_name}/{method}"


def invoke(
    channel: grpc.Channel, path: str, body: bytes = b"", *, token: str | None = None
) -> list[bytes]:
    """Call any RPC with raw bytes and return its raw answers; a unary one has one."""
    metadata = bearer(token) if token is not None else None
    call: Any = channel.unary_stream(path)
    return list(call(body, metadata=metadata, timeout=20))


def failure(call: Callable[[], Any]) -> CallError:
    """Return the error of a call that has to fail."""
    try:
        answer = call()
    except grpc.RpcError as error:
        return read_error(error)
    raise AssertionError(f"answered {answer!r}")


@dataclass(frozen=True)
class Identity:
    """A member's TLS key and certificate."""

    member: Member
    key: bytes
    certificate: bytes


def identity(name: str) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    der = self_signed(name, key)
    member = Member(
        name=name,
        region="310000",
        endpoint="127.0.0.1:1",
        logs=(),
        witness_keys=(),
        trust_key=Signer(f"ydx.example/{name}", bytes(32)).verifier(ED25519),
        certificates=(Certificate(der),),
    )
    return Identity(
        member,
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        DER_cert_to_PEM_cert(der).encode(),
    )
