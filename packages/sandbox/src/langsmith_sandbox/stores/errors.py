"""What can go wrong with a store's server."""

from __future__ import annotations

from langsmith_sandbox.errors import SandboxError


class StoreError(SandboxError):
    """A store's server cannot be made, started or changed."""
