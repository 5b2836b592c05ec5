"""Routes of Gateway API: HTTPRoutes that a Gateway took, as plain functions over Kubernetes objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from langsmith_sandbox.cluster.api import Json


def routes_of_gateways(http_routes: Iterable[Json], gateways: Iterable[Json]) -> Iterator[Route]:
    """Every path of the routes that a Gateway with a load balancer has accepted. What redirects leads nowhere here."""
    serving = {_key(each["metadata"], "") for each in gateways if _holds(each.get("status"), "Programmed")}
    for route in http_routes:
        home = route["metadata"]["namespace"]
        parents = (route.get("status") or {}).get("parents") or ()
        if not any(_holds(each, "Accepted") and _key(each["parentRef"], home) in serving for each in parents):
            continue
        for rule in route["spec"].get("rules") or ():
            yield from _paths(rule, route["spec"].get("hostnames") or [""], home)


def _paths(rule: Json, hosts: list[str], home: str) -> Iterator[Route]:
    # A Service of another namespace would need that namespace's consent, which no agent's route asks for.
    backends = [each for each in rule.get("backendRefs") or () if each.get("namespace") in {None, home}]
    for match in rule.get("matches") or ():
        path = match.get("path") or {}
        if backends and path.get("type") != "RegularExpression":
            backend, exact = backends[0], path.get("type") == "Exact"
            for host in hosts:
                value = path.get("value") or "/"
                yield Route(host.lower(), value, exact, home, backend["name"], backend.get("port") or "")


def _key(reference: Json, home: str) -> tuple[str, str]:
    return reference.get("namespace") or home, reference["name"]


def _holds(status: Json | None, kind: str) -> bool:
    conditions = (status or {}).get("conditions") or ()
    return any(each["type"] == kind and each["status"] == "True" for each in conditions)
