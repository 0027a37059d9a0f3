"""Metrics of RPCs, under the names that gRPC dashboards know.

Only methods that were announced with `serve` are counted, and all their series exist from then on,
so the label values are those of the descriptors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import CollectorRegistry

Kind: TypeAlias = Literal["unary", "server_stream"]
GRPC_CODES: Final = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
OTHER: Final = "OTHER"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class _Series:
    """The series of one method, looked up once: a call costs three increments."""

    __slots__ = ("by_code", "in_flight", "seconds", "started")

    def __init__(self, started: Counter, in_flight: Gauge, seconds: Histogram) -> None:
        self.started = started
        self.in_flight = in_flight
        self.seconds = seconds
        self.by_code: dict[str, Counter] = {}


class CallMetrics:
    """Counts the calls of all listeners of a node; safe to use from any thread."""

    def __init__(self, registry: CollectorRegistry, reasons: Iterable[str]) -> None:
        """Create the series; `reasons` are the names of the error reasons."""
        labels = ("grpc_type", "grpc_service", "grpc_method")
        self._started: Final = Counter(
            "grpc_server_started_total", "Calls that began", labels, registry=registry
        )
        self._handled: Final = Counter(
            "grpc_server_handled_total",
            "Calls that ended, by status code",
            (*labels, "grpc_code"),
            registry=registry,
        )
        self._seconds: Final = Histogram(
            "grpc_server_handling_seconds",
            "Time from start to end of a call",
            labels,
            registry=registry,
            buckets=SECONDS,
        )
        self._in_flight: Final = Gauge(
            "ydx_calls_in_flight", "Calls that are being answered", labels[:2], registry=registry
        )
        self._errors: Final = Counter(
            "ydx_call_errors_total",
            "Errors told to callers, by error reason",
            ("reason",),
            registry=registry,
        )
        self._reasons: Final = {
            reason: self._errors.labels(reason) for reason in (*sorted(reasons), OTHER)
        }
        self._series: Final[dict[str, _Series]] = {}

    def serve(self, method: str, kind: Kind) -> None:
        """Announce a method, "/package.Service/Method"."""
        service, _, name = method.removeprefix("/").partition("/")
        series = _Series(
            self._started.labels(kind, service, name),
            self._in_flight.labels(kind, service),
            self._seconds.labels(kind, service, name),
        )
        for code in GRPC_CODES:
            series.by_code[code] = self._handled.labels(kind, service, name, code)
        self._series[method] = series

    def started(self, method: str) -> None:
        """Count a call that has begun."""
        series = self._series[method]
        series.started.inc()
        series.in_flight.inc()

    def handled(self, method: str, code: str, seconds: float) -> None:
        """Count a call that is over; `code` is the name of a gRPC status."""
        series = self._series[method]
        series.in_flight.dec()
        series.by_code[code].inc()
        series.seconds.observe(seconds)

    def error_told(self, reason: str) -> None:
        """Count an error by its reason."""
        self._reasons.get(reason, self._reasons[OTHER]).inc()
