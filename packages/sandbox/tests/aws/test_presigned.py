"""Presigned requests: the token of ``aws eks get-token`` is a presigned GetCallerIdentity."""

from __future__ import annotations

import boto3
import httpx2
import pytest
from botocore.config import Config
from botocore.signers import RequestSigner

from langsmith_sandbox.aws.credentials import OperatorKey

CLUSTER_HEADER = "x-k8s-aws-id"


def presign(url: str, key: OperatorKey, token: str | None = None, *, cluster: str = "prod", expires: int = 60) -> str:
    """What ``aws eks get-token`` puts, encoded, into a token."""
    session = boto3.Session(key.access_key_id, key.secret_access_key, token, region_name="us-east-1")
    sts = session.client("sts", endpoint_url=url)
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        "us-east-1",
        "sts",
        "v4",
        session.get_credentials(),
        session.events,
    )
    request = {
        "method": "GET",
        "url": f"{url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {CLUSTER_HEADER: cluster},
        "context": {},
    }
    sts.close()
    return str(signer.generate_presigned_url(request, region_name="us-east-1", expires_in=expires, operation_name=""))


@pytest.fixture
def operator():
    return OperatorKey("AKIASANDBOXOPERATOR0", "the operator's secret")


def test_the_presigned_identity_is_the_signers(url, operator):
    answer = httpx2.get(presign(url, operator), headers={CLUSTER_HEADER: "prod"})
    assert answer.status_code == 200
    assert "<Arn>arn:aws:iam::123456789012:user/operator</Arn>" in answer.text, "moto answers with a list of buckets"


def test_the_presigned_identity_of_a_session_is_the_assumed_role(account, url):
    made = account.client("sts").assume_role(RoleArn=account.role("deployer"), RoleSessionName="ci")["Credentials"]
    key = OperatorKey(made["AccessKeyId"], made["SecretAccessKey"])
    answer = httpx2.get(presign(url, key, made["SessionToken"]), headers={CLUSTER_HEADER: "prod"})
    assert "<Arn>arn:aws:sts::123456789012:assumed-role/deployer/ci</Arn>" in answer.text


def test_a_token_for_another_cluster_does_not_verify(url, operator):
    answer = httpx2.get(presign(url, operator, cluster="prod"), headers={CLUSTER_HEADER: "other"})
    assert answer.status_code == 403, "the cluster's name is signed, so a token cannot be carried to another cluster"
    assert "SignatureDoesNotMatch" in answer.text


def test_a_token_of_a_stranger_does_not_verify(url):
    answer = httpx2.get(presign(url, OperatorKey("AKIASTRANGER00000000", "x")), headers={CLUSTER_HEADER: "prod"})
    assert answer.status_code == 403
    assert "InvalidClientTokenId" in answer.text


def test_a_token_outlived_does_not_verify(url, operator):
    answer = httpx2.get(presign(url, operator, expires=-5), headers={CLUSTER_HEADER: "prod"})
    assert answer.status_code == 403
    assert "Signature expired" in answer.text


def test_presigned_objects_of_s3_still_work(account, url, operator):
    account.client("s3").create_bucket(Bucket="artifacts")
    account.client("s3").put_object(Bucket="artifacts", Key="k", Body=b"content")
    s3 = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=operator.access_key_id,
        aws_secret_access_key=operator.secret_access_key,
        config=Config(signature_version="s3v4"),
    )
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "artifacts", "Key": "k"}, ExpiresIn=60)
    s3.close()
    assert httpx2.get(link).content == b"content"
