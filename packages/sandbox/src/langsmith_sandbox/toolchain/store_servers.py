"""The servers behind the sandbox's stores: from wheels that carry them, or none where there are no wheels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from langsmith_sandbox.progress import Progress

from . import agent_server
from .errors import BuildFailedError
from .ready import Workshop

_PROJECT = "stores"


@dataclasses.dataclass(frozen=True)
class StoreServers:
    """Where they are; None for one this machine cannot have.

    Attributes:
        postgres: Folder of ``initdb``, ``postgres`` and ``psql``.
        valkey: ``valkey-server``.
    """

    postgres: Path | None
    valkey: Path | None


def ensure_stores(
    progress: Progress | None = None,
    *,
    sources: Path | None = None,
    root: Path | None = None,
    uv: str | None = None,
) -> StoreServers:
    """The servers, installing them if they are missing: some seconds the first time.

    Arguments as those of :func:`langsmith_sandbox.toolchain.ensure`. What cannot be had is said, and is None: the
    world comes up without it.
    """
    from langsmith_sandbox.stores.postgres import obstacle

    shop = Workshop.of(progress, sources, root, uv)
    project = shop.sources / _PROJECT

    def install(into: Path) -> None:
        agent_server.build(project, into, shop.log(_PROJECT), uv=shop.uv)
        for program in (*_programs(into, "postgres"), *_programs(into, "valkey-server")):
            for each in program.parent.iterdir():
                each.chmod(0o755)  # wheels lose the right to execute what is in them

    try:
        folder = shop.obtain(_PROJECT, agent_server.slot(project), install)
    except BuildFailedError as problem:
        shop.progress.say(f"stores: no database server for this machine, so agents get no stores ({problem.what})")
        return StoreServers(None, None)
    postgres = next(iter(_programs(folder, "postgres")), None)
    if postgres and (reason := obstacle()):
        why = f"it refuses to run as root, and nothing can be run as another user here: {reason}"
        shop.progress.say(f"stores: no PostgreSQL, so agents get no database ({why}); work as another user to have one")
        postgres = None
    return StoreServers(postgres and postgres.parent, next(iter(_programs(folder, "valkey-server")), None))


def _programs(folder: Path, name: str) -> list[Path]:
    """Programs inside packages."""
    return sorted(folder.glob(f"lib/python*/site-packages/**/bin/{name}"))
