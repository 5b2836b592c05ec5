"""Secrets and one ConfigMap of this cluster, through the Pod's own service account."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import JobError
from .http_call import Answer, Transport, UnreachableError

_OWNER = {"app.kubernetes.io/managed-by": "langsmith-hybrid"}

Json = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class ClusterObjects:
    """The API server, as the service account may use it.

    Attributes:
        server: URL of the API server.
        token: File of the service account's token, which the kubelet renews.
        call: How it is asked.
    """

    server: str
    token: Path
    call: Transport

    def secret(self, namespace: str, name: str) -> dict[str, str] | None:
        """Values of a Secret of ours; None when there is none.

        Raises:
            JobError: It is somebody else's, or the API server refuses.
        """
        found = self._find("secrets", namespace, name)
        return found and {key: base64.b64decode(value).decode() for key, value in (found.get("data") or {}).items()}

    def keep_secret(self, namespace: str, name: str, values: Mapping[str, str]) -> None:
        """Have a Secret of exactly these values. Raises as :meth:`secret` does."""
        data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
        self._keep("secrets", "Secret", namespace, name, {"type": "Opaque", "data": data})

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        """Values of a ConfigMap of ours; None when there is none. Raises as :meth:`secret` does."""
        found = self._find("configmaps", namespace, name)
        return found and (found.get("data") or {})

    def keep_config_map(self, namespace: str, name: str, values: Mapping[str, str]) -> None:
        """Have a ConfigMap of exactly these values. Raises as :meth:`secret` does."""
        self._keep("configmaps", "ConfigMap", namespace, name, {"data": dict(values)})

    def _find(self, kind: str, namespace: str, name: str) -> Json | None:
        answer = self._ask("GET", f"{kind}/{name}", namespace, None)
        if answer.status == 404:
            return None
        found = json.loads(answer.body)
        if not _OWNER.items() <= (found["metadata"].get("labels") or {}).items():
            raise JobError(
                f"{namespace} has {kind} named {name} that somebody else made.", "Rename or delete it, and try again."
            )
        return found

    def _keep(self, kind: str, word: str, namespace: str, name: str, content: Json) -> None:
        metadata = {"name": name, "namespace": namespace, "labels": _OWNER}
        wanted = {"apiVersion": "v1", "kind": word, "metadata": metadata, **content}
        found = self._find(kind, namespace, name)
        if found is None:
            self._ask("POST", kind, namespace, wanted)
        elif any(found.get(field) != value for field, value in content.items()):
            # With its version: whoever changed it meanwhile must not be overwritten.
            metadata["resourceVersion"] = found["metadata"]["resourceVersion"]
            self._ask("PUT", f"{kind}/{name}", namespace, wanted)

    def _ask(self, method: str, path: str, namespace: str, body: Json | None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token.read_text().strip()}", "Content-Type": "application/json"}
        url = f"{self.server}/api/v1/namespaces/{namespace}/{path}"
        try:
            answer = self.call(method, url, headers, None if body is None else json.dumps(body).encode())
        except UnreachableError as problem:
            raise JobError(f"The API server cannot be reached ({problem}).", "Try again.") from None
        if answer.status >= 400 and not (method == "GET" and answer.status == 404):
            raise JobError(
                f"The API server refuses to {method} {path} in {namespace} (status {answer.status}).",
                "See that this Job's Role is the one the stack made.",
            )
        return answer
