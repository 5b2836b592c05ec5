"""What the commands share that look at deployments and say where their images come from."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_client.identity import Identities
    from langsmith_client.registry import Registry
    from langsmith_client.target.protocol import Deployment, History, Revision

_GLANCE = 5.0  # seconds


def deployment_name(agent: str) -> str:
    """The name behind PATH|NAME: of the agent when it is a folder that holds one, else the word itself.

    Raises:
        ProjectError: The folder's agent cannot be read.
    """
    from langsmith_client.project import CONFIG_NAME, load_project

    folder = Path(agent)
    if (folder / CONFIG_NAME).is_file() or folder.name == CONFIG_NAME:
        return load_project(folder, environ=os.environ).name
    return agent


def clone_of(agent: str) -> Path:
    """Where to look for the commits of PATH|NAME: in the agent's folder, else in the current one; absolute."""
    return (Path(agent) if Path(agent).is_dir() else Path()).absolute()


def registries() -> Registry:
    """All registries, with the logins and mirrors of this machine; a context that closes them."""
    from langsmith_client.registry import Registry

    return Registry.from_environment(os.environ)


def glanced_registries() -> Registry:
    """The same for what is only an extra: a registry that is not reached from here must not hold up the rest."""
    from langsmith_client.registry import Registry

    return Registry.from_environment(os.environ, tries=1, timeout=_GLANCE)


@contextlib.contextmanager
def identities() -> Iterator[Identities]:
    """Knows where images come from, as far as a glance at their registries tells."""
    with glanced_registries() as registry:
        yield identities_of(registry)


def identities_of(registry: Registry) -> Identities:
    """Reads labels from `registry`, and remembers them on this machine."""
    from langsmith_client.identity import Identities
    from langsmith_client.settings import cache_folder

    return Identities(registry, cache_folder(os.environ) / "labels")


def chosen_revision(target: History, deployment: Deployment, wanted: str) -> Revision:
    """The revision that an id, the start of one, a commit or a tag stands for.

    Raises:
        ProjectError: None fits, or several do.
    """
    from langsmith_client.history import history
    from langsmith_client.selection import SEARCHED, select

    with identities() as known:
        return select(history(target, known, deployment, limit=SEARCHED), deployment.name, wanted).revision
