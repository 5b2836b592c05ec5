"""Credentials that services without a chain of their own take from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from langsmith_firewall.errors import CredentialsError


def required(*names: str, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values of these variables.

    Raises:
        CredentialsError: One is unset or blank.
    """
    if missing := [name for name in names if not environ.get(name, "").strip()]:
        raise CredentialsError(f"{' and '.join(missing)} is not set. Export it, and run this again.")
    return tuple(environ[name].strip() for name in names)


def has(*names: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether all of these variables are set."""
    return all(environ.get(name, "").strip() for name in names)
