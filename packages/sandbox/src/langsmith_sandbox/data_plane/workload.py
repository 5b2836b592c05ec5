"""What the operator makes of an LGP: a Deployment and a Service, owned by it so that they go with it."""

from __future__ import annotations

from typing import Any

from langsmith_sandbox.data_plane.lgp import API_VERSION, LGP_LABEL, PORT, REVISION_LABEL, secret_name
from langsmith_sandbox.data_plane.operator_version import environment

Json = dict[str, Any]

CONTAINER = "api-server"


def deployment_manifest(lgp: Json, operator_version: str, deadline_seconds: int) -> Json:
    """The Deployment; a new revision's Pods must be ready before the old ones go.

    Args:
        lgp: The agent.
        operator_version: Version of the operator that makes it.
        deadline_seconds: After this long without progress Kubernetes calls the rollout failed.
    """
    metadata, server = lgp["metadata"], lgp["spec"]["serverSpec"]
    selector = {LGP_LABEL: metadata["name"]}
    env = environment(operator_version, server.get("env", []), secret_name(metadata["name"]))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _owned(lgp, selector),
        "spec": {
            "replicas": server.get("replicas", 1),
            "revisionHistoryLimit": 2,
            "progressDeadlineSeconds": deadline_seconds,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {
                    "labels": {
                        **server.get("labels", {}),
                        **selector,
                        REVISION_LABEL: metadata.get("labels", {}).get(REVISION_LABEL, ""),
                    },
                    "annotations": server.get("annotations", {}),
                },
                "spec": _pod({**server, "env": env}),
            },
        },
    }


def service_manifest(lgp: Json) -> Json:
    """The Service every route to the agent ends at."""
    selector = {LGP_LABEL: lgp["metadata"]["name"]}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _owned(lgp, selector),
        "spec": {"selector": selector, "ports": [{"name": "http", "port": PORT, "targetPort": PORT}]},
    }


def _owned(lgp: Json, labels: dict[str, str]) -> Json:
    metadata = lgp["metadata"]
    owner = {
        "apiVersion": API_VERSION,
        "kind": "LGP",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "labels": labels,
        "ownerReferences": [owner],
    }


def _pod(server: Json) -> Json:
    prefix = next((each["value"] for each in server.get("env", []) if each["name"] == "MOUNT_PREFIX"), "")
    container = {
        "name": CONTAINER,
        "image": server["image"],
        "imagePullPolicy": "IfNotPresent",
        "env": server.get("env", []),
        "ports": [{"name": "http", "containerPort": PORT}],
        "resources": server.get("resources", {}),
        "readinessProbe": {
            "httpGet": {"path": f"{prefix}/ok", "port": PORT},
            "periodSeconds": 1,
            "timeoutSeconds": 2,
        },
        "volumeMounts": server.get("volumeMounts", []),
    }
    pod: Json = {"containers": [container, *server.get("sidecars", [])]}
    for field in ("initContainers", "volumes", "imagePullSecrets", "serviceAccountName"):
        if server.get(field):
            pod[field] = server[field]
    return pod
