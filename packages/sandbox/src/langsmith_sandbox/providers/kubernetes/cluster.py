"""A cluster's API as five verbs on objects of any kind."""

from __future__ import annotations

import dataclasses
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from langsmith_sandbox.providers.kubernetes import kubeconfig
from langsmith_sandbox.providers.kubernetes.credentials import PluginToken
from langsmith_sandbox.providers.kubernetes.errors import (
    ClusterUnreachableError,
    KubeconfigError,
    RefusedError,
    UnknownKindError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubernetes.client import ApiClient

_TIMEOUT = (5, 60)
"""Seconds to connect, seconds to answer."""

_TRIES = 2
"""How often a connection is tried again that was not made; answers are never asked for twice."""

Object = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Kind:
    """How the API serves a kind: its path prefix, plural name, and whether its objects live in namespaces."""

    prefix: str
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str = "") -> str:
        """Path of one object, or of the collection when ``name`` is empty."""
        scope = f"/namespaces/{quote(namespace)}" if self.namespaced else ""
        return f"{self.prefix}{scope}/{self.plural}" + (f"/{quote(name)}" if name else "")


class Cluster:
    """One cluster, reached with one kubeconfig; usable from many threads.

    Every method raises `ClusterUnreachableError` when nothing answers, `RefusedError` when the API says no, and
    `CredentialError` when the kubeconfig's credential plugin gives no token.
    """

    def __init__(self, content: Mapping[str, Any], namespace: str = "") -> None:
        """Nothing is sent yet.

        Args:
            content: A loaded kubeconfig (see `kubeconfig`).
            namespace: Where namespaced objects go that name none; the context's unless given.
        """
        self.content = content
        self.server = kubeconfig.server(content)
        self.namespace = namespace or kubeconfig.namespace(content)
        self._plugin, self._rest = kubeconfig.without_plugin(content)
        self._token = PluginToken(self._plugin) if self._plugin else None
        self._client: ApiClient | None = None
        self._lock = threading.Lock()
        self._kinds: dict[tuple[str, str], Kind] = {}

    def credentials(self, lasting: float) -> Mapping[str, Any]:
        """A kubeconfig for another program that takes up to ``lasting`` seconds.

        With this provider's token in it, if that lasts as long: a program started without one would start the
        credential plugin, as would every other.
        """
        if self._token is None:
            return self.content
        token = self._token.get(lasting)
        return kubeconfig.with_token(self.content, token) if self._token.lasts(lasting) else self.content

    def kind(self, api_version: str, kind: str) -> Kind:
        """How ``kind`` is served.

        Raises:
            UnknownKindError: It is not; asked again each time, since a CRD may appear at any moment.
        """
        if found := self._kinds.get((api_version, kind)):
            return found
        prefix = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            listed = self._request(f"looking up {kind}", "GET", prefix)
        except RefusedError as refusal:
            if refusal.status == 404:
                raise UnknownKindError(api_version, kind) from None
            raise
        for entry in listed.get("resources", ()):
            if "/" not in entry["name"]:
                self._kinds[api_version, entry["kind"]] = Kind(prefix, entry["name"], entry["namespaced"])
        if (api_version, kind) not in self._kinds:
            raise UnknownKindError(api_version, kind)
        return self._kinds[api_version, kind]

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or None when there is none (or no such kind any more)."""
        try:
            path = self.kind(api_version, kind).path(namespace, name)
            return self._request(f"reading {kind} {name}", "GET", path)
        except UnknownKindError:
            return None
        except RefusedError as refusal:
            if refusal.status == 404:
                return None
            raise

    def list(self, api_version: str, kind: str, namespace: str, *, labels: str = "", fields: str = "") -> list[Object]:
        """Objects of one namespace by label and field selector."""
        query = {"labelSelector": labels, "fieldSelector": fields}
        path = self.kind(api_version, kind).path(namespace)
        return self._request(f"listing {kind}", "GET", path, query=query).get("items", [])

    def apply(self, body: Object, *, manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply: the fields in ``body`` become what they say, and belong to ``manager``."""
        metadata = body["metadata"]
        kind = self.kind(body["apiVersion"], body["kind"])
        return self._request(
            f"applying {body['kind']} {metadata['name']}",
            "PATCH",
            kind.path(metadata.get("namespace", ""), metadata["name"]),
            query={
                "fieldManager": manager,
                "force": str(force).lower(),
                "fieldValidation": "Strict",
                "dryRun": "All" if dry_run else "",
            },
            body=body,
            content_type="application/apply-patch+yaml",
        )

    def delete(self, api_version: str, kind: str, namespace: str, name: str) -> None:
        """Start a deletion: a kind that may own others goes last, after everything it owns."""
        path = self.kind(api_version, kind).path(namespace, name)
        policy = "Foreground" if _may_own(api_version) else "Background"
        self._request(f"deleting {kind} {name}", "DELETE", path, body={"propagationPolicy": policy})

    def _request(
        self,
        action: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Object | None = None,
        content_type: str = "application/json",
    ) -> Object:
        from urllib3.exceptions import HTTPError

        client = self._connected()
        request = client.param_serialize(
            method=method,
            resource_path=path,
            query_params=[(key, value) for key, value in (query or {}).items() if value],
            header_params={"Accept": "application/json", "Content-Type": content_type},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = client.call_api(*request, _request_timeout=_TIMEOUT)
            content = response.read() or b"{}"
        except (HTTPError, OSError) as problem:
            raise ClusterUnreachableError(self.server, _cause(problem)) from None
        answer = _json(content)
        if response.status >= 400:
            raise RefusedError(action, response.status, answer)
        return answer

    def _connected(self) -> ApiClient:
        with self._lock:
            if self._client is None:
                self._client = _connect(self._rest, self._token)
            return self._client


def _may_own(api_version: str) -> bool:
    """Whether kinds of this group make objects of their own: workloads and custom resources do.

    The others would only wait for the garbage collector, which stops to think for half a minute whenever a CRD comes
    or goes.
    """
    group = api_version.rpartition("/")[0]
    return group in ("apps", "batch") or ("." in group and not group.endswith(".k8s.io"))


def _connect(content: Mapping[str, Any], token: PluginToken | None) -> ApiClient:
    from kubernetes import config
    from kubernetes.client import Configuration
    from urllib3.util import Retry

    settings = Configuration()
    settings.retries = Retry(connect=_TRIES, read=0, status=0, redirect=0, other=0, backoff_factor=0.2)
    try:
        client = config.new_client_from_config_dict(content, persist_config=False, client_configuration=settings)
    except config.ConfigException as problem:
        raise KubeconfigError((str(problem).splitlines() or [""])[0].rstrip(".")) from None
    if token is not None:

        def renew(current: Configuration) -> None:
            current.api_key["BearerToken"] = f"Bearer {token.get()}"

        renew(client.configuration)
        client.configuration.refresh_api_key_hook = renew  # pyright: ignore[reportAttributeAccessIssue]
    return client


def _json(content: bytes) -> Object:
    try:
        answer = json.loads(content)
    except ValueError:
        return {"message": content[:200].decode(errors="replace")}
    return answer if isinstance(answer, dict) else {"message": str(answer)}


def _cause(problem: BaseException) -> str:
    """The innermost reason, without the client's object addresses."""
    reason = getattr(problem, "reason", None) or problem.__context__ or problem
    text = str(reason)
    return text.rsplit(": ", 1)[-1].rstrip(".") or type(problem).__name__
