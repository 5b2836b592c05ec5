from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.routing import Address, Route, find_route, ready_addresses, routes_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _ingress(*rules: tuple[str, str, str, str], namespace: str = "agents", default: str = "") -> Any:
    made = []
    for host, path, kind, service in rules:
        backend = {"service": {"name": service, "port": {"number": 80}}}
        made.append({"host": host, "http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}})
    spec: dict[str, Any] = {"rules": made}
    if default:
        spec["defaultBackend"] = {"service": {"name": default, "port": {"number": 80}}}
    status = {"loadBalancer": {"ingress": [{"hostname": "a-load-balancer"}]}}
    return {"metadata": {"namespace": namespace, "name": "i"}, "spec": spec, "status": status}


ROUTES = routes_of(
    [
        _ingress(
            ("localhost", "/lgp/a", "Prefix", "a"),
            ("localhost", "/lgp/a/special", "Prefix", "longer"),
            ("localhost", "/lgp/a/special", "Exact", "exact"),
            ("*.example.com", "/", "Prefix", "wildcard"),
            ("www.example.com", "/", "Prefix", "named"),
            ("", "/open", "ImplementationSpecific", "hostless"),
        ),
        _ingress(default="fallback"),
    ]
)


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("localhost", "/lgp/a", "a"),
        ("localhost:34567", "/lgp/a/", "a"),
        ("LOCALHOST", "/lgp/a/threads/1", "a"),
        ("localhost", "/lgp/ab", "fallback"),
        ("localhost", "/lgp/a/special", "exact"),
        ("localhost", "/lgp/a/special/x", "longer"),
        ("www.example.com", "/x", "named"),
        ("other.example.com", "/x", "wildcard"),
        ("deep.other.example.com", "/x", "fallback"),
        ("example.com", "/x", "fallback"),
        ("127.0.0.1:80", "/open/x", "hostless"),
        ("[::1]:80", "/open", "hostless"),
        ("[::1]", "/open", "hostless"),
        ("", "/", "fallback"),
    ],
)
def test_the_most_specific_host_and_the_longest_path_win(host: str, path: str, service: str):
    route = find_route(ROUTES, host, path)
    assert route is not None
    assert route.service == service


def test_without_a_default_what_no_rule_names_has_no_route():
    assert find_route(routes_of([_ingress(("localhost", "/a", "Prefix", "a"))]), "localhost", "/b") is None


def test_an_ingress_nobody_made_a_load_balancer_for_routes_nothing():
    ingress = _ingress(("localhost", "/a", "Prefix", "a"))
    assert routes_of([{**ingress, "status": {"loadBalancer": {}}}]) == ()


def test_backends_that_are_no_services_are_left_out():
    ingress = _ingress()
    path = {"path": "/", "pathType": "Prefix", "backend": {"resource": {"kind": "Bucket", "name": "b"}}}
    ingress["spec"]["rules"] = [{"http": {"paths": [path]}}, {"host": "no-paths"}]
    assert routes_of([ingress]) == ()


ROUTE = Route("", "/", exact=False, namespace="agents", service="web", port=80)


def _service(target: int | str | None, **changes: Any) -> Any:
    port: dict[str, Any] = {"name": "http", "port": 80}
    if target is not None:
        port["targetPort"] = target
    spec = {"selector": {"app": "web"}, "ports": [port], **changes}
    return {"metadata": {"namespace": "agents", "name": "web"}, "spec": spec}


@pytest.fixture
def ready(pod: Callable[..., Any]) -> Callable[..., Any]:
    def make(name: str = "web", **changes: Any) -> Any:
        ports = [{"name": "api", "containerPort": 8000}]
        status = {"podIP": "127.64.0.9", "conditions": [{"type": "Ready", "status": "True"}]}
        return pod(
            name,
            metadata={"labels": {"app": "web"}, **changes.get("metadata", {})},
            spec={"containers": [{"name": "main", "ports": ports}]},
            status=changes.get("status", status),
        )

    return make


@pytest.mark.parametrize(("target", "port"), [(8000, 8000), ("api", 8000), (None, 80)])
def test_the_target_port_is_a_number_a_name_or_the_services_own(ready: Callable[..., Any], target: Any, port: int):
    assert ready_addresses(ROUTE, [_service(target)], [ready()]) == [Address("127.64.0.9", port)]


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": {"labels": {"app": "other"}}},
        {"metadata": {"labels": {"app": "web"}, "namespace": "elsewhere"}},
        {"metadata": {"labels": {"app": "web"}, "deletionTimestamp": "2026-01-01T00:00:00Z"}},
        {"status": {"podIP": "127.64.0.9", "conditions": [{"type": "Ready", "status": "False"}]}},
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
    ],
)
def test_only_ready_pods_of_the_service_get_requests(ready: Callable[..., Any], changes: dict[str, Any]):
    assert ready_addresses(ROUTE, [_service(8000)], [ready(**changes)]) == []


def test_a_service_without_selector_port_or_existence_has_no_addresses(ready: Callable[..., Any]):
    assert ready_addresses(ROUTE, [_service(8000, selector={})], [ready()]) == []
    assert ready_addresses(ROUTE, [_service(8000, ports=[{"port": 81}])], [ready()]) == []
    assert ready_addresses(ROUTE, [_service("unknown")], [ready()]) == []
    assert ready_addresses(ROUTE, [], [ready()]) == []
