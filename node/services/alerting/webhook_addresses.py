"""Where a webhook may go: never into the operator's own network unless the operator says so.

- Without leave an address must be public: not private, loopback, link-local, shared, multicast,
  reserved or unspecified. An IPv4 address in an IPv6 one (mapped, 6to4, NAT64) counts as itself.
- A URL says https, a host, perhaps a port; no user, no fragment. Its host may be any spelling of an
  address that the system's resolver takes (2130706433, 0x7f.1): it is read as that address.
- localhost is this machine. What another name stands for is known only when it is dialled, so the
  sender asks again then, of every address that it is about to connect to.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from node.services.arguments import invalid

URL_MAX: Final = 2000
_LOOPBACK: Final = "127.0.0.1"
_FIELD: Final = "webhook_url"
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_IPV4_MASK: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """What the operator allows."""

    allow_private: bool = False
    allow_http: bool = False

    def check_url(self, url: str) -> None:
        """Raise INVALID_FIELD unless webhooks may be sent to a URL, as far as it says."""
        if len(url) > URL_MAX:
            raise invalid(_FIELD, "TEXT_LENGTH", count=len(url), most=URL_MAX)
        host = _host(url)
        if not host:
            raise invalid(_FIELD, "WEBHOOK_URL", _shown(url))
        if not url.startswith("https:") and not self.allow_http:
            raise invalid(_FIELD, "WEBHOOK_HTTP", _shown(url))
        address = _LOOPBACK if _is_local(host) else literal_address(host)
        if address and not self.allows(address):
            raise invalid(_FIELD, "WEBHOOK_ADDRESS", host)

    def allows(self, address: str) -> bool:
        """Tell whether webhooks may be sent to an IP address."""
        return self.allow_private or is_public(address)


def is_public(address: str) -> bool:
    """Tell whether an IP address, or the IPv4 address inside it, is one of the public internet."""
    try:
        one = _innermost(ip_address(address))
    except ValueError:
        return False
    if one.is_multicast or one.is_reserved or one.is_unspecified or one.is_link_local:
        return False
    return one.is_global and not (isinstance(one, IPv6Address) and one.is_site_local)


def literal_address(host: str) -> str:
    """Return the IP address that a host is, in any spelling; "" where it is a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return ""


def _is_local(host: str) -> bool:
    """Tell whether a name is the machine itself, whatever a resolver says (RFC 6761)."""
    return f".{host.removesuffix('.')}".endswith(".localhost")


def _innermost(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _IPV4_MASK)
    return address.ipv4_mapped or address.sixtofour or address


def _host(url: str) -> str:
    """Return the host of a URL that has nothing but scheme, host, port, path and query."""
    if not _URL.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        if parts.port == 0 or "@" in parts.netloc:
            return ""
    except ValueError:
        return ""
    return parts.hostname or ""


def _shown(url: str) -> str:
    """Return a URL without what may be secret: everything behind the host."""
    return re.sub(r"(?<=[^/:])[/?].*", "/…", url.rpartition("@")[2])
