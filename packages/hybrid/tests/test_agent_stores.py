"""The Job that gives agents their stores: what it may do, what it is told, and when it runs again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import langsmith_hybrid.agent_stores_job
from langsmith_hybrid.agent_stores import references
from langsmith_hybrid.agent_stores_job.request import Request

JOB = "kubernetes:batch/v1:Job"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def request_of(engine: Any) -> Request:
    return Request.from_json(engine.named(CONFIG_MAP, "agent-stores").inputs["data"]["request.json"])


def pod_of(engine: Any) -> dict[str, Any]:
    return engine.named(JOB, "agent-stores").inputs["spec"]["template"]["spec"]


def test_the_job_is_told_the_agents_and_the_stores_and_no_secret(declare: Callable[..., Any], token: str) -> None:
    engine = declare(agents='["one", "two"]')
    request = request_of(engine)
    assert (request.agents, request.namespaces) == (("one", "two"), ("agents",))
    assert request.postgres is not None
    assert request.postgres.secret_arn == "arn:aws:secretsmanager:::secret:rds"
    assert request.redis is not None
    assert request.redis.databases == 128
    assert token not in json.dumps([engine.named(CONFIG_MAP, "agent-stores").inputs, pod_of(engine)])


def test_the_program_travels_whole_and_runs_again_when_anything_changes(declare: Callable[..., Any]) -> None:
    engine = declare()
    modules = {path.name for path in Path(langsmith_hybrid.agent_stores_job.__file__).parent.glob("*.py")}
    data = engine.named(CONFIG_MAP, "agent-stores").inputs["data"]
    assert data.keys() == {*modules, "request.json"}
    (items,) = [each["configMap"]["items"] for each in pod_of(engine)["volumes"] if "configMap" in each]
    assert {each["key"] for each in items} == data.keys(), "a module that is not mounted cannot be imported"

    holders = [
        engine.named(CONFIG_MAP, "agent-stores"),
        engine.named("kubernetes:core/v1:Secret", "agent-stores-token"),
    ]
    assert all(holder.inputs["immutable"] and "name" not in holder.inputs["metadata"] for holder in holders), (
        "another content must be another name, which is another Job"
    )
    assert "name" not in engine.named(JOB, "agent-stores").inputs["metadata"]
    assert "ttlSecondsAfterFinished" not in engine.named(JOB, "agent-stores").inputs["spec"], (
        "a Job that vanishes is made again by the next refresh"
    )


def test_it_runs_as_nobody_and_reaches_its_agents_secrets_alone(declare: Callable[..., Any]) -> None:
    engine = declare(agents='["one", "two"]', customerManagedKey="false")
    pod = pod_of(engine)
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["image"] == "docker.io/langchain/langgraph-api:0.16.7-py3.11"

    (statement,) = json.loads(engine.named("aws:iam/rolePolicy:RolePolicy", "agent-stores").inputs["policy"])[
        "Statement"
    ]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert statement["Resource"] == "arn:aws:secretsmanager:::secret:rds"
    association = engine.named("aws:eks/podIdentityAssociation:PodIdentityAssociation", "agent-stores").inputs
    assert (association["namespace"], association["serviceAccount"]) == ("agents", "agent-stores")
    rules = engine.named("kubernetes:rbac.authorization.k8s.io/v1:Role", "agent-stores-agents").inputs["rules"]
    named = {tuple(rule["resourceNames"]) for rule in rules if "resourceNames" in rule}
    assert named == {("one-stores", "two-stores"), ("agent-stores",)}
    assert [rule["verbs"] for rule in rules if "resourceNames" not in rule] == [["create"]]


def test_each_agents_references_name_its_secret_and_the_stores_there_are() -> None:
    assert references(["one", "two"], ["REDIS_URI_CUSTOM"]) == {
        agent: [{"name": "REDIS_URI_CUSTOM", "secretName": f"{agent}-stores", "secretKey": "REDIS_URI_CUSTOM"}]
        for agent in ("one", "two")
    }


def test_only_the_stores_there_are_are_asked_for(declare: Callable[..., Any]) -> None:
    without_postgres = declare(postgresEnabled="false")
    assert request_of(without_postgres).postgres is None
    assert not [each for each in without_postgres.of_type("aws:iam/role:Role") if each.name == "agent-stores"]


def test_without_stores_or_agents_there_is_no_job(declare: Callable[..., Any]) -> None:
    for changes in ({"postgresEnabled": "false", "redisEnabled": "false"}, {"agents": "[]"}):
        engine = declare(**changes)
        assert not engine.of_type(JOB)
        assert engine.exported["agentSecretReferences"] == {}, "a client must not have to guess"
