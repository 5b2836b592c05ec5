"""What LangSmith keeps of a stack: its listener, and the deployments of one that is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.hosting_stack import HostingStack, StackConfig
from langsmith_hybrid.operations.langsmith import control_plane_url, workspace_of
from langsmith_hybrid.operations.orphans.findings import Left
from langsmith_hybrid.operations.orphans.held import Held

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.models import Deployment, Listener

Workspace = Callable[[StackConfig], "AbstractContextManager[ControlPlaneClient]"]
"""Opens the workspace of a configuration, as `workspace_of`."""


def in_workspace(stack: HostingStack, held: Held, workspace: Workspace = workspace_of) -> Iterator[Left]:
    """Deployments that no cluster runs any more, then listeners of the stack's cluster that no state holds.

    Raises:
        OperationError: The workspace cannot be asked.
    """
    compute_id = stack.config.plain.get("eksClusterName", "")
    with workspace(stack.config) as client:
        listeners, deployments = client.list_listeners(), client.list_deployments()
    left = {each.id for each in listeners if each.compute_id == compute_id and each.id not in held.listeners}
    served = {each.id for each in listeners} - left
    for deployment in deployments:
        listener_id = deployment.source_config.listener_id
        if listener_id and listener_id not in served:
            yield _deployment(deployment, stack, known=listener_id in left)
    for listener in listeners:
        if listener.id in left:
            yield _listener(listener, stack)


def _deployment(deployment: Deployment, stack: HostingStack, *, known: bool) -> Left:
    on = deployment.source_config.listener_id
    fate = "which is left over itself" if known else "which does not exist any more: no cluster runs it"
    return Left(
        type="langsmith:deployment",
        id=deployment.id,
        arn="",
        stack=stack.tag if known else "",
        why=f"{deployment.name} ({deployment.status}) is on the listener {on}, {fate}.",
        remove=f"langsmith-client delete {deployment.name}",
    )


def _listener(listener: Listener, stack: HostingStack) -> Left:
    why = (
        f"It is registered for {listener.compute_id}, and no state holds it: a run that died, a lost state, or it was "
        "there before the stack. The next stack of this eksClusterName adopts it."
    )
    workspace = stack.config.plain.get("langsmithWorkspaceId", "")
    # Through a pipe, since everybody on a machine sees a command's arguments.
    key = """printf 'X-Api-Key: %s' "$LANGSMITH_API_KEY" | curl -X DELETE -H @-"""
    where = f"{control_plane_url(stack.config).rstrip('/')}/v2/listeners/{listener.id}"
    return Left("langsmith:listener", listener.id, "", stack.tag, why, f"{key} -H 'X-Tenant-Id: {workspace}' {where}")
