"""What stands of a stack, and whether it works."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from operations.fakes import FakeAws, FakePulumi, refusal
from operations.orphans.account import Workspace as Listed

from langsmith_control_plane.errors import NotFoundError
from langsmith_control_plane.models import Listener
from langsmith_hybrid.operations.doctor.findings import Finding, State
from langsmith_hybrid.operations.errors import AccessExpiredError
from langsmith_hybrid.operations.status import look

TODAY = dt.date(2026, 11, 23)
CLUSTER = ("eks", "describe_cluster")
NODES = ("eks", "describe_nodegroup")
DATABASE = ("rds", "describe_db_instances")
CACHE = ("elasticache", "describe_replication_groups")


class Workspace(Listed):
    """A workspace that can be asked for one listener."""

    def get_listener(self, listener_id: str) -> Listener:
        for each in self.listeners:
            if each.id == listener_id:
                return each
        raise NotFoundError("There is no such listener.")


class Scene:
    """A stack that stands and works, until a test breaks something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pulumi = FakePulumi(
            outputs={
                "namespaces": ["agents"],
                "loadBalancerAddress": "lb-1",
                "agentsBaseUrl": "https://a.example.com",
                "natGatewayIps": ["198.51.100.7"],
            }
        )
        self.pulumi.hold("aws:eks/cluster:Cluster", "cluster", "agents-1")
        self.pulumi.hold("aws:eks/nodeGroup:NodeGroup", "nodes", "agents-1:nodes-1")
        self.pulumi.hold("aws:rds/instance:Instance", "postgres", "db-RESOURCE", identifier="postgres-1")
        self.pulumi.hold("aws:elasticache/replicationGroup:ReplicationGroup", "redis", "redis-1")
        self.pulumi.hold("pulumi-python:dynamic/langsmith:Listener", "listener", "x", listener_id="l-1")
        self.cluster: dict[str, Any] = {"status": "ACTIVE", "version": "1.35"}
        self.nodes: dict[str, Any] = {
            "status": "ACTIVE",
            "scalingConfig": {"desiredSize": 2},
            "instanceTypes": ["m6i.xlarge"],
        }
        self.database = {
            "DBInstanceStatus": "available",
            "EngineVersion": "16.4",
            "DBInstanceClass": "db.t4g.medium",
        }
        self.cache = {"Status": "available", "MemberClusters": ["redis-1-001"], "CacheNodeType": "cache.t4g.small"}
        self.aws = FakeAws(
            {
                CLUSTER: {"cluster": self.cluster},
                NODES: {"nodegroup": self.nodes},
                DATABASE: {"DBInstances": [self.database]},
                CACHE: {"ReplicationGroups": [self.cache]},
            }
        )
        self.workspace = Workspace([Listener("l-1", "agents-dev", ("agents",))])
        self.workspace.deploy("hello", "l-1")

    def look(self, today: dt.date = TODAY) -> tuple[Finding, ...]:
        """What is found."""

        @contextlib.contextmanager
        def workspace(_config: object) -> Iterator[Any]:
            yield self.workspace

        return look(self.pulumi.stack(self.folder), self.aws, workspace, today).all

    def unwell(self) -> list[tuple[str, State]]:
        """The checks that are not ok, and how they are."""
        return [(each.check, each.state) for each in self.look() if each.state is not State.OK]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A stack that works."""
    return Scene(tmp_path)


def test_a_stack_that_works_has_a_line_for_everything(scene: Scene) -> None:
    assert {each.check: each.what for each in scene.look()} == {
        "state": "5 resources in eu-west-1, and no run was cut off.",
        "cluster": "agents-1, Kubernetes 1.35, is ACTIVE.",
        "nodes": "nodes-1, 2 × m6i.xlarge, is ACTIVE.",
        "database": "postgres-1, PostgreSQL 16.4 on db.t4g.medium, is available.",
        "cache": "redis-1, 1 × cache.t4g.small, is available.",
        "entrance": "Agents answer at https://a.example.com, through lb-1.",
        "egress": "Agents call others from 198.51.100.7.",
        "listener": "l-1 is registered for agents-dev (namespaces: agents).",
        "agents": "1 READY.",
    }
    assert scene.unwell() == []


def test_nothing_is_asked_about_a_stack_of_which_nothing_stands(scene: Scene) -> None:
    scene.pulumi.resources.clear()
    assert scene.look() == ()
    assert scene.aws.asked == []


@pytest.mark.parametrize(
    ("which", "key", "value", "check", "state"),
    [
        ("cluster", "status", "UPDATING", "cluster", State.WARN),
        ("cluster", "status", "FAILED", "cluster", State.FAIL),
        ("nodes", "status", "DEGRADED", "nodes", State.FAIL),
        ("database", "DBInstanceStatus", "backing-up", "database", State.WARN),
        ("database", "DBInstanceStatus", "storage-full", "database", State.FAIL),
        ("cache", "Status", "modifying", "cache", State.WARN),
        ("cache", "Status", "create-failed", "cache", State.FAIL),
    ],
)
def test_a_state_that_passes_is_a_warning_and_any_other_a_failure(
    scene: Scene, which: str, key: str, value: str, check: str, state: State
) -> None:
    getattr(scene, which)[key] = value
    assert scene.unwell() == [(check, state)]


@pytest.mark.parametrize("managed", [True, False])
def test_a_run_that_was_cut_off_is_told_with_what_it_was_at(scene: Scene, managed: bool) -> None:
    if not managed:
        scene.pulumi.resources.clear()
    scene.pulumi.pending = ["cluster"]
    state = scene.look()[0]
    assert (state.check, state.state) == ("state", State.WARN), "something may stand that the state does not have yet"
    assert "cut off in the midst of cluster" in state.what
    assert "orphans" in state.remedy


def test_what_a_first_run_has_not_come_to_is_missing_and_not_well(scene: Scene) -> None:
    scene.pulumi.resources = scene.pulumi.resources[2:4]
    assert scene.unwell() == [("cluster", State.FAIL), ("listener", State.FAIL)]


@pytest.mark.parametrize(
    ("version", "today", "says"),
    [
        ("1.35", dt.date(2027, 1, 1), "Standard support of EKS 1.35 ends on 2027-03-27"),
        ("1.30", TODAY, "Kubernetes 1.30 is none this program is made for"),
    ],
)
def test_a_version_that_costs_extra_soon_or_is_not_ours_is_a_warning(
    scene: Scene, version: str, today: dt.date, says: str
) -> None:
    scene.cluster["version"] = version
    (warning,) = (each for each in scene.look(today) if each.state is State.WARN)
    assert says in warning.what


def test_what_eks_names_as_an_issue_is_said_in_its_words(scene: Scene) -> None:
    scene.nodes["health"] = {"issues": [{"code": "AsgInstanceLaunchFailures", "message": "No capacity."}]}
    (nodes,) = (each for each in scene.look() if each.state is State.FAIL)
    assert nodes.what == "nodes-1, 2 × m6i.xlarge, has AsgInstanceLaunchFailures: No capacity."


@pytest.mark.parametrize(
    ("asked", "code", "check"),
    [
        (CLUSTER, "ResourceNotFoundException", "cluster"),
        (NODES, "ResourceNotFoundException", "nodes"),
        (DATABASE, "DBInstanceNotFound", "database"),
        (CACHE, "ReplicationGroupNotFoundFault", "cache"),
    ],
)
def test_what_was_deleted_by_hand_is_named_with_what_brings_it_back(
    scene: Scene, asked: tuple[str, str], code: str, check: str
) -> None:
    scene.aws.answers[asked] = refusal(code)
    (finding,) = (each for each in scene.look() if each.state is not State.OK)
    assert (finding.check, finding.state) == (check, State.FAIL)
    assert "does not exist any more" in finding.what
    assert "pulumi up --refresh" in finding.remedy


def test_what_may_not_be_looked_at_is_unknown_and_not_well(scene: Scene) -> None:
    scene.aws.answers[DATABASE] = refusal("AccessDenied", "no rds:DescribeDBInstances")
    assert scene.unwell() == [("database", State.UNKNOWN)]


def test_a_session_that_is_over_is_a_failure_of_its_own_kind(scene: Scene) -> None:
    scene.aws.answers[CLUSTER] = refusal("ExpiredToken")
    (cluster,) = (each for each in scene.look() if each.state is State.FAIL)
    assert cluster.error is AccessExpiredError


def test_without_a_load_balancer_nobody_reaches_an_agent(scene: Scene) -> None:
    scene.pulumi.outputs["loadBalancerAddress"] = None
    assert scene.unwell() == [("entrance", State.FAIL)]


def test_a_listener_deleted_by_hand_is_found(scene: Scene) -> None:
    scene.workspace.listeners.clear()
    assert scene.unwell() == [("listener", State.FAIL)], "and nothing is said of agents, whom nobody runs"


def test_namespaces_changed_by_hand_are_found(scene: Scene) -> None:
    scene.workspace.listeners[:] = [Listener("l-1", "agents-dev", ("agents", "by-hand"))]
    assert scene.unwell() == [("listener", State.FAIL)]


def test_agents_that_are_not_ready_are_named(scene: Scene) -> None:
    scene.workspace.deploy("second", "l-1", "AWAITING_DELETE")
    (agents,) = (each for each in scene.look() if each.state is State.WARN)
    assert agents.what == "1 AWAITING_DELETE, 1 READY: second (AWAITING_DELETE)."
