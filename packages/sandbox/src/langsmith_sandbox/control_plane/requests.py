"""Request bodies. Unknown fields are ignored, as official clients send newer ones than the OpenAPI document knows."""

from __future__ import annotations

import uuid
from typing import Literal

import pydantic

from langsmith_sandbox.control_plane import records
from langsmith_sandbox.control_plane.resource_spec import ResourceSpec

Source = Literal["github", "external_docker", "internal_docker", "internal_source"]


class ComputeConfig(pydantic.BaseModel):
    """Where a listener works."""

    k8s_namespaces: list[str] | None = None

    def namespaces(self) -> tuple[str, ...] | None:
        """The namespaces as a record keeps them."""
        return None if self.k8s_namespaces is None else tuple(self.k8s_namespaces)


class ListenerCreate(pydantic.BaseModel):
    """Body of POST /v2/listeners."""

    compute_type: Literal["k8s"]
    compute_id: str
    compute_config: ComputeConfig
    version: str | None = None


class ListenerPatch(pydantic.BaseModel):
    """Body of PATCH /v2/listeners/{id}; type and compute ID are not among its fields, so they cannot change."""

    version: str | None = None
    compute_config: ComputeConfig | None = None


class Secret(pydantic.BaseModel):
    """One environment variable."""

    name: str
    value: str

    def record(self) -> records.Secret:
        """The variable as it is kept."""
        return records.Secret(self.name, self.value)


class SecretReference(pydantic.BaseModel):
    """One environment variable from a Kubernetes Secret."""

    name: str
    secret_name: str
    secret_key: str

    def record(self) -> records.SecretReference:
        """The reference as it is kept."""
        return records.SecretReference(self.name, self.secret_name, self.secret_key)


class ListenerConfig(pydantic.BaseModel):
    """Where on its listener a deployment runs."""

    k8s_namespace: str | None = None


class SourceConfig(pydantic.BaseModel):
    """What does not change with a revision, and the resources."""

    listener_id: uuid.UUID | None = None
    listener_config: ListenerConfig | None = None
    resource_spec: ResourceSpec | None = None
    custom_url: str | None = None
    deployment_type: Literal["dev_free", "dev", "prod"] | None = None
    build_on_push: bool | None = None
    install_command: str | None = None
    build_command: str | None = None


class SourceRevisionConfig(pydantic.BaseModel):
    """What makes a revision."""

    image_uri: str | None = None
    repo_ref: str | None = None
    langgraph_config_path: str | None = None
    source_tarball_path: str | None = None


class DeploymentCreate(pydantic.BaseModel):
    """Body of POST /v2/deployments."""

    name: str
    source: Source
    source_config: SourceConfig
    source_revision_config: SourceRevisionConfig
    secrets: list[Secret]
    secret_references: list[SecretReference] | None = None


class DeploymentPatch(pydantic.BaseModel):
    """Body of PATCH /v2/deployments/{id}; a null means "keep"."""

    source_config: SourceConfig | None = None
    source_revision_config: SourceRevisionConfig | None = None
    secrets: list[Secret] | None = None
    secret_references: list[SecretReference] | None = None
    display_name: str | None = pydantic.Field(default=None, min_length=1)
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = None

    def revises(self) -> bool:
        """Whether the change needs a revision: a new image, environment or resources do."""
        image = self.source_revision_config and self.source_revision_config.image_uri
        resources = self.source_config and self.source_config.resource_spec
        return bool(image or self.secrets or resources is not None)


class RevisionCreate(pydantic.BaseModel):
    """Body of POST /v2/deployments/{id}/revisions; it always makes one."""

    source_revision_config: SourceRevisionConfig
    source_config: SourceConfig | None = None
    secrets: list[Secret] | None = None
    secret_references: list[SecretReference] | None = None


class HeartbeatReport(pydantic.BaseModel):
    """Body of a listener's sign of life."""

    version: str | None = None
    k8s_namespaces: list[str] = []


class StatusReport(pydantic.BaseModel):
    """Body of a listener's word on a revision."""

    status: Literal["DEPLOYING", "DEPLOYED", "DEPLOY_FAILED"]
    message: str | None = None
    url: str | None = None
