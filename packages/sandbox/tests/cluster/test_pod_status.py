from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.container_state import ContainerView, Running, State, Terminated, Waiting
from langsmith_sandbox.cluster.pod_status import phase_of, status_of

if TYPE_CHECKING:
    from collections.abc import Callable

NOW, EARLIER = "2026-01-01T00:01:00Z", "2026-01-01T00:00:00Z"
RUNNING = Running(EARLIER)
DONE = Terminated(0, "Completed", EARLIER, EARLIER)
FAILED = Terminated(1, "Error", EARLIER, EARLIER)
CREATING = Waiting("ContainerCreating")
CRASHING = Waiting("CrashLoopBackOff")


def _view(state: State, name: str = "main", *, ready: bool = False) -> ContainerView:
    last = FAILED if state is CRASHING else None
    return ContainerView(name, "team/app:1", "", state, last, 0, ready=ready, started=ready)


@pytest.mark.parametrize(
    ("policy", "inits", "mains", "phase"),
    [
        ("Always", [], [CREATING], "Pending"),
        ("Always", [RUNNING], [CREATING], "Pending"),
        ("Always", [DONE], [RUNNING], "Running"),
        ("Always", [], [RUNNING, CREATING], "Pending"),
        ("Always", [], [CRASHING], "Running"),
        ("Always", [], [DONE], "Running"),
        ("OnFailure", [], [DONE, DONE], "Succeeded"),
        ("OnFailure", [], [CRASHING], "Running"),
        ("Never", [], [DONE, RUNNING], "Running"),
        ("Never", [], [DONE, FAILED], "Failed"),
        ("Never", [], [DONE, DONE], "Succeeded"),
        ("Never", [FAILED], [CREATING], "Failed"),
        ("Always", [CRASHING], [CREATING], "Pending"),
    ],
)
def test_the_phase_follows_the_kubelets_rules(policy: str, inits: list[State], mains: list[State], phase: str):
    assert phase_of(policy, [_view(each) for each in inits], [_view(each) for each in mains]) == phase


def _status(pod: Any, *mains: ContainerView, inits: tuple[ContainerView, ...] = ()) -> Any:
    return status_of(pod, inits, mains, pod_ip="127.64.0.9", now=NOW, started=EARLIER)


def _condition(status: Any, kind: str) -> Any:
    return next(each for each in status["conditions"] if each["type"] == kind)


def test_a_pod_is_ready_when_all_its_containers_are_and_else_names_those_that_are_not(pod: Callable[..., Any]):
    status = _status(pod(), _view(RUNNING, "a", ready=True), _view(RUNNING, "b"))
    assert _condition(status, "Ready")["message"] == "containers with unready status: [b]"
    assert _condition(_status(pod(), _view(RUNNING, ready=True)), "Ready")["status"] == "True"


def test_a_condition_keeps_its_time_until_it_turns_over(pod: Callable[..., Any]):
    before = {"type": "Ready", "status": "False", "lastTransitionTime": EARLIER}
    made = pod(status={"conditions": [before]})
    assert _condition(_status(made, _view(CREATING)), "Ready")["lastTransitionTime"] == EARLIER
    assert _condition(_status(made, _view(RUNNING, ready=True)), "Ready")["lastTransitionTime"] == NOW


def test_conditions_of_others_stay_and_hold_the_readiness_gate(pod: Callable[..., Any]):
    gate = {"type": "example.com/lb", "status": "False"}
    made = pod(spec={"readinessGates": [{"conditionType": "example.com/lb"}]}, status={"conditions": [gate]})
    status = _status(made, _view(RUNNING, ready=True))
    assert _condition(status, "example.com/lb") == gate
    assert _condition(status, "ContainersReady")["status"] == "True"
    assert _condition(status, "Ready")["reason"] == "ReadinessGatesNotReady"


def test_a_pod_that_ended_is_not_ready_because_it_completed(pod: Callable[..., Any]):
    status = _status(pod(spec={"restartPolicy": "Never"}), _view(DONE))
    assert (status["phase"], _condition(status, "Ready")["reason"]) == ("Succeeded", "PodCompleted")


def test_an_unfinished_init_container_keeps_the_pod_uninitialized(pod: Callable[..., Any]):
    status = _status(pod(), _view(Waiting("PodInitializing")), inits=(_view(RUNNING, "init"),))
    assert _condition(status, "Initialized")["message"] == "containers with incomplete status: [init]"
    assert status["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}
