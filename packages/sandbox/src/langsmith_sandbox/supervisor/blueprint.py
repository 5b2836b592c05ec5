"""What a world consists of: the ports it needs, its parts, the work before and after they start."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.stores.engines import StoreEngines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.part import Part
    from langsmith_sandbox.paths import WorldPaths


@dataclasses.dataclass(frozen=True)
class Site:
    """Where one world is built: its folder, its ports, its secrets."""

    paths: WorldPaths
    ports: Mapping[str, int]
    credentials: Credentials

    def url(self, part: str) -> str:
        """Where a part answers over HTTP."""
        return f"http://127.0.0.1:{self.ports[part]}"

    def address(self, part: str) -> str:
        """``host:port`` of a part."""
        return f"127.0.0.1:{self.ports[part]}"


class ClusterPlan(Protocol):
    """How one EKS cluster is run in a folder."""

    def prepare(self, directory: Path, name: str) -> None:
        """Make what its parts need; what is there already stays."""
        ...

    def waves(self, site: Site, directory: Path, name: str) -> tuple[tuple[Part, ...], ...]:
        """Its parts; a wave starts when the one before it is ready, and they stop in reverse."""
        ...

    def endpoint(self, directory: Path) -> str: ...

    def certificate_authority(self, directory: Path) -> str: ...

    def token_key(self, directory: Path) -> str: ...


@dataclasses.dataclass(frozen=True)
class Blueprint:
    """A world to build.

    Attributes:
        ports: Names of the ports it needs besides the supervisor's own.
        parts: Its parts, started side by side.
        clusters: How clusters are run.
        stores: The servers behind databases and caches.
        before: Work before the parts start.
        after: Work once they are ready, before the world counts as running.
    """

    ports: tuple[str, ...]
    parts: Callable[[Site], tuple[Part, ...]]
    clusters: ClusterPlan
    stores: StoreEngines = dataclasses.field(default_factory=StoreEngines)
    before: Callable[[Site], None] = lambda _site: None
    after: Callable[[Site], None] = lambda _site: None
