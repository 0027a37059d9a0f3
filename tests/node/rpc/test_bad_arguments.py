"""INVALID_ARGUMENT names its field, whatever the reason; bytes that are no message are one.

The walks are over the table of reasons, over the source, and over every RPC of both listeners: what
is added later is walked as well.
"""

from __future__ import annotations

import ast
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from google.rpc import error_details_pb2 as details_pb

import node
from federation.log.errors import Refused, YdxError
from node.rpc.authentication import by_certificate
from node.rpc.channels import member_channel
from node.rpc.error_table import MEANINGS
from node.rpc.errors import WHOLE_REQUEST, error_status, naming_field
from node.rpc.page_tokens import PageTokens
from node.rpc.pins import Pins
from node.rpc.server import Listener, federation_credentials
from node.rpc.sync_service import SyncServicer
from node.services.access import Caller, Role
from node.services.errors import InvalidFields, invalid_field
from node.services.log.sealing import _place as place_of
from node.services.sync.log_serving import LogServer
from tests.node.rpc.random_requests import is_path
from tests.node.rpc.serving import (
    CATALOGUE,
    CONTRACT,
    LEDGER,
    NODE,
    PARTNERSHIP,
    PLATFORM,
    SEARCH,
    SYNC,
    dialled,
    failure,
    identity,
    invoke,
    path_of,
    servicer_of,
    serving,
)
from ydx.sync.v1 import sync_service_pb2 as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.rpc.client_errors import CallError

ARGUMENTS: Final = sorted(
    reason for reason, one in MEANINGS.items() if one.code is grpc.StatusCode.INVALID_ARGUMENT
)
EXCHANGE: Final = (CATALOGUE, CONTRACT, LEDGER, NODE, PARTNERSHIP, SEARCH)
RPCS: Final = [(service, method) for service in (*EXCHANGE, SYNC) for method in service.methods]
ANYBODY: Final = Caller(frozenset(Role), token_id="t")
NO_MESSAGE: Final = (b"\xff", b"\x00", b"\x0b" * 2000, b"<html></html>")
NOT_OF_A_REQUEST: Final = {
    "following.py",  # what peers answer
    "offering.py",
    "reconciling.py",
    "wanting.py",
    "handlers.py",  # where no field could be read
}
"""Where such a reason is raised of something else than an argument."""


def fields_of(error: YdxError) -> list[str]:
    request = details_pb.BadRequest()
    for packed in error_status(error).details:
        packed.Unpack(request)
    return [one.field for one in request.field_violations]


@pytest.mark.parametrize("reason", ARGUMENTS)
def test_every_reason_of_a_bad_argument_names_a_field(reason: str) -> None:
    assert fields_of(Refused(reason, "what is wrong", field="party")) == ["party"]
    assert fields_of(Refused(reason, "what is wrong")) == [WHOLE_REQUEST]
    with pytest.raises(Refused) as refused, naming_field("checkpoint"):
        raise Refused(reason, "what is wrong")
    assert fields_of(refused.value) == ["checkpoint"]


@pytest.mark.parametrize("reason", sorted(set(MEANINGS) - set(ARGUMENTS)))
def test_no_other_reason_does(reason: str) -> None:
    with pytest.raises(Refused) as refused, naming_field("checkpoint"):
        raise Refused(reason, "what is wrong")
    assert fields_of(refused.value) == []
    assert "field" not in refused.value.metadata


def test_each_field_of_several_is_told_once() -> None:
    one = invalid_field("page_size", "NEGATIVE", "-1", "为负", "is negative").violations[0]
    assert fields_of(InvalidFields([one])) == ["page_size"]


