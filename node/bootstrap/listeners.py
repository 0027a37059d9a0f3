"""The four listeners of a node: federation, exchange, web, telemetry."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Final

import grpc
import structlog

from node import processors
from node.bootstrap.alert_side import AlertSide
from node.bootstrap.exchange_side import ExchangeSide
from node.bootstrap.federation_side import FederationSide
from node.config.settings import Settings, split_address
from node.config.tls_files import check_tls_files, tls_context
from node.rpc import (
    catalogue_service,
    contract_service,
    ledger_service,
    node_service,
    partnership_service,
    search_service,
    sync_service,
)
from node.rpc.authentication import by_certificate, by_token
from node.rpc.catalogue_service import CatalogueServicer
from node.rpc.contract_service import ContractServicer
from node.rpc.limits import RpcLimits
from node.rpc.node_service import NodeServicer
from node.rpc.search_service import SearchServicer
from node.rpc.server import (
    Listener,
    RpcServer,
    exchange_credentials,
    federation_credentials,
)
from node.rpc.sync_service import SyncServicer
from node.services.access import Caller
from node.services.finding.indexing import Progress
from node.services.sync.published_logs import PublishedLogs
from node.services.sync.retrying import PeerRetry
from node.storage.requests import RETENTION_S
from node.telemetry.calls import Kind
from node.telemetry.metrics import Metrics
from node.web.logs import logs_application
from node.web.rate_limit import RateLimit
from node.web.server import Listener as WebListener
from node.web.server import WebServer
from node.web.telemetry import telemetry_application

DAY_S: Final = 86_400
_SERVICES: Final = (
    sync_service.SERVICE,
    node_service.SERVICE,
    catalogue_service.SERVICE,
    search_service.SERVICE,
    contract_service.SERVICE,
    partnership_service.SERVICE,
    ledger_service.SERVICE,
)

_log = structlog.get_logger(__name__)


class Listeners:
    """All listeners of a node, opened and closed together."""

    def __init__(
        self,
        settings: Settings,
        side: FederationSide,
        exchange: ExchangeSide,
        alerts: AlertSide,
        metrics: Metrics,
        readiness: Callable[[], Mapping[str, bool]],
        rebuild_index: Callable[[], Generator[Progress, None, None]],
    ) -> None:
        self._settings = settings
        self._side = side
        self.is_open = False
        for listener, expires_s in check_tls_files(settings.listen).items():
            metrics.certificate_expiry_time.labels(listener).set(expires_s)
        limits = RpcLimits(
            unary_threads=settings.limits.unary_threads,
            streams_max=settings.limits.stream_threads,
            stream_life_s=float(settings.limits.stream_life_s),
        )
        for service in _SERVICES:
            for method in service.methods:
                kind: Kind = "server_stream" if method.server_streaming else "unary"
                metrics.calls.serve(f"/{service.full_name}/{method.name}", kind)
        self._federation = RpcServer(
            Listener(
                settings.listen.federation,
                by_certificate(side.pins),
                federation_credentials(
                    side.pins, side.keys.tls_key_pem, side.keys.tls_certificate_pem
                ),
                limits,
            ),
            [(sync_service.SERVICE, self._sync_servicer(exchange))],
            metrics=metrics.calls,
            audit=_audit,
        )
        side.pins.on_change(self._federation.cancel_pins)
        self._exchange = RpcServer(
            Listener(
                settings.listen.exchange,
                by_token(exchange.access.verify),
                _exchange_tls(settings),
                limits,
                reflection=settings.listen.exchange_reflection,
                open_probes=settings.listen.exchange_reflection,
            ),
            [
                (
                    node_service.SERVICE,
                    NodeServicer(
                        exchange.status,
                        PeerRetry(
                            side.book, {one.peer.name: one for one in side.links}, side.followers
                        ).retry,
                        limits,
                        round(RETENTION_S / DAY_S),
                        side.trust.files,
                    ),
                ),
                (catalogue_service.SERVICE, _catalogue_servicer(exchange)),
                (
                    search_service.SERVICE,
                    SearchServicer(
                        exchange.finder,
                        exchange.matching,
                        exchange.duplicates,
                        rebuild_index,
                        exchange.tokens,
                        alerts.saved,
                        alerts.alerts,
                    ),
                ),
                (contract_service.SERVICE, _contract_servicer(exchange)),
                (partnership_service.SERVICE, exchange.partnerships.servicer),
                (ledger_service.SERVICE, exchange.ledger.servicer),
            ],
            metrics=metrics.calls,
            audit=_audit,
        )
        self._web = WebServer(
            [self._logs_listener(metrics), _telemetry_listener(settings, metrics, readiness)]
        )

    def start(self) -> dict[str, str]:
        """Open all; return where each listens."""
        web_port, telemetry_port = self._web.start()
        self._federation.start()
        with processors.together():
            self._exchange.start()
        self.is_open = True
        listen = self._settings.listen
        return {
            "federation": _at(listen.federation, self._federation.port),
            "exchange": _at(listen.exchange, self._exchange.port),
            "web": _at(listen.web, web_port),
            "telemetry": _at(listen.telemetry, telemetry_port),
        }

    def tell_writes(self, *, taken: bool) -> None:
        """State the health of the services that take writes; reads go on either way."""
        for module in (catalogue_service, partnership_service, contract_service, ledger_service):
            self._exchange.set_health(module.SERVICE.full_name, serving=taken)

    def stop(self, grace_s: float) -> None:
        """Close all, letting running calls end within the grace time."""
        self.is_open = False
        self._exchange.stop(grace_s)
        self._federation.stop(grace_s)
        self._web.stop()

    def _sync_servicer(self, exchange: ExchangeSide) -> SyncServicer:
        side, books = self._side, exchange.ledger.books
        return SyncServicer(side.room, side.watch, side.log_server, side.witness, side.trust, books)

    def _logs_listener(self, metrics: Metrics) -> WebListener:
        side, listen = self._side, self._settings.listen
        reader = PublishedLogs(
            side.database, side.member.name, side.trust.registry, side.board.publishable
        )
        limit = RateLimit(self._settings.limits.web_requests_per_s, time.monotonic)
        tls = None
        if listen.web_certificate is not None and listen.web_key is not None:
            tls = tls_context(listen.web_certificate, listen.web_key)
        host, port = split_address(listen.web)
        return WebListener(logs_application(reader, limit, metrics.web_answered), host, port, tls)


def _catalogue_servicer(exchange: ExchangeSide) -> CatalogueServicer:
    return CatalogueServicer(
        sequencer=exchange.sequencer,
        publishing=exchange.publishing,
        batches=exchange.batches,
        catalogue=exchange.catalogue,
        feed=exchange.feed,
        receipts=exchange.receipts,
        tokens=exchange.tokens,
        erasing=exchange.erasing,
    )


def _contract_servicer(exchange: ExchangeSide) -> ContractServicer:
    side = exchange.contracts
    return ContractServicer(
        exchange.sequencer,
        side.writing,
        side.contracts,
        side.reports,
        side.organisations,
        exchange.tokens,
    )


def _telemetry_listener(
    settings: Settings, metrics: Metrics, readiness: Callable[[], Mapping[str, bool]]
) -> WebListener:
    host, port = split_address(settings.listen.telemetry)
    return WebListener(telemetry_application(metrics, readiness), host, port)


def _exchange_tls(settings: Settings) -> grpc.ServerCredentials | None:
    listen = settings.listen
    if listen.exchange_certificate is None or listen.exchange_key is None:
        return None
    return exchange_credentials(
        listen.exchange_key.read_bytes(), listen.exchange_certificate.read_bytes()
    )


def _audit(method: str, caller: Caller | None, code: str) -> None:
    """Log a call that was refused or failed; what succeeds is counted, not logged."""
    if code != "OK":
        _log.info("call", method=method, caller=caller.identity if caller else "", code=code)


def _at(address: str, port: int) -> str:
    return f"{split_address(address)[0]}:{port}"
