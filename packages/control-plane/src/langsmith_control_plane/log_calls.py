"""The requests about deploy logs: the present family under ``/v2`` and the older one under ``/v1/projects``."""

from __future__ import annotations

from langsmith_control_plane.calls import Call, get, given, item
from langsmith_control_plane.logs import LogQuery

_PROJECTS = "/v1/projects"  # what deployments were called


def revision_logs(deployment_id: str, revision_id: str, asked: LogQuery) -> Call:
    """One page of a revision's deploy log; missing from the published OpenAPI document and from older servers."""
    revisions = f"{item('/v2/deployments', deployment_id)}/revisions"
    query = given(type="deploy", order=asked.order, limit=str(asked.limit), level=asked.level, offset=asked.offset)
    return get(f"{item(revisions, revision_id)}/logs", *query.items())


def older_revision_logs(deployment_id: str, revision_id: str, asked: LogQuery) -> Call:
    """The same from the older family, whose reads are POSTs."""
    revisions = f"{item(_PROJECTS, deployment_id)}/revisions"
    return _older(f"{item(revisions, revision_id)}/deploy_logs", asked)


def deployment_logs(deployment_id: str, asked: LogQuery) -> Call:
    """One page over all revisions of a deployment, which only the older family has."""
    return _older(f"{item(_PROJECTS, deployment_id)}/deploy_logs", asked)


def _older(path: str, asked: LogQuery) -> Call:
    body = given(limit=asked.limit, order=asked.order, level=asked.level, offset=asked.offset)
    return Call("POST", path, body=body, repeatable=True)
