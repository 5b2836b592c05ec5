"""EKS Pod Identity: a token of the right cluster, for a bound service account, is worth its role's permissions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from werkzeug.test import Client

from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.credentials import OperatorKey
from langsmith_sandbox.aws.runtime import ClusterReport, NullRuntime

POD_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
}


class KeyedRuntime(NullRuntime):
    """Clusters that publish the public half of ``key``."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        super().__init__()
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._pem = public.decode()

    def report(self, cluster: str) -> ClusterReport | None:
        return ClusterReport("ACTIVE", "https://127.0.0.1:1", "Q0E=", token_key=self._pem)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def eks(account, network, key) -> Any:
    context.use(context.Context(clock=account.clock, runtime=KeyedRuntime(key)))
    eks = account.cluster(network)
    eks.create_addon(clusterName="prod", addonName="eks-pod-identity-agent")
    return eks


def token(account, key: ec.EllipticCurvePrivateKey, **changes: Any) -> str:
    """As the API server makes them for a projected volume."""
    about = {"namespace": "agents", "serviceaccount": {"name": "scaler"}, "pod": {"name": "scaler-1"}}
    claims = {"aud": ["pods.eks.amazonaws.com"], "exp": account.clock.real() + 60, "kubernetes.io": about, **changes}
    text = b".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    return b".".join((text, _encoded(r.to_bytes(32) + s.to_bytes(32)))).decode()


def _encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def ask(account, given: str, cluster: str = "prod") -> Any:
    headers = {"Authorization": given}
    return Client(account.emulator).get(f"/_sandbox/pod-identity/{cluster}/credentials", headers=headers)


def bind(account, eks, *, trust: dict[str, Any] = POD_TRUST, policy: dict[str, Any] | None = None) -> str:
    """A role for the service account ``scaler``; returns its name."""
    iam = account.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="scaler", AssumeRolePolicyDocument=document)["Role"]
    if policy is not None:
        document = {"Version": "2012-10-17", "Statement": [policy]}
        iam.put_role_policy(RoleName="scaler", PolicyName="p", PolicyDocument=json.dumps(document))
    eks.create_pod_identity_association(
        clusterName="prod", namespace="agents", serviceAccount="scaler", roleArn=role["Arn"]
    )
    return "scaler"


def session(account, answer: Any, service: str) -> Any:
    made = answer.json
    return account.client(service, OperatorKey(made["AccessKeyId"], made["SecretAccessKey"]), made["Token"])


def test_a_pod_becomes_the_role_bound_to_its_service_account(account, eks, key):
    bind(account, eks)
    identity = session(account, ask(account, token(account, key)), "sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/scaler/eks-prod-scaler-1"


def test_it_may_do_what_the_roles_policies_say_and_no_more(account, eks, key):
    bind(account, eks, policy={"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"})
    made = ask(account, token(account, key))
    session(account, made, "ec2").describe_vpcs()
    code, message = account.refusal(lambda: session(account, made, "ec2").create_vpc(CidrBlock="10.9.0.0/16"))
    assert code == "UnauthorizedOperation"
    assert "is not authorized to perform: ec2:CreateVpc because no identity-based policy allows" in message
    assert account.refusal(session(account, made, "kms").list_keys)[0] == "AccessDeniedException"
    account.client("iam").delete_role_policy(RoleName="scaler", PolicyName="p")
    assert account.refusal(session(account, made, "ec2").describe_vpcs)[0] == "UnauthorizedOperation", (
        "policies are read at each call, not when the session began"
    )


def test_an_attached_policy_counts_like_an_inline_one(account, eks, key):
    bind(account, eks)
    arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    account.client("iam").attach_role_policy(RoleName="scaler", PolicyArn=arn)
    session(account, ask(account, token(account, key)), "ec2").describe_vpcs()


def test_objects_are_judged_by_bucket_and_key(account, eks, key):
    account.client("s3").create_bucket(Bucket="artifacts")
    account.client("s3").create_bucket(Bucket="others")
    bind(account, eks, policy={"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::artifacts/*"})
    s3 = session(account, ask(account, token(account, key)), "s3")
    s3.put_object(Bucket="artifacts", Key="a/b", Body=b"1")
    assert s3.get_object(Bucket="artifacts", Key="a/b")["Body"].read() == b"1"
    assert account.refusal(lambda: s3.put_object(Bucket="others", Key="a", Body=b"1"))[0] == "AccessDenied"
    assert account.refusal(lambda: s3.list_objects_v2(Bucket="artifacts"))[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": ["https://kubernetes.default.svc"]}, "not for the audience"),
        ({"exp": 1}, "expired"),
        ({"kubernetes.io": {"namespace": "agents"}}, "not bound to a Pod"),
    ],
)
def test_a_token_for_something_else_is_worth_nothing(account, eks, key, changes, reason):
    bind(account, eks)
    answer = ask(account, token(account, key, **changes))
    assert (answer.status_code, answer.json["code"]) == (400, "InvalidTokenException")
    assert reason in answer.json["message"]


def test_a_token_of_another_cluster_is_worth_nothing(account, eks):
    bind(account, eks)
    stranger = ec.generate_private_key(ec.SECP256R1())
    for given in (token(account, stranger), "not.a.token", ""):
        answer = ask(account, given)
        assert answer.json["code"] == "InvalidTokenException"
        assert given == "" or given not in answer.text, "an error must not repeat a credential"


def test_a_service_account_without_association_gets_nothing(account, eks, key):
    answer = ask(account, token(account, key))
    assert (answer.status_code, answer.json["code"]) == (404, "ResourceNotFoundException")
    assert ask(account, token(account, key), cluster="other").status_code == 404


def test_a_role_that_does_not_trust_pods_is_not_handed_out(account, eks, key):
    bind(account, eks, trust={**POD_TRUST, "Action": "sts:AssumeRole"})
    answer = ask(account, token(account, key))
    assert answer.json["code"] == "AccessDeniedException", "sessions are tagged, which the trust policy must allow"


def test_without_the_agent_nothing_hands_out_credentials(account, eks, key):
    bind(account, eks)
    eks.delete_addon(clusterName="prod", addonName="eks-pod-identity-agent")
    account.settle()
    account.client("sts").get_caller_identity()
    assert ask(account, token(account, key)).status_code == 503
