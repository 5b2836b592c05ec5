"""How an agent's rollout stands, from its Deployment and Pods, and why it cannot go on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from langsmith_sandbox.data_plane.kubernetes_objects import PodLogs

Json = dict[str, Any]

SETTLING = dt.timedelta(seconds=10)
"""How long a container's missing configuration may be a matter of order: its Secret may have come a moment ago."""

READY, PROGRESSING, FAILED = "Ready", "Progressing", "Failed"


@dataclasses.dataclass(frozen=True)
class Rollout:
    """The verdict: ``Ready``, ``Progressing`` or ``Failed``, and one sentence on the last two."""

    state: str
    message: str = ""


def judge(deployment: Json | None, pods: Sequence[Json], logs: PodLogs, now: dt.datetime) -> Rollout:
    """The verdict on a rollout.

    Args:
        deployment: The Deployment as Kubernetes has it, None before it was made.
        pods: The Pods of the revision that is rolled out, and of no other.
        logs: Asked for a crashed container's last words.
    """
    if deployment is None:
        return Rollout(PROGRESSING, "The Deployment is being created.")
    if _complete(deployment):
        return Rollout(READY)
    troubles = [trouble for pod in pods if (trouble := pod_trouble(pod, logs, now))]
    if troubles:
        return Rollout(FAILED, troubles[0])
    waiting = next((note for pod in pods if (note := _waiting(pod))), "its Pods are not ready.")
    if deadline_passed(deployment):
        seconds = deployment["spec"].get("progressDeadlineSeconds")
        return Rollout(FAILED, f"The agent was not ready within {seconds} s: {waiting}")
    return Rollout(PROGRESSING, f"Waiting: {waiting}")


def _complete(deployment: Json) -> bool:
    """Every replica is of the present template and available, and none of an older one is left."""
    status, wanted = deployment.get("status") or {}, deployment["spec"].get("replicas", 1)
    return (
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
        and status.get("updatedReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
    )


def deadline_passed(deployment: Json) -> bool:
    """Whether Kubernetes gave up on the rollout."""
    status = deployment.get("status") or {}
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return False
    return any(
        each.get("type") == "Progressing" and each.get("reason") == "ProgressDeadlineExceeded"
        for each in status.get("conditions") or ()
    )


def pod_trouble(pod: Json, logs: PodLogs, now: dt.datetime) -> str:
    """One sentence on what keeps the Pod from ever becoming ready, or an empty string."""
    for container in _containers(pod):
        waiting = (container.get("state") or {}).get("waiting") or {}
        reason, said = waiting.get("reason", ""), _clause(waiting.get("message", ""))
        match reason:
            case "ImagePullBackOff" | "ErrImageNeverPull" | "InvalidImageName":
                return f"The image {container.get('image', '')} could not be pulled ({reason}){said}."
            case "CrashLoopBackOff":
                return _crash(pod, container, logs)
            case "CreateContainerConfigError" | "RunContainerError" | "CreateContainerError" if _settled(pod, now):
                return f"The container could not be started ({reason}){said}."
    return ""


def _crash(pod: Json, container: Json, logs: PodLogs) -> str:
    ended = (container.get("lastState") or {}).get("terminated") or {}
    metadata = pod["metadata"]
    words = logs.last_words(metadata["namespace"], metadata["name"], container["name"])
    last = f"; its log says: {words}" if words else ""
    # Kubernetes calls every end that has no name of its own an error.
    reason = f" ({ended['reason']})" if ended.get("reason", "Error") != "Error" else ""
    return f"The container ends with exit code {ended.get('exitCode', 'unknown')}{reason} again and again{last}."


def _waiting(pod: Json) -> str:
    """What the Pod waits for, for a rollout that may still succeed."""
    for condition in (pod.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return f"no node takes the Pod{_clause(condition.get('message', ''))}."
    for container in _containers(pod):
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
            return f"{waiting['reason']}{_clause(waiting.get('message', ''))}."
    return "the container runs, but its readiness probe does not pass." if _containers(pod) else "the Pod is Pending."


def _containers(pod: Json) -> list[Json]:
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _settled(pod: Json, now: dt.datetime) -> bool:
    created = dt.datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    return now - created >= SETTLING


def _clause(text: str) -> str:
    """A message of Kubernetes as the end of our sentence."""
    return f": {text.strip().rstrip('.')}" if text.strip() else ""
