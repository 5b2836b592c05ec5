"""LangSmith: whether the key opens the workspace, listeners are allowed there, and the cluster's name is free."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, warn
from langsmith_hybrid.operations.doctor.subject import Subject
from langsmith_hybrid.operations.hosting_stack import StackConfig

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient
    from langsmith_control_plane.models import Listener

Workspace = Callable[[StackConfig], contextlib.AbstractContextManager["ControlPlaneClient"]]

CHECK = "langsmith"
_NAME = "listener"
# No listener is this one. Without a plan for listeners the control plane says so before it says that.
_NOBODY = str(uuid.UUID(int=0))


def findings(subject: Subject, workspace: Workspace) -> Iterator[Finding]:
    """What the control plane says, asked with the stack's own key.

    Raises:
        AccessError: The key does not open the workspace.
        LangSmithError: The control plane does not answer.
    """
    from langsmith_control_plane.errors import NotEnabledError, NotFoundError

    with workspace(subject.stack.config) as client:
        listeners: Sequence[Listener] = ()
        try:
            listeners = client.list_listeners()
            client.get_listener(_NOBODY)
        except NotFoundError:
            pass
        except NotEnabledError as error:
            yield fail(CHECK, error.what, error.remedy)
            return
        workspace_id, where = subject.values["langsmith_workspace_id"], client.endpoints.control_plane
        yield ok(CHECK, f"The key opens the workspace {workspace_id} at {where}, which allows listeners.")
        if subject.has("eks_cluster_name", "agent_namespaces"):
            yield _compute_id(subject, listeners, client)


def _compute_id(subject: Subject, listeners: Sequence[Listener], client: ControlPlaneClient) -> Finding:
    """Whose the name is under which LangSmith would know the cluster."""
    wanted, namespaces = subject.values["eks_cluster_name"], subject.values["agent_namespaces"]
    named = [each for each in listeners if each.compute_id == wanted]
    if not named:
        return ok(_NAME, f"{wanted} is free: no listener has it as its compute id.")
    if len(named) > 1:
        ids = ", ".join(sorted(each.id for each in named))
        return fail(_NAME, f"Several listeners have the compute id {wanted}: {ids}.", "Delete all but one.")
    (found,) = named
    if stranded := _stranded(client, found, namespaces):
        what = f"The listener {found.id} of the compute id {wanted} would lose namespaces of {stranded}."
        return fail(_NAME, what, "Keep them in agentNamespaces, delete what runs there, or set another eksClusterName.")
    if found.id in {each.id for each in subject.managed}:
        return ok(_NAME, f"The listener {found.id} is this stack's.")
    has = ", ".join(found.namespaces) or "none"
    return warn(
        _NAME,
        f"The listener {found.id} has the compute id {wanted} already (namespaces: {has}), and would be adopted.",
        f"It would get the namespaces {', '.join(namespaces)}. Set another eksClusterName if it is another cluster's.",
    )


def _stranded(client: ControlPlaneClient, listener: Listener, namespaces: Sequence[str]) -> str:
    """Names of deployments in namespaces the listener would lose, which the update refuses; empty if there are none."""
    if not (lost := set(listener.namespaces) - set(namespaces)):
        return ""
    deployments = client.list_deployments(listener_id=listener.id)
    return ", ".join(sorted(each.name for each in deployments if each.source_config.namespace in lost))
