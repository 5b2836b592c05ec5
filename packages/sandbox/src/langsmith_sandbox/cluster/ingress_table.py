"""The routes of all clusters, kept current by watches."""

from __future__ import annotations

import dataclasses
import logging
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.errors import ClusterError, KubernetesApiError
from langsmith_sandbox.cluster.informer import DELETED, Informer
from langsmith_sandbox.cluster.ports import FILE_NAME as PORTS_FILE
from langsmith_sandbox.cluster.routing import Address, Route, find_route, ready_addresses, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger(__name__)

IDENTITY = "ingress"
# What the load balancer's name is on AWS.
PUBLISHED_HOST = "localhost"


@dataclasses.dataclass(frozen=True)
class Found:
    """Where a request goes.

    Attributes:
        cluster: Name of the cluster.
        route: The route.
        addresses: Its ready Pods, maybe none.
    """

    cluster: str
    route: Route
    addresses: list[Address]


class ClusterRoutes:
    """The routes of one cluster."""

    def __init__(self, name: str, api: KubernetesApi) -> None:
        self.name = name
        self._api = api
        self._routes: tuple[Route, ...] = ()
        self._ingresses = Informer(api, "/apis/networking.k8s.io/v1/ingresses", self._observe_ingress)
        self._services = Informer(api, "/api/v1/services", _ignore)
        self._pods = Informer(api, "/api/v1/pods", _ignore)

    def start(self) -> None:
        """Begin to follow the cluster."""
        for informer in self._informers():
            informer.start()

    def stop(self) -> None:
        """Let go of a cluster that is gone."""
        for informer in self._informers():
            informer.stop()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes, best first."""
        return self._routes

    def addresses(self, route: Route) -> list[Address]:
        """The ready Pods behind a route."""
        return ready_addresses(route, self._services.objects(), self._pods.objects())

    def _informers(self) -> tuple[Informer, Informer, Informer]:
        return self._ingresses, self._services, self._pods

    def _observe_ingress(self, kind: str, ingress: Json) -> None:
        self._routes = routes_of(self._ingresses.objects())
        if kind != DELETED:
            self._publish(ingress)

    def _publish(self, ingress: Json) -> None:
        """Write the address into the Ingress's status, as the controller of a load balancer does."""
        published = [{"hostname": PUBLISHED_HOST}]
        current = (ingress.get("status", {}).get("loadBalancer") or {}).get("ingress") or []
        if [{"hostname": each.get("hostname")} for each in current] == published:
            return
        metadata = ingress["metadata"]
        path = f"/apis/networking.k8s.io/v1/namespaces/{metadata['namespace']}/ingresses/{metadata['name']}/status"
        try:
            self._api.patch(path, {"status": {"loadBalancer": {"ingress": published}}})
        except KubernetesApiError as problem:
            log.warning("status of Ingress %s/%s: %s", metadata["namespace"], metadata["name"], problem.message)


class IngressTable:
    """The routes of every cluster under one folder.

    Args:
        clusters: The folder of clusters' folders.
        connect: Makes the API client of a cluster's folder.
    """

    def __init__(
        self,
        clusters: Path,
        *,
        connect: Callable[[Path], KubernetesApi] = lambda folder: KubernetesApi.for_identity(folder, IDENTITY),
    ) -> None:
        self._clusters = clusters
        self._connect = connect
        self._lock = threading.Lock()
        self._followed: dict[tuple[str, int], ClusterRoutes] = {}

    def rescan(self) -> None:
        """Follow clusters that came, let go of those that went."""
        present = self._present()
        with self._lock:
            followed = dict(self._followed)
        for key in followed.keys() - present.keys():
            followed.pop(key).stop()
        for key in present.keys() - followed.keys():
            try:
                routes = ClusterRoutes(key[0], self._connect(present[key]))
            except (ClusterError, OSError):
                # Its identities are being made, or being removed, right now.
                continue
            routes.start()
            followed[key] = routes
        with self._lock:
            self._followed = followed

    def find(self, host_header: str, path: str) -> Found | None:
        """Where a request goes; None when no cluster has a route for it. The best route of all clusters wins."""
        with self._lock:
            clusters = sorted(self._followed.values(), key=lambda cluster: cluster.name)
        owners = {route: cluster for cluster in reversed(clusters) for route in cluster.routes}
        route = find_route(sorted(owners, key=lambda route: route.rank, reverse=True), host_header, path)
        return None if route is None else Found(owners[route].name, route, owners[route].addresses(route))

    def _present(self) -> dict[tuple[str, int], Path]:
        """Cluster folders by name and birth: one made again under its old name is another cluster."""
        present = {}
        for ports in self._clusters.glob(f"*/{PORTS_FILE}"):
            try:
                present[ports.parent.name, ports.stat().st_mtime_ns] = ports.parent
            except FileNotFoundError:
                continue
        return present


def _ignore(_kind: str, _item: Json) -> None:
    """Nothing to do: the informer's own copy is all that is needed."""
