"""The status of a Pod, worked out from its containers by the kubelet's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.container_state import ContainerView, Terminated, Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_sandbox.cluster.api import Json

NODE_ADDRESS = "127.0.0.1"
OWN_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def phase_of(policy: str, inits: Sequence[ContainerView], mains: Sequence[ContainerView]) -> str:
    """``Pending``, ``Running``, ``Succeeded`` or ``Failed``.

    Args:
        policy: The Pod's restart policy.
        inits: Its init containers.
        mains: Its containers.
    """
    if any(_ended_for_good(view, "Never" if policy == "Never" else "OnFailure", failed=True) for view in inits):
        return "Failed"
    if not all(isinstance(view.state, Terminated) and view.state.exit_code == 0 for view in inits):
        return "Pending"
    if all(_ended_for_good(view, policy, failed=True) or _ended_for_good(view, policy, failed=False) for view in mains):
        failed = any(isinstance(view.state, Terminated) and view.state.exit_code for view in mains)
        return "Failed" if failed else "Succeeded"
    never_ran = [view for view in mains if isinstance(view.state, Waiting) and view.last is None]
    return "Pending" if never_ran else "Running"


def status_of(
    pod: Json, inits: Sequence[ContainerView], mains: Sequence[ContainerView], *, pod_ip: str, now: str, started: str
) -> Json:
    """The whole ``status``; conditions that are someone else's stay as they are.

    Args:
        pod: The Pod as last seen.
        inits: Its init containers.
        mains: Its containers.
        pod_ip: Its address.
        now: The time, as the API writes it.
        started: When the node took the Pod on.
    """
    phase = phase_of(pod["spec"].get("restartPolicy", "Always"), inits, mains)
    return {
        "phase": phase,
        "hostIP": NODE_ADDRESS,
        "hostIPs": [{"ip": NODE_ADDRESS}],
        "podIP": pod_ip,
        "podIPs": [{"ip": pod_ip}],
        "startTime": started,
        "qosClass": pod.get("status", {}).get("qosClass", "BestEffort"),
        "observedGeneration": pod["metadata"].get("generation", 0),
        "initContainerStatuses": [view.to_json() for view in inits],
        "containerStatuses": [view.to_json() for view in mains],
        "conditions": _conditions(pod, phase, inits, mains, now),
    }


def _ended_for_good(view: ContainerView, policy: str, *, failed: bool) -> bool:
    if not isinstance(view.state, Terminated) or bool(view.state.exit_code) != failed:
        return False
    return policy == "Never" or (policy == "OnFailure" and not failed)


def _conditions(
    pod: Json, phase: str, inits: Sequence[ContainerView], mains: Sequence[ContainerView], now: str
) -> list[Json]:
    ended = phase in {"Succeeded", "Failed"}
    # A container that init never let start is not there to be told about, but it is not ready either.
    uninitialized = [v.name for v in inits if not (isinstance(v.state, Terminated) and v.state.exit_code == 0)]
    unready = [view.name for view in mains if not view.ready]
    ready = _verdict(unready, "ContainersNotReady", "containers with unready status", ended=ended)
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or ()]
    current = {condition["type"]: condition for condition in pod.get("status", {}).get("conditions") or ()}
    closed = [gate for gate in gates if current.get(gate, {}).get("status") != "True"]
    verdicts = {
        "PodReadyToStartContainers": {"status": "False" if ended else "True"},
        "Initialized": _verdict(uninitialized, "ContainersNotInitialized", "containers with incomplete status"),
        "ContainersReady": ready,
        "Ready": ready if ready["status"] == "False" or not closed else _gated(closed),
        "PodScheduled": {"status": "True"},
    }
    if phase == "Succeeded":
        verdicts["Initialized"] = {"status": "True", "reason": "PodCompleted"}
    own = [_dated(kind, verdict, current.get(kind), now) for kind, verdict in verdicts.items()]
    return [*own, *(condition for kind, condition in current.items() if kind not in OWN_CONDITIONS)]


def _verdict(lacking: Sequence[str], reason: str, message: str, *, ended: bool = False) -> Json:
    if ended:
        return {"status": "False", "reason": "PodCompleted"}
    if lacking:
        return {"status": "False", "reason": reason, "message": f"{message}: [{' '.join(lacking)}]"}
    return {"status": "True"}


def _gated(closed: Sequence[str]) -> Json:
    return {
        "status": "False",
        "reason": "ReadinessGatesNotReady",
        "message": f'corresponding condition of pod readiness gate "{closed[0]}" does not exist.',
    }


def _dated(kind: str, verdict: Json, before: Json | None, now: str) -> Json:
    unchanged = before is not None and before.get("status") == verdict["status"]
    since = before["lastTransitionTime"] if unchanged and before and before.get("lastTransitionTime") else now
    return {"type": kind, **verdict, "lastProbeTime": None, "lastTransitionTime": since}
