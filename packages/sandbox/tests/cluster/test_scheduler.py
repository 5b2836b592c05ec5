from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.events import EventRecorder
from langsmith_sandbox.cluster.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable

NODE = {"metadata": {"name": "n1"}, "spec": {}, "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "1"}}}


class Bench:
    """A scheduler and what it sends."""

    def __init__(self) -> None:
        self.pods: list[Any] = []
        self.nodes: list[Any] = [NODE]
        self.refuse = 0
        self.sent: list[tuple[str, str, Any]] = []
        api = KubernetesApi(httpx2.Client(transport=httpx2.MockTransport(self._answer), base_url="http://api"))
        self.scheduler = Scheduler(api, EventRecorder(api, "test"), lambda: self.nodes, lambda: self.pods)

    def bindings(self) -> list[tuple[str, str]]:
        return [
            (path.split("/")[-2], body["target"]["name"]) for _, path, body in self.sent if path.endswith("binding")
        ]

    def events(self) -> list[tuple[str, int]]:
        return [(body.get("reason", ""), body["count"]) for _, path, body in self.sent if "/events" in path]

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append((request.method, request.url.path, json.loads(request.content)))
        if self.refuse and request.url.path.endswith("binding"):
            return httpx2.Response(self.refuse, json={"message": "no"})
        return httpx2.Response(201, json={"metadata": {"name": "event-1"}})


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_node_just_filled_takes_no_second_pod_before_the_watch_shows_the_first(bench: Bench, pod: Callable[..., Any]):
    bench.pods = [pod("first"), pod("second")]
    bench.scheduler.schedule_all()
    bench.scheduler.schedule_all()
    assert bench.bindings() == [("first", "n1")], "two Pods on a node for one would be a lie about its room"


def test_why_a_pod_waits_is_told_once_until_the_reason_changes(bench: Bench, pod: Callable[..., Any]):
    bench.nodes = []
    bench.pods = [pod("waiting")]
    bench.scheduler.schedule_all()
    (patch,) = [body for _, path, body in bench.sent if path.endswith("/status")]
    (condition,) = patch["status"]["conditions"]
    assert (condition["reason"], condition["message"]) == ("Unschedulable", "no nodes available to schedule pods")
    bench.pods = [pod("waiting", status={"conditions": [condition]})]
    bench.scheduler.schedule_all()
    assert bench.events() == [("FailedScheduling", 1)]


@pytest.mark.parametrize("status", [404, 409])
def test_a_pod_that_went_or_was_bound_meanwhile_is_no_error(bench: Bench, pod: Callable[..., Any], status: int):
    bench.refuse = status
    bench.pods = [pod("gone")]
    bench.scheduler.schedule_all()
    assert bench.events() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": {"nodeName": "n1"}},
        {"spec": {"schedulerName": "other"}},
        {"spec": {"schedulingGates": [{"name": "wait"}]}},
        {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}},
        {"status": {"phase": "Failed"}},
    ],
)
def test_pods_that_are_not_the_schedulers_are_left_alone(
    bench: Bench, pod: Callable[..., Any], changes: dict[str, Any]
):
    bench.pods = [pod("other", **changes)]
    bench.scheduler.schedule_all()
    assert bench.sent == []


def test_an_event_that_is_repeated_raises_the_count_of_the_first(pod: Callable[..., Any], bench: Bench):
    api = KubernetesApi(httpx2.Client(transport=httpx2.MockTransport(bench._answer), base_url="http://api"))
    recorder = EventRecorder(api, "test")
    for _ in range(3):
        recorder.record(pod(), "Warning", "BackOff", "again")
    assert [(method, body["count"]) for method, _, body in bench.sent] == [("POST", 1), ("PATCH", 2), ("PATCH", 3)]
