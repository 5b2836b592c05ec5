"""Conditions of Gateway API's kinds, written so that nothing changes when nothing is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from langsmith_sandbox.load_balancers.gateways import CONTROLLER, PENDING, SEE_EVENTS, Attachment

Json = dict[str, Any]


def class_status(gateway_class: Json, now: Callable[[], str]) -> Json:
    """The status of a GatewayClass of this controller."""
    wanted = condition("Accepted", "True", "Accepted", "", gateway_class)
    return {"conditions": dated(gateway_class, [wanted], now)}


def gateway_status(
    gateway: Json, *, address: str, active: bool, message: str, attached: dict[str, int], now: Callable[[], str]
) -> Json:
    """The status of a Gateway that has a load balancer."""
    conditions = [
        condition("Accepted", "True", "Accepted", "", gateway),
        condition("Programmed", "True", "Programmed", message, gateway)
        if active
        else condition("Programmed", "Unknown", "Pending", PENDING, gateway),
    ]
    return {
        "addresses": [{"type": "Hostname", "value": address}],
        "conditions": dated(gateway, conditions, now),
        "listeners": [
            {
                "name": each["name"],
                "attachedRoutes": attached.get(each["name"], 0),
                "supportedKinds": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}],
                "conditions": [],
            }
            for each in gateway["spec"]["listeners"]
        ],
    }


def failed_status(gateway: Json, reason: str, now: Callable[[], str]) -> Json:
    """The status of a Gateway that cannot have one; what it was known by stays."""
    present = gateway.get("status") or {}
    wanted = condition("Accepted", "False", reason, SEE_EVENTS, gateway)
    kept = [each for each in present.get("conditions") or () if each["type"] != "Accepted"]
    return {**present, "conditions": [*dated(gateway, [wanted], now), *kept]}


def route_status(route: Json, judged: Iterable[Attachment], now: Callable[[], str]) -> Json:
    """The status of a route: what this controller thinks of each parent, beside what others do."""
    parents = (route.get("status") or {}).get("parents") or ()
    ours = []
    for each in judged:
        accepted = condition("Accepted", "True" if each.listeners else "False", each.reason, "", route)
        before = next((p for p in parents if p.get("parentRef") == each.reference), {})
        conditions = dated({"status": before}, [accepted], now)
        ours.append({"parentRef": each.reference, "controllerName": CONTROLLER, "conditions": conditions})
    return {"parents": [*(p for p in parents if p.get("controllerName") != CONTROLLER), *ours]}


def condition(kind: str, status: str, reason: str, message: str, about: Json) -> Json:
    """A condition without its date."""
    generation = about["metadata"].get("generation", 0)
    return {"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": generation}


def dated(about: Json, wanted: list[Json], now: Callable[[], str]) -> list[Json]:
    """The conditions with the date of their last change: now, for those whose status is new."""
    present = {each["type"]: each for each in (about.get("status") or {}).get("conditions") or ()}
    dates = {kind: each["lastTransitionTime"] for kind, each in present.items()}
    return [
        {
            **each,
            "lastTransitionTime": dates[each["type"]]
            if present.get(each["type"], {}).get("status") == each["status"]
            else now(),
        }
        for each in wanted
    ]
