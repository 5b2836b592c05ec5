"""A fresh stack never meets what an earlier one left, and what is left can be found: docs/leftovers.md, row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_hybrid.component import STACK_TAG

if TYPE_CHECKING:
    from conftest import RecordingEngine, Registration

PAGE = Path(__file__).parents[3] / "docs" / "leftovers.md"
# What the recording engine ends every name in that Pulumi makes up.
RANDOM = "1a2b3c4"
# Inputs that name a resource within its account, or are names of others.
NAMES = re.compile(r"name|bucket|identifier|finalSnapshotIdentifier|replicationGroupId|repository|role", re.IGNORECASE)
# Names that are not the program's: a service's own, a component's inside its owner, and prefixes Pulumi completes.
NOT_OURS = {
    "addonName", "domainName", "iamInstanceProfile", "serviceName", "resourceName", "namePrefix", "bucketPrefix",
    "namespace", "username", "assumeRolePolicy",
}  # fmt: skip

Declare = Callable[..., "RecordingEngine"]


@pytest.fixture
def engine(declare: Declare) -> RecordingEngine:
    """A stack with everything a stack can have."""
    return declare(profile="production")


def of_aws(engine: RecordingEngine) -> Iterator[Registration]:
    return (each for each in engine.registered if each.token.startswith("aws:"))


def of_kind(engine: RecordingEngine, kind: str) -> list[Registration]:
    return [each for each in engine.registered if each.token.rpartition(":")[2] == kind]


def test_every_row_is_held_by_a_test_of_this_file() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE.read_text())
    assert len(named) >= 12, "the page's table must be found"
    assert [name for name in named if name not in globals()] == []


def test_every_physical_name_is_of_this_run(engine: RecordingEngine) -> None:
    given = [
        (each.token, name, value)
        for each in of_aws(engine)
        for name, value in each.inputs.items()
        if NAMES.fullmatch(name) and name not in NOT_OURS and isinstance(value, str)
    ]
    assert len(given) > 10, "references and the cluster's name must be among them"
    assert [each for each in given if RANDOM not in each[2]] == [], "the next run would give the same"


def test_no_key_has_an_alias(engine: RecordingEngine) -> None:
    assert of_kind(engine, "Key")
    assert of_kind(engine, "Alias") == []


def test_the_control_planes_logs_are_of_this_run(engine: RecordingEngine) -> None:
    (cluster,), (logs,) = of_kind(engine, "Cluster")[-1:], of_kind(engine, "LogGroup")
    assert logs.inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"
    assert cluster.inputs["name"].endswith(f"-{RANDOM}")


def test_the_log_group_stands_before_the_cluster_and_falls_after_it(engine: RecordingEngine) -> None:
    assert "cluster-control-plane" in before(engine, "aws:eks/cluster:Cluster", "cluster")


def test_final_snapshots_never_meet(engine: RecordingEngine) -> None:
    stores = [*of_kind(engine, "Instance"), *of_kind(engine, "ReplicationGroup")]
    names = [store.inputs["finalSnapshotIdentifier"] for store in stores]
    assert len(set(names)) == 2
    assert all(RANDOM in name for name in names)
    assert of_kind(engine, "Instance")[0].inputs["copyTagsToSnapshot"] is True


def test_no_secret_of_ours_waits_for_its_recovery(engine: RecordingEngine) -> None:
    assert not [each for each in of_aws(engine) if each.token.startswith("aws:secretsmanager")]
    assert of_kind(engine, "Instance")[0].inputs["manageMasterUserPassword"] is True


def test_nothing_needs_an_oidc_provider(engine: RecordingEngine) -> None:
    assert of_kind(engine, "OpenIdConnectProvider") == []
    assert len(of_kind(engine, "PodIdentityAssociation")) >= 4


def test_what_aws_makes_for_the_stack_is_found_by_its_tags(engine: RecordingEngine) -> None:
    (template,) = of_kind(engine, "LaunchTemplate")
    specified = {each["resourceType"]: each["tags"] for each in template.inputs["tagSpecifications"]}
    assert specified.keys() == {"instance", "volume", "network-interface"}
    driver = engine.named("aws:eks/addon:Addon", "cluster-aws-ebs-csi-driver").inputs["configurationValues"]
    carriers = [*specified.values(), json.loads(driver)["controller"]["extraVolumeTags"]]
    assert all(tags[STACK_TAG] == "langsmith-hybrid/test" for tags in carriers)


def test_pods_and_their_volumes_go_before_what_deletes_volumes(engine: RecordingEngine) -> None:
    needed = before(engine, "kubernetes:core/v1:Namespace", "agents")
    assert {"cluster-aws-ebs-csi-driver", "cluster-nodes"} <= needed, "the engine takes away in reverse"


def test_load_balancers_go_before_their_controller(engine: RecordingEngine) -> None:
    gateways = of_kind(engine, "Gateway")
    assert gateways
    assert all("load-balancer-controller" in before(engine, each.token, each.name) for each in gateways)


def test_the_listener_is_a_resource_that_is_deleted(engine: RecordingEngine) -> None:
    (listener,) = [each for each in engine.registered if "Listener" in each.token]
    assert listener.inputs["compute_id"] == "agents-dev", "the key by which the next stack finds it again"


def before(engine: RecordingEngine, token: str, name: str) -> set[str]:
    """Names of the resources that must stand before one does, and may only go after it: what its parents need, too."""
    found: set[str] = set()
    ahead = {urn for urn in engine.needs if urn.endswith(f"{token}::{name}")}
    while ahead:
        found |= ahead
        ahead = set().union(*(engine.needs.get(urn, set()) for urn in ahead)) - found
    return {urn.rpartition("::")[2] for urn in found} - {name}
