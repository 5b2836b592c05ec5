"""Where a request goes: rules to Service to Pods, as plain functions over Kubernetes objects."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from langsmith_sandbox.cluster.api import Json


@dataclasses.dataclass(frozen=True)
class Route:
    """One path of a rule, be it an Ingress's or an HTTPRoute's.

    Attributes:
        host: Exact host, ``*.`` and a suffix, or empty for every host.
        path: Starts with a slash.
        exact: Whether only this very path matches; else every path below it too.
        namespace: Of the rule, and so of the Service.
        service: Name of the Service.
        port: Port of the Service, by number or name.
    """

    host: str
    path: str
    exact: bool
    namespace: str
    service: str
    port: int | str

    def matches(self, host: str, path: str) -> bool:
        """Whether a request for this host (without port) and path is the route's."""
        return _host_matches(self.host, host) and _path_matches(self, path)

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """Higher wins: a named host over a wildcard over none, then the exact path, then the longer one."""
        named = bool(self.host) and not self.host.startswith("*.")
        return named, bool(self.host), self.exact, len(self.path.rstrip("/"))


@dataclasses.dataclass(frozen=True)
class Address:
    """Where a Pod listens."""

    ip: str
    port: int


def routes_of(ingresses: Iterable[Json]) -> tuple[Route, ...]:
    """All routes of Ingresses that have a load balancer, best first. Paths whose backend is no Service are left out."""
    routes = []
    for ingress in ingresses:
        if not ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
            continue
        namespace, spec = ingress["metadata"]["namespace"], ingress["spec"]
        if default := (spec.get("defaultBackend") or {}).get("service"):
            routes.append(_route("", {"path": "/"}, namespace, default))
        for rule in spec.get("rules") or ():
            routes.extend(
                _route(rule.get("host") or "", path, namespace, path["backend"]["service"])
                for path in (rule.get("http") or {}).get("paths") or ()
                if "service" in path["backend"]
            )
    return best_first(routes)


def best_first(routes: Iterable[Route]) -> tuple[Route, ...]:
    """The routes in the order in which they are tried."""
    return tuple(sorted(routes, key=lambda route: route.rank, reverse=True))


def find_route(routes: Iterable[Route], host_header: str, path: str) -> Route | None:
    """The best route of a request.

    Args:
        routes: As ``routes_of`` gives them.
        host_header: The Host header; its port does not count.
        path: The URL's path.
    """
    host = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    return next((route for route in routes if route.matches(host.lower(), path)), None)


def ready_addresses(route: Route, services: Iterable[Json], pods: Iterable[Json]) -> list[Address]:
    """Where the route's Service has ready Pods; empty when there is no such Service or port."""
    service = next((each for each in services if _is(each, route.namespace, route.service)), None)
    if service is None:
        return []
    port = _service_port(service, route.port)
    selector = service["spec"].get("selector") or {}
    if port is None or not selector:
        return []
    target = port.get("targetPort") or port["port"]
    addresses = []
    for pod in pods:
        if pod["metadata"]["namespace"] == route.namespace and _selected(pod, selector) and is_ready(pod):
            number = _container_port(pod, target)
            if number is not None:
                addresses.append(Address(pod["status"]["podIP"], number))
    return sorted(addresses, key=lambda address: (address.ip, address.port))


def is_ready(pod: Json) -> bool:
    """Whether a Service may send requests to the Pod."""
    status = pod.get("status", {})
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or ())
    return ready and bool(status.get("podIP")) and "deletionTimestamp" not in pod["metadata"]


def _route(host: str, path: Json, namespace: str, service: Json) -> Route:
    port = service.get("port") or {}
    return Route(
        host.lower(),
        path.get("path") or "/",
        path.get("pathType") == "Exact",
        namespace,
        service["name"],
        port.get("number") or port.get("name") or "",
    )


def _host_matches(pattern: str, host: str) -> bool:
    if not pattern:
        return True
    if pattern.startswith("*."):
        # A wildcard stands for exactly one label.
        first, _, rest = host.partition(".")
        return bool(first) and rest == pattern.removeprefix("*.")
    return host == pattern


def _path_matches(route: Route, path: str) -> bool:
    if route.exact:
        return path == route.path
    base = route.path.rstrip("/")
    return path == base or path.startswith(f"{base}/")


def _is(item: Json, namespace: str, name: str) -> bool:
    return item["metadata"]["namespace"] == namespace and item["metadata"]["name"] == name


def _service_port(service: Json, wanted: int | str) -> Json | None:
    ports: Sequence[Json] = service["spec"].get("ports") or ()
    key = "port" if isinstance(wanted, int) else "name"
    return next((port for port in ports if port.get(key) == wanted), None)


def _selected(pod: Json, selector: Mapping[str, str]) -> bool:
    labels = pod["metadata"].get("labels") or {}
    return all(labels.get(key) == value for key, value in selector.items())


def _container_port(pod: Json, target: int | str) -> int | None:
    if isinstance(target, int):
        return target
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == target:
                return port["containerPort"]
    return None
