"""What can be done with deployments and their revisions. Every function runs inside a transaction of the store."""

from __future__ import annotations

import dataclasses
import re
import uuid

from langsmith_sandbox.control_plane import revisions, standing
from langsmith_sandbox.control_plane.errors import (
    DeletionNotRequestedError,
    NameInvalidError,
    SourceConfigInvalidError,
    TracingProjectExistsError,
)
from langsmith_sandbox.control_plane.placement import check_external_image, check_unmoved, place
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Deployment, Revision, RevisionStatus, TracingProject
from langsmith_sandbox.control_plane.requests import (
    DeploymentCreate,
    DeploymentPatch,
    RevisionCreate,
    SourceConfig,
    StatusReport,
)

NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


def create(plane: Plane, tenant: uuid.UUID, body: DeploymentCreate) -> Deployment:
    """Creates a deployment with its tracing project and its first revision.

    Raises:
        NameInvalidError: Kubernetes objects cannot carry the name.
        SourceConfigInvalidError: The deployment cannot be placed, or names no image.
        TracingProjectExistsError: The name is taken, if only by what a deleted deployment left.
    """
    if not NAME.fullmatch(body.name):
        raise NameInvalidError(body.name)
    spot = place(plane, tenant, body.source, body.source_config)
    check_external_image(body.source_revision_config)
    if not body.source_revision_config.image_uri:
        raise SourceConfigInvalidError("'source_revision_config.image_uri' is required for 'external_docker' source.")
    standing.deployments(plane, tenant)  # settles removals that are due, which may free the name
    if plane.store.projects.get(body.name, tenant) is not None:
        raise TracingProjectExistsError(body.name)
    plane.store.projects.put(body.name, tenant, TracingProject(tenant, body.name))
    now = plane.clock()
    deployment = Deployment(
        id=plane.new_id(),
        tenant_id=tenant,
        name=body.name,
        source=body.source,
        listener_id=spot.listener_id,
        k8s_namespace=spot.k8s_namespace,
        image_uri=body.source_revision_config.image_uri,
        resource_spec={},
        secrets=tuple(each.record() for each in body.secrets),
        secret_references=tuple(each.record() for each in body.secret_references or ()),
        created_at=now,
        updated_at=now,
    )
    return _revise(plane, _configured(deployment, body.source_config))[0]


def patch(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, body: DeploymentPatch) -> Deployment:
    """Changes a deployment; a new image, environment or resources make a revision.

    Raises:
        DeploymentNotFoundError: There is none.
        SourceConfigInvalidError: The change is one that needs another deployment.
    """
    found = standing.deployment(plane, tenant, deployment_id)
    if body.revision_source is not None:
        raise SourceConfigInvalidError("'revision_source' must be null for 'external_docker' source.")
    changed = _changed(found, body)
    if body.display_name is not None:
        changed = dataclasses.replace(changed, display_name=body.display_name)
    changed = dataclasses.replace(changed, updated_at=plane.clock())
    if body.revises():
        return _revise(plane, changed)[0]
    standing.save_deployment(plane, changed)
    return changed


def revise(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, body: RevisionCreate) -> Revision:
    """Makes a revision, whatever the body changes."""
    found = standing.deployment(plane, tenant, deployment_id)
    return _revise(plane, _changed(found, body))[1]


def redeploy(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, revision_id: uuid.UUID) -> Deployment:
    """Makes a revision of an earlier one's image with the present environment and resources."""
    found = standing.deployment(plane, tenant, deployment_id)
    image = standing.revision(plane, found, revision_id).image_uri
    return _revise(plane, dataclasses.replace(found, image_uri=image))[0]


def interrupt(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, revision_id: uuid.UUID) -> Revision:
    """Stops a revision that has not ended."""
    found = standing.deployment(plane, tenant, deployment_id)
    interrupted = revisions.interrupt(standing.revision(plane, found, revision_id), plane.clock())
    standing.save_revision(plane, interrupted)
    return interrupted


