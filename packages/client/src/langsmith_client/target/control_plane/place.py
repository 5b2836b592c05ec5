"""Where on a control plane a deployment runs, and whether it can run there."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.errors import MissingError, PreflightError, ProjectError
from langsmith_client.target.control_plane.errors import RefusedError, mapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.models import Listener


@dataclasses.dataclass(frozen=True)
class Place:
    """Where new deployments go: a listener's id and a Kubernetes namespace it watches."""

    listener_id: str
    namespace: str

    @classmethod
    def of(cls, listener_id: str | None, namespace: str | None) -> Place | None:
        """The place two optional flags name; None when neither is given.

        Raises:
            ProjectError: Only one of them is given.
        """
        if listener_id and namespace:
            return cls(listener_id, namespace)
        if listener_id or namespace:
            raise ProjectError(["--listener-id and --k8s-namespace go together."], "Give both, or neither.")
        return None

    def words(self) -> dict[str, str]:
        """As `Deployment.place` has it."""
        return {"listener": self.listener_id, "namespace": self.namespace}


def check_place(client: ControlPlaneClient, place: Place) -> None:
    """Make sure that the listener exists and watches the namespace.

    Raises:
        PreflightError: One of them is not there.
    """
    listener = _listener(client, place.listener_id)
    if place.namespace not in listener.namespaces:
        raise PreflightError(
            f"The listener {listener.compute_id} ({listener.id}) has no namespace {place.namespace!r}.",
            f"Use one of its namespaces: {', '.join(listener.namespaces) or 'it has none'}.",
        )


def check_unmoved(name: str, place: Place, present: Mapping[str, str]) -> None:
    """Make sure that a deployment which is at `present` is asked for at the same place.

    Raises:
        PreflightError: It is elsewhere, and a deployment cannot move.
    """
    wanted = place.words()
    if moved := [key for key, value in present.items() if wanted.get(key) != value]:
        raise PreflightError(
            f"{name} exists elsewhere: " + ", ".join(f"{key} {present[key]}" for key in moved) + ".",
            "A deployment cannot move: deploy to where it is, delete it first, or use another --name.",
        )


def _listener(client: ControlPlaneClient, listener_id: str) -> Listener:
    try:
        with mapped():
            return client.get_listener(listener_id)
    except (MissingError, RefusedError) as error:  # refused: not even the form of an id
        with mapped():
            known = ", ".join(f"{each.id} ({each.compute_id})" for each in client.list_listeners())
        raise PreflightError(
            f"There is no listener {listener_id!r} in this workspace.",
            f"Use one of the workspace's listeners: {known}." if known else "Register a listener first.",
        ) from error
