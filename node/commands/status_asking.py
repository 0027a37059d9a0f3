"""Asks nodes how they stand. Failures are values: who does not answer is seen, too."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from node.commands.status_verdict import SeenOrigin, SeenPeer, Sight, compared, is_settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.rpc.exchange_client import ExchangeClient

ASK_S: Final = 5.0
SETTLE_S: Final = 2.0
_PROBE_S: Final = 2.0
_NEVER_S: Final = 1e8
"""A lag of years is that of a copy which was never proven."""


def look(clients: Sequence[ExchangeClient], telemetry: str = "") -> list[Sight]:
    """Ask each node at the same time, and again where a log is on its way.

    `telemetry` is the address of the telemetry listener of the first one, if it is known.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(clients)) as pool:
        first = list(pool.map(_ask, clients))
        sights = first
        if not all(map(is_settled, first)):
            time.sleep(SETTLE_S)
            sights = list(map(compared, first, pool.map(_ask, clients)))
    if telemetry:
        sights[0] = replace(sights[0], is_ready=_is_ready(telemetry))
    return sights


def _ask(client: ExchangeClient) -> Sight:
    from node.rpc.exchange_client import CallFailedError

    try:
        node = client.call("GetNode", timeout_s=ASK_S, repeat=False)
        sync = client.call("GetSyncStatus", timeout_s=ASK_S, repeat=False)
    except CallFailedError as failure:
        reason = failure.reason if failure.call.code != "DEADLINE_EXCEEDED" else "OUT_OF_REACH"
        return Sight(address=client.address, error_reason=reason, error_what=failure.what)
    return Sight(
        address=client.address,
        member=node.member,
        write_state=_word(node, "write_state"),
        write_state_why=node.write_state_why,
        version=node.version,
        origins=tuple(map(_origin, sync.origins)),
        peers=tuple(map(_peer, sync.peers)),
        trust_stale=sync.trust.stale,
        trust_expires_s=float(sync.trust.expires.seconds),
        registry_version=sync.trust.registry_version,
        index_behind_s=sync.index.behind_s,
    )


def _origin(row: Any) -> SeenOrigin:
    return SeenOrigin(
        member=row.member,
        origin=row.origin,
        stored_size=row.stored_size,
        tree_size=row.tree_size,
        verified_size=row.verified_size,
        confirmed_size=row.confirmed_size,
        lag_s=row.lag_s if row.lag_s < _NEVER_S else None,
        state=_word(row, "state"),
        why=row.why,
        last_error=row.last_error,
        frozen=row.frozen,
    )


def _peer(row: Any) -> SeenPeer:
    return SeenPeer(
        member=row.member,
        up=row.up,
        consecutive_failures=row.consecutive_failures,
        last_error=row.last_error,
        clock_skew_s=row.clock_skew_s,
        is_resting=bool(row.rests),
    )


def _word(message: Any, field: str) -> str:
    """Return the name of an enum value without its prefix, "UNSPECIFIED" for one not known here."""
    enum = message.DESCRIPTOR.fields_by_name[field].enum_type
    known = enum.values_by_number.get(getattr(message, field))
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(known.name).removeprefix(prefix) if known else "UNSPECIFIED"


def _is_ready(telemetry: str) -> bool | None:
    """Return what the readiness probe says, None where it does not answer."""
    import urllib.error
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{telemetry}/readyz", timeout=_PROBE_S):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return None
