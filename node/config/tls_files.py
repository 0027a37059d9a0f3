"""Certificate and key of a listener, read and held together before anything listens."""

from __future__ import annotations

import ssl
from pathlib import Path

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


def check_tls_files(listen: Listen) -> None:
    """Read the files of both encrypted listeners; raises BAD_CONFIG for those that do not fit."""
    for certificate, key in (
        (listen.exchange_certificate, listen.exchange_key),
        (listen.web_certificate, listen.web_key),
    ):
        if certificate is not None and key is not None:
            tls_context(certificate, key)
