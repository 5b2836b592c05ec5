"""The tokens Pods show to EKS: issued by their own cluster, for one audience, and checked with the cluster's key."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

AUDIENCE = "pods.eks.amazonaws.com"
_COORDINATE_BYTES = 32  # of P-256


@dataclasses.dataclass(frozen=True)
class Pod:
    """Whom a token is about."""

    namespace: str
    service_account: str
    name: str


class TokenRefusedError(Exception):
    """A token proves nothing; never holds any of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_token(token: str, *, key: str, now: float) -> Pod:
    """The Pod a ServiceAccount token was made for.

    Args:
        token: A JWT signed with ES256.
        key: The public key of the cluster's service accounts, PEM.
        now: Seconds since the epoch.

    Raises:
        TokenRefusedError: It is no token, another cluster's, for somebody else, or over.
    """
    try:
        header, payload, signature = token.split(".")
        algorithm, claims = json.loads(_decoded(header))["alg"], json.loads(_decoded(payload))
        raw = _decoded(signature)
    except (ValueError, KeyError, TypeError):
        raise TokenRefusedError("The token is not a service account token.") from None
    if algorithm != "ES256" or not _is_signed(f"{header}.{payload}", raw, key):
        raise TokenRefusedError("The token was not issued by this cluster.")
    if AUDIENCE not in claims.get("aud", ()):
        raise TokenRefusedError(f"The token is not for the audience {AUDIENCE}.")
    if float(claims.get("exp", 0)) <= now:
        raise TokenRefusedError("The token has expired.")
    about: dict[str, Any] = claims.get("kubernetes.io", {})
    try:
        return Pod(about["namespace"], about["serviceaccount"]["name"], about["pod"]["name"])
    except KeyError:
        raise TokenRefusedError("The token is not bound to a Pod.") from None


def _is_signed(text: str, signature: bytes, key: str) -> bool:
    if not key or len(signature) != 2 * _COORDINATE_BYTES:
        return False
    public = serialization.load_pem_public_key(key.encode())
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    halves = (int.from_bytes(signature[:_COORDINATE_BYTES]), int.from_bytes(signature[_COORDINATE_BYTES:]))
    try:
        public.verify(encode_dss_signature(*halves), text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
