"""The life of any Kubernetes object: check, diff, create, read, update, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.kubernetes import difference, drift, naming, waiting
from langsmith_sandbox.providers.kubernetes.cluster import Cluster, Object
from langsmith_sandbox.providers.kubernetes.errors import (
    AlreadyExistsError,
    ClusterUnreachableError,
    CredentialError,
    NotReadyError,
    RefusedError,
    UnknownKindError,
)
from langsmith_sandbox.providers.properties import Properties, Secret, has_unknown

if TYPE_CHECKING:
    from langsmith_sandbox.providers.kubernetes.configuration import Configuration
    from langsmith_sandbox.providers.kubernetes.waiting import Patience

MANAGER = "__fieldManager"
"""Output that remembers under which name the object's fields were applied."""

PATCH_FORCE = "pulumi.com/patchForce"
"""Annotation: take fields over from other managers."""

Connect = Callable[[], Cluster | None]
"""Gives the cluster, or None while the kubeconfig is not known."""


class Objects:
    """Handles every kind that has no handler of its own."""

    def __init__(self, configuration: Configuration, connect: Connect, patience: Patience) -> None:
        self._configuration = configuration
        self._connect = connect
        self._patience = patience

    def check(self, check: plugin.Check) -> plugin.Checked:
        """Inputs with apiVersion, kind and a name; names the API server would not know are failures."""
        from langsmith_sandbox.providers.kubernetes.schema import check_names

        api_version, kind = identity(check.subject.type)
        inputs = {"apiVersion": api_version, "kind": kind, **naming.with_name(check)}
        failures = list(check_names(check.subject.type, inputs))
        if "generateName" in (inputs.get("metadata") or {}):
            failures.append(("metadata.generateName", "not supported; leave out the name to have one chosen"))
        return plugin.Checked(_with_secrets(inputs), failures)

    def diff(self, diff: plugin.Diff) -> plugin.Difference:
        """Update or replace; an object whose name stays can only be made anew after the old one is gone."""
        old = diff.old_inputs or drift.imported(diff.state)
        group = diff.inputs["apiVersion"].rpartition("/")[0]
        fixed = difference.replacing(group, diff.inputs["kind"], old, self._configuration)
        changes = difference.classify(difference.changes(old, diff.inputs), fixed)
        same_name = all(path not in changes for path in ("metadata.name", "metadata.namespace"))
        in_the_way = same_name and not naming.is_autonamed(diff.inputs)
        replaced = any(change.replace for change in changes.values())
        return plugin.Difference(changes, delete_before_replace=replaced and in_the_way)

    def create(self, create: plugin.Create) -> plugin.Instance:
        """Apply the object and wait until it is ready; in a preview, ask the server whether it would take it."""
        manager = _manager(create.subject)
        if create.preview:
            outputs = self._foretell(create.inputs, manager)
            return plugin.Instance("", outputs, create.inputs)
        cluster = self._cluster()
        body = self._body(cluster, create.inputs)
        if not self._configuration.upsert and self._get(cluster, body) is not None:
            raise AlreadyExistsError(waiting.describe(body))
        live = cluster.apply(body, manager=manager, force=self._force(body))
        resource_id = _id(live)
        live = self._ready(cluster, live, resource_id, create.inputs, manager, create.timeout)
        return plugin.Instance(resource_id, _outputs(live, manager), create.inputs)

    def read(self, read: plugin.Read) -> plugin.Instance | None:
        """The object as it is, or None when it is gone, be it with its whole cluster."""
        try:
            return self._read(self._cluster(), read)
        except (ClusterUnreachableError, CredentialError):
            if not self._configuration.delete_unreachable:
                raise
            return None

    def update(self, update: plugin.Update) -> Properties:
        """Apply the object again, under the name its fields were applied with."""
        manager = update.state.get(MANAGER) or _manager(update.subject)
        if update.preview:
            return {**update.state, **self._foretell(update.inputs, manager)}
        cluster = self._cluster()
        body = self._body(cluster, update.inputs)
        live = cluster.apply(body, manager=manager, force=self._force(body))
        live = self._ready(cluster, live, update.resource_id, update.inputs, manager, update.timeout)
        return _outputs(live, manager)

    def delete(self, delete: plugin.Delete) -> None:
        """Delete the object and wait until it is gone."""
        try:
            self._delete(self._cluster(), delete)
        except (ClusterUnreachableError, CredentialError):
            if not self._configuration.delete_unreachable:
                raise

    def _read(self, cluster: Cluster, read: plugin.Read) -> plugin.Instance | None:
        api_version, kind = read.inputs.get("apiVersion"), read.inputs.get("kind")
        if not api_version or not kind:
            api_version, kind = identity(read.subject.type)
        namespace, _, name = read.resource_id.rpartition("/")
        live = cluster.get(api_version, kind, namespace or cluster.namespace, name)
        if live is None:
            return None
        manager = read.state.get(MANAGER) or _manager(read.subject)
        inputs = drift.current_inputs(read.inputs, read.state, live)
        return plugin.Instance(read.resource_id, _outputs(live, manager), _with_secrets(inputs))

    def _delete(self, cluster: Cluster, delete: plugin.Delete) -> None:
        api_version, kind = delete.state.get("apiVersion"), delete.state.get("kind")
        if not api_version or not kind:
            api_version, kind = identity(delete.subject.type)
        namespace, _, name = delete.resource_id.rpartition("/")
        namespace = namespace or cluster.namespace
        live = cluster.get(api_version, kind, namespace, name)
        if live is None:
            return
        try:
            cluster.delete(api_version, kind, namespace, name)
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        waiting.until_gone(cluster, live, timeout=delete.timeout, patience=self._patience)

    def _cluster(self) -> Cluster:
        cluster = self._connect()
        if cluster is None:
            raise ClusterUnreachableError("no address", "the kubeconfig is not known")
        return cluster

    def _body(self, cluster: Cluster, inputs: Properties) -> Object:
        """What is sent: the inputs, in a namespace if the kind lives in one."""
        metadata = dict(inputs["metadata"])
        if cluster.kind(inputs["apiVersion"], inputs["kind"]).namespaced:
            metadata.setdefault("namespace", cluster.namespace)
        fields = {key: value for key, value in inputs.items() if not key.startswith("__") and key != "status"}
        return _without_nulls({**fields, "metadata": metadata})

    def _get(self, cluster: Cluster, body: Object) -> Object | None:
        metadata = body["metadata"]
        return cluster.get(body["apiVersion"], body["kind"], metadata.get("namespace", ""), metadata["name"])

    def _force(self, body: Object) -> bool:
        annotations = body["metadata"].get("annotations") or {}
        return self._configuration.patch_force or annotations.get(PATCH_FORCE) == "true"

    def _foretell(self, inputs: Properties, manager: str) -> Properties:
        """Outputs for a preview: the server's dry run where it can give one, else the inputs themselves."""
        if has_unknown(inputs):
            return dict(inputs)
        try:
            cluster = self._connect()
            if cluster is None:
                return dict(inputs)
            body = self._body(cluster, inputs)
            live = cluster.apply(body, manager=manager, force=self._force(body), dry_run=True)
        except (ClusterUnreachableError, CredentialError, UnknownKindError):
            return dict(inputs)
        except RefusedError as refusal:
            # The namespace, or whatever brings the kind, may be part of the same update.
            if refusal.status == 404:
                return dict(inputs)
            raise
        return _outputs(_as_dry_run(live), manager)

    def _ready(
        self, cluster: Cluster, live: Object, resource_id: str, inputs: Properties, manager: str, timeout: float
    ) -> Object:
        try:
            return waiting.until_ready(cluster, live, timeout=timeout, patience=self._patience)
        except NotReadyError as problem:
            outputs = _outputs(problem.live, manager)
            raise plugin.PartialFailure(resource_id, outputs, _with_secrets(inputs), str(problem)) from None


