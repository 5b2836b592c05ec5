"""The routes of all clusters, kept current by watches."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.gateway_routes import routes_of_gateways
from langsmith_sandbox.cluster.informer import Informer
from langsmith_sandbox.cluster.ports import FILE_NAME as PORTS_FILE
from langsmith_sandbox.cluster.routing import Address, Route, best_first, find_route, ready_addresses, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IDENTITY = "ingress"
_GATEWAY_API = "/apis/gateway.networking.k8s.io/v1"


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
        self._routes: tuple[Route, ...] = ()
        self._sorting = threading.Lock()
        self._ingresses = Informer(api, "/apis/networking.k8s.io/v1/ingresses", self._observe)
        self._gateways = Informer(api, f"{_GATEWAY_API}/gateways", self._observe)
        self._http_routes = Informer(api, f"{_GATEWAY_API}/httproutes", self._observe)
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

    def _informers(self) -> tuple[Informer, ...]:
        return self._ingresses, self._gateways, self._http_routes, self._services, self._pods

    def _observe(self, _kind: str, _item: Json) -> None:
        # Each informer calls in a thread of its own: the last to sort has seen what all of them have.
        with self._sorting:
            by_gateways = routes_of_gateways(self._http_routes.objects(), self._gateways.objects())
            self._routes = best_first([*routes_of(self._ingresses.objects()), *by_gateways])


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