def report(
    plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, revision_id: uuid.UUID, body: StatusReport
) -> None:
    """Takes a listener's word on a revision.

    Raises:
        WalkForbiddenError: The revision is not where the report can come from.
    """
    found = standing.deployment(plane, tenant, deployment_id)
    status = RevisionStatus(body.status)
    told = revisions.report(standing.revision(plane, found, revision_id), status, body.message, plane.clock())
    standing.save_revision(plane, told)
    deployed = status is RevisionStatus.DEPLOYED
    standing.save_deployment(
        plane,
        dataclasses.replace(
            found,
            taken_up=found.taken_up or status is RevisionStatus.DEPLOYING,
            active_revision_id=revision_id if deployed else found.active_revision_id,
            custom_url=body.url if deployed and body.url else found.custom_url,
        ),
    )


def delete(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID, *, delete_tracing_project: bool) -> None:
    """Asks for the deployment's removal, which the data plane confirms later."""
    found = standing.deployment(plane, tenant, deployment_id)
    standing.save_deployment(
        plane,
        dataclasses.replace(
            found,
            delete_requested_at=found.delete_requested_at or plane.clock(),
            delete_tracing_project=found.delete_tracing_project or delete_tracing_project,
        ),
    )


def confirm_deleted(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID) -> None:
    """Forgets a deployment the data plane has removed.

    Raises:
        DeletionNotRequestedError: Nobody asked for its removal.
    """
    found = standing.deployment(plane, tenant, deployment_id)
    if found.delete_requested_at is None:
        raise DeletionNotRequestedError(deployment_id)
    standing.remove(plane, found)


def _changed(found: Deployment, body: DeploymentPatch | RevisionCreate) -> Deployment:
    """The deployment as the body changes it; empty secrets keep the old ones, empty references clear them."""
    changed = found
    if body.source_revision_config is not None:
        check_external_image(body.source_revision_config)
        changed = dataclasses.replace(changed, image_uri=body.source_revision_config.image_uri or found.image_uri)
    if body.source_config is not None:
        check_unmoved(found, body.source_config)
        changed = _configured(changed, body.source_config)
    if body.secrets:
        changed = dataclasses.replace(changed, secrets=tuple(each.record() for each in body.secrets))
    if body.secret_references is not None:
        references = tuple(each.record() for each in body.secret_references)
        changed = dataclasses.replace(changed, secret_references=references)
    return changed


def _configured(deployment: Deployment, config: SourceConfig) -> Deployment:
    """The deployment with the configuration's values; nulls change nothing, resources are replaced whole."""
    given = {
        "custom_url": config.custom_url,
        "build_on_push": config.build_on_push,
        "install_command": config.install_command,
        "build_command": config.build_command,
        "resource_spec": config.resource_spec.materialised() if config.resource_spec is not None else None,
    }
    return dataclasses.replace(deployment, **{name: value for name, value in given.items() if value is not None})


def _revise(plane: Plane, deployment: Deployment) -> tuple[Deployment, Revision]:
    """Remembers the deployment with a new revision, which is visible at once and skips those still waiting."""
    now = plane.clock()
    older = standing.revisions(plane, deployment)
    for before, after in zip(older, revisions.supersede(older, now), strict=True):
        if before != after:
            standing.save_revision(plane, after)
    revision = Revision(
        id=plane.new_id(),
        deployment_id=deployment.id,
        source=deployment.source,
        image_uri=deployment.image_uri,
        resource_spec=deployment.resource_spec,
        secrets=deployment.secrets,
        secret_references=deployment.secret_references,
        status=RevisionStatus.CREATING,
        entered_at=now,
        created_at=now,
        updated_at=now,
    )
    standing.save_revision(plane, revision)
    revised = dataclasses.replace(deployment, latest_revision_id=revision.id, updated_at=now)
    standing.save_deployment(plane, revised)
    return revised, revision
