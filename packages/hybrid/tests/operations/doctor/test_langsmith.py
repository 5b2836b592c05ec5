"""What the control plane says of the key, the plan and the name."""

from __future__ import annotations

import pytest
from operations.doctor.world import World
from operations.fakes import WORKSPACE

from langsmith_control_plane.errors import NotEnabledError
from langsmith_control_plane.models import Deployment, Listener
from langsmith_hybrid.operations.doctor import Finding, State, langsmith

OURS = "6a1f0f6e-0000-4000-8000-000000000001"


def look(world: World) -> list[Finding]:
    return list(langsmith.findings(world.subject(), world.control_plane.workspace))


def test_a_key_that_opens_the_workspace_is_well_and_the_name_free(world: World) -> None:
    key, name = look(world)
    assert (key.state, name.state) == (State.OK, State.OK)
    assert WORKSPACE in key.what
    assert "https://api.host.langchain.com" in key.what


@pytest.mark.parametrize("told_by", ["refuses", "unknown_listener"])
def test_a_plan_without_listeners_fails_before_anything_is_made(world: World, told_by: str) -> None:
    said = "Creating listeners is only allowed for LangSmith organizations with self-hosted enterprise plans."
    setattr(world.control_plane, told_by, NotEnabledError(said))
    (finding,) = look(world)
    assert finding.state is State.FAIL
    assert said in finding.what
    assert finding.error.exit_code == 50, "no other credentials would help"


def test_a_listener_of_that_name_in_the_stacks_state_is_ours(world: World) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-dev", ("agents",))]
    world.pulumi.hold("pulumi-python:langsmith:Listener", "listener", OURS)
    assert look(world)[1].state is State.OK


def test_a_listener_of_that_name_from_elsewhere_is_a_warning_that_tells_its_namespaces(world: World) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-dev", ("billing", "support"))]
    finding = look(world)[1]
    assert finding.state is State.WARN
    assert "billing, support" in finding.what
    assert "It would get the namespaces agents." in finding.remedy


def deployment(listener_id: str, namespace: str) -> Deployment:
    placed = {"listener_id": listener_id, "listener_config": {"k8s_namespace": namespace}}
    return Deployment.from_json(
        {"id": WORKSPACE, "name": f"{namespace}-agent", "status": "READY", "source_config": placed}
    )


@pytest.mark.parametrize("ours", [True, False])
def test_a_listener_that_would_lose_what_runs_on_it_fails_as_the_update_would(world: World, ours: bool) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-dev", ("agents", "billing"))]
    world.control_plane.deployments = [deployment(OURS, "agents"), deployment(OURS, "billing")]
    if ours:
        world.pulumi.hold("pulumi-python:langsmith:Listener", "listener", OURS)
    finding = look(world)[1]
    assert finding.state is State.FAIL
    assert "would lose namespaces of billing-agent." in finding.what, "what runs in a namespace that stays is not named"


def test_a_namespace_nobody_runs_in_can_go(world: World) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-dev", ("agents", "billing"))]
    world.control_plane.deployments = [deployment(OURS, "agents"), deployment(WORKSPACE, "billing")]
    assert look(world)[1].state is State.WARN


def test_several_listeners_of_that_name_fail_as_they_would_in_the_update(world: World) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-dev", ()), Listener(WORKSPACE, "agents-dev", ())]
    assert look(world)[1].state is State.FAIL


@pytest.mark.parametrize("namespaces", [(), ("agents",)])
def test_listeners_of_other_names_are_nobodys_business(world: World, namespaces: tuple[str, ...]) -> None:
    world.control_plane.listeners = [Listener(OURS, "agents-production", namespaces)]
    assert look(world)[1].state is State.OK
