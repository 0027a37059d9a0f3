"""Exchange listeners over the ledgers of three members that have nothing but databases.

The logs are copied from member to member, and every note is made when it is asked for: cheap enough
for a world for each module. `ledger_serving` has listeners over members that sign and cosign.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import grpc

from federation.log.keys import COSIGNATURE_V1
from node.exporting.exports import LedgerExports
from node.rpc.authentication import by_token
from node.rpc.client_errors import read_error
from node.rpc.exchange_client import CallFailedError, ExchangeClient
from node.rpc.ledger_service import LedgerServicer
from node.rpc.page_tokens import PageTokens
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.catalogue.receipts import PublishableNote, Receipts
from node.services.ledger.books_answering import BooksAnswering
from node.services.ledger.reconciling import LedgerReconciling
from node.services.ledger.trails import LedgerTrails
from tests.node.rpc.serving import LEDGER, serving
from tests.node.services.ledger.ledger_world import LedgerMember, LedgerWorld, ledger_world
from tests.node.services.ledger.made_books import keys_of, signer_of
from tests.node.services.ledger.made_ledger import WITNESS, FixedRegistry, log_signer
from tests.node.services.partnership.contract_texts import CENTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from federation.log.keys import VerifierKey
    from federation.sync.frames import BooksTold, Peer
    from federation.trust.registry import Registry
    from node.rpc.client_errors import CallError

MANAGER: Final = "技术经理人甲"
"""The pseudonym of a technology manager."""
TOKENS: Final = {
    **{role.value: Caller(frozenset({role}), role.value) for role in Role},
    "both": Caller(frozenset({Role.CLERK, Role.APPROVER}), "both"),
    **{
        f"{who}-{number}": Caller(
            frozenset({Role.CLERK, Role.APPROVER}), f"{who}-{number}", holder=holder
        )
        for who, holder in (("li", "李薇"), ("wang", "Wang Min"), ("WANG", "WANG min"))
        for number in (1, 2)
    },
    "second": Caller(frozenset({Role.CLERK, Role.APPROVER}), "second"),
    "platform": Caller(frozenset({Role.PLATFORM}), "platform", source_platform="anhui-tech"),
    "manager": Caller(frozenset({Role.PARTNER}), "manager", organisation=MANAGER),
    "partner": Caller(frozenset({Role.PARTNER}), "partner", organisation="合肥平台"),
    "stranger": Caller(frozenset({Role.PARTNER}), "stranger", organisation="无名公司"),
}
"""Callers by their token."""


class _OneWitness(FixedRegistry):
    """A registry by which anhui's cosignature is a quorum, for whoever proves receipts."""

    def member_of_origin(self, origin: str) -> SimpleNamespace:
        return SimpleNamespace(name=origin.rpartition("/")[2], joined_version=1)

    def log_keys_at(self, origin: str, _tree_size: int) -> tuple[VerifierKey, ...]:
        return (log_signer(origin).verifier(),)

    def witness_keys_at(self, *_: object) -> tuple[VerifierKey, ...]:
        return (WITNESS.verifier(COSIGNATURE_V1),)


REGISTRY: Final = cast("Registry", _OneWitness())


class _Answers:
    """A peer that compares books in this process."""

    def __init__(self, caller: str, member: LedgerMember) -> None:
        self.name = member.name
        self._caller = caller
        self._answering = BooksAnswering(member.database, signer_of(member.name), keys_of)

    def reconcile_books(self, question: bytes, proof: bytes) -> BooksTold:
        return self._answering.answer(self._caller, question, proof)


def note_over(member: LedgerMember, origin: str, leaf_index: int) -> PublishableNote | None:
    """Return a note of what is confirmed of a log, where that covers an entry."""
    found = member.confirmed(origin)
    if found is None or found[1].tree_size <= leaf_index:
        return None
    return PublishableNote(found[0], found[1].tree_size, is_confirmed=True)


