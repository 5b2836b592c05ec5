"""What LangSmith keeps of a stack is left once the state holds no listener for it."""

from __future__ import annotations

import pytest
from operations.fakes import API_KEY, WORKSPACE
from operations.orphans.account import TAG, World

from langsmith_control_plane.models import Listener
from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.orphans import search
from langsmith_hybrid.operations.orphans.held import _LISTENER

OURS = Listener("l-ours", "agents-dev", ("agents",))
OTHERS = Listener("l-others", "agents-staging", ("agents",))


def test_a_listener_of_the_stacks_cluster_that_no_state_holds_is_left(world: World) -> None:
    world.workspace.listeners += [OURS, OTHERS]
    (left,) = world.search().left
    assert (left.type, left.id, left.arn, left.stack) == ("langsmith:listener", "l-ours", "", TAG)
    assert left.remove.endswith(f"-H 'X-Tenant-Id: {WORKSPACE}' https://api.host.langchain.com/v2/listeners/l-ours")
    assert "adopts it" in left.why


def test_the_states_listener_and_what_is_on_it_are_not_left(world: World) -> None:
    world.workspace.listeners += [OURS, OTHERS]
    world.workspace.deploy("hello", OURS.id)
    world.workspace.deploy("elsewhere", OTHERS.id)
    world.pulumi.hold(_LISTENER, "listener", "some-id", listener_id=OURS.id)
    assert world.left() == []


def test_a_second_listener_of_the_cluster_is_left_beside_the_states(world: World) -> None:
    world.workspace.listeners += [OURS, Listener("l-older", "agents-dev", ())]
    world.pulumi.hold(_LISTENER, "listener", "some-id", listener_id=OURS.id)
    assert world.left() == ["l-older"]


def test_deployments_on_a_listener_that_is_left_are_left_and_come_first(world: World) -> None:
    world.workspace.listeners.append(OURS)
    world.workspace.deploy("hello", OURS.id)
    deployment, listener = world.search().left
    assert deployment.id == "id-of-hello"
    assert deployment.remove == "langsmith-client delete hello"
    assert "hello (READY) is on the listener l-ours, which is left over itself" in deployment.why
    assert listener.id == OURS.id, "LangSmith does not delete a listener that is in use"


@pytest.mark.parametrize("status", ["READY", "AWAITING_DELETE"])
def test_a_deployment_whose_listener_is_gone_is_left_whatever_its_status(world: World, status: str) -> None:
    world.workspace.deploy("hello", "l-gone", status)
    (left,) = world.search().left
    assert "does not exist any more: no cluster runs it" in left.why, "nobody confirms its deletion either"


def test_a_deployment_without_a_listener_runs_in_langsmiths_own_cloud(world: World) -> None:
    world.workspace.deploy("cloud", None)
    assert world.left() == []


def test_no_word_of_a_finding_holds_the_api_key(world: World) -> None:
    world.workspace.listeners.append(OURS)
    assert API_KEY not in str(world.search().fields())


def test_a_stack_without_an_api_key_cannot_be_said_to_have_left_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whose = world.whose()
    monkeypatch.setattr(type(whose.stacks[0].config), "api_key", None)
    found = search(whose, world.aws)
    assert [each.what for each in found.unseen] == ["LangSmith"]
    assert isinstance(found.error, StackError)
