"""The thread that serves HTTP: TLS, addresses in use, overload, probes and metrics."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from federation.log.errors import Refused, YdxError
from node.config.tls_files import tls_context
from node.telemetry.metrics import Metrics
from node.web import server as web_server
from node.web.rate_limit import ADDRESSES_MAX, RateLimit
from node.web.server import Listener, ReadPool, WebServer, new_application
from node.web.telemetry import telemetry_application

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_no_http_is_answered_without_a_name_or_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = WebServer([Listener(hello(), "127.0.0.1", 0)])
    (port,) = server.start()
    try:
        for garbage in (b"\x16\x03\x01\0\0", b"GET / HTTP/9.9", b"GET / HTTP/1.1\r\nA B: c"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
                peer.sendall(garbage + b"\r\n\r\n")
                answer = b"".join(iter(lambda: peer.recv(4096), b""))
            assert b" 400 " in answer
            assert b"aiohttp" not in answer
    finally:
        server.stop()
    assert caplog.records == []


def self_signed(folder: Path, *, days: int = 1) -> tuple[Path, Path]:
    """Write a certificate of localhost that expires in so many days; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "web.crt", folder / "web.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def hello() -> web.Application:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    application = new_application()
    application.router.add_get("/", answer)
    return application


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_tls_with_the_files_of_the_settings(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    server = WebServer([Listener(hello(), "127.0.0.1", 0, tls_context(certificate, key))])
    (port,) = server.start()
    trust = ssl.create_default_context(cafile=str(certificate))
    try:
        secure = http.client.HTTPSConnection("localhost", port, timeout=10, context=trust)
        assert get(secure, "/") == (200, "hello")
    finally:
        server.stop()


def test_files_that_are_no_certificate_are_named(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with pytest.raises(Refused, match=r"BAD_CONFIG: .*none\.pem"):
        tls_context(tmp_path / "none.pem", key)
    with pytest.raises(Refused, match=r"BAD_CONFIG: .* are no certificate and key"):
        tls_context(key, certificate)


def test_two_listeners_in_one_thread_and_an_address_in_use_is_named() -> None:
    server = WebServer([Listener(hello(), "127.0.0.1", 0), Listener(hello(), "127.0.0.1", 0)])
    ports = server.start()
    try:
        for port in ports:
            plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            assert get(plain, "/") == (200, "hello")
        second = WebServer([Listener(hello(), "127.0.0.1", ports[0])])
        with pytest.raises(Refused, match=f"cannot listen on 127.0.0.1:{ports[0]}"):
            second.start()
        second.stop()
    finally:
        server.stop()
    assert not server.is_alive()


def test_stopping_what_never_started_is_nothing() -> None:
    WebServer([]).stop()


def test_more_than_the_pool_may_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "WAITING_MAX", 2)
    release = threading.Event()

    async def scenario() -> list[object]:
        pool = ReadPool()
        first = [asyncio.ensure_future(pool.run(release.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(YdxError, match="OVERLOADED"):
            await pool.run(release.wait)
        release.set()
        results: list[object] = [*await asyncio.gather(*first), await pool.run(lambda: 7)]
        await pool.close(hello())
        return results

    assert asyncio.run(scenario()) == [True, True, 7]


def test_metrics_and_probes() -> None:
    metrics = Metrics(version="1.0", member="anhui", reasons=[])
    metrics.at_scrape(lambda: metrics.disk_free_bytes.set(42))
    parts = {"database": True, "log": True}
    server = WebServer([Listener(telemetry_application(metrics, lambda: parts), "127.0.0.1", 0)])
    (port,) = server.start()
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        status, body = get(plain, "/metrics")
        assert status == 200
        assert "ydx_disk_free_bytes 42.0" in body.splitlines()
        assert get(plain, "/livez") == (200, "ok\n")
        assert get(plain, "/readyz") == (200, "database ok\nlog ok\n")
        parts["log"] = False
        assert get(plain, "/readyz") == (503, "database ok\nlog failed\n")
        assert get(plain, "/livez") == (200, "ok\n")
    finally:
        server.stop()


def test_an_address_regains_its_allowance_with_time() -> None:
    now = 0.0
    limit = RateLimit(2.0, clock=lambda: now)
    assert [limit.wait_s("1.1.1.1") for _ in range(20)] == [0.0] * 20
    assert limit.wait_s("1.1.1.1") == pytest.approx(0.5)
    assert limit.wait_s("2.2.2.2") == 0
    now = 0.5
    assert limit.wait_s("1.1.1.1") == 0
    assert limit.wait_s("1.1.1.1") > 0


def test_an_ipv6_reader_counts_by_its_network() -> None:
    limit = RateLimit(0.1, clock=lambda: 0.0)
    assert limit.wait_s("2001:db8::1") == 0
    assert limit.wait_s("2001:db8::2") > 0
    assert limit.wait_s("2001:db8:0:1::1") == 0
    assert limit.wait_s("::ffff:9.9.9.9") == 0
    assert limit.wait_s("9.9.9.9") > 0


def test_the_table_of_addresses_is_bounded() -> None:
    limit = RateLimit(0.1, clock=lambda: 0.0)
    assert limit.wait_s("first") == 0
    assert limit.wait_s("first") > 0
    for number in range(ADDRESSES_MAX):
        limit.wait_s(f"address {number}")
    assert limit.wait_s("first") == 0
