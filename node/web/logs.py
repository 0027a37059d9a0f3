"""The logs as static files (C2SP tlog-tiles), for any monitor and verifier.

- `/log/…` is the own log, `/mirror/<member>/…` our copy of another member's. Below each stand
  `checkpoint`, `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`.
- Only what lies under a checkpoint that may be published is served; everything else does not exist.
- A full tile never changes and may be kept for ever. A partial tile is cut from a wider one where
  that has grown meanwhile; it soon goes out of use. A checkpoint is always asked for again.
- Entries are public bytes; parts are served nowhere here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import web

from federation.log.errors import Refused
from federation.log.prover import TILE_WIDTH
from federation.log.tiles import TilePath, parse_path
from node.web import rate_limit
from node.web.server import ReadPool, new_application, plain

if TYPE_CHECKING:
    from collections.abc import Callable

FOR_EVER: Final = "public, max-age=31536000, immutable"
SHORTLY: Final = "public, max-age=60"
ALWAYS_ASK: Final = "no-cache"


class LogReader(Protocol):
    """The published logs, verified. Calls come from several threads."""

    @property
    def own_member(self) -> str:
        """Return the member whose log is the own one."""

    def checkpoint(self, member: str) -> bytes | None:
        """Return the newest note that may be published, with its cosignatures."""

    def tile(self, member: str, path: TilePath) -> bytes | None:
        """Return a hash tile or entry bundle of exactly the width asked for.

        None unless the published checkpoint covers all of it.
        """


def logs_application(
    reader: LogReader, limit: rate_limit.RateLimit, answered: Callable[[int], None]
) -> web.Application:
    """Return the application of the web listener; `answered` hears the status of each answer."""

    async def count(_request: web.Request, response: web.StreamResponse) -> None:
        answered(response.status)

    application = new_application(rate_limit.middleware(limit))
    application.on_response_prepare.append(count)
    pool = ReadPool()
    application.on_cleanup.append(pool.close)
    handlers = _Handlers(reader, pool)
    for prefix in ("/log", "/mirror/{member}"):
        application.router.add_get(f"{prefix}/checkpoint", handlers.checkpoint)
        application.router.add_get(f"{prefix}/{{path:tile/.*}}", handlers.tile)
    return application


class _Handlers:
    def __init__(self, reader: LogReader, pool: ReadPool) -> None:
        self._reader = reader
        self._pool = pool

    def _member(self, request: web.Request) -> str:
        return request.match_info.get("member", self._reader.own_member)

    async def checkpoint(self, request: web.Request) -> web.Response:
        note = await self._pool.run(partial(self._reader.checkpoint, self._member(request)))
        if note is None:
            return plain(404, "no checkpoint is published")
        return web.Response(
            body=note,
            content_type="text/plain",
            charset="utf-8",
            headers={"Cache-Control": ALWAYS_ASK},
        )

    async def tile(self, request: web.Request) -> web.Response:
        try:
            path = parse_path(request.match_info["path"])
        except Refused as error:
            return plain(404, error.what)
        body = await self._pool.run(partial(self._reader.tile, self._member(request), path))
        if body is None:
            return plain(404, "no published checkpoint covers this tile")
        return web.Response(
            body=body,
            content_type="application/octet-stream",
            headers={"Cache-Control": FOR_EVER if path.width == TILE_WIDTH else SHORTLY},
        )
