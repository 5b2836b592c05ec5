"""The LGP custom resource and its Secret, from what the control plane wants."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

from langsmith_sandbox.data_plane.work import WantedRevision, Work

Json = dict[str, Any]

API_VERSION = "apps.langchain.ai/v1alpha1"
LGP_LABEL = "apps.langchain.ai/lgp"
REVISION_LABEL = "apps.langchain.ai/revision"
PORT = 8000
"""Where an Agent Server listens, and the port of its Service."""


@dataclasses.dataclass(frozen=True)
class Exposure:
    """How agents are reached from outside.

    Attributes:
        hostname: May carry a port, which a sandbox's ingress has.
        base_path: In front of every agent's path; empty or ``/something``.
    """

    hostname: str
    tls: bool
    base_path: str = ""

    def prefix(self, name: str) -> str:
        """The path an agent answers under; it keeps it, nothing strips it."""
        return f"{self.base_path}/lgp/{name}"

    def url(self, name: str) -> str:
        """The agent's public address, without a slash at its end."""
        return f"{'https' if self.tls else 'http'}://{self.hostname}{self.prefix(name)}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Exposure:
        """From the variables the chart sets on listener and operator."""
        return cls(
            hostname=environment.get("HOSTED_K8S_ROOT_DOMAIN", ""),
            tls=environment.get("HOSTED_K8S_TLS_ENABLED", "true").lower() == "true",
            base_path="/" + base if (base := environment.get("HOSTED_K8S_BASE_PATH", "").strip("/")) else "",
        )


def watched_namespaces(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The namespaces of ``WATCH_NAMESPACES``, the comma list the chart sets on listener and operator."""
    return tuple(name.strip() for name in environment.get("WATCH_NAMESPACES", "").split(",") if name.strip())


def name_of(work: Work) -> str:
    """The name of everything a deployment gets in Kubernetes."""
    return f"{work.name}-{work.id.replace('-', '')}"


def secret_name(name: str) -> str:
    """The Secret with the values of the deployment's environment."""
    return f"{name}-env"


def secret_manifest(work: Work, revision: WantedRevision) -> Json:
    """The Secret; the only object that holds values."""
    name = name_of(work)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": secret_name(name), "namespace": work.namespace, "labels": {LGP_LABEL: name}},
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in revision.secrets.items()},
    }


def lgp_manifest(work: Work, revision: WantedRevision, exposure: Exposure) -> Json:
    """The LGP; its environment refers to Secrets and never carries a value of one.

    Database, Redis and queue workers are switched off: the sandbox's Agent Server keeps all of it in memory.
    """
    name = name_of(work)
    spec = revision.resource_spec
    server: Json = {
        "image": revision.image,
        "replicas": spec.get("min_scale") or 1,
        "queueEnabled": False,
        "resources": _resources(spec),
        "env": _environment(work, revision, exposure.prefix(name)),
        **_passed_through(spec),
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "LGP",
        "metadata": {
            "name": name,
            "namespace": work.namespace,
            "labels": {LGP_LABEL: name, REVISION_LABEL: revision.id},
        },
        "spec": {"serverSpec": server, "database": {"enabled": False}, "redis": {"enabled": False}},
    }


def _environment(work: Work, revision: WantedRevision, prefix: str) -> list[Json]:
    """Platform-owned variables win over the user's; tracing is off unless the user turns it on."""
    platform = {
        "LANGSMITH_HOST_PROJECT_ID": work.id,
        "LANGSMITH_HOST_PROJECT_NAME": work.name,
        "LANGSMITH_HOST_REVISION_ID": revision.id,
        "LANGSMITH_TENANT_ID": work.tenant_id,
        "MOUNT_PREFIX": prefix,
        "PORT": str(PORT),
    }
    references = {key: (secret_name(name_of(work)), key) for key in revision.secrets}
    references |= revision.secret_references
    entries: list[Json] = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for name, (secret, key) in sorted(references.items())
        if name not in platform
    ]
    if "LANGSMITH_TRACING" not in references:
        entries.append({"name": "LANGSMITH_TRACING", "value": "false"})
    return entries + [{"name": name, "value": value} for name, value in platform.items()]


def _resources(spec: Mapping[str, Any]) -> Json:
    """Requests, and limits that are twice as much unless given (the API's rule)."""
    cpu, memory = spec.get("cpu") or 1, spec.get("memory_mb") or 2048
    cpu_limit, memory_limit = spec.get("cpu_limit") or cpu * 2, spec.get("memory_limit_mb") or memory * 2
    return {
        "requests": {"cpu": _cores(cpu), "memory": f"{memory}Mi"},
        "limits": {"cpu": _cores(cpu_limit), "memory": f"{memory_limit}Mi"},
    }


def _cores(cores: float) -> str:
    return f"{round(cores * 1000)}m"


def _passed_through(spec: Mapping[str, Any]) -> Json:
    """The Pod's parts of a resource spec under the names the LGP has for them."""
    fields = {
        "labels": "labels",
        "annotations": "annotations",
        "service_account_name": "serviceAccountName",
        "image_pull_secrets": "imagePullSecrets",
        "volumes": "volumes",
        "volume_mounts": "volumeMounts",
        "init_containers": "initContainers",
        "sidecars": "sidecars",
    }
    return {target: spec[source] for source, target in fields.items() if spec.get(source)}
