"""Runs the HTTP listeners of a node in one thread with its own event loop.

- aiohttp is asynchronous, storage is not: what reads is handed to a small pool, and how many
  requests may wait for it is bounded.
- Every answer carries the security headers, none names the software that made it. Only what a
  handler says may be kept is kept by caches: no error is.
- An error answers one line of text; what we did not expect is logged, not shown. What is no HTTP is
  answered 400 and not logged: anybody may send it, as often as they like.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
from aiohttp import web, web_response
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from federation.log.errors import YdxError
from node.config.listening import cannot_listen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp.typedefs import Handler

READ_THREADS: Final = 4
WAITING_MAX: Final = 256
STOP_S: Final = 3.0
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "ydx",
    "X-Content-Type-Options": "nosniff",
}
_log: Final = structlog.stdlib.get_logger(__name__)
# What aiohttp answers by itself, to what is no HTTP, passes no signal of an application.
web_response.SERVER_SOFTWARE = SECURITY_HEADERS["Server"]  # type: ignore[attr-defined] # its only way
_T = TypeVar("_T")


@dataclass(frozen=True)
class Listener:
    """An application and where it answers; port 0 takes a free one."""

    application: web.Application
    host: str
    port: int
    tls: ssl.SSLContext | None = None


class WebServer:
    """Serves the listeners from `start` to `stop`."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners
        self._bound: Future[list[int]] = Future()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> list[int]:
        """Listen, and return the port of each listener; raises BAD_CONFIG for one in use."""
        self._thread.start()
        return self._bound.result()

    def stop(self) -> None:
        """Close the listeners and wait until open requests are answered, a few seconds at most."""
        if self.is_alive():
            self._stop()
            self._thread.join()

    def is_alive(self) -> bool:
        """Tell whether the thread still serves."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._bound.done():
                raise
            self._bound.set_exception(error)

    async def _serve(self) -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        runners: list[web.AppRunner] = []
        try:
            self._bound.set_result([await self._listen(each, runners) for each in self._listeners])
            await stopping.wait()
        finally:
            for runner in runners:
                await runner.cleanup()

    async def _listen(self, listener: Listener, runners: list[web.AppRunner]) -> int:
        server_logger.addFilter(_NO_FAULT_OF_OURS)
        runner = web.AppRunner(
            listener.application, access_log=None, keepalive_timeout=30, shutdown_timeout=STOP_S
        )
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, listener.host, listener.port, ssl_context=listener.tls)
        try:
            await site.start()
        except OSError as error:
            address = f"{listener.host}:{listener.port}"
            raise cannot_listen(address, error.strerror or "") from None
        port: int = runner.addresses[0][1]
        return port


class _NoFaultOfOurs(logging.Filter):
    """Drops what aiohttp tells, with a traceback, of requests that are no HTTP."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is to be written."""
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_NO_FAULT_OF_OURS: Final = _NoFaultOfOurs()


class ReadPool:
    """Runs what blocks in a few threads; refuses (OVERLOADED) when too much waits for them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="web-read")
        self._waiting = 0

    async def close(self, _application: web.Application) -> None:
        """Let the threads end (an `on_cleanup` signal)."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, read: Callable[[], _T]) -> _T:
        """Return what `read` returns, from a thread."""
        if self._waiting >= WAITING_MAX:
            raise YdxError("OVERLOADED", "too many requests wait")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, read)
        finally:
            self._waiting -= 1


def new_application(*middlewares: Callable[..., Awaitable[web.StreamResponse]]) -> web.Application:
    """Return an application with the headers and the error answers of every listener."""
    application = web.Application(middlewares=[*middlewares, _errors_as_text], client_max_size=0)
    application.on_response_prepare.append(_add_headers)
    return application


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)
    # What says nothing of its age nobody may keep: caches keep a 404 or 405 of the router too, and
    # what is not there now may be there in a second.
    response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def _errors_as_text(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except YdxError as error:
        return plain(503, error.what, {"Retry-After": "1"})
    except Exception:  # noqa: BLE001 - a reader of public content learns nothing of our faults
        _log.exception("an HTTP request failed", path=request.path)
        return plain(500, "internal error")


def plain(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """Return one line of text that nobody may keep."""
    return web.Response(
        status=status, text=f"{text}\n", headers={"Cache-Control": "no-store", **(headers or {})}
    )
