"""Why a listener that is there cannot be talked to: gRPC says only that it is out of reach.

- Asked once a call has found nobody. It dials again, says nothing, and hangs up.
- A listener with TLS that is asked in plaintext; one in plaintext that is asked with TLS; a
  certificate of somebody else, for another name, or out of date: each is told with its remedy.
- Who does not answer at all, or answers well, is no matter of TLS: None.
"""

from __future__ import annotations

import socket
import ssl
from typing import Final

CHECK_S: Final = 3.0
_READ_BYTES: Final = 65_536
_OTHER_NAME: Final = frozenset({62, 64})
_EXPIRED: Final = 10
_NOT_YET: Final = 9
"""OpenSSL's X509_V_ERR_ of a name, an address, and times."""


def tls_fault(host: str, port: int, roots: bytes | None, name: str = "") -> str | None:
    """Return what is wrong with TLS between us and a listener, and what to do.

    `roots` (PEM) and `name` are what its certificate is checked against; without roots it is asked
    in plaintext.
    """
    try:
        with socket.create_connection((host, port), CHECK_S) as plain:
            return _fault(plain, roots, name or host)
    except OSError:
        return None


def _fault(plain: socket.socket, roots: bytes | None, name: str) -> str | None:
    try:
        _shake_hands(plain, _context(roots), name)
    except ssl.SSLCertVerificationError as error:
        return _certificate_fault(error, name)
    except ssl.SSLError as error:
        if roots and error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
            return "it speaks no TLS: leave --ca (YDX_CA) out, or take its TLS address"
        return None
    return None if roots else "it speaks TLS: give --ca, the file to check its certificate"


def _shake_hands(plain: socket.socket, context: ssl.SSLContext, name: str) -> None:
    """Raise what is wrong with a handshake; in memory, since a reset loses a socket unclosed."""
    received, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(received, to_send, server_hostname=name)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            plain.sendall(to_send.read())
            if data := plain.recv(_READ_BYTES):
                received.write(data)
            else:
                received.write_eof()
        else:
            plain.sendall(to_send.read())
            return


def _context(roots: bytes | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["h2"])
    if roots:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=roots.decode("ascii", "replace"))
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _certificate_fault(error: ssl.SSLCertVerificationError, name: str) -> str:
    if error.verify_code in _OTHER_NAME:
        return f"its certificate is not for {name}: dial it by a name that stands in it"
    if error.verify_code == _EXPIRED:
        return "its certificate has expired: renew it there, then restart that node"
    if error.verify_code == _NOT_YET:
        return "its certificate is not valid yet: compare the clocks"
    return f"--ca does not vouch for its certificate ({error.verify_message}): give its CA's file"
