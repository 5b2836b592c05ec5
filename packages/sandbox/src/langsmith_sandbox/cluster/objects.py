"""Secrets, ConfigMaps and tokens, as the node asks the API server for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import KubernetesApiError

if TYPE_CHECKING:
    from langsmith_sandbox.cluster.api import Json, KubernetesApi


class ClusterObjects:
    """Reads what Pods refer to, freshly each time: a corrected Secret counts at the next try."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api

    def secret(self, namespace: str, name: str) -> Json | None:
        """A Secret, None when there is none."""
        return self._optional(f"/api/v1/namespaces/{namespace}/secrets/{name}")

    def config_map(self, namespace: str, name: str) -> Json | None:
        """A ConfigMap, None when there is none."""
        return self._optional(f"/api/v1/namespaces/{namespace}/configmaps/{name}")

    def token(self, pod: Json, *, audience: str | None, seconds: int) -> str:
        """A ServiceAccount token bound to the Pod: it ends with it."""
        metadata = pod["metadata"]
        account = pod["spec"].get("serviceAccountName", "default")
        bound = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": [audience] if audience else [],
                "expirationSeconds": seconds,
                "boundObjectRef": bound,
            },
        }
        path = f"/api/v1/namespaces/{metadata['namespace']}/serviceaccounts/{account}/token"
        return self._api.create(path, request)["status"]["token"]

    def _optional(self, path: str) -> Json | None:
        try:
            return self._api.get(path)
        except KubernetesApiError as problem:
            if problem.status == 404:
                return None
            raise
