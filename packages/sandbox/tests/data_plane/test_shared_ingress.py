"""The shared Ingress gets exactly the agents' paths, and keeps what is not theirs."""

from __future__ import annotations

from langsmith_sandbox.data_plane.lgp import Exposure
from langsmith_sandbox.data_plane.shared_ingress import Route, with_routes

EXPOSURE = Exposure("localhost:34567", tls=False)
METRICS = {
    "path": "/metrics",
    "pathType": "Prefix",
    "backend": {"service": {"name": "operator", "port": {"number": 8081}}},
}


def rule(*paths, host="localhost"):
    return {"host": host, "http": {"paths": list(paths)}}


def path(name):
    return {
        "path": f"/lgp/{name}",
        "pathType": "Prefix",
        "backend": {"service": {"name": name, "port": {"number": 8000}}},
    }


def test_an_agent_gets_its_path_in_the_rule_of_the_host_without_its_port():
    assert with_routes([rule(METRICS)], {Route("a", 8000)}, EXPOSURE) == [rule(METRICS, path("a"))]


def test_the_same_agents_again_change_nothing():
    rules = with_routes([rule(METRICS)], {Route("b", 8000), Route("a", 8000)}, EXPOSURE)
    assert with_routes(rules, {Route("a", 8000), Route("b", 8000)}, EXPOSURE) == rules


def test_an_agent_that_is_gone_loses_its_path_and_only_that():
    rules = [rule(METRICS, path("a"), path("b"))]
    assert with_routes(rules, {Route("b", 8000)}, EXPOSURE) == [rule(METRICS, path("b"))]
    assert with_routes(rules, set(), EXPOSURE) == [rule(METRICS)]


def test_rules_of_other_hosts_are_left_alone_and_a_missing_one_is_added():
    other = rule(METRICS, host="other.example")
    assert with_routes([other], {Route("a", 8000)}, EXPOSURE) == [other, rule(path("a"))]


def test_without_a_hostname_the_rule_for_every_host_is_used():
    anywhere = {"http": {"paths": [METRICS]}}
    routed = with_routes([anywhere], {Route("a", 8000)}, Exposure("", tls=False))
    assert routed == [{"http": {"paths": [METRICS, path("a")]}}]


def test_a_base_path_is_part_of_every_agents_path():
    (routed,) = with_routes([], {Route("a", 8000)}, Exposure("localhost", tls=False, base_path="/ai"))
    assert routed["http"]["paths"][0]["path"] == "/ai/lgp/a"
