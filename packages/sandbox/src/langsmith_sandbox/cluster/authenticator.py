"""The API server's webhooks for tokens, access policies and Pod Identity, as EKS has them.

Run as ``python -m langsmith_sandbox.cluster.authenticator``. ``/authenticate`` takes a TokenReview, ``/authorize`` a
SubjectAccessReview, ``/mutate-pods`` an AdmissionReview. A refusal is logged with its reason, as EKS does in the
``authenticator`` log; a token never is.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_sandbox.cluster import identities, pod_identity
from langsmith_sandbox.cluster.access_entries import ClusterUser, EksClient, canonical_arn, find_user
from langsmith_sandbox.cluster.access_policies import groups_in_namespace
from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.eks_token import Caller, PresignedCall, TokenError, ask_sts, read_token
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.tls_server import TlsHandler, TlsServer
from langsmith_sandbox.credentials import load
from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.paths import WorldPaths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
LONGEST_BODY = 1 << 20
REGION_VARIABLE = "AWS_REGION"
DEFAULT_REGION = "us-east-1"


class Authenticator:
    """Answers TokenReviews.

    Who signed a token is remembered until the token ends; what that caller may do is asked afresh, so that a changed
    access entry counts at once.

    Args:
        cluster: The EKS cluster's name.
        aws_url: The AWS emulator.
        eks: Makes the EKS client, at the first token.
        http: Asks STS.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        cluster: str,
        aws_url: str,
        eks: Callable[[], EksClient],
        *,
        http: httpx2.Client | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cluster = cluster
        self._aws_url = aws_url
        self._make_eks = eks
        self._eks: EksClient | None = None
        self._http = http or httpx2.Client(trust_env=False)
        self._clock = clock
        self._lock = threading.Lock()
        self._callers: dict[str, tuple[float, Caller]] = {}

    def review(self, review: Json) -> Json:
        """The TokenReview with its verdict."""
        try:
            caller, call, user = self._identify(review.get("spec", {}).get("token", ""))
        except TokenError as problem:
            log.warning("access denied: %s", problem.reason)
            # As on EKS, the caller learns no more than that: the reason is in the log.
            return _answer(review, {"authenticated": False})
        log.info("access granted: %s is %s", canonical_arn(caller), user.username)
        identity = {
            "username": user.username,
            "uid": f"aws-iam-authenticator:{caller.account}:{caller.user_id}",
            "groups": list(user.groups),
            "extra": {
                "arn": [caller.arn],
                "canonicalArn": [canonical_arn(caller)],
                "sessionName": [caller.session_name],
                "accessKeyId": [call.access_key],
            },
        }
        return _answer(review, {"authenticated": True, "user": identity})

    def _identify(self, token: str) -> tuple[Caller, PresignedCall, ClusterUser]:
        call = read_token(token, aws_url=self._aws_url, now=self._clock())
        key = hashlib.sha256(token.encode()).hexdigest()
        with self._lock:
            now = self._clock()
            self._callers = {each: known for each, known in self._callers.items() if known[0] > now}
            known = self._callers.get(key)
        caller = known[1] if known else ask_sts(call, self._cluster, self._http)
        with self._lock:
            self._callers[key] = (call.expires_at, caller)
        return caller, call, self._user(caller)

    def _user(self, caller: Caller) -> ClusterUser:
        import botocore.exceptions

        with self._lock:
            if self._eks is None:
                self._eks = self._make_eks()
        try:
            return find_user(caller, self._cluster, self._eks)
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as problem:
            raise TokenError(f"EKS cannot be asked for access entries ({type(problem).__name__})") from problem