def identity(token: str) -> tuple[str, str]:
    """apiVersion and kind of a type token, as ``kubernetes:apps/v1:Deployment``."""
    _, group_version, kind = token.split(":")
    return group_version.removeprefix("core/"), kind


def _manager(subject: plugin.Subject) -> str:
    """A field manager of its own for each resource, as in the official provider."""
    return f"pulumi-kubernetes-{hashlib.sha256(subject.urn.encode()).hexdigest()[:8]}"


def _id(live: Object) -> str:
    metadata = live["metadata"]
    return "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)


def _outputs(live: Object, manager: str) -> Properties:
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return _with_secrets({**live, "metadata": metadata, MANAGER: manager})


def _as_dry_run(live: Object) -> Object:
    """A dry run invents what only a real object has."""
    invented = ("uid", "creationTimestamp", "resourceVersion", "generation")
    metadata = {key: value for key, value in live["metadata"].items() if key not in invented}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _with_secrets(properties: Mapping[str, Any]) -> Properties:
    """A Secret's contents are secret whether or not the program said so."""
    if properties.get("kind") != "Secret" or properties.get("apiVersion") != "v1":
        return dict(properties)
    hidden = ("data", "stringData")
    return {key: Secret(value) if key in hidden and value is not None else value for key, value in properties.items()}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
