"""Paths a container believes in, translated to where they are on this machine.

A process here sees the machine's file system, not the image's. So the paths its configuration hands it are rewritten:
those of mounted volumes, and those that exist in the image.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclasses.dataclass(frozen=True)
class PathMap:
    """What is where.

    Attributes:
        root: The image's unpacked file system.
        mounts: Folder or file on this machine by mount path.
    """

    root: Path
    mounts: Mapping[str, Path]

    def locate(self, path: str) -> Path | None:
        """Where an absolute path of the container is; None when neither a volume nor the image has it."""
        for mount in sorted(self.mounts, key=len, reverse=True):
            base = mount.rstrip("/")
            if path == base or path.startswith(f"{base}/"):
                return self.mounts[mount] / path[len(base) :].lstrip("/")
        relative = path.strip("/")
        candidate = self.root / relative
        return candidate if relative and candidate.exists() else None

    def translate_argument(self, word: str) -> str:
        """A command's argument; rewritten when it is the path of something in a volume or in the image."""
        return self._located(word)

    def translate_variable(self, name: str, value: str) -> str:
        """A variable's value with its paths rewritten.

        ``PYTHONPATH`` is read as a list; a JSON object (``LANGSERVE_GRAPHS``, ``LANGGRAPH_HTTP``, ...) leaf by leaf,
        each leaf as ``path`` or ``path:name``; anything else only if it is the path of a mounted volume.
        """
        if name == "PYTHONPATH":
            return ":".join(self._located(entry) for entry in value.split(":") if entry)
        if value.startswith("{") and value.endswith("}"):
            try:
                return json.dumps(self._translate_leaves(json.loads(value)))
            except ValueError:
                return value
        if value.startswith("/") and any(
            value == mount.rstrip("/") or value.startswith(f"{mount.rstrip('/')}/") for mount in self.mounts
        ):
            return self._located(value)
        return value

    def _translate_leaves(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._translate_leaves(leaf) for key, leaf in value.items()}
        if isinstance(value, list):
            return [self._translate_leaves(leaf) for leaf in value]
        if isinstance(value, str) and value.startswith("/"):
            path, colon, attribute = value.partition(":")
            return f"{self._located(path)}{colon}{attribute}"
        return value

    def _located(self, path: str) -> str:
        located = self.locate(path) if path.startswith("/") else None
        return path if located is None else str(located)
