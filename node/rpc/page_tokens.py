"""Page tokens: opaque, authentic, and good only for the query that they came from (AIP-158).

token = base64url(0x01 ‖ nonce (12) ‖ AES-256-GCM(cursor)), unpadded. The associated data is the
method and the filter, so a token of another method or another filter does not open. The key is
derived from the node's secret: tokens outlive a restart, and no other node's token opens.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from federation.log.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_TOKEN_CHARS_MAX: Final = 1024


class PageTokens:
    """Seals cursors into tokens and opens them again."""

    def __init__(self, node_secret: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(hmac_digest(node_secret, b"ydx/page-token/v1\0", "sha256"))
        self._random_bytes = random_bytes

    def seal(self, method: str, query: bytes, cursor: bytes) -> str:
        """Return the token of `cursor`; `query` is the serialised filter of the request."""
        nonce = self._random_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, cursor, _bound_to(method, query))
        return urlsafe_b64encode(_VERSION + nonce + sealed).decode().rstrip("=")

    def open(self, method: str, query: bytes, token: str) -> bytes:
        """Return the cursor of a token. Raises BAD_PAGE_TOKEN."""
        try:
            nonce, sealed = _decode(token)
            return self._cipher.decrypt(nonce, sealed, _bound_to(method, query))
        except (ValueError, InvalidTag):
            raise Refused(
                "BAD_PAGE_TOKEN",
                "the page token is not of this node, method and filter",
                field="page_token",
            ) from None


def _bound_to(method: str, query: bytes) -> bytes:
    return method.encode() + b"\0" + sha256(query).digest()


def _decode(token: str) -> tuple[bytes, bytes]:
    if len(token) > _TOKEN_CHARS_MAX:
        raise ValueError
    data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    # The decoder skips what is not base64; a token has one spelling.
    if urlsafe_b64encode(data).decode().rstrip("=") != token or data[:1] != _VERSION:
        raise ValueError
    return data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
