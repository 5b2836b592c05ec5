"""The tools the sandbox runs on: taken from PATH if good, else built once into the user's cache."""

from __future__ import annotations

from .buildkit import BuildKit, ensure_buildkit
from .ready import Toolchain, ensure

__all__ = ["BuildKit", "Toolchain", "ensure", "ensure_buildkit"]
