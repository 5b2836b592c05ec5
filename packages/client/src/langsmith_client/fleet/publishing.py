"""Images of several agents at the same time: threads for what waits, and no more computing than there are cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from langsmith_client import processes
from langsmith_client.image.docker import DockerBuilder
from langsmith_client.image.layers import LayersBuilder
from langsmith_client.image.publish import AUTO, PublishedImage, publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_client.fleet.members import Member
    from langsmith_client.image.protocol import Say
    from langsmith_client.registry import Registry


def publisher(
    registry: Registry, cache: Path, *, chosen: str = AUTO, run: processes.Runner | None = None
) -> Callable[[Member, Say], PublishedImage]:
    """Makes sure that the image of one agent is in the registry; to be called from several threads.

    Args:
        cache: Folder of what builders remember.
        chosen: Name of a builder.
        run: Runs docker and uv.
    """
    run = run or Bounded()
    builders = (DockerBuilder(registry, run), LayersBuilder(registry, cache, run))
    return lambda member, say: publish(member.request, registry, builders, chosen=chosen, say=say)


class Bounded:
    """A `Runner` that starts at most so many programs at a time: each resolver or compiler fills a core.

    Args:
        run: Runs them.
        slots: How many; by default one for each core.
    """

    def __init__(self, run: processes.Runner = processes.run, *, slots: int = os.cpu_count() or 1) -> None:
        self._run = run
        self._slots = threading.BoundedSemaphore(slots)

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> processes.Finished:
        """See `Runner`; the time to wait for a slot does not count."""
        with self._slots:
            return self._run(argv, cwd=cwd, stdin=stdin, env=env, timeout=timeout)
