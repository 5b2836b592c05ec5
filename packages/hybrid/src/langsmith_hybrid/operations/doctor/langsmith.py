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
        listeners = client.list_listeners()
        where = client.endpoints.control_plane
        try:
            client.get_listener(_NOBODY)
        except NotFoundError:
            pass
        except NotEnabledError as error:
            yield fail(CHECK, error.what, error.remedy)
            return
    workspace_id = subject.values["langsmith_workspace_id"]
    yield ok(CHECK, f"The key opens the workspace {workspace_id} at {where}, which allows listeners.")
    if subject.has("eks_cluster_name", "agent_namespaces"):
        yield _compute_id(subject, listeners)


def _compute_id(subject: Subject, listeners: Sequence[Listener]) -> Finding:
    """Whose the name is under which LangSmith would know the cluster."""
    wanted = subject.values["eks_cluster_name"]
    named = [each for each in listeners if each.compute_id == wanted]
    if not named:
        return ok(_NAME, f"{wanted} is free: no listener has it as its compute id.")
    if len(named) > 1:
        ids = ", ".join(sorted(each.id for each in named))
        return fail(_NAME, f"Several listeners have the compute id {wanted}: {ids}.", "Delete all but one.")
    (found,) = named
    if found.id in {each.id for each in subject.managed}:
        return ok(_NAME, f"The listener {found.id} is this stack's.")
    has = ", ".join(found.namespaces) or "no namespace"
    gets = ", ".join(subject.values["agent_namespaces"])
    return warn(
        _NAME,
        f"The listener {found.id} has the compute id {wanted} already, and {has}; it would be adopted, with {gets}.",
        "Set eksClusterName to another name if it belongs to another cluster.",
    )
