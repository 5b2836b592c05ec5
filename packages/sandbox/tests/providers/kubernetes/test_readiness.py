"""When objects count as ready, and what is said about Pods that do not run."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.providers.kubernetes import readiness


def workload(kind: str, generation: int = 2, replicas: int = 2, **status: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "generation": generation},
        "spec": {"replicas": replicas},
        "status": {"observedGeneration": 2, **status},
    }


DONE = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"generation": 3}, "its controller has not seen the change yet"),
        ({"updatedReplicas": 1}, "1 of 2 replicas are of the new version"),
        ({"replicas": 3, "updatedReplicas": 2}, "replicas of the old version are still there"),
        ({"availableReplicas": 0, "readyReplicas": 0}, "0 of 2 replicas are available"),
    ],
    ids=["done", "unseen", "updating", "old ones", "unavailable"],
)
def test_a_rollout_is_done_when_all_replicas_are_new_and_available(
    kind: str, changed: dict[str, Any], why: str
) -> None:
    fields = {**DONE, **changed}
    replicas = fields.pop("replicas")
    live = workload(kind, generation=fields.pop("generation", 2), **fields)
    live["status"]["replicas"] = replicas
    state = readiness.state(live)
    assert (state.ready, state.why) == (not why, why)


def test_a_rollout_past_its_deadline_is_not_waited_for() -> None:
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}
    state = readiness.state(workload("Deployment", conditions=[condition]))
    assert state.failed
    assert state.why == "ProgressDeadlineExceeded: too slow"


@pytest.mark.parametrize(
    ("condition", "ready", "failed"),
    [(None, False, False), ("Complete", True, False), ("Failed", False, True)],
)
def test_a_job_is_ready_once_complete_and_hopeless_once_failed(
    condition: str | None, *, ready: bool, failed: bool
) -> None:
    conditions = [{"type": condition, "status": "True", "reason": "BackoffLimitExceeded"}] if condition else []
    state = readiness.state({"apiVersion": "batch/v1", "kind": "Job", "status": {"conditions": conditions}})
    assert (state.ready, state.failed) == (ready, failed)


@pytest.mark.parametrize(
    ("conditions", "ready", "why"),
    [
        ([], False, "it has no condition Programmed"),
        ([{"type": "Programmed", "status": "Unknown", "reason": "Pending", "message": "soon"}], False, "Pending: soon"),
        ([{"type": "Programmed", "status": "True"}], True, ""),
    ],
)
def test_an_annotation_says_what_else_to_wait_for(conditions: list[dict[str, Any]], ready: bool, why: str) -> None:
    live = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"annotations": {"pulumi.com/waitFor": "condition=Programmed"}},
        "status": {"conditions": conditions},
    }
    assert readiness.state(live) == readiness.State(ready=ready, why=why)


def test_a_wait_the_sandbox_cannot_do_fails_at_once_and_says_so() -> None:
    annotations = {"pulumi.com/waitFor": "jsonpath={.status.phase}=Running"}
    state = readiness.state({"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": annotations}})
    assert state.failed
    assert "condition=TYPE only" in state.why


def test_an_ingress_is_ready_once_it_has_an_address() -> None:
    ingress: dict[str, Any] = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {}}
    assert not readiness.state(ingress).ready
    address = {"loadBalancer": {"ingress": [{"hostname": "a.elb.amazonaws.com"}]}}
    assert readiness.state({**ingress, "status": address}).ready


def test_kinds_with_nothing_to_wait_for_are_ready_at_once() -> None:
    assert readiness.state({"apiVersion": "v1", "kind": "Namespace"}).ready
    assert readiness.state({"apiVersion": "example.com/v1", "kind": "Deployment"}).ready, "another group's kind"


def test_pods_say_what_keeps_them_in_the_words_of_the_kubelet() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": "not found"}
    pulling = {"status": {"phase": "Pending", "containerStatuses": [{"name": "main", "state": {"waiting": waiting}}]}}
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no nodes"}
    pods = [
        {"metadata": {"name": "a"}, **pulling},
        {"metadata": {"name": "b"}, "status": {"phase": "Pending", "conditions": [unscheduled]}},
    ]
    assert readiness.pod_problems(pods) == (
        "container main ImagePullBackOff: not found; Pod a waits for a node; Pod b Unschedulable: no nodes"
    )
    assert readiness.pod_problems([{"metadata": {"name": "c"}, "status": {"phase": "Running"}}]) == ""
    ended = {"name": "job", "state": {"terminated": {"exitCode": 1, "reason": "Error", "message": "Redis is full."}}}
    failed = {"metadata": {"name": "d"}, "status": {"phase": "Failed", "containerStatuses": [ended]}}
    assert readiness.pod_problems([failed]) == "container job said: Redis is full."
