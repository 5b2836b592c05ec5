"""A small Kubernetes API client: plain JSON objects in and out, and watches.

The official client turns every object into generated classes, which costs a second and 60 MB at start and loses
fields it does not know. The agents here pass objects through, so JSON suits them better.
"""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_sandbox.cluster import identities
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.ports import ClusterPorts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Json = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
REQUEST_TIMEOUT_SECONDS = 30.0
# The server ends a watch after this; bookmarks come about once a minute, so a silence much longer is a dead connection.
WATCH_SECONDS = 600


class KubernetesApi:
    """Requests as one identity of one cluster. Safe to share between threads."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    @classmethod
    def for_identity(cls, directory: Path, identity: str) -> KubernetesApi:
        """Connect to the cluster in ``directory`` with the client certificate of ``identity``."""
        keys = identities.folder(directory)
        trust = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        stem = identities.client_files(identity)
        trust.load_cert_chain(keys / f"{stem}.crt", keys / f"{stem}.key")
        server = f"https://127.0.0.1:{ClusterPorts.load(directory).api_server}"
        # A proxy named in the environment is for the internet; loopback never goes through it.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=8)
        return cls(
            httpx2.Client(
                base_url=server, verify=trust, timeout=REQUEST_TIMEOUT_SECONDS, trust_env=False, limits=limits
            )
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **parameters: str) -> Json:
        """One object, or a list.

        Raises:
            KubernetesApiError: The API refused, or could not be reached (status 0). So do all methods here.
        """
        return self._request("GET", path, parameters=parameters)

    def create(self, path: str, body: Mapping[str, Any]) -> Json:
        """POST an object to a collection or a subresource."""
        return self._request("POST", path, body=body)

    def replace(self, path: str, body: Mapping[str, Any]) -> Json:
        """PUT a whole object."""
        return self._request("PUT", path, body=body)

    def patch(self, path: str, body: Mapping[str, Any], *, content_type: str = MERGE_PATCH) -> Json:
        """PATCH an object."""
        return self._request("PATCH", path, body=body, content_type=content_type)

    def delete(self, path: str, *, grace_seconds: int | None = None, uid: str | None = None) -> None:
        """DELETE an object; one that is gone already, or was replaced by another of its name, is success."""
        body: Json = {"kind": "DeleteOptions", "apiVersion": "v1"}
        if grace_seconds is not None:
            body["gracePeriodSeconds"] = grace_seconds
        if uid is not None:
            body["preconditions"] = {"uid": uid}
        try:
            self._request("DELETE", path, body=body)
        except KubernetesApiError as problem:
            if problem.status not in {404, 409}:
                raise

    def watch(self, path: str, resource_version: str, **parameters: str) -> Iterator[tuple[str, Json]]:
        """Changes after ``resource_version`` as (``ADDED`` | ``MODIFIED`` | ``DELETED`` | ``BOOKMARK``, object).

        Ends when the server ends it; the caller lists and watches again.
        """
        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
            "resourceVersion": resource_version,
            **parameters,
        }
        timeout = httpx2.Timeout(REQUEST_TIMEOUT_SECONDS, read=WATCH_SECONDS + REQUEST_TIMEOUT_SECONDS)
        try:
            with self._http.stream("GET", path, params=query, timeout=timeout) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise _refusal(answer)
                for line in answer.iter_lines():
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise _from_status(event["object"], event["object"].get("code", 500))
                    yield event["type"], event["object"]
        except httpx2.HTTPError as problem:
            raise _unreachable(problem) from problem

    def _request(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> Json:
        content = None if body is None else json.dumps(body).encode()
        try:
            answer = self._http.request(
                method, path, params=parameters, content=content, headers={"Content-Type": content_type}
            )
        except httpx2.HTTPError as problem:
            raise _unreachable(problem) from problem
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer.json()


def _unreachable(problem: Exception) -> KubernetesApiError:
    return KubernetesApiError(0, "Unreachable", f"no answer ({type(problem).__name__})")


def _refusal(answer: httpx2.Response) -> KubernetesApiError:
    try:
        return _from_status(answer.json(), answer.status_code)
    except ValueError:
        return KubernetesApiError(answer.status_code, "", answer.text[:500])


def _from_status(status: Json, code: int) -> KubernetesApiError:
    return KubernetesApiError(code, status.get("reason", ""), status.get("message", "no message"))
