"""The requests about deployments and their revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langsmith_control_plane.calls import Call, Json, get, given, item
from langsmith_control_plane.errors import InvalidRequestError
from langsmith_control_plane.models import SecretReference, SecretVariable
from langsmith_control_plane.secret import Secret

_DEPLOYMENTS = "/v2/deployments"
# The only source of hybrid and self-hosted deployments: an image from the customer's own registry.
_SOURCE = "external_docker"


def list_deployments(name: str | None = None) -> Call:
    """One page of deployments called ``name``; an older server knows only ``name_contains``, or no filter at all."""
    return get(_DEPLOYMENTS, *([("name", name), ("name_contains", name)] if name else []))


def get_deployment(deployment_id: str) -> Call:
    """One deployment."""
    return get(item(_DEPLOYMENTS, deployment_id))


def create_deployment(
    name: str,
    *,
    image_uri: str,
    listener_id: str | None = None,
    namespace: str | None = None,
    resource_spec: Mapping[str, Any] | None = None,
    secrets: Sequence[SecretVariable] = (),
    secret_references: Sequence[SecretReference] = (),
) -> Call:
    """A new deployment of an image; the server wants a ``resource_spec`` object, if only an empty one."""
    source_config: Json = {"resource_spec": dict(resource_spec or {})} | given(
        listener_id=listener_id,
        listener_config=None if namespace is None else {"k8s_namespace": namespace},
    )
    body: Json = {
        "name": name,
        "source": _SOURCE,
        "source_config": source_config,
        "source_revision_config": {"image_uri": image_uri},
        "secrets": [],
    }
    body |= _environment(secrets, secret_references or None)
    return Call("POST", _DEPLOYMENTS, body=body, secrets=_values(secrets))


def patch_deployment(
    deployment_id: str,
    *,
    image_uri: str | None = None,
    custom_url: str | None = None,
    resource_spec: Mapping[str, Any] | None = None,
    secrets: Sequence[SecretVariable] | None = None,
    secret_references: Sequence[SecretReference] | None = None,
) -> Call:
    """A change of a deployment; not repeatable, since it may create a revision."""
    source_config = given(custom_url=custom_url, resource_spec=None if resource_spec is None else dict(resource_spec))
    body = given(
        source_config=source_config or None,
        source_revision_config=None if image_uri is None else {"image_uri": image_uri},
    )
    body |= _environment(secrets, secret_references)
    return Call("PATCH", item(_DEPLOYMENTS, deployment_id), body=body, secrets=_values(secrets or ()))


def delete_deployment(deployment_id: str, *, delete_tracing_project: bool = False) -> Call:
    """The removal of a deployment; its tracing project, which blocks the name, stays unless told."""
    query = (("delete_tracing_project", "true"),) if delete_tracing_project else ()
    return Call("DELETE", item(_DEPLOYMENTS, deployment_id), query=query, repeatable=True)


def list_revisions(deployment_id: str) -> Call:
    """One page of a deployment's revisions, newest first."""
    return get(_revisions(deployment_id))


def get_revision(deployment_id: str, revision_id: str) -> Call:
    """One revision."""
    return get(item(_revisions(deployment_id), revision_id))


def create_revision(
    deployment_id: str,
    *,
    image_uri: str,
    resource_spec: Mapping[str, Any] | None = None,
    secrets: Sequence[SecretVariable] | None = None,
    secret_references: Sequence[SecretReference] | None = None,
) -> Call:
    """A new revision, always: documented, though missing from the published OpenAPI document."""
    body: Json = {"source_revision_config": {"image_uri": image_uri}}
    if resource_spec is not None:
        body["source_config"] = {"resource_spec": dict(resource_spec)}
    body |= _environment(secrets, secret_references)
    return Call("POST", _revisions(deployment_id), body=body, secrets=_values(secrets or ()))


def redeploy(deployment_id: str, revision_id: str) -> Call:
    """The same revision once more; has no body."""
    return Call("POST", f"{item(_revisions(deployment_id), revision_id)}/redeploy")


def interrupt(deployment_id: str, revision_id: str) -> Call:
    """The end of a revision that is stuck; documented, though missing from the published OpenAPI document."""
    return Call("POST", f"{item(_revisions(deployment_id), revision_id)}/interrupt")


def _revisions(deployment_id: str) -> str:
    return f"{item(_DEPLOYMENTS, deployment_id)}/revisions"


def _environment(secrets: Sequence[SecretVariable] | None, references: Sequence[SecretReference] | None) -> Json:
    """The environment's part of a body.

    Raises:
        InvalidRequestError: A secret's value is unknown. The list replaces all variables, so that leaving one out
            would delete it.
    """
    for secret in secrets or ():
        if secret.value is None:
            raise InvalidRequestError(
                f"The value of the variable {secret.name!r} is not known, because the control plane did not return it.",
                "Give its value again: a list of variables replaces all of them.",
            )
    return given(
        secrets=None if secrets is None else [{"name": each.name, "value": _reveal(each)} for each in secrets],
        secret_references=None
        if references is None
        else [
            {"name": each.name, "secret_name": each.secret_name, "secret_key": each.secret_key} for each in references
        ],
    )


def _reveal(variable: SecretVariable) -> str:
    return variable.value.reveal() if variable.value else ""


def _values(secrets: Sequence[SecretVariable]) -> tuple[Secret, ...]:
    return tuple(secret.value for secret in secrets if secret.value)
