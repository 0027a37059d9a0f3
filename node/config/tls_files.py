"""Certificate and key of a listener, read and held together before anything listens.

A command that dials the listener of its own configuration knows the certificate itself, so the name
that it looks for is the certificate's own: the address, 127.0.0.1 for one, need not stand in it.
"""

from __future__ import annotations

import ssl
from math import inf
from pathlib import Path

from cryptography import x509

from federation.log.errors import Refused
from node.config.settings import Listen


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the server side of TLS from PEM files; raises BAD_CONFIG that names the files."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise Refused(
            "BAD_CONFIG",
            f"{certificate} and {key} are no certificate and key: {error.strerror or error}",
            certificate=str(certificate),
        ) from None
    return context


def certificate_name(certificate: Path) -> str:
    """Return a name that the first certificate of a PEM file is for; raises BAD_CONFIG."""
    try:
        names = (
            _chain(certificate)[0]
            .extensions.get_extension_for_class(x509.SubjectAlternativeName)
            .value
        )
    except (x509.ExtensionNotFound, ValueError):
        return ""
    found = [
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    ]
    return found[0].replace("*", "node") if found else ""


def check_tls_files(listen: Listen) -> dict[str, float]:
    """Read the files of both encrypted listeners; raises BAD_CONFIG for those that do not fit.

    Return {listener: Unix time when the first certificate of its chain expires}; a listener without
    encryption never does.
    """
    expiries = {}
    for name, certificate, key in (
        ("exchange", listen.exchange_certificate, listen.exchange_key),
        ("web", listen.web_certificate, listen.web_key),
    ):
        expiries[name] = inf
        if certificate is not None and key is not None:
            tls_context(certificate, key)
            ends = [one.not_valid_after_utc.timestamp() for one in _chain(certificate)]
            expiries[name] = min(ends)
    return expiries


def _chain(certificate: Path) -> list[x509.Certificate]:
    """Read the certificates of a PEM file, the listener's own first; raises BAD_CONFIG."""
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError) as error:
        text = f"{certificate} is no certificate (PEM): {error}"
        raise Refused("BAD_CONFIG", text, certificate=str(certificate)) from None
