"""Kubernetes objects as plain JSON, read and written with a Pod's own ServiceAccount."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx2
import yaml

from langsmith_sandbox.data_plane.errors import ClusterRefusedError, SettingsError

Json = dict[str, Any]
TIMEOUT_SECONDS = 15.0
LAST_LINES = "100"  # of a crashed container's log
# How Python names what ended a program. A server that failed to start often says only that in its very last line.
EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)(?:: .*)?")

KINDS: Mapping[str, tuple[str, str]] = {
    "Deployment": ("/apis/apps/v1", "deployments"),
    "HTTPRoute": ("/apis/gateway.networking.k8s.io/v1", "httproutes"),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses"),
    "LGP": ("/apis/apps.langchain.ai/v1alpha1", "lgps"),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies"),
    "Pod": ("/api/v1", "pods"),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets"),
    "Secret": ("/api/v1", "secrets"),
    "Service": ("/api/v1", "services"),
}
"""API and plural of every kind these programs touch."""


class Objects(Protocol):
    """What the programs do with a cluster's objects; every method raises ClusterRefusedError."""

    def find(self, kind: str, namespace: str, name: str) -> Json | None:
        """The object, or None."""
        ...

    def select(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> list[Json]:
        """The namespace's objects of a kind that carry the labels."""
        ...

    def apply(self, manifest: Json, *, subresource: str = "") -> None:
        """Makes the object's fields those of the manifest, by server-side apply."""
        ...

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Deletes the object after everything it owns; one that is gone already is no error."""
        ...


class PodLogs(Protocol):
    """Where the words of a crashed container come from."""

    def last_words(self, namespace: str, pod: str, container: str) -> str:
        """What the container's previous run died of by its own word, or an empty string."""
        ...


class Cluster:
    """Objects and PodLogs of a real API server."""

    def __init__(self, http: httpx2.Client, manager: str) -> None:
        self._http = http
        self._manager = manager

    @classmethod
    def from_kubeconfig(cls, kubeconfig: Path, manager: str) -> Cluster:
        """Connects as the kubeconfig's current user.

        Raises:
            SettingsError: The file is not there or is no kubeconfig.
        """
        return cls(connect(kubeconfig), manager)

    def find(self, kind: str, namespace: str, name: str) -> Json | None:
        """See Objects."""
        try:
            return self._ask("GET", _path(kind, namespace, name)).json()
        except ClusterRefusedError as error:
            if error.status == 404:
                return None
            raise

    def select(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> list[Json]:
        """See Objects."""
        selector = ",".join(f"{name}={value}" for name, value in (labels or {}).items())
        return self._ask("GET", _path(kind, namespace), labelSelector=selector).json()["items"]

    def apply(self, manifest: Json, *, subresource: str = "") -> None:
        """See Objects."""
        metadata = manifest["metadata"]
        path = _path(manifest["kind"], metadata["namespace"], metadata["name"])
        self._ask(
            "PATCH",
            f"{path}/{subresource}" if subresource else path,
            json.dumps(manifest),
            "application/apply-patch+yaml",
            fieldManager=self._manager,
            force="true",
        )

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """See Objects."""
        options = json.dumps({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"})
        try:
            self._ask("DELETE", _path(kind, namespace, name), options)
        except ClusterRefusedError as error:
            if error.status != 404:
                raise

    def last_words(self, namespace: str, pod: str, container: str) -> str:
        """See PodLogs; a log that cannot be had is an empty string, as it only adds to a message."""
        path = f"{_path('Pod', namespace, pod)}/log"
        for previous in ("true", "false"):
            try:
                text = self._ask("GET", path, container=container, previous=previous, tailLines=LAST_LINES).text
            except ClusterRefusedError:
                continue
            if lines := [line.strip() for line in text.splitlines() if line.strip()]:
                return next((line for line in reversed(lines) if EXCEPTION.fullmatch(line)), lines[-1])
        return ""

    def _ask(
        self, method: str, path: str, body: str | None = None, content_type: str = "application/json", **query: str
    ) -> httpx2.Response:
        parameters = {name: value for name, value in query.items() if value}
        headers = {"Content-Type": content_type}
        try:
            answer = self._http.request(method, path, params=parameters, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise ClusterRefusedError(0, f"no answer ({type(error).__name__})") from error
        if answer.status_code >= 400:
            raise ClusterRefusedError(answer.status_code, _message(answer))
        return answer


class _TokenFile(httpx2.Auth):
    """Reads the token for every request, as the node renews it in place."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._file.read_text().strip()}"
        yield request


def connect(kubeconfig: Path) -> httpx2.Client:
    """A client of the API server, as the kubeconfig's current user.

    Raises:
        SettingsError: The file is not there or is no kubeconfig.
    """
    try:
        server, trust, auth = _credentials(yaml.safe_load(kubeconfig.read_text()))
    except (OSError, yaml.YAMLError, KeyError, StopIteration, TypeError):
        raise SettingsError(
            "The kubeconfig named by KUBECONFIG cannot be used.", "Run this program in a Pod of the sandbox."
        ) from None
    # A proxy named in the environment is for the internet; the API server is not behind it.
    return httpx2.Client(base_url=server, verify=trust, auth=auth, timeout=TIMEOUT_SECONDS, trust_env=False)


def _credentials(document: Json) -> tuple[str, ssl.SSLContext, httpx2.Auth]:
    current = next(each for each in document["contexts"] if each["name"] == document["current-context"])["context"]
    cluster = next(each for each in document["clusters"] if each["name"] == current["cluster"])["cluster"]
    user = next(each for each in document["users"] if each["name"] == current["user"])["user"]
    trust = ssl.create_default_context(cafile=cluster["certificate-authority"])
    return cluster["server"], trust, _TokenFile(Path(user["tokenFile"]))


def _path(kind: str, namespace: str, name: str = "") -> str:
    api, plural = KINDS[kind]
    collection = f"{api}/namespaces/{namespace}/{plural}"
    return f"{collection}/{name}" if name else collection


def _message(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["message"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
