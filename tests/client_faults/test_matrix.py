"""Every call of a deploy times everything that can go wrong with it."""

from __future__ import annotations

import itertools

import pytest

from langsmith_client.errors import ClientError
from langsmith_sandbox.control_plane.faults import Fault

UUID = "[0-9a-f-]{36}"
FIND = ("GET", "/v2/deployments")
LISTENER = ("GET", f"/v2/listeners/{UUID}")
CREATE = ("POST", "/v2/deployments")
DEPLOYMENT = ("GET", f"/v2/deployments/{UUID}")
REVISION = ("GET", f"/v2/deployments/{UUID}/revisions/{UUID}")
REVISE = ("POST", f"/v2/deployments/{UUID}/revisions")
REVISIONS = ("GET", f"/v2/deployments/{UUID}/revisions")
FIRST = {FIND, LISTENER, CREATE, REVISIONS, REVISION, DEPLOYMENT}
LATER = {FIND, DEPLOYMENT, REVISION, LISTENER, REVISE, REVISIONS}

FAULTS = {
    "429 with Retry-After": {"status": 429, "retry_after": 7},
    "500": {"status": 500},
    "500 after the work": {"status": 500, "when": "after"},
    "502": {"status": 502},
    "502 after the work": {"status": 502, "when": "after"},
    "reset before processing": {},
    "reset after processing": {"when": "after"},
    "30 s of silence before processing": {"silence": 30},
    "30 s of silence after processing": {"silence": 30, "when": "after"},
}
NUMBERS = itertools.count()


def ordered(call, **fault):
    method, path = call
    return Fault(method=method, path=path, **fault)


def images(world, name):
    return [each.image_uri for each in world.revisions(name)]


def rows(calls):
    return [pytest.param(call, fault, id=f"{' '.join(call)}-{fault}") for call in sorted(calls) for fault in FAULTS]


def asked(world):
    """The calls since the last time, each as the pattern it fits."""
    entries = world.log.snapshot()["requests"]
    world.log.clear()
    return {
        next(call for call in FIRST | LATER if ordered(call).fits(entry["method"], entry["path"])) for entry in entries
    }


def test_the_matrix_has_every_call_that_a_deploy_makes(world):
    world.deploy("greeter", 1)
    assert asked(world) == FIRST
    world.deploy("greeter", 2)
    assert asked(world) == LATER


@pytest.mark.parametrize(("call", "fault"), rows(FIRST))
def test_a_fault_that_passes_costs_no_first_deploy_and_makes_no_second_deployment(shared, uri, call, fault):
    name, number = f"first-{next(NUMBERS)}", next(NUMBERS)
    before = len(shared.deployments())
    shared.faults.order(ordered(call, **FAULTS[fault]))
    assert shared.deploy(name, number).proven
    assert shared.faults.open() == [], "the fault has hit"
    assert images(shared, name) == [uri(number)]
    assert len(shared.deployments()) == before + 1


@pytest.mark.parametrize(("call", "fault"), rows(LATER))
def test_a_fault_that_passes_costs_no_later_deploy_and_makes_no_second_revision(shared, uri, call, fault):
    name, number = f"later-{sorted(FAULTS).index(fault)}", next(NUMBERS)
    if not shared.revisions(name):
        shared.deploy(name, number)
        number = next(NUMBERS)
    before = images(shared, name)
    shared.faults.order(ordered(call, **FAULTS[fault]))
    assert shared.deploy(name, number).proven
    assert shared.faults.open() == [], "the fault has hit"
    assert images(shared, name) == [*before, uri(number)]


@pytest.mark.parametrize(
    ("call", "fault", "exit_code", "made"),
    [
        pytest.param(FIND, {"status": 502}, 1, 0, id="nobody can say what is there, so nothing is done"),
        pytest.param(LISTENER, {"status": 500}, 1, 0, id="nor whether it would be taken"),
        pytest.param(REVISE, {"status": 429, "retry_after": 20}, 1, 0, id="a server that never takes the request"),
        pytest.param(REVISE, {}, 1, 0, id="one that resets every time, and can be seen to have made nothing"),
        pytest.param(REVISE, {"when": "after"}, 0, 1, id="one that does its work but never says so"),
        pytest.param(REVISIONS, {"status": 500}, 0, 1, id="what only a look-up needs"),
        pytest.param(REVISION, {"status": 503}, 1, 0, id="the state of the revision before"),
    ],
)
def test_a_fault_that_stays_ends_in_an_honest_code(world, call, fault, exit_code, made):
    world.deploy("greeter", 1)
    world.faults.order(ordered(call, times=None, **fault))
    code = 0
    try:
        world.deploy("greeter", 2, timeout=60.0)
    except ClientError as error:
        code = error.exit_code
    assert (code, len(world.revisions("greeter")) - 1) == (exit_code, made)


def test_an_outage_that_begins_once_the_revision_is_made_is_a_timeout_that_can_be_resumed(world):
    world.deploy("greeter", 1)
    world.works = False
    with pytest.raises(ClientError) as caught:
        world.deploy("greeter", 2, timeout=30.0)
    assert caught.value.exit_code == 22
    made = str(world.revisions("greeter")[-1].id)
    assert f"langsmith-client wait greeter {made}" in caught.value.remedy
    world.works = True
    assert world.deploy("greeter", 2).revision_id == made, "the same command takes it up"


def test_an_outage_that_hides_the_outcome_is_resumable_and_the_next_run_finds_out(world, uri):
    world.deploy("greeter", 1)
    world.faults.order(ordered(REVISE, when="after"))
    lost = world.during(REVISE, lambda: world.faults.order(ordered(FIND, status=503, times=None)))
    with lost, pytest.raises(ClientError, match="does not say what became of") as caught:
        world.deploy("greeter", 2)
    assert caught.value.exit_code == 22
    world.faults.clear()
    assert world.deploy("greeter", 2).changed is False
    assert images(world, "greeter") == [uri(1), uri(2)]


def test_a_control_plane_that_restarts_while_the_image_is_built_costs_no_deploy(world, uri):
    world.deploy("greeter", 1)

    def build():
        world.restart()
        return world.image(2)

    assert world.deploy("greeter", 2, publish=build).proven
    assert images(world, "greeter") == [uri(1), uri(2)]


def test_a_control_plane_that_is_gone_for_a_while_costs_the_wait_nothing_but_time(world, uri):
    world.deploy("greeter", 1)
    gone = [lambda: None] * 8
    world.works = False
    world.happening = [world.stop, *gone, world.restart, lambda: setattr(world, "works", True)]
    assert world.deploy("greeter", 2).proven
    assert world.happening == [], "the outage has been met and outlasted"
    assert images(world, "greeter") == [uri(1), uri(2)]
