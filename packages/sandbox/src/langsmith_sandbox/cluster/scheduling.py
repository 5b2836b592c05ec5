"""Which node a Pod goes to: the scheduler's filters that matter here, as plain functions."""

from __future__ import annotations

import collections
import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.quantities import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langsmith_sandbox.cluster.api import Json

RESOURCES = ("cpu", "memory")
HOLDING_PHASES = frozenset({"Pending", "Running", "Unknown", ""})
BLOCKING_EFFECTS = frozenset({"NoSchedule", "NoExecute"})


@dataclasses.dataclass(frozen=True)
class Placement:
    """The node chosen, or why there is none.

    Attributes:
        node: Its name; empty when the Pod fits nowhere.
        message: The scheduler's words when it fits nowhere.
    """

    node: str
    message: str = ""


def place(pod: Json, nodes: Sequence[Json], pods: Iterable[Json]) -> Placement:
    """Choose the node with the most CPU left among those the Pod may and can run on.

    Args:
        pod: A Pod without a node.
        nodes: All nodes.
        pods: All Pods; those with a node take up room there.
    """
    if not nodes:
        return Placement("", "no nodes available to schedule pods")
    held = _held(pods)
    reasons: collections.Counter[str] = collections.Counter()
    fitting: list[tuple[Decimal, str]] = []
    for node in nodes:
        name = node["metadata"]["name"]
        problems = _refusals(pod, node) or _shortages(pod, node, held[name])
        reasons.update(problems)
        if not problems:
            fitting.append((_allocatable(node, "cpu") - held[name]["cpu"], name))
    if fitting:
        # Names break ties, so that the same cluster always places alike.
        return Placement(max(fitting, key=lambda entry: (entry[0], entry[1]))[1])
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return Placement("", f"0/{len(nodes)} nodes are available: {told}.")


def requests(pod: Json) -> dict[str, Decimal]:
    """What a Pod asks for: the sum over its containers, or the largest init container if that is more."""
    totals = {}
    for resource in RESOURCES:
        mains = sum((_request(container, resource) for container in pod["spec"]["containers"]), Decimal())
        inits = [_request(container, resource) for container in pod["spec"].get("initContainers") or ()]
        totals[resource] = max([mains, *inits])
    return totals


def tolerates(pod: Json, taint: Json) -> bool:
    """Whether one of the Pod's tolerations matches the taint."""
    for toleration in pod["spec"].get("tolerations") or ():
        if toleration.get("effect") and toleration["effect"] != taint["effect"]:
            continue
        key = toleration.get("key")
        if toleration.get("operator") == "Exists":
            if not key or key == taint["key"]:
                return True
        elif key == taint["key"] and toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def matches_affinity(pod: Json, node: Json) -> bool:
    """Whether the node satisfies the Pod's node selector and required node affinity."""
    labels = node["metadata"].get("labels") or {}
    selector = pod["spec"].get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    affinity = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if not affinity:
        return True
    return any(
        all(_expression(labels, expression) for expression in term.get("matchExpressions") or ())
        for term in affinity["nodeSelectorTerms"]
    )


def _expression(labels: Json, expression: Json) -> bool:
    value = labels.get(expression["key"])
    wanted = list(expression.get("values") or [])
    operator = expression["operator"]
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    if operator == "In":
        return value in wanted
    if operator == "NotIn":
        return value not in wanted
    if value is None or not value.lstrip("-").isdigit():
        return False
    return int(value) > int(wanted[0]) if operator == "Gt" else int(value) < int(wanted[0])


def _refusals(pod: Json, node: Json) -> list[str]:
    if node["spec"].get("unschedulable") and not tolerates(
        pod, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    ):
        return ["node(s) were unschedulable"]
    for taint in node["spec"].get("taints") or ():
        if taint["effect"] in BLOCKING_EFFECTS and not tolerates(pod, taint):
            return [f"node(s) had untolerated taint(s) {{{taint['key']}: {taint.get('value', '')}}}"]
    return [] if matches_affinity(pod, node) else ["node(s) didn't match Pod's node affinity/selector"]


def _shortages(pod: Json, node: Json, held: Json) -> list[str]:
    asked = requests(pod)
    short = [
        f"Insufficient {resource}"
        for resource in RESOURCES
        if asked[resource] and held[resource] + asked[resource] > _allocatable(node, resource)
    ]
    return [*short, *(["Too many pods"] if held["pods"] + 1 > _allocatable(node, "pods") else [])]


def _held(pods: Iterable[Json]) -> collections.defaultdict[str, dict[str, Decimal]]:
    held: collections.defaultdict[str, dict[str, Decimal]] = collections.defaultdict(
        lambda: dict.fromkeys((*RESOURCES, "pods"), Decimal())
    )
    for pod in pods:
        node = pod["spec"].get("nodeName")
        if node and pod.get("status", {}).get("phase", "") in HOLDING_PHASES:
            for resource, amount in requests(pod).items():
                held[node][resource] += amount
            held[node]["pods"] += 1
    return held


def _request(container: Json, resource: str) -> Decimal:
    return parse_quantity(((container.get("resources") or {}).get("requests") or {}).get(resource, "0"))


def _allocatable(node: Json, resource: str) -> Decimal:
    return parse_quantity((node.get("status", {}).get("allocatable") or {}).get(resource, "0"))
