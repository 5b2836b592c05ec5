"""EKS Pod Identity at work: a Pod's token in, credentials of the role bound to its service account out.

In life the agent add-on listens on every node and passes the token on to EKS Auth's AssumeRoleForPodIdentity. Here both
are one, at ``GET /_sandbox/pod-identity/CLUSTER/credentials``, which is what ``AWS_CONTAINER_CREDENTIALS_FULL_URI`` of
a Pod names. Sessions are not kept in the journal: Pods start anew with the world, and ask again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from moto.eks.models import EKSBackend, eks_backends
from moto.iam.models import Role
from moto.sts.models import sts_backends
from werkzeug.wrappers import Response

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.credentials import PARTITION
from langsmith_sandbox.aws.eks.lifecycle import refresh
from langsmith_sandbox.aws.eks.state import Association, Cluster, clusters_of
from langsmith_sandbox.aws.permissions import find_role
from langsmith_sandbox.aws.pod_tokens import Pod, TokenRefusedError, read_token

AGENT = "eks-pod-identity-agent"
_PRINCIPAL = "pods.eks.amazonaws.com"
_ACTIONS = {"sts:AssumeRole", "sts:TagSession"}
_SESSION_SECONDS = 6 * 3600  # what EKS gives
_LONGEST_SESSION_NAME = 64


class RefusedError(Exception):
    """Why a Pod gets no credentials: the error EKS Auth answers with, which the agent hands on."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def answer(cluster_name: str, environ: Mapping[str, Any]) -> Response:
    """The agent's answer to a Pod: credentials as SDKs read them, or why there are none."""
    try:
        content = _credentials(cluster_name, environ.get("HTTP_AUTHORIZATION", ""))
    except RefusedError as refused:
        return _json({"code": refused.code, "message": refused.message}, refused.status)
    return _json(content, 200)


def _credentials(cluster_name: str, token: str) -> dict[str, str]:
    backend, cluster = _find_cluster(cluster_name)
    if AGENT not in cluster.addons:
        raise RefusedError(503, "ServiceUnavailable", f"cluster {cluster_name} has no add-on {AGENT}")
    report = refresh(cluster)
    try:
        pod = read_token(token, key=report.token_key if report else "", now=current().clock.real())
    except TokenRefusedError as problem:
        raise RefusedError(400, "InvalidTokenException", problem.reason) from problem
    association = _association(cluster, pod)
    role = find_role(association.described["roleArn"])
    if role is None or not _trusts_pods(role):
        raise RefusedError(
            400,
            "AccessDeniedException",
            "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
        )
    session = sts_backends[backend.account_id][PARTITION].assume_role(
        backend.region_name,
        f"eks-{cluster.name}-{pod.name}"[:_LONGEST_SESSION_NAME],
        role.arn,
        policy="",
        duration=_SESSION_SECONDS,
        external_id="",
    )
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "Token": session.session_token,
        "AccountId": backend.account_id,
        "Expiration": session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _find_cluster(name: str) -> tuple[EKSBackend, Cluster]:
    for _, _, found in eks_backends.iter_backends():
        backend = cast("EKSBackend", found)
        if name in clusters_of(backend):
            return backend, clusters_of(backend)[name]
    raise RefusedError(404, "ResourceNotFoundException", f"No cluster found for name: {name}.")


def _association(cluster: Cluster, pod: Pod) -> Association:
    for association in cluster.associations.values():
        described = association.described
        if (described["namespace"], described["serviceAccount"]) == (pod.namespace, pod.service_account):
            return association
    raise RefusedError(
        404,
        "ResourceNotFoundException",
        f"No association of cluster {cluster.name} is for service account {pod.service_account} in {pod.namespace}.",
    )


def _trusts_pods(role: Role) -> bool:
    allowed: set[str] = set()
    for statement in json.loads(role.assume_role_policy_document)["Statement"]:
        services = statement.get("Principal", {}).get("Service", [])
        if statement["Effect"] == "Allow" and _PRINCIPAL in ([services] if isinstance(services, str) else services):
            actions = statement["Action"]
            allowed |= {actions} if isinstance(actions, str) else set(actions)
    return allowed >= _ACTIONS


def _json(content: Mapping[str, str], status: int) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
