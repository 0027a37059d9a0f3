"""Every RPC × every role, from the descriptors (fault F19); what has no row cannot be served."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from node.rpc import handlers, policy
from node.rpc.authentication import by_certificate, by_token
from node.rpc.channels import member_channel
from node.rpc.pins import Pins
from node.rpc.server import Listener, RpcServer, federation_credentials
from node.services.access import Access, Role
from node.storage.database import Database
from tests.node.rpc.serving import (
    CATALOGUE,
    CONTRACT,
    LEDGER,
    NODE,
    PARTNERSHIP,
    PLATFORM,
    SEARCH,
    SYNC,
    Counts,
    dialled,
    failure,
    identity,
    invoke,
    path_of,
    servicer_of,
    serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


EXCHANGE = (CATALOGUE, CONTRACT, LEDGER, NODE, PARTNERSHIP, SEARCH)
METHODS = [(service, m.name) for service in EXCHANGE for m in service.methods]
TOKEN_ROLES: list[Role] = [role for role in Role if role is not Role.MEMBER]
_READ_ALL = {Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR}
CONTRACTS = {
    "CreateContract": {Role.CLERK},
    "AmendContract": {Role.CLERK},
    "ConfirmContract": {Role.CLERK},
    "RecordRegistration": {Role.CLERK},
    "CancelContract": {Role.CLERK},
    "GetContract": _READ_ALL | {Role.PARTNER},
    "ListContracts": _READ_ALL | {Role.PARTNER},
    "GetContractReceipt": _READ_ALL | {Role.PARTNER},
    "GetReport": _READ_ALL,
}
_LINES = _READ_ALL | {Role.PARTNER}
LEDGERS: dict[str, set[Role]] = {
    "CreateAgreement": {Role.CLERK},
    "AmendAgreement": {Role.CLERK},
    "TerminateAgreement": {Role.CLERK},
    "ProposeIncome": {Role.CLERK},
    "BatchProposeIncomes": {Role.CLERK},
    "ProposeReversal": {Role.CLERK},
    "ProposePayment": {Role.CLERK},
    "ClosePeriod": {Role.CLERK},
    "AcceptProposals": {Role.APPROVER},
    "RejectProposal": {Role.APPROVER},
    "AcceptStatement": {Role.APPROVER},
    "SetAcceptancePolicy": {Role.APPROVER},
    "DisputeIncome": {Role.CLERK, Role.APPROVER},
    "SimulateAllocation": _READ_ALL,
    "GetProposal": _READ_ALL,
    "ListProposals": _READ_ALL,
    "GetAuditTrail": _READ_ALL,
    "ExportBooks": _READ_ALL,
    "ReconcileBooks": {Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR},
    "GetAgreement": _LINES,
    "ListAgreements": _LINES,
    "ListEntries": _LINES,
    "GetBalances": _LINES,
    "ListStatements": _LINES,
    "GetNetting": _LINES,
}
WRITES = ("Publish", "Revise", "Withdraw", "BatchPublish")


_SIDES = {Role.PARTNER, Role.CLERK, Role.PLATFORM}
_OPINIONS = set(TOKEN_ROLES) - {Role.SECURITY, Role.AUDITOR}
OTHERS: dict[str, set[Role]] = {
    "SubmitEnquiry": {Role.PARTNER, Role.CLERK},
    "TakeEnquiryStep": _SIDES,
    "AddEnquiryNote": _SIDES,
    "GiveContacts": _SIDES,
    "WithdrawConsent": _SIDES,
    "EraseRecord": {Role.PLATFORM, Role.SECURITY},
    "RebuildIndex": {Role.OPERATOR},
    "GiveMatchFeedback": _OPINIONS,
    "DismissDuplicate": _OPINIONS,
    "GetNode": set(TOKEN_ROLES),
    "GetSyncStatus": set(TOKEN_ROLES),
    "GetStateDigest": set(TOKEN_ROLES),
    "GetTrustFiles": set(TOKEN_ROLES),
    "RetryPeer": {Role.OPERATOR},
}


def expected_roles(method: str) -> set[Role]:
    """Say what DESIGN section 10 says, in words other than the table's."""
    known = CONTRACTS.get(method) or LEDGERS.get(method) or OTHERS.get(method)
    if known is None and method.startswith(WRITES):
        return {Role.PLATFORM}
    return known or set(TOKEN_ROLES) - {Role.SECURITY}


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    folder: Path = tmp_path_factory.mktemp("access")
    database = Database.open(f"sqlite:///{folder / 'node.db'}")
    yield Access(database, clock=time.time, random_bytes=os.urandom)
    database.close()


@pytest.fixture(scope="module")
def exchange(access: Access) -> Iterator[RpcServer]:
    listener = Listener("127.0.0.1:0", by_token(access.verify))
    services = [(service, servicer_of(service)) for service in EXCHANGE]
    with serving(listener, *services) as server:
        yield server


