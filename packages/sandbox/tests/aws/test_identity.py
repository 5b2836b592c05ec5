"""IAM, STS, KMS and ECR: roles that must exist, sessions that end, policies in use, repositories of the sandbox."""

from __future__ import annotations

import base64

import pytest

from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.credentials import OperatorKey

ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


@pytest.fixture
def session(account):
    made = account.client("sts").assume_role(RoleArn=account.role("deployer"), RoleSessionName="ci")["Credentials"]
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    account.client("iam").attach_role_policy(RoleName="deployer", PolicyArn=administrator)
    return OperatorKey(made["AccessKeyId"], made["SecretAccessKey"]), made["SessionToken"]


def test_an_assumed_role_is_who_it_says(account, session):
    identity = account.client("sts", *session).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/deployer/ci"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("ec2", "describe_vpcs", "RequestExpired"),
        ("eks", "list_clusters", "ExpiredTokenException"),
        ("kms", "list_keys", "ExpiredTokenException"),
        ("s3", "list_buckets", "ExpiredToken"),
    ],
)
def test_a_session_ends_after_its_hour(account, session, service, call, code):
    client = account.client(service, *session)
    getattr(client, call)()
    account.clock.jump(3601)
    assert account.refusal(getattr(client, call))[0] == code, "this is what a run that outlasts its login meets"


def test_a_role_that_does_not_exist_cannot_be_assumed(account, client):
    role = "arn:aws:iam::123456789012:role/missing"
    code, message = account.refusal(lambda: client("sts").assume_role(RoleArn=role, RoleSessionName="x"))
    assert code == "AccessDenied"
    caller = "arn:aws:iam::123456789012:user/operator"
    assert message == f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"


def test_a_deleted_access_key_is_no_longer_valid(account, client):
    iam = client("iam")
    iam.create_user(UserName="robot")
    made = iam.create_access_key(UserName="robot")["AccessKey"]
    robot = account.client("sts", OperatorKey(made["AccessKeyId"], made["SecretAccessKey"]))
    assert robot.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/robot"
    iam.delete_access_key(UserName="robot", AccessKeyId=made["AccessKeyId"])
    assert account.refusal(robot.get_caller_identity)[0] == "InvalidClientTokenId"


def test_policies_of_aws_can_be_attached_and_ours_not_deleted_in_use(account, client):
    iam = client("iam")
    account.role("nodes")
    ours = iam.create_policy(PolicyName="ours", PolicyDocument=ALLOW)["Policy"]["Arn"]
    for arn in (ours, "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"):
        iam.attach_role_policy(RoleName="nodes", PolicyArn=arn)
    assert account.refusal(lambda: iam.delete_policy(PolicyArn=ours))[0] == "DeleteConflict"
    assert account.refusal(lambda: iam.delete_role(RoleName="nodes"))[0] == "DeleteConflict"
    for arn in (ours, "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"):
        iam.detach_role_policy(RoleName="nodes", PolicyArn=arn)
    iam.delete_policy(PolicyArn=ours)
    iam.delete_role(RoleName="nodes")
    assert account.leftovers() == []


def test_keys_that_aws_makes_for_its_services_are_its_own_and_no_left_overs(account, client):
    kms = client("kms")
    key = kms.describe_key(KeyId="alias/aws/rds")["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    assert ("kms:key", key["KeyId"]) not in account.leftovers()


def test_a_key_on_its_way_out_is_not_left_over(account, client):
    kms = client("kms")
    made = kms.create_key()["KeyMetadata"]
    assert made["KeyUsage"] == "ENCRYPT_DECRYPT"
    assert ("kms:key", made["KeyId"]) in account.leftovers()
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
    assert account.leftovers() == [], "AWS keeps it for a week at least, whatever anybody does"


def test_repositories_are_in_the_registry_of_the_sandbox(account, client):
    context.use(context.Context(clock=account.clock, registry="127.0.0.1:5001"))
    ecr = client("ecr")
    made = ecr.create_repository(repositoryName="agents/hello", imageTagMutability="IMMUTABLE")["repository"]
    assert made["repositoryUri"] == "127.0.0.1:5001/agents/hello"
    assert made["imageTagMutability"] == "IMMUTABLE"
    token = ecr.get_authorization_token()["authorizationData"][0]
    assert token["proxyEndpoint"] == "http://127.0.0.1:5001"
    assert base64.b64decode(token["authorizationToken"]).startswith(b"AWS:")
    assert token["expiresAt"].timestamp() > account.clock.now(), "moto hands out tokens that ended in 2015"
    code, _ = account.refusal(lambda: ecr.create_repository(repositoryName="agents/hello"))
    assert code == "RepositoryAlreadyExistsException"


def test_repositories_outside_a_sandbox_have_the_address_aws_gives(client):
    made = client("ecr").create_repository(repositoryName="agents/hello")["repository"]
    assert made["repositoryUri"] == "123456789012.dkr.ecr.us-east-1.amazonaws.com/agents/hello"
