"""Members' pinned certificates: who may connect, and who a caller is.

Rules (DESIGN section 8):

- The registry lists each member's certificates; the live ones open a connection.
- Servers take the pins of now as TLS roots at each handshake; a client's roots are the pins of the
  one member that it dials.
- Who a caller is follows on each call from the digest of its leaf, never from a name in it.
- When pins change, listeners hear which ones have gone, and cancel their calls and channels.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from federation.trust.certificate import pin_of
from node.services.access import Caller, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from federation.trust.registry import Member

    Listener = Callable[[frozenset[bytes]], object]


class Pins:
    """The live certificates of one registry version. Safe to use from any thread."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._listeners: list[Listener] = []
        self._set(members)

    def replace(self, members: Iterable[Member]) -> None:
        """Put another registry version in force."""
        before = self._callers
        self._set(members)
        gone = frozenset(before).difference(self._callers)
        for listener in self._listeners:
            listener(gone)

    def on_change(self, listener: Listener) -> None:
        """Call `listener` with the pins that have gone (perhaps none) at each change."""
        self._listeners.append(listener)

    @property
    def roots(self) -> bytes:
        """All certificates, PEM: what a server accepts."""
        return b"".join(self._roots.values())

    def roots_of(self, member: str) -> bytes:
        """Return one member's certificates, PEM; empty for a member without any."""
        return self._roots.get(member, b"")

    def caller(self, leaf_pem: bytes) -> Caller | None:
        """Return the member that presents this leaf certificate, or None."""
        by_pem = self._by_pem
        caller = by_pem.get(leaf_pem)
        if caller is None:
            caller = self._callers.get(pin_of(ssl.PEM_cert_to_DER_cert(leaf_pem.decode())))
            if caller is not None:
                by_pem[leaf_pem] = caller
        return caller

    def _set(self, members: Iterable[Member]) -> None:
        live = {member.name: member.live_certificates for member in members}
        roles = frozenset({Role.MEMBER})
        self._callers = {
            certificate.pin: Caller(roles, member=name, pin=certificate.pin)
            for name, certificates in live.items()
            for certificate in certificates
        }
        # Leaves as TLS presents them, once seen, so that a call costs one lookup.
        self._by_pem: dict[bytes, Caller] = {}
        self._roots = {
            name: b"".join(ssl.DER_cert_to_PEM_cert(one.der).encode() for one in certificates)
            for name, certificates in live.items()
        }
