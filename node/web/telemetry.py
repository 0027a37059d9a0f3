"""The telemetry listener: metrics for Prometheus, probes for what supervises the process.

- `/livez`: the loop turns. Nothing else, so that no outage elsewhere restarts a node.
- `/readyz`: each part that the node needs to do its work (database, log, keys), by name. A peer
  that is down never makes a node unready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aiohttp import hdrs, web
from prometheus_client.exposition import choose_encoder

from node.web.server import ReadPool, new_application, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prometheus_client import CollectorRegistry


class Measured(Protocol):
    """What can be scraped."""

    @property
    def registry(self) -> CollectorRegistry:
        """Return the series."""

    def refresh(self) -> None:
        """Bring them up to date."""


def telemetry_application(
    metrics: Measured, readiness: Callable[[], Mapping[str, bool]]
) -> web.Application:
    """Return the application; `readiness` tells which parts are ready and may block."""
    application = new_application()
    pool = ReadPool()
    application.on_cleanup.append(pool.close)

    def scrape(accept: str) -> tuple[bytes, str]:
        metrics.refresh()
        encode, content_type = choose_encoder(accept)
        return encode(metrics.registry), content_type

    async def show_metrics(request: web.Request) -> web.Response:
        accept = request.headers.get(hdrs.ACCEPT, "")
        body, content_type = await pool.run(lambda: scrape(accept))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    async def show_liveness(_request: web.Request) -> web.Response:
        return plain(200, "ok")

    async def show_readiness(_request: web.Request) -> web.Response:
        parts = await pool.run(readiness)
        lines = [f"{name} {'ok' if ready else 'failed'}" for name, ready in parts.items()]
        return plain(200 if all(parts.values()) else 503, "\n".join(lines))

    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/livez", show_liveness)
    application.router.add_get("/readyz", show_readiness)
    return application
