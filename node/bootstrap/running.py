"""The loops of a running node: which step runs on which thread, and what wakes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from federation.log.errors import Refused, Unreachable, YdxError
from federation.sync.frames import Peer
from federation.sync.start import Verdict
from node.bootstrap.alert_side import AlertSide
from node.bootstrap.exchange_side import ExchangeSide
from node.bootstrap.federation_side import FederationSide
from node.bootstrap.index_process import IndexProcess
from node.bootstrap.loops import Loops
from node.services.catalogue.destruction import Destruction
from node.services.sync.following import Follower
from node.services.sync.meeting import PeerLink

FLUSH_S: Final = 0.1
FLUSH_GATHER_S: Final = 0.01
"""Several logs are often confirmed together."""
FOLLOW_WAIT_S: Final = 5.0
OFFER_WAIT_S: Final = 5.0
FOLD_WAIT_S: Final = 5.0
NEWS_GATHER_S: Final = 0.02
DESTROY_WAIT_S: Final = 10.0
"""Whoever erases something soon sees it wait in `ydx log destroy`."""
SCRUB_WAIT_S: Final = 30.0
EXPIRE_WAIT_S: Final = 60.0
SEEK_WAIT_S: Final = 1.0
SIGN_WAIT_S: Final = 0.5
START_WAIT_S: Final = 0.2
RENEW_WAIT_S: Final = 60.0
WEBHOOK_WAIT_S: Final = 1.0
LEDGER_WAIT_S: Final = 5.0
LEDGER_GATHER_S: Final = 0.02
"""What comes together is answered together."""

_log = structlog.get_logger(__name__)


def add_loops(loops: Loops, side: FederationSide, open_log: Callable[[], None]) -> None:
    """Add every loop of the federation side; `open_log` appends GENESIS where it is missing."""
    loops.add("signer", _signing(loops, side, open_log), lambda: side.signer.committed(0))
    loops.add("heads", _flushing(loops, side))
    loops.add("parts", _seeking(loops, side))
    loops.add("trust", _renewing(loops, side))
    for link in side.links:
        loops.add(f"link-{link.peer.name}", _linking(loops, link), link.wake)
        if link.peer.name in side.registry_witnesses():
            loops.add(f"offer-{link.peer.name}", _offering(side, link.peer, link.meet))
    for origin, follower in side.followers.items():
        loops.add(f"follow-{origin.rpartition('/')[2]}", _following(loops, follower), follower.wake)


def add_index_loops(loops: Loops, exchange: ExchangeSide, index_process: IndexProcess) -> None:
    """Add the loops that talk with the process that keeps the index."""
    loops.add("index", index_process.listen, index_process.stop)
    loops.add("index-news", _telling(loops, exchange, index_process), exchange.feed.bell.ring)


def add_destruction_loop(loops: Loops, destruction: Destruction) -> None:
    """Add the loop that destroys what was erased."""
    loops.add("destruction", _destroying(loops, destruction))


def add_webhook_loop(loops: Loops, alerts: AlertSide) -> None:
    """Add the loop that sends alerts to webhooks."""
    loops.add("webhooks", _sending(loops, alerts), alerts.webhooks.bell.ring)


def add_partnership_loops(loops: Loops, exchange: ExchangeSide) -> None:
    """Add the loops that keep the partnership view in step, and end what is overdue."""
    loops.add("partnership", _folding(loops, exchange), exchange.feed.bell.ring)
    loops.add("enquiries-overdue", _expiring(loops, exchange))


def add_ledger_loop(loops: Loops, exchange: ExchangeSide) -> None:
    """Add the loop that folds the ledger, accepts by policy, and decides at the center."""
    loops.add("ledger", _booking(loops, exchange), exchange.ledger.bell.ring)


def _signing(
    loops: Loops, side: FederationSide, open_log: Callable[[], None]
) -> Callable[[], None]:
    """Wait for the gate, open the log, then sign whenever it has grown."""
    told: list[Verdict] = []

    def step() -> None:
        verdict = side.gate.verdict()
        if told[-1:] != [verdict]:
            told.append(verdict)
            is_sound = verdict in {Verdict.STARTING, Verdict.OPEN}
            (_log.info if is_sound else _log.warning)("start", verdict=verdict.value)
        if verdict is not Verdict.OPEN or side.signer.stopped is not None:
            loops.stopped.wait(START_WAIT_S)
            return
        open_log()
        side.signer.wait(SIGN_WAIT_S)
        loops.stopped.wait(side.signer.due_in_s())
        side.signer.sign_if_due()

    return step


def _flushing(loops: Loops, side: FederationSide) -> Callable[[], None]:
    def step() -> None:
        side.head_store.wait(FLUSH_S)
        loops.stopped.wait(FLUSH_GATHER_S)
        side.head_store.flush()

    return step


def _seeking(loops: Loops, side: FederationSide) -> Callable[[], None]:
    def step() -> None:
        loops.stopped.wait(SEEK_WAIT_S)
        side.seeker.step()

    return step


def _renewing(loops: Loops, side: FederationSide) -> Callable[[], None]:
    def step() -> None:
        side.trust.renew_if_due()
        loops.stopped.wait(RENEW_WAIT_S)

    return step


def _linking(loops: Loops, link: PeerLink) -> Callable[[], None]:
    def step() -> None:
        link.wait(link.run_once(loops.stopped), loops.stopped)

    return step


def _offering(side: FederationSide, peer: Peer, meet: Callable[[], None]) -> Callable[[], None]:
    def step() -> None:
        side.offering.wait(peer.name, OFFER_WAIT_S)
        try:
            side.offering.ask(peer, meet)
        except Refused as refusal:
            side.room.refused(peer.name, side.board.own_origin, refusal)
        except Unreachable as error:
            _log.debug("witness out of reach", peer=peer.name, reason=error.reason)

    return step


def _following(loops: Loops, follower: Follower) -> Callable[[], None]:
    def step() -> None:
        follower.wait(FOLLOW_WAIT_S)
        while not loops.stopped.is_set() and follower.step():
            pass

    return step


def _telling(
    loops: Loops, exchange: ExchangeSide, index_process: IndexProcess
) -> Callable[[], None]:
    """Tell of news; then wait for more."""
    bell, life = exchange.feed.bell, _Stopping(loops)

    def step() -> None:
        rung = bell.rung
        index_process.tell_news()
        loops.stopped.wait(NEWS_GATHER_S)
        bell.wait(rung, FOLD_WAIT_S, life)

    return step


def _folding(loops: Loops, exchange: ExchangeSide) -> Callable[[], None]:
    """Fold what is new; then wait for news."""
    bell, life = exchange.feed.bell, _Stopping(loops)

    def step() -> None:
        rung = bell.rung
        if not exchange.partnerships.view.step():
            bell.wait(rung, FOLD_WAIT_S, life)

    return step


def _booking(loops: Loops, exchange: ExchangeSide) -> Callable[[], None]:
    """Take in what is new, answer it; then wait for news.

    A policy that cannot be carried out is told, and holds back no decision of the center.
    """
    bell, life, ledger = exchange.ledger.bell, _Stopping(loops), exchange.ledger

    def step() -> None:
        rung = bell.rung
        ledger.view.recheck()
        while not loops.stopped.is_set() and ledger.view.step():
            pass
        done, failed = 0, None
        try:
            done = ledger.acceptor.step()
        except YdxError as error:
            failed = error
        if ledger.is_center():
            done += ledger.bookkeeper.step()
        if failed is not None:
            raise failed
        if not done:
            bell.wait(rung, LEDGER_WAIT_S, life)
            loops.stopped.wait(LEDGER_GATHER_S)

    return step


def _expiring(loops: Loops, exchange: ExchangeSide) -> Callable[[], None]:
    """Look again at what waits, tell what is near or overdue, then end what is overdue."""

    def step() -> None:
        if not loops.stopped.wait(EXPIRE_WAIT_S):
            exchange.partnerships.view.recheck()
            exchange.partnerships.reminders.step()
            exchange.partnerships.expiry.step()

    return step


def _destroying(loops: Loops, destruction: Destruction) -> Callable[[], None]:
    """Destroy what is due, now and then; sooner where a reader was in the way."""
    wait_s = [DESTROY_WAIT_S]

    def step() -> None:
        if not loops.stopped.wait(wait_s[0]):
            wait_s[0] = DESTROY_WAIT_S if destruction.step() else SCRUB_WAIT_S

    return step


def _sending(loops: Loops, alerts: AlertSide) -> Callable[[], None]:
    """Send what is new; then wait for more of it, for the end of a call, or for one to repeat."""
    webhooks, life = alerts.webhooks, _Stopping(loops)

    def step() -> None:
        rung = webhooks.bell.rung
        if not webhooks.step():
            webhooks.bell.wait(rung, WEBHOOK_WAIT_S, life)

    return step


class _Stopping:
    """The life of a loop's wait."""

    def __init__(self, loops: Loops) -> None:
        self._stopped = loops.stopped

    @property
    def ended(self) -> bool:
        return self._stopped.is_set()
