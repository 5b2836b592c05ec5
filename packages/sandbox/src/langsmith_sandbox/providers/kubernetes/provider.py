"""The plugin as the engine sees it: which handler a resource type belongs to, and the provider's own inputs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.kubernetes import configuration, difference, kubeconfig
from langsmith_sandbox.providers.kubernetes.cluster import Cluster
from langsmith_sandbox.providers.kubernetes.configuration import Configuration
from langsmith_sandbox.providers.kubernetes.errors import KubeconfigError, UnsupportedError
from langsmith_sandbox.providers.kubernetes.objects import Objects
from langsmith_sandbox.providers.kubernetes.release import Releases
from langsmith_sandbox.providers.kubernetes.waiting import Patience
from langsmith_sandbox.providers.properties import UNKNOWN, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "4.34.2"
"""The release of the official provider this one stands in for."""

_RELEASE = "kubernetes:helm.sh/v3:Release"
_COMPONENT_GROUPS = ("helm.sh/v2", "helm.sh/v3", "helm.sh/v4", "yaml", "yaml/v2", "kustomize", "kustomize/v2")


class Handler(Protocol):
    """What a group of resource types needs from the provider."""

    def check(self, check: plugin.Check) -> plugin.Checked: ...
    def diff(self, diff: plugin.Diff) -> plugin.Difference: ...
    def create(self, create: plugin.Create) -> plugin.Instance: ...
    def read(self, read: plugin.Read) -> plugin.Instance | None: ...
    def update(self, update: plugin.Update) -> Properties: ...
    def delete(self, delete: plugin.Delete) -> None: ...


class KubernetesProvider:
    """Implements `plugin.Provider`; the engine runs one process of it for each provider resource."""

    version = VERSION
    echoes: Mapping[str, str] = {"data": "stringData"}

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._cluster: Cluster | None = None
        self._use(Configuration())

    def check_config(self, check: plugin.Check) -> plugin.Checked:
        """Refuse inputs the stand-in would ignore."""
        return plugin.Checked(check.inputs, configuration.check(check.inputs))

    def diff_config(self, diff: plugin.Diff) -> plugin.Difference:
        """Another cluster means other objects; anything else about the provider is an update."""
        changed = difference.changes(diff.old_inputs, diff.inputs)
        return plugin.Difference(
            difference.classify(changed, ["kubeconfig"] if _other_cluster(diff.old_inputs, diff.inputs) else ())
        )

    def configure(self, config: Properties) -> None:
        """Remember how to reach the cluster; nothing is sent before the first object."""
        self._use(configuration.parse(config))

    def check(self, check: plugin.Check) -> plugin.Checked:
        return self._handler(check.subject).check(check)

    def diff(self, diff: plugin.Diff) -> plugin.Difference:
        return self._handler(diff.subject).diff(diff)

    def create(self, create: plugin.Create) -> plugin.Instance:
        return self._handler(create.subject).create(create)

    def read(self, read: plugin.Read) -> plugin.Instance | None:
        return self._handler(read.subject).read(read)

    def update(self, update: plugin.Update) -> Properties:
        return self._handler(update.subject).update(update)

    def delete(self, delete: plugin.Delete) -> None:
        self._handler(delete.subject).delete(delete)

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Value]:  # noqa: ARG002 - the protocol's names
        """There is no function: charts and manifests as components need the official plugin."""
        raise UnsupportedError(token)

    def cancel(self) -> None:
        """End every wait; what was applied stays."""
        self._patience.cancelled.set()

    def _use(self, settings: Configuration) -> None:
        self._configuration = settings
        self._cluster = None
        self._objects = Objects(settings, self._connect, self._patience)
        self._releases = Releases(settings, self._connect, self._patience)

    def _connect(self) -> Cluster | None:
        if self._configuration.kubeconfig is None:
            return None
        with self._lock:
            if self._cluster is None:
                self._cluster = Cluster(kubeconfig.load(self._configuration), self._configuration.namespace)
            return self._cluster

    def _handler(self, subject: plugin.Subject) -> Handler:
        if subject.type == _RELEASE:
            return self._releases
        _, group_version, kind = subject.type.split(":")
        if group_version in _COMPONENT_GROUPS or kind.endswith("Patch"):
            raise UnsupportedError(subject.type)
        return self._objects


def _other_cluster(old: Properties, new: Properties) -> bool:
    """Whether the two provider inputs name different API servers; an unknown kubeconfig counts as the same."""
    if "clusterIdentifier" in new or "clusterIdentifier" in old:
        return new.get("clusterIdentifier") is not UNKNOWN and old.get("clusterIdentifier") != new.get(
            "clusterIdentifier"
        )
    before, after = configuration.parse(old), configuration.parse(new)
    if before.kubeconfig is None or after.kubeconfig is None:
        return False
    try:
        return kubeconfig.server(kubeconfig.load(before)) != kubeconfig.server(kubeconfig.load(after))
    except KubeconfigError:
        return False
