"""Kubeconfig documents, as plain values."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.cluster.pki import KeyPair


def for_certificate(server: str, authority_pem: bytes, client: KeyPair) -> dict[str, Any]:
    """Access with a client certificate, everything embedded."""
    return _document(
        server,
        {"certificate-authority-data": _base64(authority_pem)},
        {
            "client-certificate-data": _base64(client.certificate_pem),
            "client-key-data": _base64(client.key_pem),
        },
    )


def for_token_file(server: str, authority_file: str, token_file: str, *, namespace: str) -> dict[str, Any]:
    """Access with a ServiceAccount token that is read again from its file whenever it is used."""
    return _document(server, {"certificate-authority": authority_file}, {"tokenFile": token_file}, namespace=namespace)


def for_webhook(url: str, authority_file: str) -> dict[str, Any]:
    """How the API server reaches a webhook that checks tokens."""
    return _document(url, {"certificate-authority": authority_file}, {})


def _document(
    server: str, trust: Mapping[str, str], user: Mapping[str, str], *, namespace: str = "default"
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sandbox", "cluster": {"server": server, **trust}}],
        "users": [{"name": "sandbox", "user": dict(user)}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": "sandbox", "namespace": namespace}}],
        "current-context": "sandbox",
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
