"""What the control plane answers, as frozen values.

Reading is tolerant, since servers are newer than clients: unknown fields are ignored, and statuses stay plain strings
that compare equal to the members of `RevisionStatus` and `DeploymentStatus` where those know them. Only what cannot be
missing, such as an id, is insisted on. Times are the server's ISO 8601 strings.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from langsmith_control_plane.errors import UnexpectedAnswerError
from langsmith_control_plane.secret import Secret

Json = Mapping[str, Any]


class DeploymentStatus(enum.StrEnum):
    """Statuses of a deployment known today."""

    AWAITING_DATABASE = "AWAITING_DATABASE"
    READY = "READY"
    UNUSED = "UNUSED"
    AWAITING_DELETE = "AWAITING_DELETE"
    AWAITING_FINAL_DELETE = "AWAITING_FINAL_DELETE"
    UNKNOWN = "UNKNOWN"


class RevisionStatus(enum.StrEnum):
    """Statuses of a revision known today."""

    CREATING = "CREATING"
    QUEUED = "QUEUED"
    AWAITING_BUILD = "AWAITING_BUILD"
    BUILDING = "BUILDING"
    AWAITING_DEPLOY = "AWAITING_DEPLOY"
    DEPLOYING = "DEPLOYING"
    CREATE_FAILED = "CREATE_FAILED"
    BUILD_FAILED = "BUILD_FAILED"
    DEPLOY_FAILED = "DEPLOY_FAILED"
    DEPLOYED = "DEPLOYED"
    SKIPPED = "SKIPPED"
    INTERRUPTED = "INTERRUPTED"
    UNKNOWN = "UNKNOWN"


DELETING = frozenset({DeploymentStatus.AWAITING_DELETE, DeploymentStatus.AWAITING_FINAL_DELETE})
FAILED = frozenset({RevisionStatus.CREATE_FAILED, RevisionStatus.BUILD_FAILED, RevisionStatus.DEPLOY_FAILED})


@dataclasses.dataclass(frozen=True)
class Listener:
    """One Kubernetes cluster that runs deployments of a workspace.

    Attributes:
        id: UUID given by the server.
        compute_id: The cluster's name, unique in the workspace and immutable.
        namespaces: Kubernetes namespaces it may deploy to.
        version: Free string, set by whoever registered the listener or runs it.
    """

    id: str
    compute_id: str
    namespaces: tuple[str, ...]
    version: str | None = None
    compute_type: str = "k8s"
    created_at: str | None = None
    updated_at: str | None = None

    @classmethod
    def from_json(cls, answer: Json) -> Listener:
        """Read one listener; raises `UnexpectedAnswerError` without an id or compute id."""
        return cls(
            id=_text(answer, "id"),
            compute_id=_text(answer, "compute_id"),
            namespaces=tuple(_object(answer, "compute_config").get("k8s_namespaces") or ()),
            version=answer.get("version"),
            compute_type=answer.get("compute_type") or "k8s",
            created_at=answer.get("created_at"),
            updated_at=answer.get("updated_at"),
        )


@dataclasses.dataclass(frozen=True)
class SecretVariable:
    """An environment variable of a deployment; the value is None where the server does not return it."""

    name: str
    value: Secret | None

    @classmethod
    def from_json(cls, answer: Json) -> SecretVariable:
        """Read one variable."""
        value = answer.get("value")
        return cls(_text(answer, "name"), None if value is None else Secret(value))


@dataclasses.dataclass(frozen=True)
class SecretReference:
    """An environment variable taken from a key of a Kubernetes Secret in the deployment's namespace."""

    name: str
    secret_name: str
    secret_key: str

    @classmethod
    def from_json(cls, answer: Json) -> SecretReference:
        """Read one reference."""
        return cls(_text(answer, "name"), _text(answer, "secret_name"), _text(answer, "secret_key"))


