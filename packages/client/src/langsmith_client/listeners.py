"""The workspace's listeners, and what runs on each."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Protocol

from langsmith_client.errors import ProjectError
from langsmith_client.table import Row, age
from langsmith_client.target.control_plane import mapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from langsmith_control_plane.models import Deployment, Listener


class Directory(Protocol):
    """What is asked of a control plane; errors are those of its client."""

    def list_listeners(self) -> tuple[Listener, ...]:
        """Every listener of the workspace."""
        ...

    def list_deployments(self, *, listener_id: str | None = None) -> tuple[Deployment, ...]:
        """Every deployment, or those on one listener."""
        ...


def list_listeners(client: Directory) -> list[tuple[Listener, int]]:
    """Every listener with the number of its deployments, by cluster.

    Raises:
        TargetError: The control plane refuses, or does not answer.
    """
    with mapped():
        listeners = client.list_listeners()
        deployments = client.list_deployments() if listeners else ()
    counts = collections.Counter(each.source_config.listener_id for each in deployments)
    return [(each, counts[each.id]) for each in sorted(listeners, key=lambda each: (each.compute_id, each.id))]


def find_listener(client: Directory, wanted: str) -> tuple[Listener, tuple[Deployment, ...]]:
    """The listener of this id, or of this cluster's name, and its deployments by name.

    Raises:
        ProjectError: There is none, or the name fits several.
        TargetError: The control plane refuses, or does not answer.
    """
    with mapped():
        # Not asked for by its id: an id that is no UUID would be refused, and a name is none.
        listeners = client.list_listeners()
        found = [each for each in listeners if wanted in {each.id, each.compute_id}]
        if len(found) != 1:
            known = ", ".join(f"{each.id} ({each.compute_id})" for each in found or listeners)
            raise ProjectError(
                [f"{'Several listeners are' if found else 'There is no listener'} called {wanted!r}."],
                f"Use one of: {known}." if known else "The workspace has none; the hosting stack registers one.",
            )
        deployments = client.list_deployments(listener_id=found[0].id)
    return found[0], tuple(sorted(deployments, key=lambda each: each.name))


def rows(listeners: Sequence[tuple[Listener, int]], now: dt.datetime) -> list[Row]:
    """A row for each listener."""
    return [
        Row(
            {
                "id": listener.id,
                "cluster": listener.compute_id,
                "namespaces": ", ".join(listener.namespaces) or "none",
                "version": listener.version or "-",
                "deployments": str(count),
                "updated": age(listener.updated_at, now),
            },
            {**fields(listener), "deployments": count},
        )
        for listener, count in listeners
    ]


def fields(listener: Listener) -> dict[str, object]:
    """A listener for machines."""
    return {
        "id": listener.id,
        "compute_id": listener.compute_id,
        "namespaces": list(listener.namespaces),
        "version": listener.version,
        "created_at": listener.created_at,
        "updated_at": listener.updated_at,
    }


def deployment_rows(deployments: Sequence[Deployment]) -> list[Row]:
    """A row for each deployment on a listener."""
    return [
        Row(
            {
                "deployment": each.name,
                "namespace": each.source_config.namespace or "-",
                "status": each.status,
                "url": each.source_config.custom_url or "-",
            },
            {
                "name": each.name,
                "deployment_id": each.id,
                "namespace": each.source_config.namespace,
                "status": each.status,
                "url": each.source_config.custom_url,
            },
        )
        for each in deployments
    ]
