"""What each change of the configuration does to a stack that stands: update, replace, make, remove, or refusal.

The plan before is compared with the plan after, by the rules of replacement of the AWS provider, as its stand-in has
them. What is replaced has other ids, so whatever mentions them changes in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError
from langsmith_hybrid.stack_identity import recorded, refusals
from langsmith_sandbox.providers.aws.catalogue import resource_of

if TYPE_CHECKING:
    from conftest import RecordingEngine, Registration

# What holds data, or everything that does.
NEVER_REPLACED = {
    "aws:ec2/vpc:Vpc",
    "aws:eks/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
}
GRANT = '[{"principal": "arn:aws:iam::111122223333:role/support", "policy": "view"}]'
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-4cde-8f01-23456789abcd"

UPDATE, MAKE, REMOVE, REFUSAL, UNCHANGED = "update", "make", "remove", "refusal", "unchanged"
#: Key, new value, and what happens; a name stands for the replacement of that resource and of nothing else.
CHANGES = [
    ("environment", "staging", UPDATE),
    ("owner", "platform", UPDATE),
    ("costCentre", "4711", UPDATE),
    ("tags", '{"team": "agents"}', UPDATE),
    ("region", "eu-central-1", REFUSAL),
    ("vpcCidr", "10.7.0.0/16", REFUSAL),
    ("privateSubnetIds", '["subnet-0123456789abcdef0"]', REFUSAL),
    ("availabilityZones", "3", "cluster-nodes"),
    ("natGateways", "per-zone", MAKE),
    ("interfaceEndpoints", '["sts"]', MAKE),
    ("flowLogs", "true", MAKE),
    ("eksClusterName", "other", REFUSAL),
    ("eksClusterVersion", "1.36", UPDATE),
    ("eksClusterVersion", "1.34", REFUSAL),
    ("eksPublicAccessCidrs", '["203.0.113.7/32"]', UPDATE),
    ("eksPublicAccessCidrs", '["0.0.0.0/0"]', REFUSAL),
    ("clusterAdminArns", '["arn:aws:iam::111122223333:role/admins"]', MAKE),
    ("clusterAccess", GRANT, MAKE),
    ("logRetentionDays", "30", UPDATE),
    ("eksNodeInstanceType", "m6i.2xlarge", "cluster-nodes"),
    ("eksNodeInstanceType", "m7g.xlarge", "cluster-nodes"),
    ("eksNodeSystem", "bottlerocket", "cluster-nodes"),
    ("eksNodeMinSize", "1", UPDATE),
    ("eksNodeDesiredSize", "3", UNCHANGED),
    ("eksNodeMaxSize", "9", UPDATE),
    ("eksNodeDiskGib", "80", UPDATE),
    ("postgresEnabled", "false", REFUSAL),
    ("postgresVersion", "17", "postgres"),
    ("postgresVersion", "15", REFUSAL),
    ("postgresInstanceClass", "db.m7g.large", UPDATE),
    ("postgresMultiAz", "true", UPDATE),
    ("postgresStorageGib", "80", UPDATE),
    ("postgresStorageGib", "40", REFUSAL),
    ("postgresBackupDays", "14", UPDATE),
    ("redisEnabled", "false", REFUSAL),
    ("redisVersion", "8.1", UPDATE),
    ("redisNodeType", "cache.m7g.large", UPDATE),
    ("redisNodes", "2", UPDATE),
    ("redisTokenGeneration", "2", UPDATE),
    ("storesApplyImmediately", "false", UPDATE),
    ("s3BucketPrefix", "other", REFUSAL),
    ("artifactsEnabled", "false", REFUSAL),
    ("agents", '["hello-world-graph", "second"]', MAKE),
    ("agents", '["second"]', REMOVE),
    ("customerManagedKey", "true", REFUSAL),
    ("deletionProtection", "true", UPDATE),
    ("agentNamespaces", '["agents", "more-agents"]', MAKE),
    ("agentsTls", "false", UNCHANGED),
    ("agentsRouting", "ingress", REMOVE),
    ("exposure", "public", REFUSAL),
    ("certificateArn", CERTIFICATE, REFUSAL),
    ("hostedZoneId", "Z0123456789ABCDEFGHIJ", REFUSAL),
    ("langsmithRegion", "eu", UPDATE),
    ("dataplaneChartVersion", "0.2.23", UPDATE),
    ("dataplaneChartRepository", "https://charts.example.com/langchain", UPDATE),
    ("dataplaneOperatorVersion", "0.1.61", UPDATE),
    ("kedaChartVersion", "2.20.0", UPDATE),
    ("deleteAdoptedListener", "true", UPDATE),
    ("langsmithApiKey", "lsv2_pt_" + "0ddba11" * 6, UPDATE),
    ("langsmithHostUrl", "https://eu.api.host.langchain.com", REFUSAL),
    ("autoscalerChartVersion", "9.60.0", UPDATE),
    ("loadBalancerControllerChartVersion", "3.5.1", UPDATE),
]

Key = tuple[str, str]
Plan = dict[Key, "Registration"]


def plan_of(engine: RecordingEngine) -> Plan:
    return {(each.token, each.name): each for each in engine.registered}


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str):
        yield value


def changed_properties(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Paths of what differs, down to the members of objects."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from changed_properties(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif before != after:
        yield path


def changes(before: Registration, after: Registration) -> set[str]:
    """Paths of what an update would change: without what it is told to leave alone."""
    return set(changed_properties(before.inputs, after.inputs)) - set(after.left_alone)


def is_replaced(token: str, paths: set[str]) -> bool:
    if not token.startswith("aws:"):
        return False
    fixed = resource_of(token).replaced_by.split()
    if "*" in fixed:
        return any(not path.startswith("tags") for path in paths)
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for path in paths for each in fixed)


def replaced(before: Plan, after: Plan) -> set[Key]:
    """What is replaced, directly or because it mentions something that is."""
    found: set[Key] = set()
    while True:
        new_ids = {f"{name}-{token.rpartition(':')[2]}" for token, name in found}
        more = set()
        for key in before.keys() & after.keys() - found:
            paths = changes(before[key], after[key])
            paths |= {name for name, value in after[key].inputs.items() if new_ids & set(leaves(value))}
            if is_replaced(key[0], paths):
                more.add(key)
        if not more:
            return found
        found |= more


def refused(given: Callable[..., None], key: str, value: str) -> set[str]:
    """Keys that are refused when ``key`` changes, by the configuration itself or by what the stack was."""
    given({})
    before = recorded(LangSmithConfig.load())
    given({key: value})
    try:
        return {each for each, _ in refusals(before, recorded(LangSmithConfig.load()))}
    except ConfigError as error:
        return {problem.key for problem in error.problems}


@pytest.mark.parametrize(("key", "value", "expected"), CHANGES)
def test_a_change_does_what_the_documentation_says(
    declare: Callable[..., RecordingEngine], stack_config: Callable[..., None], key: str, value: str, expected: str
) -> None:
    assert refused(stack_config, key, value) == ({key} if expected == REFUSAL else set())
    if expected == REFUSAL:
        return
    before, after = plan_of(declare()), plan_of(declare(**{key: value}))
    gone = replaced(before, after)
    assert not {token for token, _ in gone} & NEVER_REPLACED
    if expected == MAKE:
        assert after.keys() > before.keys()
    elif expected == REMOVE:
        assert before.keys() - after.keys()
    else:
        assert after.keys() >= before.keys()
        assert {name for _, name in gone} == ({expected} - {UPDATE, UNCHANGED})
        has_effect = any(changes(before[each], after[each]) for each in before)
        assert has_effect == (expected != UNCHANGED), "a key must have an effect, or say that it has none"
