"""What the control plane wants of a data plane: deployments, each with the revision that should run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class WantedRevision:
    """An image with its environment.

    Attributes:
        secrets: Values by variable name; never part of a representation.
        secret_references: (Secret name, key) by variable name.
        resource_spec: As the control plane materialised it.
    """

    id: str
    status: str
    image: str
    secrets: Mapping[str, str] = dataclasses.field(repr=False)
    secret_references: Mapping[str, tuple[str, str]]
    resource_spec: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Work:
    """One deployment of this listener."""

    id: str
    name: str
    tenant_id: str
    namespace: str
    deleting: bool
    revision: WantedRevision | None

    @classmethod
    def parse(cls, resource: Mapping[str, Any]) -> Work:
        """From the control plane's JSON."""
        revision = resource["revision"]
        return cls(
            id=resource["id"],
            name=resource["name"],
            tenant_id=resource["tenant_id"],
            namespace=resource["k8s_namespace"] or "",
            deleting=resource["status"] == "AWAITING_DELETE",
            revision=None if revision is None else _revision(revision),
        )


def _revision(resource: Mapping[str, Any]) -> WantedRevision:
    return WantedRevision(
        id=resource["id"],
        status=resource["status"],
        image=resource["image_uri"],
        secrets={each["name"]: each["value"] for each in resource["secrets"]},
        secret_references={
            each["name"]: (each["secret_name"], each["secret_key"]) for each in resource["secret_references"]
        },
        resource_spec=resource["resource_spec"],
    )
