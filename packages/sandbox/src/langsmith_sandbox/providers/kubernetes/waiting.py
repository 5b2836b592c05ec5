"""Wait until an object is ready, or gone."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.providers.kubernetes import readiness
from langsmith_sandbox.providers.kubernetes.errors import NotDeletedError, NotReadyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_sandbox.providers.kubernetes.cluster import Cluster, Object

DEFAULT_TIMEOUT = 600.0
"""Seconds, as in the official provider."""


@dataclasses.dataclass(frozen=True)
class Patience:
    """How to wait: seconds between two looks, the clock, and an event that ends all waiting."""

    interval: float = 0.5
    clock: Callable[[], float] = time.monotonic
    cancelled: threading.Event = dataclasses.field(default_factory=threading.Event)

    def pause(self) -> None:
        """Wait for the next look, or until cancelled."""
        self.cancelled.wait(self.interval)


def until_ready(cluster: Cluster, live: Object, *, timeout: float, patience: Patience) -> Object:
    """The object once it is ready. ``timeout`` in seconds, 0 for the default; annotations of the object overrule it.

    Raises:
        NotReadyError: It failed, vanished, or the time was up; says what its Pods wait for.
    """
    metadata = live["metadata"]
    annotations = metadata.get("annotations") or {}
    if annotations.get(readiness.SKIP) == "true":
        return live
    limit = float(annotations.get(readiness.TIMEOUT) or timeout or DEFAULT_TIMEOUT)
    what = describe(live)
    end = patience.clock() + limit
    while not (state := readiness.state(live)).ready:
        if state.failed or patience.clock() >= end or patience.cancelled.is_set():
            raise NotReadyError(what, _explain(cluster, live, state), live)
        patience.pause()
        seen = cluster.get(live["apiVersion"], live["kind"], metadata.get("namespace", ""), metadata["name"])
        if seen is None:
            raise NotReadyError(what, "it was deleted meanwhile", live)
        live = seen
    return live


def until_gone(cluster: Cluster, live: Object, *, timeout: float, patience: Patience) -> None:
    """Return once the object, or at least the one with its uid, is no longer there.

    Raises:
        NotDeletedError: The time was up.
    """
    metadata = live["metadata"]
    limit = timeout or DEFAULT_TIMEOUT
    end = patience.clock() + limit
    while seen := cluster.get(live["apiVersion"], live["kind"], metadata.get("namespace", ""), metadata["name"]):
        if seen["metadata"].get("uid") != metadata.get("uid"):
            return
        if patience.clock() >= end or patience.cancelled.is_set():
            finalizers = [*(seen["metadata"].get("finalizers") or ()), *(seen.get("spec", {}).get("finalizers") or ())]
            raise NotDeletedError(describe(live), limit, finalizers)
        patience.pause()


def describe(live: Object) -> str:
    """Kind and name of an object, for people."""
    metadata = live["metadata"]
    where = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{live['kind']} {where}{metadata['name']}"


def _explain(cluster: Cluster, live: Object, state: readiness.State) -> str:
    selector = readiness.pod_selector(live)
    pods = cluster.list("v1", "Pod", live["metadata"].get("namespace", ""), labels=selector) if selector else []
    return "; ".join(part for part in (state.why, readiness.pod_problems(pods)) if part)
