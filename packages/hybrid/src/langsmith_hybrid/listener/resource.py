"""The listener as a resource of a Pulumi program."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi.dynamic import Resource

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener.api_key import fingerprint
from langsmith_hybrid.listener.provider import ListenerProvider


class LangSmithListener(Resource, module="langsmith", name="Listener"):
    """Registers a Kubernetes cluster with a LangSmith workspace, which may then deploy agents to it.

    A listener the workspace already has for this compute id is adopted: brought in line, and left alone on destroy.
    Namespaces change in place; another workspace, compute id or control plane means another listener, and the old one
    goes first. It cannot be destroyed while deployments use it.

    Attributes:
        listener_id: UUID of the listener, the data plane's ``config.langgraphListenerId``.
        adopted: Whether it existed before this resource.
        namespaces: Kubernetes namespaces it may deploy to.
        workspace_id: UUID of its workspace.
        compute_id: Name of its cluster.
        version: What the listener reports of itself, or None.
    """

    listener_id: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    namespaces: pulumi.Output[Sequence[str]]
    workspace_id: pulumi.Output[str]
    compute_id: pulumi.Output[str]
    version: pulumi.Output[str | None]

    def __init__(
        self,
        name: str,
        *,
        api_key: pulumi.Input[str],
        workspace_id: pulumi.Input[str],
        compute_id: pulumi.Input[str],
        namespaces: pulumi.Input[Sequence[pulumi.Input[str]]],
        control_plane_url: pulumi.Input[str] | None = None,
        delete_adopted: pulumi.Input[bool] = False,
        existing_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a listener.

        Args:
            name: Name of the resource in the stack.
            api_key: API key of the workspace; must be the stack's ``langsmithApiKey`` or, where that is not set, the
                environment's ``LANGSMITH_API_KEY``, from which the provider takes it. It never becomes a property: the
                state holds a salted fingerprint, so that a rotated key shows as an update.
            workspace_id: UUID of the LangSmith workspace.
            compute_id: Name of the cluster, unique in the workspace.
            namespaces: Kubernetes namespaces agents may be deployed to; at least one.
            control_plane_url: Base URL of the control plane; by default what ``LANGGRAPH_HOST_URL`` or
                ``LANGSMITH_ENDPOINT`` say at the time, else the US one.
            delete_adopted: Whether destroy also deletes a listener that existed before.
            existing_id: UUID of the listener to adopt, where finding it by compute id will not do.
            opts: Options of the resource.
        """
        key_fingerprint = pulumi.Output.all(api_key, workspace_id).apply(
            lambda values: fingerprint(Secret(values[0] or ""), values[1] or "")
        )
        super().__init__(
            ListenerProvider(),
            name,
            {
                "workspace_id": workspace_id,
                "compute_id": compute_id,
                "namespaces": namespaces,
                "control_plane_url": control_plane_url,
                "delete_adopted": delete_adopted,
                "existing_id": existing_id,
                # Derived from a secret, yet made to be shown: as a secret its change could not be seen in a plan.
                "api_key_fingerprint": pulumi.Output.unsecret(key_fingerprint),
                # Outputs are declared as empty inputs, without which the resource would have no such attributes.
                "listener_id": None,
                "adopted": None,
                "version": None,
            },
            opts,
        )
