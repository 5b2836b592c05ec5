"""Every agent of a workspace at a glance: what should run, what does, and where it comes from."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from langsmith_client.errors import TargetError
from langsmith_client.identity import Identity
from langsmith_client.table import Row, age

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable

    from langsmith_client.proof import Proof
    from langsmith_client.target.protocol import Deployment, Revision

WORKERS = 16
"""Agents looked at at the same time: a workspace of hundreds in seconds, far below what its rate limit allows."""


class Overview(Protocol):
    """What a listing asks a target."""

    def deployments(self) -> list[Deployment]:
        """See `Catalogue`."""
        ...

    def newest(self, deployment: Deployment) -> Revision | None:
        """See `Catalogue`."""
        ...

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """See `Target`."""
        ...


class Reader(Protocol):
    """Knows where images come from; `Identities` is one."""

    def of(self, image: str | None) -> Identity:
        """The identity of an image by digest."""
        ...


@dataclasses.dataclass(frozen=True)
class Listed:
    """One agent.

    Attributes:
        newest: Its newest revision, whatever became of it.
        running: The revision that should be running: the active one, else the newest.
        identity: Where the running revision's image comes from.
        answer: What the agent itself said; None when it has no URL.
        problem: Why something about it is unknown, as a sentence; empty otherwise.
    """

    deployment: Deployment
    newest: Revision | None
    running: Revision | None
    identity: Identity
    answer: Proof | None
    problem: str = ""

    @property
    def served(self) -> str | None:
        """Id of the revision the agent says it is."""
        return self.answer.served if self.answer else None


def list_agents(
    target: Overview,
    identities: Reader,
    *,
    probe: Callable[[str], Proof],
    only: Collection[str] | None = None,
) -> list[Listed]:
    """All deployments, or those named in `only`, sorted by name and looked at side by side.

    Args:
        probe: Asks the agent at a URL which revision it is.

    Raises:
        TargetError: The list itself cannot be had; what goes wrong with one agent is told in its row.
    """
    found = [each for each in target.deployments() if only is None or each.name in only]
    if not found:
        return []
    found.sort(key=lambda each: each.name)
    with ThreadPoolExecutor(min(WORKERS, len(found))) as pool:
        return list(pool.map(lambda each: look(target, identities, each, probe=probe), found))


def look(target: Overview, identities: Reader, deployment: Deployment, *, probe: Callable[[str], Proof]) -> Listed:
    """One deployment, as for `list_agents`; what cannot be asked is unknown, and its `problem` says why."""
    problem = ""
    newest, running = deployment.newest, None
    active = deployment.active_revision_id
    try:
        newest = newest or target.newest(deployment)
        running = (
            newest if active is None or (newest and newest.id == active) else target.revision(deployment.id, active)
        )
    except TargetError as error:
        problem = error.what
    answer = probe(deployment.url) if deployment.url else None
    identity = identities.of(running.image) if running else Identity()
    return Listed(deployment, newest, running, identity, answer, problem)


def rows(agents: Iterable[Listed], now: dt.datetime) -> list[Row]:
    """The table of `ls`."""
    return [Row(_cells(each, now), fields(each)) for each in agents]


def _cells(each: Listed, now: dt.datetime) -> dict[str, str]:
    identity, newest = each.identity, each.newest
    return {
        "name": each.deployment.name,
        "status": "DELETING" if each.deployment.deleting else newest.status if newest else "unknown",
        "tag": identity.shown,
        "dirty": {True: "yes", False: "no", None: "?"}[identity.dirty],
        "digest": (identity.digest or "").removeprefix("sha256:")[:12] or "unknown",
        "namespace": each.deployment.place.get("namespace", "-"),
        "served": _served(each),
        "age": age(newest.created_at if newest else None, now),
        "url": each.deployment.url or "-",
    }


def _served(each: Listed) -> str:
    if each.served is None:
        return "unknown"
    if each.newest and each.served == each.newest.id:
        return "newest"
    return "active" if each.served == each.deployment.active_revision_id else f"other ({each.served[:8]})"


def fields(each: Listed) -> dict[str, Any]:
    """One agent for machines."""
    deployment, newest, identity = each.deployment, each.newest, each.identity
    return {
        "name": deployment.name,
        "deployment_id": deployment.id,
        "place": dict(deployment.place),
        "deleting": deployment.deleting,
        "status": newest.status if newest else None,
        "revision_id": newest.id if newest else None,
        "created_at": newest.created_at if newest else None,
        "active_revision_id": deployment.active_revision_id,
        "served_revision_id": each.served,
        "image_uri": each.running.image if each.running else None,
        "identity": dataclasses.asdict(identity),
        "url": deployment.url,
        "problem": each.problem or (each.answer.reason if each.answer else ""),
    }
