"""The data plane: LangSmith's listener and operator, installed by their chart and told who they are by our listener."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid.component import Component
from langsmith_hybrid.operator_access import watching
from langsmith_hybrid.platform import RELEASE_TIMEOUT

_RELEASE = "langgraph-dataplane"
_OPERATOR = f"{_RELEASE}-operator"
# The chart reads the API key from this key of the Secret, and from no other.
_API_KEY = "langsmith_api_key"
_QUEUE_URL = "connection_url"


@dataclasses.dataclass(frozen=True)
class DataPlaneArgs:
    """What the data plane is made from.

    Attributes:
        api_key: LangSmith API key; a secret.
        workspace_id: The workspace, ``listener_id`` its listener.
        namespaces: Namespaces agents are deployed to; they are created here, and the first also holds the release.
        queue_url: Redis URL of the listener's job queue, or None for a Redis of the chart's own.
        host_url: Control plane; ``endpoint`` is the LangSmith API of the same region.
        health_check: Whether agents' health is checked from outside, by their name.
        exposure: The chart's values that route agents through the entrance.
        chart_repository: Helm repository of the chart; ``chart_version`` pins it.
        operator_version: The operator's image tag, in place of the chart's own.
    """

    api_key: pulumi.Input[str]
    workspace_id: str
    listener_id: pulumi.Input[str]
    namespaces: Sequence[str]
    queue_url: pulumi.Input[str] | None
    host_url: str
    endpoint: str
    health_check: bool
    exposure: Mapping[str, Any]
    chart_repository: str
    chart_version: str
    operator_version: str


class DataPlane(Component):
    """Namespaces, the Secrets the chart reads, and the ``langgraph-dataplane`` release.

    Attributes:
        release: The release; agents can be deployed once it stands.
        namespaces: Where agents are deployed.
    """

    release: kubernetes.helm.v3.Release
    namespaces: list[kubernetes.core.v1.Namespace]

    def __init__(self, name: str, args: DataPlaneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # The chart puts its Ingress beside itself, and an Ingress routes only to Services of its own namespace: the
        # release lives where the agents do.
        self.namespaces = [self._namespace(namespace) for namespace in args.namespaces]
        home = self.namespaces[0]
        watches = [
            watching(
                each, name=f"operator-{own}", service_account=_OPERATOR, home=home.metadata.name, opts=self.child()
            )
            for own, each in zip(args.namespaces, self.namespaces, strict=True)
        ]
        api_key = self._secret(f"{name}-api-key", home, {_API_KEY: args.api_key})
        queue = None
        if args.queue_url is not None:
            queue = self._secret(f"{name}-queue", home, {_QUEUE_URL: args.queue_url}).metadata.name
        self.release = kubernetes.helm.v3.Release(
            name,
            name=_RELEASE,
            namespace=home.metadata.name,
            chart=_RELEASE,
            version=args.chart_version,
            repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=args.chart_repository),
            values=chart_values(args, api_key=api_key.metadata.name, queue=queue),
            atomic=True,
            timeout=RELEASE_TIMEOUT,
            opts=self.child(depends_on=[*self.namespaces, *watches]),
        )
        self.register_outputs({})

    def _namespace(self, name: str) -> kubernetes.core.v1.Namespace:
        return kubernetes.core.v1.Namespace(
            name, metadata=kubernetes.meta.v1.ObjectMetaArgs(name=name), opts=self.child()
        )

    def _secret(
        self, name: str, namespace: kubernetes.core.v1.Namespace, values: dict[str, pulumi.Input[str]]
    ) -> kubernetes.core.v1.Secret:
        # Immutable and named by Pulumi: a new value is a new Secret under a new name, which the chart's values then
        # carry, so that the Pods that read it are replaced. A changed Secret alone would restart nothing.
        return kubernetes.core.v1.Secret(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(namespace=namespace.metadata.name),
            immutable=True,
            string_data={key: pulumi.Output.secret(value) for key, value in values.items()},
            opts=self.child(),
        )


def chart_values(args: DataPlaneArgs, *, api_key: pulumi.Input[str], queue: pulumi.Input[str] | None) -> dict[str, Any]:
    """The chart's values: every one is set here from typed configuration, and none of them is a secret.

    Args:
        args: The data plane's arguments.
        api_key: Name of the Secret with the API key.
        queue: Name of the Secret with the queue's URL, or None.
    """
    # With `autoRestart` on, each render differs by a random annotation, and every `up` would restart both.
    steady = {"deployment": {"autoRestart": False}}
    watched = ",".join(args.namespaces)
    external = {"enabled": True, "existingSecretName": queue, "connectionUrlSecretKey": _QUEUE_URL}
    return {
        "config": {
            "existingSecretName": api_key,
            "hostBackendUrl": args.host_url,
            "smithBackendUrl": args.endpoint,
            "langsmithWorkspaceId": args.workspace_id,
            "langgraphListenerId": args.listener_id,
            "watchNamespaces": watched,
            # The check goes through the public hostname; without one it would fail every revision.
            "enableLGPDeploymentHealthCheck": args.health_check,
        },
        **args.exposure,
        "images": {"operatorImage": {"tag": args.operator_version}},
        "redis": {"external": {"enabled": False} if queue is None else external},
        "listener": steady,
        "operator": {**steady, "watchNamespaces": watched},
    }
