"""What the environment of the process decides: the cache folder and the mirrors of registries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHE_VARIABLE = "LANGSMITH_CLIENT_CACHE"
MIRRORS_VARIABLE = "LANGSMITH_CLIENT_REGISTRY_MIRRORS"


def cache_folder(environ: Mapping[str, str]) -> Path:
    """LANGSMITH_CLIENT_CACHE, else `langsmith-client` in the user's cache folder; absolute. Safe to delete."""
    if chosen := environ.get(CACHE_VARIABLE):
        return Path(chosen).absolute()
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base).absolute() / "langsmith-client"
    return Path.home() / ".cache" / "langsmith-client"


def registry_mirrors(environ: Mapping[str, str]) -> dict[str, str]:
    """Registry host to the host that is read in its place, from `docker.io=127.0.0.1:5000,ghcr.io=...`.

    Raises:
        ProjectError: The variable is malformed.
    """
    mirrors: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in environ.get(MIRRORS_VARIABLE, "").split(","))):
        host, equals, mirror = pair.partition("=")
        if not (host and equals and mirror):
            raise ProjectError(
                [f"{MIRRORS_VARIABLE} holds {pair!r}."], "Write host=mirror, several separated by commas."
            )
        mirrors[host.strip()] = mirror.strip()
    return mirrors
