"""The passwords GetAuthorizationToken gives out: signed, so that the gate knows them without asking who issued them."""

from __future__ import annotations

import base64
import binascii
import enum
import hmac

USER = "AWS"
LIFE_SECONDS = 12 * 3600.0


class Standing(enum.Enum):
    """What a request's Authorization header is worth."""

    ANONYMOUS = "anonymous"
    VALID = "valid"
    EXPIRED = "expired"


def password(secret: str, now: float) -> str:
    """A password good for twelve hours from `now`, in seconds since the epoch."""
    until = f"{now + LIFE_SECONDS:.0f}"
    return f"{until}.{_signature(secret, until)}"


def standing(authorization: str, secret: str, now: float) -> Standing:
    """Who sends the header `Basic <base64 of AWS:password>`; a wrong password is as good as none."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, _, given = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Standing.ANONYMOUS
    until, _, signature = given.partition(".")
    genuine = hmac.compare_digest(signature.encode(), _signature(secret, until).encode())
    if scheme.lower() != "basic" or user != USER or not genuine:
        return Standing.ANONYMOUS
    return Standing.VALID if now < float(until) else Standing.EXPIRED


def _signature(secret: str, until: str) -> str:
    return hmac.digest(secret.encode(), f"ecr/{until}".encode(), "sha256").hex()
