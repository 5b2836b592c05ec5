"""A cluster's objects in memory, and an AWS that remembers what it was asked for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from langsmith_sandbox.load_balancers.aws_side import AwsRefusedError, Standing
from langsmith_sandbox.load_balancers.reconciler import Reconciler
from langsmith_sandbox.load_balancers.wanted import WantedLoadBalancer

Json = dict[str, Any]


class FakeObjects:
    """Objects by kind, namespace and name; an object on its way out goes with its last finalizer."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str, str], Json] = {}
        self.writes = 0

    def put(self, kind: str, name: str, spec: Json, namespace: str = "", **metadata: Any) -> None:
        whole = {"name": name, "uid": name, "generation": 1, "resourceVersion": "1", **metadata}
        if namespace:
            whole["namespace"] = namespace
        self._objects[kind, namespace, name] = {"kind": kind, "metadata": whole, "spec": spec}

    def get(self, kind: str, name: str, namespace: str = "") -> Json | None:
        return self._objects.get((kind, namespace, name))

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        self._objects[kind, namespace, name]["metadata"]["deletionTimestamp"] = "2026-11-01T12:00:00Z"
        self._collect()

    def of(self, kind: str) -> list[Json]:
        return [copy.deepcopy(each) for (of_kind, _, _), each in self._objects.items() if of_kind == kind]

    def write_status(self, item: Json, status: Json) -> None:
        present = self._objects[self._key(item)].setdefault("status", {})
        if any(present.get(field) != value for field, value in status.items()):
            self.writes += 1
            present.update(copy.deepcopy(status))

    def write_finalizers(self, item: Json, finalizers: list[str]) -> None:
        metadata = self._objects[self._key(item)]["metadata"]
        if metadata.get("finalizers", []) != finalizers:
            self.writes += 1
            metadata["finalizers"] = finalizers
            self._collect()

    def _key(self, item: Json) -> tuple[str, str, str]:
        return item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]

    def _collect(self) -> None:
        self._objects = {
            key: each
            for key, each in self._objects.items()
            if "deletionTimestamp" not in each["metadata"] or each["metadata"].get("finalizers")
        }


class FakeAws:
    """Load balancers that serve at the second look, unless AWS refuses."""

    def __init__(self) -> None:
        self.standing: dict[str, WantedLoadBalancer] = {}
        self.refusal = ""
        self._looks = 0

    def ensure(self, wanted: WantedLoadBalancer) -> Standing:
        self._refuse()
        self._looks += 1
        self.standing[wanted.stack] = wanted
        return Standing(f"arn:{wanted.stack}", f"{wanted.scheme}.elb.amazonaws.com", active=self._looks > 1)

    def remove(self, wanted: WantedLoadBalancer) -> None:
        self._refuse()
        self.standing.pop(wanted.stack, None)

    def _refuse(self) -> None:
        if self.refusal:
            raise AwsRefusedError(self.refusal)


@pytest.fixture
def objects() -> FakeObjects:
    """A cluster with a class of Gateways, one of Ingresses, and two namespaces."""
    made = FakeObjects()
    made.put("GatewayClass", "aws-alb", {"controllerName": "gateway.k8s.aws/alb"})
    made.put("IngressClass", "alb", {"controller": "ingress.k8s.aws/alb"})
    for name in ("agents", "strangers"):
        made.put("Namespace", name, {}, labels={"kubernetes.io/metadata.name": name})
    return made


@pytest.fixture
def aws() -> FakeAws:
    """An account without load balancers."""
    return FakeAws()


@pytest.fixture
def told() -> list[str]:
    """What was told as Events."""
    return []


@pytest.fixture
def reconciler(objects: FakeObjects, aws: FakeAws, told: list[str]) -> Reconciler:
    """The controller over both."""
    return Reconciler(objects, aws, lambda *event: told.append(event[-1]), scheme="internal", clock=lambda: 0.0)
