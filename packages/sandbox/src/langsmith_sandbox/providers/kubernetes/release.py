"""The life of a `helm.sh/v3` Release, each step a run of the real helm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.kubernetes import difference, naming, release_command
from langsmith_sandbox.providers.kubernetes.errors import (
    ClusterUnreachableError,
    CredentialError,
    HelmError,
    RefusedError,
    UnknownKindError,
)
from langsmith_sandbox.providers.kubernetes.helm import Helm
from langsmith_sandbox.providers.properties import UNKNOWN, Properties, has_unknown

if TYPE_CHECKING:
    from langsmith_sandbox.providers.kubernetes.cluster import Cluster
    from langsmith_sandbox.providers.kubernetes.configuration import Configuration
    from langsmith_sandbox.providers.kubernetes.objects import Connect
    from langsmith_sandbox.providers.kubernetes.waiting import Patience

_FIXED = ("name", "namespace")
_COMPUTED = ("status", "resourceNames", "manifest")
_NOT_FOUND = "not found"


class Releases:
    """Handles releases; what helm stores in the cluster is the truth, the state only repeats it."""

    def __init__(self, configuration: Configuration, connect: Connect, patience: Patience) -> None:
        self._configuration = configuration
        self._connect = connect
        self._patience = patience

    def check(self, check: plugin.Check) -> plugin.Checked:
        """Inputs with a name and a namespace; property names the SDK does not know are failures."""
        from langsmith_sandbox.providers.kubernetes.schema import check_names

        failures = [*check_names(check.subject.type, check.inputs), *release_command.refused(check.inputs)]
        if not check.inputs.get("chart"):
            failures.append(("chart", "a release needs a chart"))
        inputs = {key: value for key, value in check.inputs.items() if key not in _COMPUTED}
        inputs.setdefault("name", check.old_inputs.get("name") or naming.choose(check))
        inputs.setdefault("namespace", self._configuration.namespace or "default")
        return plugin.Checked(inputs, failures)

    def diff(self, diff: plugin.Diff) -> plugin.Difference:
        """Anything but the name and the namespace is an upgrade."""
        changes = difference.classify(difference.changes(diff.old_inputs, diff.inputs), _FIXED)
        return plugin.Difference(changes)

    def create(self, create: plugin.Create) -> plugin.Instance:
        """Install; a release that failed is kept in the state, so that the next update upgrades it."""
        inputs = create.inputs
        if create.preview:
            return plugin.Instance("", self._foretell(inputs), inputs)
        helm = self._helm()
        self._clear_interrupted_install(helm, inputs)
        return self._apply(helm, release_command.install(inputs), inputs)

    def read(self, read: plugin.Read) -> plugin.Instance | None:
        """What helm says about the release, or None when it is gone, be it with its whole cluster."""
        try:
            return self._read(self._helm(), read)
        except (ClusterUnreachableError, CredentialError):
            if not self._configuration.delete_unreachable:
                raise
            return None

    def update(self, update: plugin.Update) -> Properties:
        """Upgrade; an upgrade that was interrupted earlier is rolled back first."""
        inputs = update.inputs
        if update.preview:
            return self._foretell(inputs)
        helm = self._helm()
        self._clear_interrupted_upgrade(helm, inputs)
        return self._apply(helm, release_command.upgrade(inputs), inputs).outputs

    def delete(self, delete: plugin.Delete) -> None:
        """Uninstall and wait until its objects are gone."""
        namespace, _, name = delete.resource_id.rpartition("/")
        seconds = int(delete.timeout or release_command.timeout(delete.state))
        arguments = ["uninstall", name, "--namespace", namespace or "default", "--wait", "--timeout", f"{seconds}s"]
        try:
            self._helm().run(*arguments, timeout=seconds)
        except HelmError as problem:
            if _NOT_FOUND not in problem.what:
                raise
        except (ClusterUnreachableError, CredentialError):
            if not self._configuration.delete_unreachable:
                raise

    def _read(self, helm: Helm, read: plugin.Read) -> plugin.Instance | None:
        """Values, chart and version of the release as they are now."""
        namespace, _, name = read.resource_id.rpartition("/")
        namespace = namespace or "default"
        known = self._metadata(helm, namespace, name)
        if known is None:
            return None
        inputs = {**read.inputs, "name": name, "namespace": namespace}
        inputs.setdefault("chart", known["chart"])
        if "version" in inputs or not read.inputs:
            inputs["version"] = known["version"]
        values = json.loads(helm.run("get", "values", name, "--namespace", namespace, "--output", "json")) or {}
        if values != release_command.values(read.inputs):
            inputs["values"] = values
        return plugin.Instance(read.resource_id, self._outputs(helm, inputs, known), inputs)

    def _apply(self, helm: Helm, command: list[str], inputs: Properties) -> plugin.Instance:
        namespace, name = inputs["namespace"], inputs["name"]
        resource_id = f"{namespace}/{name}"
        try:
            helm.run(*command, values=release_command.values(inputs), timeout=release_command.timeout(inputs))
        except HelmError as problem:
            known = self._metadata(helm, namespace, name)
            if known is None or known["status"] != "failed":
                raise  # nothing was changed, or `atomic` has put back what was there
            why = f"release {name} is in status failed: {problem.what} The next up upgrades it."
            outputs = self._outputs(helm, inputs, known)
            raise plugin.PartialFailure(resource_id, outputs, inputs, why) from None
        return plugin.Instance(resource_id, self._outputs(helm, inputs, self._metadata(helm, namespace, name)), inputs)

    def _clear_interrupted_install(self, helm: Helm, inputs: Properties) -> None:
        """Remove what a helm that was killed half way left: it would block the name for ever."""
        known = self._metadata(helm, inputs["namespace"], inputs["name"])
        if known is not None and known["status"] == "pending-install":
            helm.run("uninstall", inputs["name"], "--namespace", inputs["namespace"], "--wait")

    def _clear_interrupted_upgrade(self, helm: Helm, inputs: Properties) -> None:
        known = self._metadata(helm, inputs["namespace"], inputs["name"])
        if known is not None and known["status"] in ("pending-upgrade", "pending-rollback"):
            helm.run("rollback", inputs["name"], "--namespace", inputs["namespace"], "--wait")

    def _metadata(self, helm: Helm, namespace: str, name: str) -> dict[str, Any] | None:
        """Chart, version, revision and status of a release, or None when there is none."""
        try:
            answer = helm.run("get", "metadata", name, "--namespace", namespace, "--output", "json")
        except HelmError as problem:
            if _NOT_FOUND in problem.what:
                return None
            raise
        return json.loads(answer)

    def _outputs(self, helm: Helm, inputs: Properties, known: dict[str, Any] | None) -> Properties:
        if known is None:
            return dict(inputs)
        fields = ("appVersion", "chart", "name", "namespace", "revision", "status", "version")
        return {
            **inputs,
            "version": known["version"],
            "status": {field: known.get(field) for field in fields},
            "resourceNames": self._resource_names(helm, inputs["namespace"], inputs["name"]),
        }

    def _resource_names(self, helm: Helm, namespace: str, name: str) -> dict[str, list[str]]:
        """Names of the release's objects by kind, as ``{"Deployment.apps/apps/v1": ["platform/listener"]}``."""
        import yaml

        names: dict[str, list[str]] = {}
        manifest = helm.run("get", "manifest", name, "--namespace", namespace)
        for item in yaml.load_all(manifest, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if not item:
                continue
            group, _, version = item["apiVersion"].rpartition("/")
            kind = f"{item['kind']}.{group}/{group}/{version}" if group else f"{item['kind']}/{version}"
            where = item["metadata"].get("namespace") or self._default_namespace(item, namespace)
            names.setdefault(kind, []).append(f"{where}/{item['metadata']['name']}".lstrip("/"))
        return {kind: sorted(found) for kind, found in sorted(names.items())}

    def _default_namespace(self, item: dict[str, Any], namespace: str) -> str:
        cluster = self._connect()
        try:
            namespaced = cluster is not None and cluster.kind(item["apiVersion"], item["kind"]).namespaced
        except (UnknownKindError, RefusedError):
            return ""
        return namespace if namespaced else ""

    def _foretell(self, inputs: Properties) -> Properties:
        """Outputs for a preview; the chart is rendered first, unless it depends on what is not known yet."""
        if not has_unknown(inputs):
            helm = Helm(None, self._patience)
            helm.run(*release_command.template(inputs), values=release_command.values(inputs))
        return {**inputs, "status": UNKNOWN, "resourceNames": UNKNOWN}

    def _helm(self) -> Helm:
        return Helm(self._known_cluster(), self._patience)

    def _known_cluster(self) -> Cluster:
        cluster = self._connect()
        if cluster is None:
            raise ClusterUnreachableError("no address", "the kubeconfig is not known")
        return cluster
