"""The keys of log groups: given, taken away, and refused when they are of no use."""

from __future__ import annotations

GROUP = "/aws/eks/prod/cluster"


def key_of(client) -> str | None:
    (group,) = client("logs").describe_log_groups()["logGroups"]
    return group.get("kmsKeyId")


def test_a_log_group_gets_another_key_without_losing_its_logs(client):
    logs, key = client("logs"), client("kms").create_key()["KeyMetadata"]["Arn"]
    logs.create_log_group(logGroupName=GROUP)
    logs.associate_kms_key(logGroupName=GROUP, kmsKeyId=key)
    assert key_of(client) == key
    logs.disassociate_kms_key(logGroupName=GROUP)
    assert key_of(client) is None


def test_a_key_that_is_not_there_or_going_is_refused(account, client):
    logs, kms = client("logs"), client("kms")
    going = kms.create_key()["KeyMetadata"]
    kms.schedule_key_deletion(KeyId=going["KeyId"], PendingWindowInDays=7)
    for key in (going["Arn"], "arn:aws:kms:us-east-1:123456789012:key/none", "alias/mine"):
        code, _ = account.refusal(lambda key=key: logs.create_log_group(logGroupName=GROUP, kmsKeyId=key))
        assert code == "InvalidParameterException"


def test_a_log_group_that_is_not_there_takes_no_key(account, client):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    code, _ = account.refusal(lambda: client("logs").associate_kms_key(logGroupName=GROUP, kmsKeyId=key))
    assert code == "ResourceNotFoundException"
