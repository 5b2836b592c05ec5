"""Whom to trust: one TLS context for all connections of the process, whose authorities are read when one needs them.

Reading a bundle of authorities takes a tenth of a second, which a command that only speaks to a loopback address, or
finds that it has nothing to say, should not wait for.
"""

from __future__ import annotations

import functools
import ssl
from typing import Any

import httpx2


@functools.cache
def trust() -> ssl.SSLContext:
    """The usual authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name."""
    return _LateContext(ssl.PROTOCOL_TLS_CLIENT)


class _LateContext(ssl.SSLContext):
    """Stands for the usual context, which it makes at the first handshake."""

    def set_alpn_protocols(self, alpn_protocols: Any) -> None:
        _usual().set_alpn_protocols(alpn_protocols)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        return _usual().wrap_socket(*args, **options)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        return _usual().wrap_bio(*args, **options)


@functools.cache
def _usual() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