def authorize(review: Json, api: KubernetesApi) -> Json:
    """The SubjectAccessReview with a verdict on rights that access policies give inside namespaces."""
    spec = review.get("spec", {})
    attributes = spec.get("resourceAttributes") or {}
    stands_for = list(groups_in_namespace(spec.get("groups") or (), attributes.get("namespace", "")))
    if not stands_for or not attributes.get("namespace"):
        return _answer(review, {"allowed": False})
    question = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"groups": stands_for, "resourceAttributes": attributes},
    }
    try:
        allowed = api.create(REVIEWS, question)["status"]["allowed"]
    except KubernetesApiError as problem:
        return _answer(review, {"allowed": False, "evaluationError": problem.message})
    return _answer(review, {"allowed": allowed, "reason": "EKS access policy in the namespace"})


def has_association(eks: Callable[[], Any], cluster: str, namespace: str, account: str) -> bool:
    """Whether EKS binds a role to a service account; False, and a line in the log, when it cannot be asked."""
    import botocore.exceptions

    try:
        listed = eks().list_pod_identity_associations(clusterName=cluster, namespace=namespace, serviceAccount=account)
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, SandboxError) as problem:
        log.warning("EKS cannot be asked for Pod Identity associations (%s)", type(problem).__name__)
        return False
    return bool(listed["associations"])


def _answer(review: Json, status: Json) -> Json:
    return {"apiVersion": review.get("apiVersion"), "kind": review.get("kind"), "status": status}


def make_handler(reviews: dict[str, Callable[[Json], Json]]) -> type[TlsHandler]:
    """The HTTP side: one review a POST, by path."""

    class Handler(TlsHandler):
        def do_GET(self) -> None:  # noqa: N802 - the base class looks for this name
            known = self.path == "/healthz"
            self.answer(200 if known else 404, "ok" if known else "not found")

        def do_POST(self) -> None:  # noqa: N802
            length = int(self.headers.get("Content-Length") or 0)
            review = reviews.get(self.path.partition("?")[0])
            if review is None or not 0 < length <= LONGEST_BODY:
                self.answer(404 if review is None else 413, "not a review")
                return
            try:
                body = json.loads(self.rfile.read(length))
            except ValueError:
                self.answer(400, "the review is not JSON")
                return
            self.answer(200, json.dumps(review(body)), content_type="application/json")

    return Handler


def eks_client(aws_url: str) -> Any:
    """boto3's EKS client, with the credentials of this sandbox's operator."""
    import boto3
    import botocore.config

    operator = load(WorldPaths.discover()) if "AWS_ACCESS_KEY_ID" not in os.environ else None
    return boto3.client(
        "eks",
        endpoint_url=aws_url,
        region_name=os.environ.get(REGION_VARIABLE, DEFAULT_REGION),
        aws_access_key_id=operator.aws_access_key_id if operator else None,
        aws_secret_access_key=operator.aws_secret_access_key if operator else None,
        config=botocore.config.Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2}),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.cluster.authenticator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to serve on")
    parser.add_argument("--cluster", required=True, help="the EKS cluster's name")
    parser.add_argument("--aws-url", required=True, help="URL of the AWS emulator")
    parser.add_argument("--directory", type=Path, required=True, help="the cluster's folder")
    flags = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # httpx2 logs URLs, and a presigned URL is a credential.
    for name in ("httpx2", "httpcore2", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    eks = functools.cache(lambda: eks_client(flags.aws_url))
    authenticator = Authenticator(flags.cluster, flags.aws_url, eks)
    api = KubernetesApi.for_identity(flags.directory, "authenticator")
    variables = pod_identity.variables(flags.aws_url, flags.cluster, os.environ.get(REGION_VARIABLE, DEFAULT_REGION))
    is_associated = functools.partial(has_association, eks, flags.cluster)
    handler = make_handler(
        {
            "/authenticate": authenticator.review,
            "/authorize": lambda body: authorize(body, api),
            pod_identity.PATH: lambda body: pod_identity.mutate(body, variables, is_associated),
        }
    )
    keys = identities.folder(flags.directory)
    TlsServer(flags.port, handler, certificate=keys / "authenticator", authority=keys / "ca.crt").serve_forever()


if __name__ == "__main__":
    main()
