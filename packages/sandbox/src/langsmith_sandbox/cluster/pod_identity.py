"""Tells Pods where their AWS credentials come from, as the webhook does that EKS runs beside its API server.

A Pod whose service account has a Pod Identity association when the Pod is made gets the variables every AWS SDK reads,
and a token only EKS Pod Identity accepts. One made earlier stays without, as in life.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.cluster.errors import KubernetesApiError

if TYPE_CHECKING:
    from langsmith_sandbox.cluster.api import Json, KubernetesApi

PATH = "/mutate-pods"
NAME = "pod-identity-webhook"
_COLLECTION = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
_AUDIENCE = "pods.eks.amazonaws.com"
_VOLUME = "eks-pod-identity-token"
_MOUNT = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
_TOKEN_SECONDS = 86400

IsAssociated = Callable[[str, str], bool]
"""(namespace, service account) -> whether EKS has an association for it."""


def variables(aws_url: str, cluster: str, region: str) -> dict[str, str]:
    """What a Pod with an identity is told of AWS; all but the first it is told on EKS as well."""
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{aws_url}/_sandbox/pod-identity/{cluster}/credentials",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
    }


def mutate(review: Json, told: dict[str, str], is_associated: IsAssociated) -> Json:
    """The AdmissionReview with what the Pod lacks as a JSON patch; every Pod is allowed.

    Args:
        review: An AdmissionReview about a new Pod.
        told: What its containers get besides the token's path.
        is_associated: Asks EKS.
    """
    request = review.get("request") or {}
    pod: Json = request.get("object") or {}
    namespace = request.get("namespace", "")
    answer: Json = {"uid": request.get("uid", ""), "allowed": True}
    if is_associated(namespace, pod.get("spec", {}).get("serviceAccountName") or "default"):
        added = {**told, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{_MOUNT}/{_VOLUME}"}
        patch = json.dumps(list(_operations(pod["spec"], added))).encode()
        answer |= {"patchType": "JSONPatch", "patch": base64.b64encode(patch).decode()}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}


def register(api: KubernetesApi, url: str, authority: bytes) -> None:
    """Have the API server ask ``url`` about every new Pod, unless it does so already."""
    webhook = {
        "name": "pod-identity-webhook.amazonaws.com",
        "clientConfig": {"url": url, "caBundle": base64.b64encode(authority).decode()},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        # As on EKS: a webhook that does not answer must not keep the cluster from making Pods.
        "failurePolicy": "Ignore",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 10,
    }
    body = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": NAME},
        "webhooks": [webhook],
    }
    try:
        api.create(_COLLECTION, body)
    except KubernetesApiError as problem:
        if problem.status != 409:
            raise


def _operations(spec: Json, told: dict[str, str]) -> Iterator[Json]:
    source = {"serviceAccountToken": {"audience": _AUDIENCE, "expirationSeconds": _TOKEN_SECONDS, "path": _VOLUME}}
    volume = {"name": _VOLUME, "projected": {"sources": [source]}}
    yield _added("/spec/volumes", spec.get("volumes"), [volume])
    for kind in ("initContainers", "containers"):
        for position, container in enumerate(spec.get(kind) or []):
            path = f"/spec/{kind}/{position}"
            present = {each["name"] for each in container.get("env") or ()}
            wanted = [{"name": name, "value": value} for name, value in told.items() if name not in present]
            mount = {"name": _VOLUME, "mountPath": _MOUNT, "readOnly": True}
            yield _added(f"{path}/env", container.get("env"), wanted)
            yield _added(f"{path}/volumeMounts", container.get("volumeMounts"), [mount])


def _added(path: str, present: list[Any] | None, more: list[Any]) -> Json:
    """One operation that makes a list what it was and more; the list need not be there."""
    return {"op": "add", "path": path, "value": (present or []) + more}
