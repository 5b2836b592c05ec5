"""Which HTTPRoutes lead anywhere: those a Gateway with a load balancer took, and only to their own namespace."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.cluster.gateway_routes import routes_of_gateways
from langsmith_sandbox.cluster.routing import Route, find_route


def condition(kind: str, status: str = "True") -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status}]}


def gateway(programmed: str = "True") -> dict[str, Any]:
    return {
        "metadata": {"namespace": "entrance", "name": "agents"},
        "status": condition("Programmed", programmed),
    }


def http_route(accepted: str = "True", **rule: Any) -> dict[str, Any]:
    reference = {"namespace": "entrance", "name": "agents"}
    whole = {
        "matches": [{"path": {"type": "PathPrefix", "value": "/lgp/a"}}],
        "backendRefs": [{"name": "a", "port": 8000}],
        **rule,
    }
    return {
        "metadata": {"namespace": "more-agents", "name": "a"},
        "spec": {"hostnames": ["agents.example.com"], "rules": [whole]},
        "status": {"parents": [{"parentRef": reference, **condition("Accepted", accepted)}]},
    }


def test_an_accepted_route_leads_to_the_service_beside_it() -> None:
    (route,) = routes_of_gateways([http_route()], [gateway()])
    assert route == Route("agents.example.com", "/lgp/a", exact=False, namespace="more-agents", service="a", port=8000)
    assert find_route([route], "agents.example.com:8080", "/lgp/a/ok") == route


@pytest.mark.parametrize(
    ("route", "parent"),
    [
        (http_route(accepted="False"), gateway()),
        (http_route(), gateway(programmed="Unknown")),
        (http_route(backendRefs=[]), gateway()),
        (http_route(backendRefs=[{"name": "a", "namespace": "elsewhere", "port": 1}]), gateway()),
    ],
    ids=["refused", "no load balancer yet", "a redirect", "another namespace's Service"],
)
def test_what_a_load_balancer_would_not_serve_is_no_route(route: Any, parent: Any) -> None:
    assert not list(routes_of_gateways([route], [parent]))


def test_a_route_whose_gateway_went_away_leads_nowhere() -> None:
    assert not list(routes_of_gateways([http_route()], []))
