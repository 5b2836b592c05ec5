"""The agents a stack's listener runs: they have to go before it does, while it still can take them away."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.errors import LangSmithError

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.models import Deployment

_PATIENCE = 900.0  # seconds; the operator waits for Pods, and for volumes of agents with stores of their own
_LOOK_EVERY = 2.0  # seconds


def deployments_on(client: ControlPlaneClient, listeners: Collection[str]) -> tuple[Deployment, ...]:
    """The workspace's deployments on any of these listeners, by name; those being deleted are among them."""
    if not listeners:
        return ()
    found = (each for each in client.list_deployments() if each.source_config.listener_id in listeners)
    return tuple(sorted(found, key=lambda each: each.name))


def delete_deployments(
    client: ControlPlaneClient,
    deployments: Sequence[Deployment],
    *,
    tracing_projects: bool,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Delete deployments and wait until they are gone, which their listener sees to.

    Args:
        client: Of their workspace.
        deployments: What is to go; one that is gone already is fine.
        tracing_projects: Whether their traces go as well.
        say: Told of each that is gone.
        sleep: Waits the given seconds.
        clock: Seconds that go by.

    Raises:
        LangSmithError: Some are still there after a quarter of an hour.
    """
    from langsmith_control_plane.errors import NotFoundError

    for each in deployments:
        try:
            client.delete_deployment(each.id, delete_tracing_project=tracing_projects)
        except NotFoundError:
            continue
    waiting, began = list(deployments), clock()
    while waiting:
        for each in tuple(waiting):
            try:
                client.get_deployment(each.id)
            except NotFoundError:
                waiting.remove(each)
                say(f"The deployment {each.name} is gone.")
        if waiting and clock() - began > _PATIENCE:
            names = ", ".join(each.name for each in waiting)
            raise LangSmithError(
                f"{_PATIENCE / 60:.0f} minutes after they were deleted, these deployments are still there: {names}.",
                "Look whether the listener and the operator run (`kubectl get pods -A`), then run this again.",
            )
        if waiting:
            sleep(_LOOK_EVERY)
