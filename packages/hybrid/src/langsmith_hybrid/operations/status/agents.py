"""The listener and what runs on it, as LangSmith sees them. Whether the listener polls, its API does not show."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.deployments import deployments_on
from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, warn
from langsmith_hybrid.operations.hosting_stack import HostingStack, StackConfig, StackState
from langsmith_hybrid.operations.orphans.held import Held

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.models import Deployment

_READY = "READY"


def checks(
    stack: HostingStack,
    state: StackState,
    workspace: Callable[[StackConfig], AbstractContextManager[ControlPlaneClient]],
) -> list[Check]:
    """A check for the stack's listener with its deployments."""
    listeners = sorted(Held.by(state.managed).listeners)
    if not listeners:
        return [Check("listener", lambda: [fail("listener", "There is none.", "Run `pulumi up`, which goes on.")])]
    return [Check("listener", lambda name=name: _listener(stack, name, workspace)) for name in listeners]


def _listener(
    stack: HostingStack,
    listener_id: str,
    workspace: Callable[[StackConfig], AbstractContextManager[ControlPlaneClient]],
) -> Iterator[Finding]:
    from langsmith_control_plane.errors import NotFoundError

    with workspace(stack.config) as client:
        try:
            listener = client.get_listener(listener_id)
        except NotFoundError:
            what = f"The listener {listener_id} does not exist any more, so that nothing can be deployed."
            yield fail("listener", what, "Run `pulumi up --refresh`, which registers it again.")
            return
        wanted = stack.outputs.get("namespaces") or []
        has = ", ".join(listener.namespaces)
        if set(listener.namespaces) == set(wanted):
            yield ok("listener", f"{listener_id} is registered for {listener.compute_id} (namespaces: {has}).")
        else:
            what = f"{listener_id} has the namespaces {has or 'none'}, and should have {', '.join(wanted)}."
            yield fail("listener", what, "Run `pulumi up --refresh`, which puts them right.")
        yield _deployments(deployments_on(client, {listener_id}))


def _deployments(deployments: tuple[Deployment, ...]) -> Finding:
    if not deployments:
        return ok("agents", "No agent is deployed.")
    by_status = collections.Counter(each.status for each in deployments)
    counted = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
    others = [f"{each.name} ({each.status})" for each in deployments if each.status != _READY]
    if others:
        return warn("agents", f"{counted}: {', '.join(others)}.", "Ask `langsmith-client status NAME` why.")
    return ok("agents", f"{counted}.")
