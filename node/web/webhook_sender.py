"""Makes the calls of webhooks: HTTPS POSTs to addresses that the operator allows, nothing else.

- The address is judged three times: as it is written, when its name is resolved, and when a socket
  to it is about to be made. What was resolved is what is dialled, so a name that
  changes its meaning in between passes nothing.
- 2xx is success. No redirect is followed, no cookie kept, no proxy of the environment used; at most
  RESPONSE_MAX bytes of the answer are read and none is kept. A call ends after CALL_S.
- Why a call failed is told in our words: never the answer's, never the address with its path.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult

from node.services.alerting.webhooks import CALLS_MAX
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.alerting.webhook_addresses import WebhookRules
    from node.services.alerting.webhooks import WebhookCall

CALL_S: Final = 10.0
RESPONSE_MAX: Final = 1024
_STOP_S: Final = 3.0
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_REFUSED: Final = "its address is private; the operator can allow that"

_log: Final = structlog.stdlib.get_logger(__name__)


class WebhookSender:
    """Makes calls in a thread of its own, from `start` to `stop`."""

    def __init__(
        self,
        rules: WebhookRules,
        *,
        call_s: float = CALL_S,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Use another resolver and other trusted authorities than the system's, where given."""
        self._rules = rules
        self._call_s = call_s
        self._resolver = resolver
        self._tls = tls
        self._session: aiohttp.ClientSession
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._stop: Callable[[], object] = lambda: None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="webhook-calls", daemon=True)

    def start(self) -> None:
        """Take calls from now on."""
        self._thread.start()
        self._loop.result()

    def stop(self) -> None:
        """Break off what is under way; nobody hears of it any more."""
        if self._thread.is_alive():
            self._stop()
            self._thread.join(_STOP_S)

    def post(self, call: WebhookCall, over: Callable[[str], None]) -> None:
        """Make a call, then say why it failed or ""; from any thread, once started."""
        with suppress(RuntimeError):  # it stops, or has stopped: the next process sends again
            self._loop.result().call_soon_threadsafe(self._begin, call, over)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        # As many as there are calls: a name that resolves slowly must not keep others waiting.
        loop.set_default_executor(ThreadPoolExecutor(CALLS_MAX, thread_name_prefix="webhook-dns"))
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        connector = aiohttp.TCPConnector(
            resolver=_AllowedOnly(self._rules, self._resolver or aiohttp.ThreadedResolver()),
            use_dns_cache=False,
            socket_factory=self._socket,
            force_close=True,
            limit=0,
            ssl=self._tls or True,
        )
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._call_s),
            auto_decompress=False,
            trust_env=False,
        ) as self._session:
            self._loop.set_result(loop)
            await stopping.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, call: WebhookCall, over: Callable[[str], None]) -> None:
        task = asyncio.get_running_loop().create_task(self._tell(call, over))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, call: WebhookCall, over: Callable[[str], None]) -> None:
        try:
            error = self._not_allowed(call.saved.webhook_url) or await self._make(call)
        except Exception as failure:  # noqa: BLE001 - a call that is never over would block its webhook
            _log.warning("a webhook could not be called", kind=type(failure).__name__)
            error = "it could not be called"
        over(error)

    def _not_allowed(self, url: str) -> str:
        """Return why the operator, as the settings are now, does not allow a URL; or ""."""
        try:
            self._rules.check_url(url)
        except InvalidFields as refusal:
            is_private = refusal.violations[0].rule == "WEBHOOK_ADDRESS"
            return _REFUSED if is_private else "the operator does not allow its address"
        return ""

    async def _make(self, call: WebhookCall) -> str:
        try:
            async with self._session.post(
                call.saved.webhook_url,
                data=call.body,
                headers=call.headers,
                allow_redirects=False,
            ) as response:
                await response.content.read(RESPONSE_MAX)
                return _told(response.status)
        except TimeoutError:
            return f"it did not answer within {self._call_s:g} s"
        except aiohttp.ClientSSLError:
            return "its certificate is not trusted"
        except aiohttp.ClientConnectorDNSError as error:
            return _REFUSED if _is_refusal(error) else "its name does not resolve"
        except aiohttp.ClientConnectorError as error:
            return _REFUSED if _is_refusal(error) else "it refused the connection"
        except (aiohttp.ClientError, OSError):
            return "the connection broke"

    def _socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """Make the socket of a connection, once its address is allowed."""
        family, kind, protocol, _, address = address_info
        if not self._rules.allows(str(address[0])):
            raise _AddressRefusedError
        return socket.socket(family, kind, protocol)


class _AddressRefusedError(OSError):
    """Every address of a host is one that the operator does not allow."""


class _AllowedOnly(AbstractResolver):
    """Resolves names to those of their addresses that are allowed."""

    def __init__(self, rules: WebhookRules, inner: AbstractResolver) -> None:
        self._rules = rules
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of a host; an OSError where it has none."""
        found = await self._inner.resolve(host, port, family)
        allowed = [one for one in found if self._rules.allows(one["host"])]
        if found and not allowed:
            raise _AddressRefusedError
        return allowed

    async def close(self) -> None:
        """Close the resolver inside."""
        await self._inner.close()


def _is_refusal(error: BaseException) -> bool:
    """Tell whether an address was refused, whatever that was wrapped in."""
    causes: list[BaseException | None] = [error]
    for one in causes:
        if isinstance(one, _AddressRefusedError):
            return True
        if one is not None:
            causes += [one.__cause__, getattr(one, "os_error", None)]
    return False


def _told(status: int) -> str:
    if status in _SUCCESS:
        return ""
    if status in _REDIRECT:
        return f"it answered {status}; redirects are not followed"
    return f"it answered {status}"
