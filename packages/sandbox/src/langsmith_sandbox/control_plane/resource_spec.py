"""``resource_spec``: what an agent's pods get. Ranges are those of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

DEFAULTS: Mapping[str, Any] = {"min_scale": 1, "max_scale": 1, "cpu": 1.0, "memory_mb": 2048}
"""What the server fills in for ``{}`` (the official provider's contract tests)."""


def _one_decimal(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


Cores = Annotated[float | None, pydantic.Field(ge=0.1, le=8), pydantic.AfterValidator(_one_decimal)]
CoreLimit = Annotated[float | None, pydantic.Field(ge=0.1, le=16), pydantic.AfterValidator(_one_decimal)]


class _Kubernetes(pydantic.BaseModel):
    """A piece of a Pod: its required fields are checked here, the rest by Kubernetes."""

    model_config = pydantic.ConfigDict(extra="allow")


class NamedReference(_Kubernetes):
    """A reference to an object of the same namespace."""

    name: Annotated[str, pydantic.Field(max_length=253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]


class Container(_Kubernetes):
    """An init container or sidecar."""

    name: str
    image: str


class ResourceSpec(pydantic.BaseModel):
    """Requested resources; every field may be null, and a null means the default."""

    min_scale: int | None = None
    max_scale: int | None = None
    cpu: Cores = None
    cpu_limit: CoreLimit = None
    memory_mb: int | None = None
    memory_limit_mb: int | None = None
    queue_min_scale: int | None = None
    queue_max_scale: int | None = None
    queue_cpu: Cores = None
    queue_cpu_limit: CoreLimit = None
    queue_memory_mb: int | None = None
    queue_memory_limit_mb: int | None = None
    redis_cpu: Cores = None
    redis_cpu_limit: CoreLimit = None
    redis_memory_mb: int | None = None
    redis_memory_limit_mb: int | None = None
    db_cpu: float | None = None
    db_cpu_limit: float | None = None
    db_memory_mb: int | None = None
    db_memory_limit_mb: int | None = None
    db_storage_gi: int | None = None
    db_max_connections: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    service_account_name: str | None = None
    image_pull_secrets: list[NamedReference] | None = None
    volumes: list[_Kubernetes] | None = None
    volume_mounts: list[_Kubernetes] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None

    def materialised(self) -> dict[str, Any]:
        """The whole spec as the server keeps and echoes it: defaults filled in, everything else null."""
        given = self.model_dump(mode="json", exclude_none=True)
        return {**dict.fromkeys(type(self).model_fields), **DEFAULTS, **given}
