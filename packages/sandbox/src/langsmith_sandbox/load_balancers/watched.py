"""The kinds the controller follows, and how it reads and writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.informer import Informer

Json = dict[str, Any]

_GATEWAY_API = "/apis/gateway.networking.k8s.io/v1"
_OF_GATEWAYS = {
    "GatewayClass": (_GATEWAY_API, "gatewayclasses"),
    "Gateway": (_GATEWAY_API, "gateways"),
    "HTTPRoute": (_GATEWAY_API, "httproutes"),
    "LoadBalancerConfiguration": ("/apis/gateway.k8s.aws/v1", "loadbalancerconfigurations"),
}
_OF_INGRESSES = {
    "IngressClass": ("/apis/networking.k8s.io/v1", "ingressclasses"),
    "IngressClassParams": ("/apis/elbv2.k8s.aws/v1beta1", "ingressclassparams"),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses"),
    "Namespace": ("/api/v1", "namespaces"),
}
_KINDS = {**_OF_GATEWAYS, **_OF_INGRESSES}
# What must be served before Gateways are looked after at all.
_REQUIRED = frozenset({"Gateway", "GatewayClass", "HTTPRoute", "GRPCRoute"})


class Watched:
    """Current copies of all objects of these kinds.

    Args:
        api: The cluster.
        changed: Called, in any thread, when one of them is another than before.
    """

    def __init__(self, api: KubernetesApi, changed: Callable[[], None]) -> None:
        self._api = api
        self.missing = sorted(_REQUIRED - _served(api))
        kinds = _OF_INGRESSES if self.missing else _KINDS
        self._informers = {
            kind: Informer(api, f"{group}/{plural}", lambda *_: changed()) for kind, (group, plural) in kinds.items()
        }

    def start(self) -> None:
        """Follow all of them; returns once each was listed."""
        for informer in self._informers.values():
            informer.start()
        for informer in self._informers.values():
            informer.synced.wait()

    def of(self, kind: str) -> list[Json]:
        """All objects of a kind, none of those that are not followed."""
        informer = self._informers.get(kind)
        if informer is None:
            return []
        # The items of a list do not name their kind.
        version = _KINDS[kind][0].removeprefix("/apis/").removeprefix("/api/")
        return [{**each, "apiVersion": version, "kind": kind} for each in informer.objects()]

    def write_status(self, item: Json, status: Json) -> None:
        """Make a part of an object's status what is given, unless it is that already.

        Raises:
            KubernetesApiError: The API refused.
        """
        present = item.get("status") or {}
        if any(present.get(field) != value for field, value in status.items()):
            self._patch(f"{_path(item)}/status", {"status": status})

    def write_finalizers(self, item: Json, finalizers: list[str]) -> None:
        """Say who must agree before an object goes; an object that is gone is no error.

        Raises:
            KubernetesApiError: The API refused, or the object changed meanwhile.
        """
        metadata = item["metadata"]
        if (metadata.get("finalizers") or []) == finalizers:
            return
        version = metadata["resourceVersion"]
        self._patch(_path(item), {"metadata": {"finalizers": finalizers, "resourceVersion": version}})

    def _patch(self, path: str, body: Json) -> None:
        try:
            self._api.patch(path, body)
        except KubernetesApiError as problem:
            if problem.status != 404:
                raise


def _served(api: KubernetesApi) -> set[str]:
    try:
        return {each["kind"] for each in api.get(_GATEWAY_API)["resources"]}
    except KubernetesApiError as problem:
        if problem.status != 404:
            raise
        return set()


def _path(item: Json) -> str:
    group, plural = _KINDS[item["kind"]]
    metadata = item["metadata"]
    where = f"/namespaces/{metadata['namespace']}" if metadata.get("namespace") else ""
    return f"{group}{where}/{plural}/{metadata['name']}"
