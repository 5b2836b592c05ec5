"""ElastiCache: replication groups that end, with groups that know their users."""

from __future__ import annotations

import pytest


@pytest.fixture
def cache(client, network):
    cache = client("elasticache")
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="stores", CacheSubnetGroupDescription="stores", SubnetIds=network.subnets
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="tuned", CacheParameterGroupFamily="valkey8", Description="tuned"
    )
    return cache


@pytest.fixture
def wanted(network):
    return {
        "ReplicationGroupId": "queue",
        "ReplicationGroupDescription": "the listener's queue",
        "Engine": "valkey",
        "EngineVersion": "8.0",
        "CacheNodeType": "cache.t4g.small",
        "NumCacheClusters": 2,
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": True,
        "CacheSubnetGroupName": "stores",
        "CacheParameterGroupName": "tuned",
        "SecurityGroupIds": [network.group],
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "Tags": [{"Key": "team", "Value": "agents"}],
    }


@pytest.fixture
def queue(account, cache, wanted):
    cache.create_replication_group(**wanted)
    account.settle()
    return cache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"][0]


def test_a_replication_group_is_creating_and_then_available(account, cache, wanted):
    made = cache.create_replication_group(**wanted)["ReplicationGroup"]
    assert made["Status"] == "creating"
    account.settle()
    cache.get_waiter("replication_group_available").wait(ReplicationGroupId="queue")
    shown = cache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"][0]
    assert shown["AtRestEncryptionEnabled"] is True, "a flag that reads back otherwise makes the provider replace it"
    assert shown["TransitEncryptionEnabled"] is True
    shard = shown["NodeGroups"][0]
    assert shard["PrimaryEndpoint"]["Port"] == 6379
    assert shard["ReaderEndpoint"]["Address"].startswith("replica.queue.")
    assert [member["CurrentRole"] for member in shard["NodeGroupMembers"]] == ["primary", "replica"]


def test_its_nodes_are_cache_clusters_with_the_full_version(cache, queue):
    member = cache.describe_cache_clusters(CacheClusterId=queue["MemberClusters"][0], ShowCacheNodeInfo=True)
    shown = member["CacheClusters"][0]
    assert shown["EngineVersion"] == "8.0.1"
    assert shown["CacheSubnetGroupName"] == "stores"
    assert shown["CacheParameterGroup"]["CacheParameterGroupName"] == "tuned"
    assert shown["CacheNodes"][0]["Endpoint"]["Port"] == 6379


def test_a_change_is_modifying_and_then_there(account, cache, queue):
    made = cache.modify_replication_group(ReplicationGroupId="queue", SnapshotRetentionLimit=3, ApplyImmediately=True)[
        "ReplicationGroup"
    ]
    assert made["Status"] == "modifying"
    code, _ = account.refusal(lambda: cache.delete_replication_group(ReplicationGroupId="queue"))
    assert code == "InvalidReplicationGroupState"
    account.settle()
    shown = cache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"][0]
    assert (shown["Status"], shown["SnapshotRetentionLimit"]) == ("available", 3)


def test_replicas_are_added_and_taken_away(account, cache, queue):
    cache.increase_replica_count(ReplicationGroupId="queue", NewReplicaCount=2, ApplyImmediately=True)
    account.settle()
    assert len(_members(cache)) == 3
    cache.decrease_replica_count(ReplicationGroupId="queue", NewReplicaCount=1, ApplyImmediately=True)
    account.settle()
    assert len(_members(cache)) == 2
    code, _ = account.refusal(
        lambda: cache.decrease_replica_count(ReplicationGroupId="queue", NewReplicaCount=0, ApplyImmediately=True)
    )
    assert code == "InvalidParameterCombination", "failover needs somewhere to fail over to"


def test_a_deleted_group_is_gone_and_lets_go_of_everything(account, cache, network, queue):
    ec2 = account.client("ec2")
    held = [
        (lambda: cache.delete_cache_subnet_group(CacheSubnetGroupName="stores"), "CacheSubnetGroupInUse"),
        (
            lambda: cache.delete_cache_parameter_group(CacheParameterGroupName="tuned"),
            "InvalidCacheParameterGroupState",
        ),
        (lambda: ec2.delete_security_group(GroupId=network.group), "DependencyViolation"),
        (lambda: ec2.delete_subnet(SubnetId=network.subnets[1]), "DependencyViolation"),
    ]
    for call, code in held:
        assert account.refusal(call)[0] == code
    assert cache.delete_replication_group(ReplicationGroupId="queue")["ReplicationGroup"]["Status"] == "deleting"
    account.settle()
    code, _ = account.refusal(lambda: cache.describe_replication_groups(ReplicationGroupId="queue"))
    assert code == "ReplicationGroupNotFoundFault", "moto leaves it deleting for ever"
    for call, _ in held:
        call()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"NumCacheClusters": 1}, "InvalidParameterCombination"),
        ({"AutomaticFailoverEnabled": False}, "InvalidParameterCombination"),
        ({"EngineVersion": "6.0"}, "InvalidParameterCombination"),
        ({"CacheParameterGroupName": "default.redis7"}, "InvalidParameterCombination"),
        ({"CacheParameterGroupName": "missing"}, "CacheParameterGroupNotFound"),
        ({"CacheSubnetGroupName": "missing"}, "CacheSubnetGroupNotFoundFault"),
        ({"SecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"TransitEncryptionEnabled": False, "AuthToken": "a-token-of-sixteen"}, "InvalidParameterCombination"),
        ({"ClusterMode": "enabled"}, "InvalidParameterCombination"),
    ],
)
def test_a_group_elasticache_would_not_build_is_refused(account, cache, wanted, change, code):
    refused, _ = account.refusal(lambda: cache.create_replication_group(**{**wanted, **change}))
    assert refused == code
    assert cache.describe_replication_groups()["ReplicationGroups"] == []


def test_a_second_group_of_the_same_name_is_refused(account, cache, wanted, queue):
    code, _ = account.refusal(lambda: cache.create_replication_group(**wanted))
    assert code == "ReplicationGroupAlreadyExists"


def test_parameters_are_read_back_and_reset(account, cache):
    policy = {"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}
    cache.modify_cache_parameter_group(CacheParameterGroupName="tuned", ParameterNameValues=[policy])
    shown = cache.describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")["Parameters"]
    assert [(item["ParameterName"], item["ParameterValue"]) for item in shown] == [("maxmemory-policy", "noeviction")]
    cache.reset_cache_parameter_group(CacheParameterGroupName="tuned", ParameterNameValues=[policy])
    assert cache.describe_cache_parameters(CacheParameterGroupName="tuned")["Parameters"] == []
    code, _ = account.refusal(lambda: cache.delete_cache_parameter_group(CacheParameterGroupName="default.valkey8"))
    assert code == "InvalidParameterValue", "default groups belong to AWS"


def test_tags_follow_the_group_and_are_gone_with_it(account, cache, queue):
    cache.add_tags_to_resource(ResourceName=queue["ARN"], Tags=[{"Key": "extra", "Value": "1"}])
    cache.remove_tags_from_resource(ResourceName=queue["ARN"], TagKeys=["team"])
    assert cache.list_tags_for_resource(ResourceName=queue["ARN"])["TagList"] == [{"Key": "extra", "Value": "1"}]
    cache.delete_replication_group(ReplicationGroupId="queue")
    account.settle()
    assert account.refusal(lambda: cache.list_tags_for_resource(ResourceName=queue["ARN"]))[0] == "InvalidARN"


def _members(cache):
    return cache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"][0]["MemberClusters"]
