"""Members' pinned certificates: who may connect, and who a caller is.

Rules (DESIGN section 8):

- A pin is the SHA-256 of a leaf certificate's DER, hex; the registry lists each member's.
- Servers take the pins of now as TLS roots at each handshake; a client's roots are the pins of the
  one member that it dials.
- Who a caller is follows on each call from the digest of its leaf, never from a name in it.
- When pins change, listeners hear which ones have gone, and cancel their calls and channels.
"""

from __future__ import annotations

import ssl
from hashlib import sha256
from typing import TYPE_CHECKING

from node.services.access import Caller, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Certificates = Mapping[str, Sequence[bytes]]


def pin_of(der: bytes) -> str:
    """Return the pin of a certificate."""
    return sha256(der).hexdigest()


class Pins:
    """The certificates in force, DER by member name. Safe to read from any thread."""

    def __init__(self, certificates: Certificates) -> None:
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._set(certificates)

    def replace(self, certificates: Certificates) -> None:
        """Put another registry version's certificates in force."""
        before = frozenset(self._callers)
        self._set(certificates)
        gone = before.difference(self._callers)
        for listener in self._listeners:
            listener(gone)

    def on_change(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call `listener` with the pins that have gone (perhaps none) at each change."""
        self._listeners.append(listener)

    def roots(self) -> bytes:
        """Return all certificates, PEM: what a server accepts."""
        return self._roots

    def roots_of(self, member: str) -> bytes:
        """Return one member's certificates, PEM; empty for a member without any."""
        return b"".join(map(_pem, self._certificates.get(member, ())))

    def caller(self, leaf_pem: bytes) -> Caller | None:
        """Return the member that presents this leaf certificate, or None."""
        callers = self._by_pem
        caller = callers.get(leaf_pem)
        if caller is None:
            caller = self._callers.get(pin_of(ssl.PEM_cert_to_DER_cert(leaf_pem.decode())))
            if caller is not None:
                callers[leaf_pem] = caller
        return caller

    def _set(self, certificates: Certificates) -> None:
        roles = frozenset({Role.MEMBER})
        self._certificates = {name: tuple(ders) for name, ders in certificates.items()}
        self._callers = {
            pin_of(der): Caller(roles, member=name, pin=pin_of(der))
            for name, ders in self._certificates.items()
            for der in ders
        }
        # Known leaves as TLS presents them, so that a call costs one lookup.
        self._by_pem: dict[bytes, Caller] = {}
        self._roots = b"".join(map(self.roots_of, sorted(self._certificates)))


def _pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode()
