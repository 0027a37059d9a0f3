"""The calls that run now, and the watch over them.

Rules (DESIGN section 10):

- A unary call is cancelled after 10 s.
- A stream is asked to end after 30 min and cancelled a minute later; it is cancelled at once when
  one send takes over 30 s, since its reader is too slow.
- Streams of a certificate that is no longer pinned are cancelled with all its other calls.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Collection

    import grpc

    from node.rpc.limits import RpcLimits
    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller

_log: Final[Any] = structlog.get_logger(__name__)


class OpenCall:
    """One running call. `sending_since` is the time of the send that is under way, else None."""

    __slots__ = ("caller", "context", "life", "opened_at", "sending_since")

    def __init__(
        self, context: grpc.ServicerContext, caller: Caller | None, life: StreamLife | None
    ) -> None:
        self.context = context
        self.caller = caller
        self.life = life
        self.opened_at = time.monotonic()
        self.sending_since: float | None = None


class OpenCalls:
    """All running calls of one server. Adding and removing are single dict operations."""

    def __init__(self, limits: RpcLimits) -> None:
        self._limits = limits
        self._calls: dict[OpenCall, None] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="rpc-watch", daemon=True)

    def add(
        self, context: grpc.ServicerContext, caller: Caller | None, life: StreamLife | None = None
    ) -> OpenCall:
        """Enter a call; streams bring their life."""
        call = OpenCall(context, caller, life)
        self._calls[call] = None
        return call

    def remove(self, call: OpenCall) -> None:
        """Leave; harmless when done twice."""
        self._calls.pop(call, None)

    def stream_count(self) -> int:
        """How many streams are open."""
        return sum(1 for call in self._calls.copy() if call.life is not None)

    def has_place(self, call: OpenCall) -> bool:
        """Whether a stream is among the first that the limit allows.

        Streams are let in before those let in earlier have entered here, so each looks once more
        when it has: else those too many would wait in the pool until others end.
        """
        streams = [one for one in self._calls.copy() if one.life is not None]
        return call in streams[: self._limits.streams_max]

    def cancel_pins(self, pins: Collection[bytes]) -> None:
        """Cancel every call of these certificates."""
        for call in self._calls.copy():
            if call.caller is not None and call.caller.pin in pins:
                _cancel(call)

    def end_streams(self) -> None:
        """Ask every stream to end."""
        for call in self._calls.copy():
            if call.life is not None:
                call.life.end()

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._limits.watch_interval_s):
            now = time.monotonic()
            for call in self._calls.copy():
                try:
                    self._judge(call, now)
                except Exception:  # noqa: BLE001 - one call must not end the watch over all others
                    _log.error("rpc watch", exc_info=True)

    def _judge(self, call: OpenCall, now: float) -> None:
        limits, age_s = self._limits, now - call.opened_at
        sending_s = now - (call.sending_since or now)
        if call.life is None:
            if age_s > limits.unary_s:
                _cancel(call)
        elif sending_s > limits.send_s or age_s > limits.stream_life_s + limits.stream_end_s:
            _cancel(call)
        elif age_s > limits.stream_life_s:
            call.life.end()


def _cancel(call: OpenCall) -> None:
    # In this order: a servicer that ends now must not end the stream as if it were complete.
    call.context.cancel()
    if call.life is not None:
        call.life.end()
