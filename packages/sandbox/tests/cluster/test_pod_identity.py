"""What the webhook adds to Pods whose service account has a role."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2

from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.pod_identity import mutate, register, variables

TOLD = variables("http://127.0.0.1:4566", "prod", "eu-west-1")


def review(spec: dict[str, Any], *, bound: bool = True) -> tuple[dict[str, Any], list[Any]]:
    """The answer, and its patch as operations; whoever is asked for an association says ``bound``."""
    asked = []

    def is_associated(namespace: str, account: str) -> bool:
        asked.append((namespace, account))
        return bound

    request = {"uid": "u-1", "namespace": "kube-system", "object": {"spec": spec}}
    answer = mutate({"request": request}, TOLD, is_associated)["response"]
    assert asked == [("kube-system", spec.get("serviceAccountName", "default"))]
    return answer, json.loads(base64.b64decode(answer.get("patch", "W10=")))


def test_a_pod_without_an_association_is_left_alone():
    answer, _ = review({"containers": [{"name": "a"}]}, bound=False)
    assert answer == {"uid": "u-1", "allowed": True}


def test_every_container_learns_where_credentials_are_and_gets_a_token_for_them():
    spec = {"serviceAccountName": "scaler", "containers": [{"name": "a"}], "initContainers": [{"name": "b"}]}
    answer, patch = review(spec)
    assert answer["patchType"] == "JSONPatch"
    made = {each["path"]: each["value"] for each in patch}
    (volume,) = made["/spec/volumes"]
    token = volume["projected"]["sources"][0]["serviceAccountToken"]
    assert token["audience"] == "pods.eks.amazonaws.com", "the API server's own tokens must not work at EKS"
    for container in ("/spec/containers/0", "/spec/initContainers/0"):
        env = {each["name"]: each["value"] for each in made[f"{container}/env"]}
        assert env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].endswith("/_sandbox/pod-identity/prod/credentials")
        (mount,) = made[f"{container}/volumeMounts"]
        assert env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] == f"{mount['mountPath']}/{token['path']}"


def test_what_the_pod_has_stays_and_its_own_variables_win():
    volume, mount = {"name": "data", "emptyDir": {}}, {"name": "data", "mountPath": "/data"}
    own = {"name": "AWS_REGION", "value": "us-west-2"}
    spec = {"containers": [{"name": "a", "env": [own], "volumeMounts": [mount]}], "volumes": [volume]}
    made = {each["path"]: each["value"] for each in review(spec)[1]}
    assert made["/spec/volumes"][0] == volume
    assert made["/spec/containers/0/volumeMounts"][0] == mount
    regions = [each for each in made["/spec/containers/0/env"] if each["name"] == "AWS_REGION"]
    assert regions == [own]


def test_a_webhook_that_is_down_keeps_no_pod_from_being_made():
    sent = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        sent.append(json.loads(request.read()))
        return httpx2.Response(409, json={"reason": "AlreadyExists", "message": "it is there"})

    api = KubernetesApi(httpx2.Client(transport=httpx2.MockTransport(handle), base_url="http://api"))
    register(api, "https://127.0.0.1:1/mutate-pods", b"authority")
    assert sent[0]["webhooks"][0]["failurePolicy"] == "Ignore"
