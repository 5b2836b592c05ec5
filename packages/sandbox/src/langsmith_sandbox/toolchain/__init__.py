"""The tools the sandbox runs on: taken from PATH if good, else built once into the user's cache."""

from __future__ import annotations

from .ready import Toolchain, ensure

__all__ = ["Toolchain", "ensure"]