def ledger_servicer(member: LedgerMember, others: list[LedgerMember]) -> LedgerServicer:
    """Return what serves a member's ledger."""
    database, party = member.database, member.party
    receipts = Receipts(
        database,
        party.catalogue,
        party.copies,
        lambda origin, leaf_index: note_over(member, origin, leaf_index),
    )
    peers = {one.name: cast("Peer", _Answers(member.name, one)) for one in others}
    return LedgerServicer(
        sequencer=party.sequencer,
        view=member.view,
        proposing=member.proposing,
        answering=member.answering,
        policies=member.policies,
        simulating=member.simulating,
        shown=member.shown,
        accounts=member.accounts,
        trails=LedgerTrails(database, member.shown, receipts),
        exports=LedgerExports(database, member.shown, receipts),
        reconciling=LedgerReconciling(
            database, peers, signer_of(member.name), keys_of, lambda *_: None
        ),
        bookkeeper=member.bookkeeper,
        tokens=PageTokens(bytes(32), os.urandom),
    )


class Desk:
    """Calls one member's node; a caller's token is its name."""

    def __init__(self, member: LedgerMember, port: int) -> None:
        self.member = member
        self._address = f"127.0.0.1:{port}"
        self._clients: dict[str, ExchangeClient] = {}

    def _client(self, who: str) -> ExchangeClient:
        if who not in self._clients:
            self._clients[who] = ExchangeClient(self._address, who)
        return self._clients[who]

    def call(self, method: str, who: str = "clerk", /, **fields: Any) -> Any:
        """Return the answer of a unary method."""
        return self._client(who).call(method, timeout_s=60.0, repeat=False, **fields)

    def refusal(self, method: str, who: str = "clerk", /, **fields: Any) -> CallError:
        """Return why a call is refused; nothing may be written then."""
        size = self.size()
        try:
            if method == "ExportBooks":
                self.file(who, **fields)
            else:
                self.call(method, who, **fields)
        except CallFailedError as failure:
            assert self.size() == size, "a refused call has written"
            return failure.call
        raise AssertionError(f"{method} of {who} was answered")

    def refusal_of_bytes(self, method: str, request: bytes, who: str = "clerk", /) -> CallError:
        """Return why a request that no client of ours would make is refused, as `refusal`."""
        size = self.size()
        with grpc.insecure_channel(self._address) as channel:
            try:
                call: Any = channel.unary_unary(f"/{LEDGER.full_name}/{method}")
                call(request, metadata=(("authorization", f"Bearer {who}"),), timeout=60.0)
            except grpc.RpcError as error:
                assert self.size() == size, "a refused call has written"
                return read_error(error)
        raise AssertionError(f"{method} of {who} was answered")

    def file(self, who: str = "clerk", /, **fields: Any) -> bytes:
        """Return an export as a whole."""
        return b"".join(one.content for one in self._client(who).stream("ExportBooks", **fields))

    def size(self) -> int:
        """Return how many entries the own log has."""
        return self.member.size()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()


class Desks:
    """The desks of all members, and the world that they share."""

    def __init__(self, world: LedgerWorld) -> None:
        self.world = world
        self._desks: dict[str, Desk] = {}
        self._stack = ExitStack()
        for name in world.members:
            self.serve(name)

    def __getitem__(self, name: str) -> Desk:
        return self._desks[name]

    def serve(self, name: str) -> None:
        """Serve a member's ledger on a free port, anew if it was served before."""
        member = self.world[name]
        others = [one for one in self.world.members.values() if one is not member]
        listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
        servicer = ledger_servicer(member, others)
        server = self._stack.enter_context(serving(listener, (LEDGER, servicer)))
        self._desks[name] = Desk(member, server.port)
        self._stack.callback(self._desks[name].close)

    def restart(self, name: str) -> None:
        """Let a member's ledger start anew over its database."""
        self.world.members[name] = LedgerMember(self.world[name].party)
        self.serve(name)

    def accept(self, *names: str) -> None:
        """Let both signers accept, and the center decide."""
        for one in ("anhui", "jiangsu"):
            self[one].call("AcceptProposals", "approver", names=names)
        self.world.settle()

    def close_period(self, agreement: str, period: str) -> Any:
        """Close a period at the center, and let everybody know."""
        told = self[CENTER].call("ClosePeriod", agreement=agreement, period=period).statement
        self.world.send()
        return told

    def close(self) -> None:
        """Stop serving."""
        self._stack.close()


@contextmanager
def ledger_desks(folder: Path, urls: Mapping[str, str] | None = None) -> Iterator[Desks]:
    """Give three served members, with databases in a folder or where `urls` has one."""
    with ledger_world(folder, urls) as world:
        desks = Desks(world)
        try:
            yield desks
        finally:
            desks.close()
