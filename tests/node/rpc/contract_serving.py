"""A real exchange listener over one party's contracts, reports and views of organisations."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from node.rpc import contract_service
from node.rpc.authentication import by_token
from node.rpc.channels import bearer
from node.rpc.contract_service import ContractServicer
from node.rpc.page_tokens import PageTokens
from node.rpc.server import Listener
from node.search.folder import IndexFolder
from node.services.access import Caller, Role
from node.services.catalogue.records import shanghai_day
from node.services.finding.duplicates import Duplicates
from node.services.finding.index_standing import IndexStanding
from node.services.finding.indexing import Indexer, IndexerPorts
from node.services.finding.searching import Search
from node.services.finding.served_index import ServedIndex
from node.services.partnership.organisation_view import OrganisationViews
from node.services.partnership.report_folds import Target
from node.services.partnership.reports import Reports
from tests.node.rpc.serving import serving
from tests.node.services.partnership.contract_partners import small_partners
from tests.node.services.partnership.contract_texts import (
    AUDITOR,
    BUYER_USCC,
    CLERK,
    SELLER,
    SELLER_USCC,
)
from ydx.exchange.v1.contract_service_pb2_grpc import ContractServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.node.services.partnership.contract_party import Party

TOKENS: Final = {
    "clerk": CLERK,
    "auditor": AUDITOR,
    "buyer": Caller(frozenset({Role.PARTNER}), "b", organisation=BUYER_USCC),
    "seller": Caller(frozenset({Role.PARTNER}), "v", organisation=SELLER_USCC),
    "stranger": Caller(frozenset({Role.PARTNER}), "s", organisation="无名公司"),
    "platform": Caller(frozenset({Role.PLATFORM}), "p", source_platform="anhui-tech"),
}
TARGETS: Final = {
    "turnover": Target("contract_amount_fen", 80_000_000_000_000, "2027-12-31"),
    "managers": Target("managers", 3000, "2027-12-31"),
}


class ContractExchange:
    """The contract side of one party; `index` lets the search find what is published."""

    def __init__(self, party: Party, folder: Path) -> None:
        self.party = party
        index = ServedIndex(party.database, folder)
        ports = IndexerPorts(party.database.sync, index.show)
        self.indexer = Indexer(party.database, IndexFolder(folder), ports, lambda: self._now_s)
        self._now_s = 0.0

        def today() -> Any:
            return shanghai_day(party.clock())

        database, catalogue = party.database, party.catalogue
        standing = IndexStanding(database, party.completeness)
        duplicates = Duplicates(database, catalogue, index, standing)
        self.finder = Search(database, catalogue, index, duplicates, standing, today, lambda _: ())
        self.reports = Reports(
            party.database,
            party.view,
            self.finder,
            index.snapshot,
            party.completeness,
            today,
            TARGETS,
        )
        self.servicer = ContractServicer(
            party.sequencer,
            party.writing,
            party.contracts,
            self.reports,
            OrganisationViews(party.database, party.name, self.finder, party.contracts),
            PageTokens(bytes(32), os.urandom),
        )

    def index(self) -> None:
        """Take in everything and commit it."""
        self._now_s += 60.0
        while self.indexer.step():
            self._now_s += 60.0
        self.indexer.step()


class Client:
    """Calls as one caller."""

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = ContractServiceStub(self.channel)

    def call(self, method: str, request: object, caller: str = "clerk") -> Any:
        """Make a unary call; the caller's token is its name."""
        return getattr(self.stub, method)(request, metadata=bearer(caller), timeout=30)


@contextmanager
def contract_listener(exchange: ContractExchange) -> Iterator[int]:
    """Serve on a free port; tokens are the names of TOKENS."""
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    with serving(listener, (contract_service.SERVICE, exchange.servicer)) as server:
        yield server.port


@contextmanager
def contract_client(tmp_path: Path) -> Iterator[Client]:
    """Serve the contracts of a seller who has none yet."""
    with small_partners(tmp_path) as partners:
        exchange = ContractExchange(partners.parties[SELLER], tmp_path / "search")
        with contract_listener(exchange) as port:
            one = Client(port)
            with one.channel:
                yield one
