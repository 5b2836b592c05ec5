"""One TLS context, made late and no less strict for it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from langsmith_control_plane import tls


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No context of another test."""
    tls.trust.cache_clear()
    tls._usual.cache_clear()
    yield
    tls.trust.cache_clear()
    tls._usual.cache_clear()


def test_a_client_that_never_shakes_hands_reads_no_authorities(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda: read.append("authorities"))
    with httpx2.Client(verify=tls.trust()) as http, pytest.raises(httpx2.ConnectError):
        http.get("http://127.0.0.1:1/")
    assert tls.trust() is tls.trust()
    assert read == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    pytest.importorskip("cryptography", reason="the test makes its own certificate")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def url(certificate: Path) -> Iterator[str]:
    """A server that says `ok` over TLS, for as many connections as come."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(1 << 16)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=10)


def test_an_unknown_authority_is_refused_and_one_that_is_named_is_trusted(
    url: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    with httpx2.Client(verify=tls.trust()) as http, pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY"):
        http.get(url)
    tls.trust.cache_clear()
    tls._usual.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with httpx2.Client(verify=tls.trust()) as http:
        assert http.get(url).text == "ok"