def bare_refusals(path: Path) -> Iterator[str]:
    """Yield where a module refuses an argument without its field."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        reason, names = call.args[0], {keyword.arg for keyword in call.keywords}
        if (
            isinstance(reason, ast.Constant)
            and reason.value in ARGUMENTS
            and reason.value != "BAD_CONFIG"  # nobody has asked anything yet
            and isinstance(call.func, ast.Name)
            and call.func.id in {"Refused", "YdxError"}
            and "field" not in names
        ):
            yield f"{path.name}:{call.lineno} {reason.value}"


def test_what_refuses_an_argument_says_which() -> None:
    root = Path(node.__path__[0])
    found = [
        bare
        for layer in ("rpc", "services")
        for path in sorted((root / layer).rglob("*.py"))
        if path.name not in NOT_OF_A_REQUEST
        for bare in bare_refusals(path)
    ]
    assert found == []


def refused_by(call: Callable[[], object]) -> YdxError:
    with pytest.raises(YdxError) as caught:
        call()
    return caught.value


def sync_servicer(**parts: Any) -> SyncServicer:
    unused: Any = None
    names = ("room", "watch", "log_server", "witness", "trust", "books")
    return SyncServicer(**(dict.fromkeys(names, unused) | parts))


class Board:
    """Knows of no log anything."""

    reached = None

    def origin(self, _origin: str) -> Board:
        return self


def test_tokens_and_request_ids_are_named() -> None:
    tokens = PageTokens(bytes(32), bytes)
    assert fields_of(refused_by(lambda: tokens.open("ListListings", b"", "x"))) == ["page_token"]
    assert fields_of(refused_by(lambda: place_of(b"x"))) == ["request_id"]


@pytest.mark.parametrize(
    ("method", "request_made", "field"),
    [
        ("GetHeads", wire.GetHeadsRequest(start_id=b"x"), "start_id"),
        (
            "GetHeads",
            wire.GetHeadsRequest(meeting=wire.Meeting(heads=[wire.Head(), wire.Head()])),
            "meeting",
        ),
        ("FetchParts", wire.FetchPartsRequest(places=[wire.PartPlace()] * 513), "places"),
        ("ReadLog", wire.ReadLogRequest(origin="ydx.example/anhui"), "from_size"),
    ],
)
def test_what_a_member_asks_wrongly_is_named(method: str, request_made: Any, field: str) -> None:
    unused: Any = None
    board: Any = Board()
    servicer = sync_servicer(log_server=LogServer(unused, board, unused, unused))

    def ask() -> None:
        answer = getattr(servicer, method)
        if method == "ReadLog":
            next(answer(request_made, PLATFORM, unused))
        else:
            answer(request_made, PLATFORM)

    assert fields_of(refused_by(ask)) == [field]
    assert is_path(SYNC.methods_by_name[method].input_type, field)


@pytest.mark.parametrize(
    ("method", "part", "reason", "field"),
    [
        ("ReconcileBooks", "books", "MALFORMED_REQUEST", "question"),
        ("ReconcileBooks", "books", "WRONG_ORIGIN", "question"),
        ("ReconcileBooks", "books", "MALFORMED_NOTE", "proof"),
        ("ReconcileBooks", "books", "NO_TRUSTED_SIGNATURE", "proof"),
        ("Cosign", "witness", "BAD_SIGNATURE", "checkpoint"),
        ("Cosign", "witness", "BAD_PROOF", "proof"),
    ],
)
def test_of_bytes_that_a_member_sends_the_field_is_named(
    method: str, part: str, reason: str, field: str
) -> None:
    def refuse(*_: object) -> None:
        raise Refused(reason, "what is wrong")

    class Anything:
        """Has every attribute, and what it is called for refuses or gives itself."""

        answer = cosign = staticmethod(refuse)

        def __getattr__(self, _name: str) -> Anything:
            return self

        def __call__(self, *_: object) -> Anything:
            return self

    anything = Anything()
    servicer = sync_servicer(**{"room": anything, "trust": anything, part: anything})
    asked = {"ReconcileBooks": wire.ReconcileBooksRequest(), "Cosign": wire.CosignRequest()}
    error = refused_by(lambda: getattr(servicer, method)(asked[method], PLATFORM))
    assert fields_of(error) == [field]


@pytest.fixture(scope="module")
def channels() -> Iterator[dict[str, grpc.Channel]]:
    """Dial both listeners: the exchange's, and the one of members with mutual TLS."""
    with exchange() as platform, members() as member:
        yield {service.full_name: platform for service in EXCHANGE} | {SYNC.full_name: member}


@contextmanager
def exchange() -> Iterator[grpc.Channel]:
    listener = Listener("127.0.0.1:0", lambda _: ANYBODY)
    with (
        serving(listener, *((one, servicer_of(one)) for one in EXCHANGE)) as server,
        dialled(server) as channel,
    ):
        yield channel


@contextmanager
def members() -> Iterator[grpc.Channel]:
    ours, theirs = identity("shanghai"), identity("jiangsu")
    pins = Pins([ours.member, theirs.member])
    listener = Listener(
        "127.0.0.1:0",
        by_certificate(pins),
        federation_credentials(pins, ours.key, ours.certificate),
    )
    with (
        serving(listener, (SYNC, servicer_of(SYNC))) as server,
        member_channel(
            f"127.0.0.1:{server.port}",
            "shanghai",
            roots=ours.certificate,
            key=theirs.key,
            certificate=theirs.certificate,
        ) as channel,
    ):
        yield channel


@pytest.mark.parametrize(
    ("service", "method"), RPCS, ids=[f"{one.name}.{method.name}" for one, method in RPCS]
)
def test_bytes_that_are_no_message_are_a_bad_argument(
    channels: dict[str, grpc.Channel], service: Any, method: Any
) -> None:
    channel, path = channels[service.full_name], path_of(service, method.name)
    for body in NO_MESSAGE:
        told = failure(partial(invoke, channel, path, body))
        assert (told.code, told.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST"), body
        assert [one.field for one in told.violations] == [WHOLE_REQUEST]
        assert told.broken_rules == ()


@pytest.mark.parametrize("service", [CATALOGUE, SYNC], ids=["exchange", "members"])
@pytest.mark.parametrize("name", ["Nothing", "Nothing/at/all"])
def test_a_method_that_is_not_there_is_told_with_its_reason(
    channels: dict[str, grpc.Channel], service: Any, name: str
) -> None:
    told: CallError = failure(
        partial(invoke, channels[service.full_name], path_of(service, name), b"\xff")
    )
    assert (told.code, told.reason) == ("UNIMPLEMENTED", "UNKNOWN_METHOD")
    assert told.cure_zh == MEANINGS["UNKNOWN_METHOD"].cure_zh
    assert told.what == "this listener has no such method", "our words, not those of gRPC"
