"""From the control plane's records to the values the commands know, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.target import protocol
from langsmith_client.target.protocol import Phase
from langsmith_control_plane import models
from langsmith_control_plane.models import RevisionStatus, SecretVariable
from langsmith_control_plane.secret import Secret

if TYPE_CHECKING:
    from langsmith_control_plane.logs import LogPage

_PHASES = {
    str(RevisionStatus.DEPLOYED): Phase.DEPLOYED,
    str(RevisionStatus.CREATE_FAILED): Phase.FAILED,
    str(RevisionStatus.BUILD_FAILED): Phase.FAILED,
    str(RevisionStatus.DEPLOY_FAILED): Phase.FAILED,
    str(RevisionStatus.SKIPPED): Phase.SUPERSEDED,
    str(RevisionStatus.INTERRUPTED): Phase.INTERRUPTED,
}


def revision(found: models.Revision) -> protocol.Revision:
    """A revision; a status we do not know is one to wait for."""
    phase = _PHASES.get(found.status, Phase.PENDING)
    return protocol.Revision(found.id, phase, found.status, found.image_uri, found.message, found.created_at)


def deployment(found: models.Deployment, newest: protocol.Revision | None, page: str) -> protocol.Deployment:
    """A deployment with its newest revision and its web page."""
    config = found.source_config
    # A server may keep the namespace to itself.
    place = {"listener": config.listener_id, "namespace": config.namespace}
    return protocol.Deployment(
        id=found.id,
        name=found.name,
        place={key: value for key, value in place.items() if value},
        newest=newest,
        environment={each.name: None if each.value is None else each.value.reveal() for each in found.secrets},
        resources=config.resource_spec or {},
        url=config.custom_url,
        deleting=found.deleting,
        references=tuple(
            protocol.SecretReference(each.name, each.secret_name, each.secret_key) for each in found.secret_references
        ),
        active_revision_id=found.active_revision_id,
        page=page,
    )


def secrets(change: protocol.Change) -> list[SecretVariable] | None:
    """The variables to send; None leaves what is there."""
    if change.environment is None:
        return None
    return [SecretVariable(name, Secret(value)) for name, value in change.environment.items()]


def references(change: protocol.Change) -> list[models.SecretReference] | None:
    """The references to send; None leaves what is there, an empty list clears."""
    if change.references is None:
        return None
    return [models.SecretReference(each.name, each.secret_name, each.secret_key) for each in change.references]


def log_page(page: LogPage) -> protocol.LogPage:
    """A page that was read newest first, in order of time."""
    lines = (protocol.LogLine(each.timestamp, each.level, each.message) for each in reversed(page.entries))
    return protocol.LogPage(tuple(lines), page.next_offset)
