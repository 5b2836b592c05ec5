"""What an account may have, and what machines it can have where: what is asked before a stack is made."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

# The quotas a first stack runs into, with what every account begins with.
DEFAULTS = {
    ("vpc", "L-F678F1CE"): 5,
    ("ec2", "L-0263D0A3"): 5,
    ("vpc", "L-FE5A380F"): 5,
    ("eks", "L-1194D53C"): 100,
    ("rds", "L-7B6409FD"): 40,
}


@pytest.mark.parametrize(("quota", "value"), DEFAULTS.items())
def test_an_account_begins_with_awss_defaults(client, quota, value):
    asked = dict(zip(("ServiceCode", "QuotaCode"), quota, strict=True))
    quotas = client("service-quotas")
    assert quotas.get_service_quota(**asked)["Quota"]["Value"] == value
    assert quotas.get_aws_default_service_quota(**asked)["Quota"]["Value"] == value


def test_a_quota_can_be_changed_and_its_default_stays(account, client):
    changed = Client(account.emulator).put("/_sandbox/quotas/eks/L-1194D53C", data="0")
    asked = {"ServiceCode": "eks", "QuotaCode": "L-1194D53C"}
    assert changed.status_code == 204
    assert client("service-quotas").get_service_quota(**asked)["Quota"]["Value"] == 0
    assert client("service-quotas").get_aws_default_service_quota(**asked)["Quota"]["Value"] == 100


@pytest.mark.parametrize(("path", "value"), [("eks/L-00000000", "1"), ("eks/L-1194D53C", "many")])
def test_what_is_no_quota_or_no_number_is_refused(account, path, value):
    assert Client(account.emulator).put(f"/_sandbox/quotas/{path}", data=value).status_code == 404


def test_a_quota_that_is_not_known_here_is_no_silent_answer(account, client):
    code, message = account.refusal(
        lambda: client("service-quotas").get_service_quota(ServiceCode="s3", QuotaCode="L-DC2B2D3D")
    )
    assert code == "NotImplemented", "a stand-in says what it cannot do"
    assert "quotas of s3" in message


def test_a_code_the_service_does_not_have_is_refused_as_aws_does(account, client):
    code, _ = account.refusal(
        lambda: client("service-quotas").get_service_quota(ServiceCode="eks", QuotaCode="L-00000000")
    )
    assert code == "NoSuchResourceException"


def test_a_database_class_can_be_ordered_where_ec2_has_its_type(client):
    options = client("rds").describe_orderable_db_instance_options(
        Engine="postgres", DBInstanceClass="db.t4g.medium", Vpc=True
    )["OrderableDBInstanceOptions"]
    filters = [{"Name": "instance-type", "Values": ["t4g.medium"]}]
    offered = client("ec2").describe_instance_type_offerings(LocationType="availability-zone", Filters=filters)
    behind = {each["Location"] for each in offered["InstanceTypeOfferings"]}
    assert {"16", "17"} <= {option["EngineVersion"].partition(".")[0] for option in options}
    assert {zone["Name"] for option in options for zone in option["AvailabilityZones"]} == behind
    assert "gp3" in {option["StorageType"] for option in options}


@pytest.mark.parametrize("name", ["db.t4g.gigantic", "db.p5.48xlarge", "t4g.medium", "db.t4g.nano"])
def test_what_is_no_database_class_cannot_be_ordered(client, name):
    options = client("rds").describe_orderable_db_instance_options(Engine="postgres", DBInstanceClass=name)
    assert options["OrderableDBInstanceOptions"] == []


def test_node_types_of_caches_are_seen_by_their_reservations(client):
    elasticache = client("elasticache")
    offers = elasticache.describe_reserved_cache_nodes_offerings(CacheNodeType="cache.t4g.small")
    assert "valkey" in {each["ProductDescription"] for each in offers["ReservedCacheNodesOfferings"]}
    none = elasticache.describe_reserved_cache_nodes_offerings(CacheNodeType="cache.p5.48xlarge")
    assert none["ReservedCacheNodesOfferings"] == []
