"""The emulator as a whole: who it believes, what it admits not to offer, what it says about itself."""

from __future__ import annotations

import concurrent.futures

import boto3
import httpx2
import pytest
from botocore.exceptions import ClientError
from werkzeug.test import Client

from langsmith_sandbox.aws.credentials import OperatorKey


def test_the_operator_is_who_the_key_says(client):
    identity = client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/operator"
    assert identity["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("eks", "list_clusters", "UnrecognizedClientException"),
        ("kms", "list_keys", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_a_key_nobody_issued_is_refused_in_each_protocol(account, service, call, code):
    stranger = account.client(service, OperatorKey("AKIASTRANGER00000000", "whatever"))
    assert account.refusal(getattr(stranger, call))[0] == code, "SDKs act on the code, so each protocol needs its own"


def test_a_known_key_with_a_wrong_secret_is_refused(account):
    forger = account.client("sts", OperatorKey("AKIASANDBOXOPERATOR0", "guessed"))
    code, _ = account.refusal(forger.get_caller_identity)
    assert code == "SignatureDoesNotMatch", "access to Kubernetes rests on GetCallerIdentity being true"


def test_an_unsigned_request_is_refused(account):
    answer = Client(account.emulator).get("/some-bucket/some-key")
    assert answer.status_code == 403
    assert b"AccessDenied" in answer.data


@pytest.mark.parametrize(("service", "call"), [("ec2", "describe_hosts"), ("elasticache", "describe_users")])
def test_what_is_not_offered_says_so_once(account, client, service, call):
    if service == "ec2":
        call, arguments = "create_coip_pool", {"LocalGatewayRouteTableId": "x"}
    else:
        arguments = {}
    code, message = account.refusal(lambda: getattr(client(service), call)(**arguments))
    assert code == "NotImplemented"
    assert "nothing was changed" in message


def test_a_service_that_is_not_offered_says_so(account, client):
    with pytest.raises(ClientError) as caught:
        client("lambda").list_functions()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_requests_are_counted_without_their_content(account, client):
    own = Client(account.emulator)
    own.delete("/_sandbox/requests")
    client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    seen = own.get("/_sandbox/requests").json
    assert seen == {
        "count": 1,
        "requests": [{"method": "POST", "service": "ec2", "operation": "CreateVpc", "status": 200}],
    }, "the emulator's own paths do not count, and neither body nor headers are kept"


def test_a_fresh_account_has_nothing_left_over(account):
    assert account.leftovers() == []


def test_boto3_works_over_a_real_socket(url, account):
    s3 = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="AKIASANDBOXOPERATOR0",
        aws_secret_access_key="the operator's secret",
    )
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="a folder/ünïcode+plus", Body=b"x" * 100_000)
    assert s3.get_object(Bucket="artifacts", Key="a folder/ünïcode+plus")["Body"].read() == b"x" * 100_000
    assert httpx2.get(f"{url}/_sandbox/health").status_code == 200
    s3.close()


def test_of_eight_creates_at_once_one_wins(url, account):
    def create(number):
        logs = boto3.Session().client(
            "logs",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="AKIASANDBOXOPERATOR0",
            aws_secret_access_key="the operator's secret",
        )
        try:
            logs.create_log_group(logGroupName="/aws/eks/prod/cluster")
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        finally:
            logs.close()
        return "created"

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(create, range(8)))
    assert outcomes == ["ResourceAlreadyExistsException"] * 7 + ["created"]
    assert account.leftovers() == [("logs:log-group", "/aws/eks/prod/cluster")]