@pytest.mark.parametrize("role", TOKEN_ROLES)
def test_each_role_may_call_what_the_design_gives_it_and_nothing_else(
    access: Access, exchange: RpcServer, role: Role
) -> None:
    scope = "sz" if role in {Role.PLATFORM, Role.PARTNER} else ""
    token = access.create([role], scope=scope, days=1)
    with dialled(exchange) as channel:
        for service, name in METHODS:
            path = path_of(service, name)
            if role in expected_roles(name):
                invoke(channel, path, token=token)
            else:
                error = failure(partial(invoke, channel, path, token=token))
                assert (error.code, error.reason) == ("PERMISSION_DENIED", "ROLE_MISSING"), path
                needs = ", ".join(sorted(expected_roles(name)))
                assert error.metadata == {"method": path, "roles": role, "needs": needs}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "TOKEN_MISSING"),
        ("", "TOKEN_MISSING"),
        ("ydx_aaaaaaaa_" + "a" * 32, "TOKEN_INVALID"),
        ("ydx_" + "a" * 8000, "TOKEN_INVALID"),
    ],
    ids=["no token", "an empty token", "an unknown token", "a token that is no token"],
)
def test_nobody_unknown_may_call_anything(
    exchange: RpcServer, token: str | None, reason: str
) -> None:
    with dialled(exchange) as channel:
        for service, name in METHODS:
            path = path_of(service, name)
            error = failure(partial(invoke, channel, path, token=token))
            assert (error.code, error.reason) == ("UNAUTHENTICATED", reason), path


def test_another_scheme_than_bearer_is_no_token(exchange: RpcServer) -> None:
    with dialled(exchange) as channel:
        get: Any = channel.unary_unary(path_of(NODE, "GetNode"))
        error = failure(lambda: get(b"", metadata=(("authorization", "Basic YTpi"),), timeout=10))
    assert error.reason == "TOKEN_MISSING"


def test_the_sync_service_is_for_members_and_members_may_call_nothing_else() -> None:
    shanghai, anhui = identity("shanghai"), identity("anhui")
    pins = Pins([shanghai.member, anhui.member])
    credentials = federation_credentials(pins, shanghai.key, shanghai.certificate)
    listener = Listener("127.0.0.1:0", by_certificate(pins), credentials)
    services = [(service, servicer_of(service)) for service in (SYNC, *EXCHANGE)]
    with (
        serving(listener, *services) as server,
        member_channel(
            f"127.0.0.1:{server.port}",
            "shanghai",
            roots=pins.roots_of("shanghai"),
            key=anhui.key,
            certificate=anhui.certificate,
        ) as channel,
    ):
        for method in SYNC.methods:
            invoke(channel, path_of(SYNC, method.name))
        for service, name in METHODS:
            path = path_of(service, name)
            error = failure(partial(invoke, channel, path))
            assert error.reason == "ROLE_MISSING", path


def test_no_token_role_opens_the_sync_service() -> None:
    for method in SYNC.methods:
        assert policy.allowed_roles(path_of(SYNC, method.name)) == {Role.MEMBER}


def test_the_table_has_a_row_for_each_rpc_and_no_other_row() -> None:
    rpcs = {path_of(s, m.name) for s in (*EXCHANGE, SYNC) for m in s.methods}
    assert set(policy.POLICY) == rpcs


def build(service: object, servicer: object) -> RpcServer:
    counts = Counts()
    listener = Listener("127.0.0.1:0", lambda _: PLATFORM)
    return RpcServer(listener, [(service, servicer)], metrics=counts, audit=counts.audit)  # type: ignore[list-item]


def test_a_new_rpc_without_a_row_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(policy.POLICY, path_of(CATALOGUE, "GetReceipt"))
    with pytest.raises(LookupError, match="GetReceipt has no row in the policy table"):
        build(CATALOGUE, servicer_of(CATALOGUE))


HALF = ("GetSyncStatus", "GetStateDigest", "RetryPeer")


def test_a_servicer_that_lacks_an_rpc_stops_the_server() -> None:
    with pytest.raises(LookupError, match=r"does not match .*NodeService: GetNode"):
        build(NODE, type("Half", (), dict.fromkeys(HALF, print))())


def test_a_servicer_with_a_method_that_is_no_rpc_stops_the_server() -> None:
    servicer = servicer_of(NODE)
    type(servicer).DropEverything = print  # type: ignore[attr-defined]
    with pytest.raises(LookupError, match="DropEverything"):
        build(NODE, servicer)


def test_no_request_can_nest_deeper_than_the_limit() -> None:
    for service in (*EXCHANGE, SYNC):
        for method in service.methods:
            assert handlers.message_depth(method.input_type) <= handlers.NESTING_MAX


def test_a_recursive_request_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "NESTING_MAX", 1)
    with pytest.raises(LookupError, match="nested deeper than 1"):
        build(NODE, servicer_of(NODE))