@dataclasses.dataclass(frozen=True)
class SourceConfig:
    """What stays the same from revision to revision.

    Attributes:
        listener_id: The listener that runs it; immutable.
        namespace: Kubernetes namespace; immutable, and not echoed by every server.
        custom_url: Where the agent is reached, once deployed.
        resource_spec: Sizes and Pod settings as the server has them, unknown fields included, since the server
            replaces it whole: merge into this, then send. Kept out of the repr: sidecars may hold secrets.
    """

    listener_id: str | None = None
    namespace: str | None = None
    custom_url: str | None = None
    resource_spec: Json | None = dataclasses.field(default=None, repr=False)
    deployment_type: str | None = None

    @classmethod
    def from_json(cls, answer: Json) -> SourceConfig:
        """Read the source configuration of a deployment."""
        return cls(
            listener_id=answer.get("listener_id"),
            namespace=_object(answer, "listener_config").get("k8s_namespace"),
            custom_url=answer.get("custom_url"),
            resource_spec=answer.get("resource_spec"),
            deployment_type=answer.get("deployment_type"),
        )


@dataclasses.dataclass(frozen=True)
class Deployment:
    """One agent as the control plane knows it.

    Attributes:
        status: One of `DeploymentStatus`, or a newer server's word.
        image_uri: Image of the latest revision, for deployments of images.
        secrets: The environment; values may be missing.
        latest_revision_id: The newest revision, whatever became of it.
        active_revision_id: The newest revision that was deployed.
    """

    id: str
    name: str
    tenant_id: str
    status: str
    source: str
    source_config: SourceConfig
    image_uri: str | None = None
    secrets: tuple[SecretVariable, ...] = ()
    secret_references: tuple[SecretReference, ...] = ()
    latest_revision_id: str | None = None
    active_revision_id: str | None = None
    image_version: str | None = None
    created_at: str | None = None
    updated_at: str | None = None

    @classmethod
    def from_json(cls, answer: Json) -> Deployment:
        """Read one deployment; raises `UnexpectedAnswerError` without its id, name or status."""
        return cls(
            id=_text(answer, "id"),
            name=_text(answer, "name"),
            tenant_id=answer.get("tenant_id") or "",
            status=_text(answer, "status"),
            source=answer.get("source") or "",
            source_config=SourceConfig.from_json(_object(answer, "source_config")),
            image_uri=_object(answer, "source_revision_config").get("image_uri"),
            secrets=tuple(SecretVariable.from_json(each) for each in answer.get("secrets") or ()),
            secret_references=tuple(SecretReference.from_json(each) for each in answer.get("secret_references") or ()),
            latest_revision_id=answer.get("latest_revision_id"),
            active_revision_id=answer.get("active_revision_id"),
            image_version=answer.get("image_version"),
            created_at=answer.get("created_at"),
            updated_at=answer.get("updated_at"),
        )

    @property
    def deleting(self) -> bool:
        """Whether its deletion has been asked for."""
        return self.status in DELETING


@dataclasses.dataclass(frozen=True)
class Revision:
    """One version of a deployment.

    Attributes:
        status: One of `RevisionStatus`, or a newer server's word.
        message: Why it failed, where the server tells.
    """

    id: str
    status: str
    image_uri: str | None = None
    message: str | None = None
    source: str = ""
    created_at: str | None = None
    updated_at: str | None = None

    @classmethod
    def from_json(cls, answer: Json) -> Revision:
        """Read one revision; raises `UnexpectedAnswerError` without its id or status."""
        return cls(
            id=_text(answer, "id"),
            status=_text(answer, "status"),
            image_uri=_object(answer, "source_revision_config").get("image_uri"),
            message=answer.get("status_message"),
            source=answer.get("source") or "",
            created_at=answer.get("created_at"),
            updated_at=answer.get("updated_at"),
        )

    @property
    def failed(self) -> bool:
        """Whether it ended without being deployed, by its own fault."""
        return self.status in FAILED


def _text(answer: Json, field: str) -> str:
    value = answer.get(field) if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value:
        raise UnexpectedAnswerError(f"The control plane's answer lacks the field {field!r}.")
    return value


def _object(answer: Json, field: str) -> Json:
    value = answer.get(field)
    return value if isinstance(value, Mapping) else {}
