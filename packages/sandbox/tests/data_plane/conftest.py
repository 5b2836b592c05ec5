"""A cluster in memory that behaves where the programs can tell: generations, statuses, foreground deletion."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from langsmith_sandbox.data_plane.errors import ClusterRefusedError
from langsmith_sandbox.data_plane.work import WantedRevision, Work

Json = dict[str, Any]
NAMESPACE = "agents"
DEPLOYMENT_ID = "6bdccbe8-6c83-43c4-a4db-18b14ac28574"
LGP_NAME = "hello-6bdccbe86c8343c4a4db18b14ac28574"


class Clock:
    """A clock only tests move."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        """The present moment."""
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        """Moves on."""
        self.now += dt.timedelta(seconds=seconds)


class FakeCluster:
    """Objects and PodLogs, in memory."""

    def __init__(self, clock: Clock) -> None:
        self.objects: dict[tuple[str, str, str], Json] = {}
        self.words = ""
        self.refusals: dict[str, ClusterRefusedError] = {}
        self.writes: list[tuple[str, str]] = []
        self._clock = clock

    def find(self, kind: str, namespace: str, name: str) -> Json | None:
        """See Objects."""
        return copy.deepcopy(self.objects.get((kind, namespace, name)))

    def select(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> list[Json]:
        """See Objects."""
        if refusal := self.refusals.get(f"list {kind}"):
            raise refusal
        wanted = (labels or {}).items()
        return [
            copy.deepcopy(each)
            for (of_kind, of_namespace, _), each in self.objects.items()
            if (of_kind, of_namespace) == (kind, namespace) and wanted <= each["metadata"].get("labels", {}).items()
        ]

    def apply(self, manifest: Json, *, subresource: str = "") -> None:
        """See Objects."""
        kind, given = manifest["kind"], copy.deepcopy(manifest)
        if refusal := self.refusals.get(kind):
            raise refusal
        metadata = given["metadata"]
        key = (kind, metadata["namespace"], metadata["name"])
        self.writes.append((f"{kind}/{subresource}" if subresource else kind, metadata["name"]))
        present = self.objects.get(key)
        if subresource:
            assert present is not None, "a status needs an object"
            present["status"] = given["status"]
            return
        if present is None:
            metadata |= {"uid": str(uuid.uuid4()), "generation": 1, "resourceVersion": "1"}
            metadata["creationTimestamp"] = self._clock().isoformat()
            self.objects[key] = given
            return
        if present.get("spec") != given.get("spec"):
            present["metadata"]["generation"] += 1
        present["metadata"]["labels"] = metadata.get("labels", present["metadata"].get("labels", {}))
        present |= {field: given[field] for field in ("spec", "data") if field in given}

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Marks the object; ``collect`` takes it away with all it owns."""
        if present := self.objects.get((kind, namespace, name)):
            present["metadata"]["deletionTimestamp"] = self._clock().isoformat()
            if kind == "Secret":
                del self.objects[kind, namespace, name]

    def collect(self) -> None:
        """What the garbage collector does."""
        doomed = {each["metadata"]["uid"] for each in self.objects.values() if "deletionTimestamp" in each["metadata"]}
        self.objects = {
            key: each
            for key, each in self.objects.items()
            if each["metadata"]["uid"] not in doomed
            and not any(owner["uid"] in doomed for owner in each["metadata"].get("ownerReferences", []))
        }

    def last_words(self, namespace: str, pod: str, container: str) -> str:
        """See PodLogs."""
        return self.words

    def roll_out(self, name: str = LGP_NAME) -> None:
        """Finishes the Deployment's rollout."""
        deployment = self.objects["Deployment", NAMESPACE, name]
        count = deployment["spec"]["replicas"]
        deployment["status"] = {
            "observedGeneration": deployment["metadata"]["generation"],
            **dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), count),
        }

    def run_pod(self, labels: Mapping[str, str], status: Json) -> None:
        """Puts a Pod there, in any state."""
        name = f"pod-{len(self.objects)}"
        metadata = {
            "name": name,
            "namespace": NAMESPACE,
            "uid": name,
            "labels": dict(labels),
            "creationTimestamp": self._clock().isoformat(),
        }
        self.objects["Pod", NAMESPACE, name] = {"metadata": metadata, "status": status}


def make_work(*, status: str = "AWAITING_DEPLOY", deleting: bool = False, **changes: Any) -> Work:
    """A deployment with one revision; ``changes`` replace fields of either."""
    revision = WantedRevision(
        id=changes.pop("revision_id", "11111111-1111-4111-8111-111111111111"),
        status=status,
        image=changes.pop("image", "registry.example/agent@sha256:" + "a" * 64),
        secrets=changes.pop("secrets", {"TOKEN": "s3cret-value"}),
        secret_references=changes.pop("secret_references", {}),
        resource_spec=changes.pop("resource_spec", {"min_scale": 1, "cpu": 1.0, "memory_mb": 2048}),
    )
    work = Work(DEPLOYMENT_ID, "hello", "22222222-2222-4222-8222-222222222222", NAMESPACE, deleting, revision)
    return dataclasses.replace(work, **changes)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def cluster(clock: Clock) -> FakeCluster:
    """An empty cluster."""
    return FakeCluster(clock)


@pytest.fixture
def work_of():
    """Makes deployments."""
    return make_work
