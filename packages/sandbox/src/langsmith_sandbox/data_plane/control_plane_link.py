"""The listener's line to the control plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import httpx2

from langsmith_sandbox.data_plane.errors import RefusedError, UnreachableError
from langsmith_sandbox.data_plane.work import Work

TIMEOUT_SECONDS = 10.0

REMEDIES = {
    401: "Check the API key in the Secret named by config.existingSecretName.",
    403: "Check config.langsmithWorkspaceId and that the API key opens this workspace.",
    404: "Check config.langgraphListenerId against GET /v2/listeners.",
    422: "Check config.langgraphListenerId: it must be the UUID of a listener.",
}


class ControlPlane(Protocol):
    """What a listener says and hears; every method raises RefusedError or UnreachableError."""

    def heartbeat(self, version: str, namespaces: Sequence[str]) -> None:
        """Shows that this data plane is alive."""
        ...

    def work(self) -> list[Work]:
        """Every deployment on this listener."""
        ...

    def report(self, deployment_id: str, revision_id: str, status: str, message: str = "", url: str = "") -> None:
        """Tells how far a revision is."""
        ...

    def deleted(self, deployment_id: str) -> None:
        """Tells that nothing of a deployment is left."""
        ...


class HttpControlPlane:
    """The line over HTTP."""

    def __init__(
        self,
        endpoint: str,
        listener_id: str,
        *,
        api_key: str,
        tenant_id: str,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._listener = f"/internal/v1/listeners/{listener_id}"
        self._http = httpx2.Client(
            base_url=endpoint.rstrip("/"),
            headers={"X-Api-Key": api_key, "X-Tenant-Id": tenant_id},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
            trust_env=False,  # nothing in the sandbox is behind the proxy an environment may name
        )

    def heartbeat(self, version: str, namespaces: Sequence[str]) -> None:
        """See ControlPlane."""
        self._ask("POST", f"{self._listener}/heartbeat", {"version": version, "k8s_namespaces": list(namespaces)})

    def work(self) -> list[Work]:
        """See ControlPlane."""
        answer = self._ask("GET", f"{self._listener}/deployments")
        return [Work.parse(resource) for resource in answer.json()["resources"]]

    def report(self, deployment_id: str, revision_id: str, status: str, message: str = "", url: str = "") -> None:
        """See ControlPlane."""
        body = {"status": status, "message": message or None, "url": url or None}
        self._ask("POST", f"/internal/v1/deployments/{deployment_id}/revisions/{revision_id}/status", body)

    def deleted(self, deployment_id: str) -> None:
        """See ControlPlane."""
        self._ask("POST", f"/internal/v1/deployments/{deployment_id}/deleted")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise UnreachableError(
                f"The control plane at {self._http.base_url} does not answer ({type(error).__name__}).",
                "Check config.hostBackendUrl and the way out of the cluster.",
            ) from error
        if answer.status_code >= 500:
            raise UnreachableError(
                f"The control plane answered {method} {path} with {answer.status_code}.", "Wait; it is asked again."
            )
        if answer.status_code >= 400:
            raise RefusedError(
                f"The control plane refused with {answer.status_code}: {_detail(answer)}",
                REMEDIES.get(answer.status_code, "See the control plane's answer."),
                status=answer.status_code,
            )
        return answer


def _detail(answer: httpx2.Response) -> str:
    """The server's own words; lists (validation errors) are joined."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return "no reason given."
    if isinstance(detail, list):
        return "; ".join(str(each.get("msg", "")) for each in detail)
    return str(detail)
