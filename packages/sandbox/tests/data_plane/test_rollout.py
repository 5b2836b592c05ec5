"""Verdicts on a rollout, in sentences that name the cause."""

from __future__ import annotations

import datetime as dt

import pytest

from langsmith_sandbox.data_plane.rollout import FAILED, PROGRESSING, READY, judge

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


class Logs:
    """A container's last words."""

    def __init__(self, words=""):
        self.words = words

    def last_words(self, namespace, pod, container):
        return self.words


def deployment(*, generation=1, observed=1, replicas=1, updated=1, total=1, available=1, deadline=False):
    reason = "ProgressDeadlineExceeded" if deadline else "ReplicaSetUpdated"
    return {
        "metadata": {"generation": generation},
        "spec": {"replicas": replicas, "progressDeadlineSeconds": 180},
        "status": {
            "observedGeneration": observed,
            "updatedReplicas": updated,
            "replicas": total,
            "availableReplicas": available,
            "conditions": [{"type": "Progressing", "status": "False" if deadline else "True", "reason": reason}],
        },
    }


def pod(waiting=None, *, last=None, age=60, init=False, conditions=()):
    container = {"name": "api-server", "image": "r/agent@sha256:1", "state": {"waiting": waiting} if waiting else {}}
    if last is not None:
        container["lastState"] = {"terminated": last}
    created = (NOW - dt.timedelta(seconds=age)).isoformat()
    statuses = {"initContainerStatuses" if init else "containerStatuses": [container], "conditions": list(conditions)}
    return {"metadata": {"name": "p", "namespace": "agents", "creationTimestamp": created}, "status": statuses}


def verdict(deployed, pods=(), words=""):
    return judge(deployed, pods, Logs(words), NOW)


def test_a_rollout_is_ready_when_only_pods_of_the_present_template_are_left_and_available():
    assert verdict(deployment()).state == READY


@pytest.mark.parametrize(
    "unfinished",
    [
        {"generation": 2},
        {"updated": 0, "available": 1},
        {"total": 2},
        {"available": 0},
        {"replicas": 2},
    ],
)
def test_a_rollout_is_not_ready_while_anything_is_of_the_old_template_or_unavailable(unfinished):
    assert verdict(deployment(**unfinished), [pod()]).state == PROGRESSING


def test_before_the_deployment_exists_the_rollout_progresses():
    assert verdict(None).state == PROGRESSING


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"])
def test_an_image_that_cannot_be_pulled_fails_with_its_name_and_the_registrys_words(reason):
    seen = verdict(deployment(available=0), [pod({"reason": reason, "message": "manifest unknown."})])
    assert seen.state == FAILED
    assert seen.message == f"The image r/agent@sha256:1 could not be pulled ({reason}): manifest unknown."


def test_the_first_failed_pull_may_be_a_hiccup_and_is_waited_out():
    seen = verdict(deployment(available=0), [pod({"reason": "ErrImagePull", "message": "timeout"})])
    assert (seen.state, seen.message) == (PROGRESSING, "Waiting: ErrImagePull: timeout.")


def test_a_crash_loop_fails_with_the_exit_code_and_the_last_words():
    crashed = pod({"reason": "CrashLoopBackOff"}, last={"exitCode": 3})
    seen = verdict(deployment(available=0), [crashed], "ModuleNotFoundError: No module named 'x'")
    assert seen.state == FAILED
    assert "exit code 3" in seen.message
    assert seen.message.endswith("its log says: ModuleNotFoundError: No module named 'x'.")
    assert verdict(deployment(available=0), [crashed]).message.endswith("again and again."), "without any words"


def test_a_container_killed_for_its_memory_is_reported_with_the_word_kubernetes_has_for_it():
    crashed = pod({"reason": "CrashLoopBackOff"}, last={"exitCode": 137, "reason": "OOMKilled"})
    seen = verdict(deployment(available=0), [crashed])
    assert seen.message == "The container ends with exit code 137 (OOMKilled) again and again."
    plain = pod({"reason": "CrashLoopBackOff"}, last={"exitCode": 1, "reason": "Error"})
    assert "Error" not in verdict(deployment(available=0), [plain]).message


def test_a_crashing_init_container_counts_too():
    crashed = pod({"reason": "CrashLoopBackOff"}, last={"exitCode": 1}, init=True)
    assert verdict(deployment(available=0), [crashed]).state == FAILED


def test_missing_configuration_fails_only_once_it_is_no_matter_of_order():
    waiting = {"reason": "CreateContainerConfigError", "message": 'secret "database" not found'}
    assert verdict(deployment(available=0), [pod(waiting, age=2)]).state == PROGRESSING
    settled = verdict(deployment(available=0), [pod(waiting, age=30)])
    assert settled.state == FAILED
    assert 'secret "database" not found' in settled.message


def test_a_passed_deadline_fails_with_what_the_pod_was_waiting_for():
    unschedulable = {"type": "PodScheduled", "status": "False", "message": "0/0 nodes are available."}
    waiting = pod(conditions=[unschedulable])
    waiting["status"]["containerStatuses"] = []
    seen = verdict(deployment(available=0, deadline=True), [waiting])
    assert seen.state == FAILED
    assert "within 180 s" in seen.message
    assert "0/0 nodes are available" in seen.message
    slow = verdict(deployment(available=0, deadline=True), [pod()])
    assert "readiness probe does not pass" in slow.message


def test_a_deadline_of_an_older_template_says_nothing_about_this_one():
    assert verdict(deployment(generation=2, available=0, deadline=True), [pod()]).state == PROGRESSING
