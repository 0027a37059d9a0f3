"""Wiring of contracts, the reports over them, and the views of organisations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from federation.trust.registry import CENTER
from node.bootstrap.federation_side import FederationSide
from node.services.catalogue.receipts import Receipts
from node.services.catalogue.records import shanghai_day
from node.services.finding.searching import Search
from node.services.finding.served_index import ServedIndex
from node.services.log.sealing import Sealing
from node.services.partnership.contract_writing import ContractWriting
from node.services.partnership.contracts import Contracts
from node.services.partnership.organisation_view import OrganisationViews
from node.services.partnership.report_folds import Target
from node.services.partnership.reports import Reports
from node.services.partnership.view import PartnershipView
from node.services.sync.standing import LiveStatus


@dataclass(frozen=True, slots=True)
class ContractSide:
    """What ContractService serves."""

    writing: ContractWriting
    contracts: Contracts
    reports: Reports
    organisations: OrganisationViews


@dataclass(frozen=True, slots=True)
class ContractPorts:
    """What of the exchange side contracts are wired to."""

    sealing: Sealing
    receipts: Receipts
    index: ServedIndex
    finder: Search
    status: LiveStatus
    partnerships: PartnershipView
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]


def build_contract_side(side: FederationSide, ports: ContractPorts) -> ContractSide:
    """Wire contracts over the two sides."""

    def centers() -> list[str]:
        members = side.trust.registry().members
        return [one.name for one in members if one.left_version is None and one.holds(CENTER)]

    contracts = Contracts(
        side.database, side.member.name, ports.receipts, ports.status.completeness
    )
    targets = {
        name: Target(one.measure, one.amount, one.until)
        for name, one in side.settings.report.targets.items()
    }
    return ContractSide(
        writing=ContractWriting(
            side.database,
            ports.sealing,
            side.board.own_origin,
            side.member.name,
            centers,
            ports.clock,
            ports.random_bytes,
        ),
        contracts=contracts,
        reports=Reports(
            side.database,
            ports.partnerships,
            ports.finder,
            ports.index.snapshot,
            ports.status.completeness,
            lambda: shanghai_day(ports.clock()),
            targets,
        ),
        organisations=OrganisationViews(side.database, side.member.name, ports.finder, contracts),
    )
