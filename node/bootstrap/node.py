"""A node, from its settings to a running process and back.

Order: keys are locked before the database is opened, so that a second process of the same member
stops at the door; listeners open last and close first.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Final, Self

import structlog

from federation.log.errors import Refused, YdxError
from federation.sync.client import GrpcPeer
from federation.sync.frames import Peer
from node import processors
from node.bootstrap.alert_side import AlertPorts, AlertSide, build_alert_side
from node.bootstrap.database_watch import DatabaseWatch
from node.bootstrap.exchange_side import ExchangeSide, build_exchange_side
from node.bootstrap.federation_side import FederationBuilder, FederationPorts, FederationSide
from node.bootstrap.index_process import IndexProcess, IndexTask
from node.bootstrap.listeners import Listeners
from node.bootstrap.loops import Loops
from node.bootstrap.measuring import (
    add_database_hook,
    add_deadline_hook,
    add_destruction_hook,
    add_hooks,
    add_index_hook,
    add_ledger_hook,
    add_webhook_hook,
)
from node.bootstrap.running import (
    add_destruction_loop,
    add_index_loops,
    add_ledger_loop,
    add_loops,
    add_partnership_loops,
    add_webhook_loop,
)
from node.config.settings import Settings
from node.rpc.channels import member_channel
from node.rpc.error_table import MEANINGS
from node.rpc.pins import Pins
from node.services.catalogue.destruction import Destruction
from node.services.random_bytes import RandomBytes
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.telemetry.metrics import Metrics

HEALTH_S: Final = 1.0
STOP_S: Final = 5.0
_UNABLE: Final = {"RESTORED_BEHIND", "STOPPED", "DISK_FULL", "DATABASE_ERROR"}
"""Write states that last until an operator does something."""

_log = structlog.get_logger(__name__)


class Node:
    """One running node; `start` and `stop` are called once each."""

    def __init__(self, settings: Settings, index_process: IndexProcess) -> None:
        """Open keys and database, and wire everything; nothing runs yet.

        Raises LOCK_HELD, KEY_WITHOUT_FILE, BAD_CONFIG, NOT_A_MEMBER, TRUST_STALE, DATABASE_NEWER.
        """
        self.settings = settings
        self.index_process = index_process
        self.version = version("ydx-node")
        self.metrics = Metrics(version=self.version, member=settings.node.member, reasons=MEANINGS)
        self._keys = KeyFolder(settings.keys.folder)
        try:
            self._database = Database.open(settings.database.url, origin=settings.node.origin)
            self.side = self._federation_side()
            self.exchange: ExchangeSide = build_exchange_side(
                self.side, time.time, RandomBytes(), self.version, self.metrics, index_process
            )
            self.alerts: AlertSide = build_alert_side(
                settings,
                self._database,
                self.exchange.index,
                self.exchange.access,
                self.exchange.partnerships.reminders,
                AlertPorts(time.time, random.SystemRandom().random, os.urandom),
            )
            self.destruction = Destruction(
                self._database,
                time.time,
                settings.erasure.safety_delay_s,
                settings.erasure.daily_limit_permille,
                self.metrics.parts_destroyed.inc,
            )
        except BaseException:
            self._keys.close()
            raise
        self._database_watch = DatabaseWatch(self._database)
        self.loops = Loops()
        add_loops(self.loops, self.side, self.exchange.sequencer.open_log)
        add_hooks(
            self.metrics,
            self.side,
            self.exchange.status,
            settings.node.folder,
            time.time,
        )
        add_database_hook(self.metrics, self._database, self._database_watch)
        add_index_hook(self.metrics, self.exchange.index_health)
        add_destruction_hook(self.metrics, self.destruction, time.time)
        add_deadline_hook(self.metrics, self.exchange.partnerships.reminders)
        add_ledger_hook(self.metrics, self._database)
        add_webhook_hook(self.metrics, self.alerts.webhooks)
        self.listeners = Listeners(
            settings,
            self.side,
            self.exchange,
            self.alerts,
            self.metrics,
            self.readiness,
            index_process.rebuild,
        )
        add_index_loops(self.loops, self.exchange, index_process)
        add_destruction_loop(self.loops, self.destruction)
        add_webhook_loop(self.loops, self.alerts)
        add_partnership_loops(self.loops, self.exchange)
        add_ledger_loop(self.loops, self.exchange)
        self.loops.add("health", self._tell_health)

    def start(self) -> Self:
        """Open the listeners and start all loops."""
        self.index_process.begin(self._index_task())  # before anybody can ask for a rebuild
        with processors.together():
            self.exchange.sequencer.start()
        addresses = self.listeners.start()
        self.alerts.sender.start()
        self.loops.start()
        _log.info(
            "serving",
            member=self.side.member.name,
            origin=self.side.board.own_origin,
            version=self.version,
            **addresses,
        )
        return self

    def stop(self) -> None:
        """Close the listeners, let what runs end, and give the lock up."""
        self.listeners.stop(STOP_S)
        self.loops.stop(STOP_S)
        self.alerts.sender.stop()
        self.exchange.sequencer.stop()
        self.exchange.asker.close()
        self.index_process.close()
        try:
            self.side.head_store.flush()
        except YdxError as error:
            _log.warning("heads not kept", reason=error.reason, what=error.what)
        self._database.close()
        self._keys.close()
        _log.info("stopped", member=self.side.member.name)

    def readiness(self) -> Mapping[str, bool]:
        """Tell which parts are ready; a peer that is down does not count."""
        return {
            "database": self._database_watch.is_read,
            "listeners": self.listeners.is_open,
            "log": self._log_is_able(),
        }

    def _log_is_able(self) -> bool:
        return self.exchange.status.node().write_state not in _UNABLE

    def _tell_health(self) -> None:
        """Say whether writes are taken; look at the database and the index."""
        self.loops.stopped.wait(HEALTH_S)
        if self._database.sync_failed:
            _log.critical("a sync failed: what is on the disk is not known; the node ends")
            os._exit(1)
        self.listeners.tell_writes(taken=self._log_is_able())
        self._database_watch.look()
        with suppress(YdxError):  # the database is out of reach: others say so
            self.exchange.index_health.look()

    def _index_task(self) -> IndexTask:
        settings = self.settings
        return IndexTask(
            settings.database.url,
            settings.search.folder,
            settings.telemetry.log_format,
            settings.telemetry.log_level,
            self.exchange.index.show,
            self._database.sync,
        )

    def _federation_side(self) -> FederationSide:
        ports = FederationPorts(
            clock=time.time,
            monotonic=time.monotonic,
            jitter=random.SystemRandom().random,
            random_bytes=os.urandom,
            open_peer=self._open_peer,
            refused=self._refused,
            software_version=self.version,
            stored=self.metrics.entries_stored,
        )
        return FederationBuilder(self.settings, self._keys, self._database, ports).build()

    def _open_peer(self, name: str, endpoint: str, pins: Pins) -> Peer:
        channel = member_channel(
            self.settings.sync.addresses.get(name, endpoint),
            name,
            roots=pins.roots_of(name),
            key=self._keys.tls_key_pem,
            certificate=self._keys.tls_certificate_pem,
        )
        return GrpcPeer(name, channel)

    def _refused(self, peer: str, origin: str, refusal: Refused) -> None:
        self.metrics.peer_refused(peer, refusal.reason)
        _log.warning(
            "peer refused", peer=peer, origin=origin, reason=refusal.reason, what=refusal.what
        )
