"""Records as the API shows them, valid against the official OpenAPI document."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from langsmith_sandbox.control_plane.records import Deployment, Listener, Revision, Secret

Json = dict[str, Any]


def listener(record: Listener) -> Json:
    """A Listener resource."""
    namespaces = None if record.k8s_namespaces is None else list(record.k8s_namespaces)
    return {
        "id": str(record.id),
        "compute_type": "k8s",
        "compute_id": record.compute_id,
        "compute_config": {"k8s_namespaces": namespaces},
        "version": record.version,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
    }


def deployment(record: Deployment, *, status: str, secret_values: bool = True) -> Json:
    """A Deployment resource.

    Args:
        status: The deployment's status at this moment.
        secret_values: False leaves every value out.
    """
    return {
        "id": str(record.id),
        "tenant_id": str(record.tenant_id),
        "name": record.name,
        "display_name": record.display_name,
        "source": record.source,
        "source_config": _source_config(record),
        "source_revision_config": _source_revision_config(record.image_uri),
        "secrets": [secret(each) if secret_values else {"name": each.name} for each in record.secrets],
        "secret_references": [dataclasses.asdict(each) for each in record.secret_references],
        "status": status,
        "latest_revision_id": _text(record.latest_revision_id),
        "active_revision_id": _text(record.active_revision_id),
        "image_version": None,
        "url": None,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
    }


def revision(record: Revision) -> Json:
    """A Revision resource."""
    return {
        "id": str(record.id),
        "source": record.source,
        "source_revision_config": _source_revision_config(record.image_uri),
        "status": record.status.value,
        "status_message": record.status_message,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
    }


def work(record: Deployment, *, status: str, wanted: Revision | None) -> Json:
    """A deployment as its listener gets it: with the revision that should run and the values it needs."""
    return {
        "id": str(record.id),
        "name": record.name,
        "tenant_id": str(record.tenant_id),
        "k8s_namespace": record.k8s_namespace,
        "status": status,
        "revision": None
        if wanted is None
        else {
            "id": str(wanted.id),
            "status": wanted.status.value,
            "image_uri": wanted.image_uri,
            "secrets": [secret(each) for each in wanted.secrets],
            "secret_references": [dataclasses.asdict(each) for each in wanted.secret_references],
            "resource_spec": dict(wanted.resource_spec),
        },
    }


def attendance(record: Listener) -> Json:
    """A listener with the last sign of life of its data plane, for people."""
    beat = record.heartbeat
    return {
        "id": str(record.id),
        "tenant_id": str(record.tenant_id),
        "compute_id": record.compute_id,
        "k8s_namespaces": None if record.k8s_namespaces is None else list(record.k8s_namespaces),
        "heartbeat": None
        if beat is None
        else {"at": instant(beat.at), "version": beat.version, "k8s_namespaces": list(beat.k8s_namespaces)},
    }


def secret(record: Secret) -> Json:
    """A Secret with its value."""
    return {"name": record.name, "value": record.value}


def instant(moment: dt.datetime) -> str:
    """RFC 3339, UTC."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _source_config(record: Deployment) -> Json:
    return {
        "integration_id": None,
        "repo_url": None,
        "deployment_type": "prod",
        "build_on_push": record.build_on_push,
        "custom_url": record.custom_url,
        "resource_spec": dict(record.resource_spec),
        "listener_id": _text(record.listener_id),
        "listener_config": {"k8s_namespace": record.k8s_namespace},
        "install_command": record.install_command,
        "build_command": record.build_command,
    }


def _source_revision_config(image_uri: str) -> Json:
    return {
        "repo_ref": None,
        "langgraph_config_path": None,
        "image_uri": image_uri,
        "source_tarball_path": None,
        "repo_commit_sha": None,
    }


def _text(identifier: object | None) -> str | None:
    return None if identifier is None else str(identifier)
