"""What the control plane remembers: frozen values, replaced rather than changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from typing import Any


class RevisionStatus(enum.StrEnum):
    """The states of a revision, as the OpenAPI document spells them."""

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


@dataclasses.dataclass(frozen=True)
class Heartbeat:
    """The last sign of life of a listener's data plane."""

    at: dt.datetime
    version: str | None
    k8s_namespaces: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Listener:
    """One registered data plane of a workspace; ``compute_id`` is unique within the workspace."""

    id: uuid.UUID
    tenant_id: uuid.UUID
    compute_id: str
    k8s_namespaces: tuple[str, ...] | None
    version: str | None
    created_at: dt.datetime
    updated_at: dt.datetime
    heartbeat: Heartbeat | None = None


@dataclasses.dataclass(frozen=True)
class Secret:
    """One environment variable of a deployment. The value never appears in a representation."""

    name: str
    value: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class SecretReference:
    """One environment variable taken from a key of an existing Kubernetes Secret."""

    name: str
    secret_name: str
    secret_key: str


@dataclasses.dataclass(frozen=True)
class Deployment:
    """One agent. Holds the desired image, environment and resources; revisions are snapshots of them.

    Attributes:
        taken_up: True once a listener reported work on it, so that only the listener can say it is gone.
    """

    id: uuid.UUID
    tenant_id: uuid.UUID
    name: str
    source: str
    listener_id: uuid.UUID | None
    k8s_namespace: str | None
    image_uri: str
    resource_spec: Mapping[str, Any]
    secrets: tuple[Secret, ...]
    secret_references: tuple[SecretReference, ...]
    created_at: dt.datetime
    updated_at: dt.datetime
    custom_url: str | None = None
    display_name: str | None = None
    build_on_push: bool = False
    install_command: str | None = None
    build_command: str | None = None
    latest_revision_id: uuid.UUID | None = None
    active_revision_id: uuid.UUID | None = None
    taken_up: bool = False
    delete_requested_at: dt.datetime | None = None
    delete_tracing_project: bool = False


@dataclasses.dataclass(frozen=True)
class Event:
    """One line of a revision's deploy log."""

    at: dt.datetime
    level: str
    message: str


@dataclasses.dataclass(frozen=True)
class Revision:
    """One attempt to run an image with an environment.

    Attributes:
        entered_at: When the current status began; the timed part of the walk counts from here.
        held: True when a test froze the walk in its current status.
    """

    id: uuid.UUID
    deployment_id: uuid.UUID
    source: str
    image_uri: str
    resource_spec: Mapping[str, Any]
    secrets: tuple[Secret, ...]
    secret_references: tuple[SecretReference, ...]
    status: RevisionStatus
    entered_at: dt.datetime
    created_at: dt.datetime
    updated_at: dt.datetime
    status_message: str | None = None
    held: bool = False
    events: tuple[Event, ...] = ()


@dataclasses.dataclass(frozen=True)
class TracingProject:
    """The tracing project made with every deployment; it outlives the deployment unless deleted with it."""

    tenant_id: uuid.UUID
    name: str
