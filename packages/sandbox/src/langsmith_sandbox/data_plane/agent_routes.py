"""The agents' routes to a Gateway: one HTTPRoute each, beside the Service it leads to."""

from __future__ import annotations

import dataclasses
from typing import Any

from langsmith_sandbox.data_plane.lgp import API_VERSION, LGP_LABEL, PORT, Exposure

Json = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class GatewayReference:
    """The Gateway of all agents."""

    namespace: str
    name: str


def route_manifest(lgp: Json, gateway: GatewayReference, exposure: Exposure) -> Json:
    """The HTTPRoute of an agent, owned by its LGP."""
    metadata = lgp["metadata"]
    owner = {"apiVersion": API_VERSION, "kind": "LGP", "name": metadata["name"], "uid": metadata["uid"]}
    host = exposure.hostname.partition(":")[0]
    path = {"type": "PathPrefix", "value": exposure.prefix(metadata["name"])}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {LGP_LABEL: metadata["name"]},
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {
            "parentRefs": [{"name": gateway.name, "namespace": gateway.namespace}],
            **({"hostnames": [host]} if host else {}),
            "rules": [{"matches": [{"path": path}], "backendRefs": [{"name": metadata["name"], "port": PORT}]}],
        },
    }


def refusal(route: Json | None) -> str:
    """Why no Gateway takes the route, or an empty string."""
    parents = ((route or {}).get("status") or {}).get("parents") or ()
    conditions = [each for parent in parents for each in parent.get("conditions") or () if each["type"] == "Accepted"]
    if not conditions:
        return "No controller has accepted the agent's HTTPRoute yet."
    if any(each["status"] == "True" for each in conditions):
        return ""
    return f"The Gateway does not accept the agent's HTTPRoute ({conditions[0]['reason']})."
