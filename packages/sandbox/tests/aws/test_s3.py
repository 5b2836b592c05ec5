"""S3: today's defaults of a bucket, and the TLS-only policy every bucket of ours has."""

from __future__ import annotations

import json

import pytest


def tls_only(effect="Deny", transport="false"):
    statement = {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*"],
        "Condition": {"Bool": {"aws:SecureTransport": transport}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="artifacts")
    return s3


def test_a_new_bucket_is_encrypted_private_and_owned(s3):
    rules = s3.get_bucket_encryption(Bucket="artifacts")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert all(s3.get_public_access_block(Bucket="artifacts")["PublicAccessBlockConfiguration"].values())
    ownership = s3.get_bucket_ownership_controls(Bucket="artifacts")["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_a_tls_only_policy_does_not_lock_everybody_out(s3):
    s3.put_bucket_policy(Bucket="artifacts", Policy=tls_only())
    s3.put_object(Bucket="artifacts", Key="k", Body=b"content")
    assert s3.get_object(Bucket="artifacts", Key="k")["Body"].read() == b"content"
    assert json.loads(s3.get_bucket_policy(Bucket="artifacts")["Policy"]) == json.loads(tls_only())


def test_a_policy_that_denies_tls_does_lock_everybody_out(account, s3):
    s3.put_bucket_policy(Bucket="artifacts", Policy=tls_only(transport="true"))
    code, _ = account.refusal(lambda: s3.put_object(Bucket="artifacts", Key="k", Body=b"content"))
    assert code in {"AccessDenied", "403"}, "conditions are evaluated, not ignored"


@pytest.mark.parametrize("policy", ["{", "[]", '{"Version": "2012-10-17"}', '{"Statement": [{"Effect": "Deny"}]}'])
def test_a_malformed_policy_is_refused(account, s3, policy):
    code, _ = account.refusal(lambda: s3.put_bucket_policy(Bucket="artifacts", Policy=policy))
    assert code == "MalformedPolicy"


def test_encryption_is_reset_not_removed(s3):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket="artifacts", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.delete_bucket_encryption(Bucket="artifacts")
    rules = s3.get_bucket_encryption(Bucket="artifacts")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_versioning_and_lifecycle_are_read_back(account, s3):
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
    s3.put_bucket_lifecycle_configuration(Bucket="artifacts", LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_versioning(Bucket="artifacts")["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket="artifacts")["Rules"] == [rule]
    s3.delete_bucket_lifecycle(Bucket="artifacts")
    code, _ = account.refusal(lambda: s3.get_bucket_lifecycle_configuration(Bucket="artifacts"))
    assert code == "NoSuchLifecycleConfiguration"


def test_a_bucket_goes_only_when_empty(account, s3):
    s3.put_object(Bucket="artifacts", Key="k", Body=b"x")
    assert account.refusal(lambda: s3.delete_bucket(Bucket="artifacts"))[0] == "BucketNotEmpty"
    s3.delete_object(Bucket="artifacts", Key="k")
    s3.delete_bucket(Bucket="artifacts")
    assert account.leftovers() == []
