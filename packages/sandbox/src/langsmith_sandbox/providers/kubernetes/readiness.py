"""When an object counts as ready, kind by kind."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langsmith_sandbox.providers.kubernetes.cluster import Object

SKIP = "pulumi.com/skipAwait"
"""Annotation: do not wait for this object."""

TIMEOUT = "pulumi.com/timeoutSeconds"
"""Annotation: wait this long for this object."""

WAIT_FOR = "pulumi.com/waitFor"
"""Annotation: wait for this instead of what the kind is usually waited for."""


@dataclasses.dataclass(frozen=True)
class State:
    """How far an object is; ``failed`` when waiting longer cannot help. ``why`` says what is missing."""

    ready: bool
    why: str = ""
    failed: bool = False


def state(live: Object) -> State:
    """State of an object; kinds that have nothing to wait for are ready as soon as they exist."""
    if wanted := ((live.get("metadata") or {}).get("annotations") or {}).get(WAIT_FOR):
        return _as_wanted(live, wanted)
    judge = _JUDGES.get((live["apiVersion"].partition("/")[0], live["kind"]))
    return judge(live) if judge else State(ready=True)


def _as_wanted(live: Object, wanted: str) -> State:
    kind, _, condition = wanted.partition("condition=")
    if kind or not condition:
        why = f"the sandbox waits for condition=TYPE only, and {WAIT_FOR} is {wanted!r}"
        return State(ready=False, why=why, failed=True)
    name, _, status = condition.partition("=")
    if _condition(live, name, status or "True") is not None:
        return State(ready=True)
    present = (_condition(live, name, each) for each in ("False", "Unknown"))
    return State(ready=False, why=next((each for each in present if each), f"it has no condition {name}"))


def pod_selector(live: Object) -> str:
    """Label selector of the Pods an object runs, empty for one that runs none."""
    labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return ",".join(f"{key}={value}" for key, value in labels.items())


def pod_problems(pods: list[Object]) -> str:
    """What keeps these Pods from running, in the kubelet's words."""
    problems = []
    for pod in pods:
        status = pod.get("status") or {}
        for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
                detail = f": {waiting['message']}" if waiting.get("message") else ""
                problems.append(f"container {container['name']} {waiting['reason']}{detail}")
            ended = (container.get("state") or {}).get("terminated") or {}
            if ended.get("exitCode") and ended.get("message"):
                problems.append(f"container {container['name']} said: {ended['message']}")
        if scheduled := _condition(pod, "PodScheduled", "False"):
            problems.append(f"Pod {pod['metadata']['name']} {scheduled}")
        if not status.get("conditions") and status.get("phase", "Pending") == "Pending":
            problems.append(f"Pod {pod['metadata']['name']} waits for a node")
    return "; ".join(dict.fromkeys(problems))


def _deployment(live: Object) -> State:
    if why := _condition(live, "Progressing", "False"):
        return State(ready=False, why=why, failed="ProgressDeadlineExceeded" in why)
    return _rollout(live, "updatedReplicas", "availableReplicas")


def _stateful_set(live: Object) -> State:
    return _rollout(live, "updatedReplicas", "readyReplicas")


def _rollout(live: Object, updated: str, available: str) -> State:
    status = live.get("status") or {}
    wanted = live["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < live["metadata"].get("generation", 0):
        return State(ready=False, why="its controller has not seen the change yet")
    if status.get(updated, 0) < wanted:
        return State(ready=False, why=f"{status.get(updated, 0)} of {wanted} replicas are of the new version")
    if status.get("replicas", 0) > wanted:
        return State(ready=False, why="replicas of the old version are still there")
    if status.get(available, 0) < wanted:
        return State(ready=False, why=f"{status.get(available, 0)} of {wanted} replicas are available")
    return State(ready=True)


def _job(live: Object) -> State:
    if why := _condition(live, "Failed", "True"):
        return State(ready=False, why=why, failed=True)
    done = _condition(live, "Complete", "True")
    return State(ready=done is not None, why="it has not completed")


def _pod(live: Object) -> State:
    phase = (live.get("status") or {}).get("phase")
    if phase == "Failed":
        return State(ready=False, why="it failed", failed=True)
    ready = phase == "Succeeded" or _condition(live, "Ready", "True") is not None
    return State(ready=ready, why=f"it is {phase or 'not started'}")


def _ingress(live: Object) -> State:
    balancer = (live.get("status") or {}).get("loadBalancer") or {}
    return State(ready=bool(balancer.get("ingress")), why="no load balancer's address is in its status")


def _crd(live: Object) -> State:
    if why := _condition(live, "NamesAccepted", "False"):
        return State(ready=False, why=why, failed=True)
    return State(ready=_condition(live, "Established", "True") is not None, why="it is not established")


def _condition(live: Object, kind: str, status: str) -> str | None:
    """Reason and message of the condition if it has that status."""
    for condition in (live.get("status") or {}).get("conditions") or ():
        if condition["type"] == kind and condition["status"] == status:
            words: Mapping[str, Any] = condition
            return ": ".join(part for part in (words.get("reason"), words.get("message")) if part) or kind
    return None


_JUDGES: Mapping[tuple[str, str], Callable[[Object], State]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _crd,
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("v1", "Pod"): _pod,
}
