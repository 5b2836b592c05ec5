"""GetResources lists every type we create, so that a sweep by tag that finds nothing proves something."""

from __future__ import annotations

import pytest

TAG = [{"Key": "langsmith-hybrid:stack", "Value": "dev"}]
PLAIN = {"langsmith-hybrid:stack": "dev"}


def spec(kind):
    return [{"ResourceType": kind, "Tags": TAG}]


@pytest.fixture
def tagged(account, network):
    """One tagged resource of each type."""
    ec2, rds, cache = account.client("ec2"), account.client("rds"), account.client("elasticache")
    ec2.create_tags(Resources=[network.vpc, network.subnets[0], network.group], Tags=TAG)
    gateway = ec2.create_internet_gateway(TagSpecifications=spec("internet-gateway"))["InternetGateway"]
    table = ec2.create_route_table(VpcId=network.vpc, TagSpecifications=spec("route-table"))["RouteTable"]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=spec("elastic-ip"))["AllocationId"]
    ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address, TagSpecifications=spec("natgateway"))
    ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table["RouteTableId"]],
        TagSpecifications=spec("vpc-endpoint"),
    )  # fmt: skip
    ec2.create_launch_template(
        LaunchTemplateName="nodes", LaunchTemplateData={}, TagSpecifications=spec("launch-template")
    )
    rds.create_db_subnet_group(DBSubnetGroupName="s", DBSubnetGroupDescription="s", SubnetIds=network.subnets, Tags=TAG)
    rds.create_db_parameter_group(
        DBParameterGroupName="p", DBParameterGroupFamily="postgres16", Description="p", Tags=TAG
    )
    rds.create_db_instance(
        DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t4g.small", AllocatedStorage=20,
        MasterUsername="u", ManageMasterUserPassword=True, DBSubnetGroupName="s", Tags=TAG,
    )  # fmt: skip
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="s", CacheSubnetGroupDescription="s", SubnetIds=network.subnets, Tags=TAG
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="p", CacheParameterGroupFamily="valkey8", Description="p", Tags=TAG
    )
    cache.create_replication_group(
        ReplicationGroupId="q", ReplicationGroupDescription="q", CacheSubnetGroupName="s", Tags=TAG
    )
    eks = account.cluster(network, tags=PLAIN)
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="n", subnets=network.subnets, nodeRole=account.role("n"), tags=PLAIN
    )
    account.client("ecr").create_repository(repositoryName="agents/hello", tags=TAG)
    account.client("logs").create_log_group(logGroupName="/aws/eks/prod/cluster", tags=PLAIN)
    account.client("kms").create_key(Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in TAG])
    account.client("s3").create_bucket(Bucket="artifacts")
    account.client("s3").put_bucket_tagging(Bucket="artifacts", Tagging={"TagSet": TAG})
    return gateway["InternetGatewayId"]


def kinds(resources):
    """What stands before the id in an ARN, like ``ec2:subnet``."""
    found = set()
    for item in resources:
        service, rest = item["ResourceARN"].split(":", 5)[2], item["ResourceARN"].split(":", 5)[5]
        found.add(f"{service}:{rest.replace('/', ':').split(':')[0]}")
    return found


def test_every_type_we_create_is_found_by_its_tag(tagged, client):
    found = client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "langsmith-hybrid:stack", "Values": ["dev"]}]
    )["ResourceTagMappingList"]
    assert kinds(found) == {
        "ec2:vpc", "ec2:subnet", "ec2:security-group", "ec2:internet-gateway", "ec2:route-table", "ec2:elastic-ip",
        "ec2:natgateway", "ec2:vpc-endpoint", "ec2:launch-template", "rds:subgrp", "rds:pg", "rds:db",
        "elasticache:subnetgroup", "elasticache:parametergroup", "elasticache:replicationgroup", "eks:cluster",
        "eks:nodegroup", "ecr:repository", "logs:log-group", "kms:key", "s3:artifacts",
    }  # fmt: skip


def test_filters_by_type_and_pages_work(tagged, client):
    tagging = client("resourcegroupstaggingapi")
    only = tagging.get_resources(ResourceTypeFilters=["rds"])["ResourceTagMappingList"]
    assert kinds(only) == {"rds:subgrp", "rds:pg", "rds:db"}
    pages = list(tagging.get_paginator("get_resources").paginate(ResourcesPerPage=5))
    assert len(pages) > 1
    everything = tagging.get_resources()["ResourceTagMappingList"]
    assert [item for page in pages for item in page["ResourceTagMappingList"]] == everything


def test_what_is_not_tagged_or_of_another_stack_is_not_found(account, client):
    client("logs").create_log_group(logGroupName="untagged")
    client("logs").create_log_group(logGroupName="other", tags={"langsmith-hybrid:stack": "prod"})
    found = client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "langsmith-hybrid:stack", "Values": ["dev"]}]
    )["ResourceTagMappingList"]
    assert found == []
    assert ("logs:log-group", "untagged") in account.leftovers(), "leftovers are found without any tag"
