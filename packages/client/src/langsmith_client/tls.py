"""Whom to trust: one TLS context for all connections of the process, because loading the authorities is slow."""

from __future__ import annotations

import functools
import ssl

import httpx2


@functools.cache
def trust() -> ssl.SSLContext:
    """The usual authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name."""
    return httpx2.create_ssl_context()
