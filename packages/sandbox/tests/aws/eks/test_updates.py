"""Changes to a cluster: applied, recorded as updates, one at a time."""

from __future__ import annotations

import pytest


@pytest.fixture
def eks(account, network):
    return account.cluster(network)


def test_an_update_is_in_progress_and_then_successful(account, eks):
    made = eks.update_cluster_config(name="prod", resourcesVpcConfig={"endpointPrivateAccess": True})["update"]
    assert (made["type"], made["status"]) == ("EndpointAccessUpdate", "InProgress")
    assert eks.describe_cluster(name="prod")["cluster"]["status"] == "UPDATING"
    account.settle()
    assert eks.describe_update(name="prod", updateId=made["id"])["update"]["status"] == "Successful"
    shown = eks.describe_cluster(name="prod")["cluster"]
    assert shown["status"] == "ACTIVE"
    assert shown["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    assert eks.list_updates(name="prod")["updateIds"] == [made["id"]]


def test_a_second_change_waits_for_the_first(account, eks):
    eks.update_cluster_config(name="prod", deletionProtection=True)
    code, _ = account.refusal(lambda: eks.update_cluster_config(name="prod", deletionProtection=False))
    assert code == "ResourceInUseException", "AWS takes one change of a cluster at a time"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"logging": {"clusterLogging": [{"types": ["audit"], "enabled": True}]}}, "LoggingUpdate"),
        ({"upgradePolicy": {"supportType": "STANDARD"}}, "UpgradePolicyUpdate"),
        ({"deletionProtection": True}, "DeletionProtectionUpdate"),
        ({"resourcesVpcConfig": {"publicAccessCidrs": ["203.0.113.7/32"]}}, "EndpointAccessUpdate"),
    ],
)
def test_each_kind_of_change_has_its_own_type(eks, change, kind):
    assert eks.update_cluster_config(name="prod", **change)["update"]["type"] == kind


def test_a_change_that_changes_nothing_is_refused(account, eks):
    code, message = account.refusal(
        lambda: eks.update_cluster_config(name="prod", resourcesVpcConfig={"endpointPublicAccess": True})
    )
    assert code == "InvalidParameterException"
    assert message.startswith("Cluster is already at the desired configuration")


def test_the_control_plane_moves_to_other_subnets_of_its_zones(account, eks, network, client):
    ec2 = client("ec2")
    before = eks.describe_cluster(name="prod")["cluster"]["resourcesVpcConfig"]
    zones = [each["AvailabilityZone"] for each in ec2.describe_subnets(SubnetIds=before["subnetIds"])["Subnets"]]
    others = [
        ec2.create_subnet(VpcId=before["vpcId"], CidrBlock=f"10.0.{200 + index}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for index, zone in enumerate(zones)
    ]
    moved = eks.update_cluster_config(name="prod", resourcesVpcConfig={"subnetIds": others})["update"]
    assert moved["type"] == "VpcConfigUpdate"
    account.settle()
    assert eks.describe_cluster(name="prod")["cluster"]["resourcesVpcConfig"]["subnetIds"] == others
    for subnet in before["subnetIds"]:
        ec2.delete_subnet(SubnetId=subnet)  # nothing holds the old ones any more


def test_the_control_plane_never_moves_to_other_zones(account, eks, network, client):
    before = eks.describe_cluster(name="prod")["cluster"]["resourcesVpcConfig"]
    further = client("ec2").create_subnet(
        VpcId=before["vpcId"], CidrBlock="10.0.210.0/24", AvailabilityZone="us-east-1f"
    )["Subnet"]["SubnetId"]
    code, message = account.refusal(
        lambda: eks.update_cluster_config(
            name="prod", resourcesVpcConfig={"subnetIds": [*before["subnetIds"], further]}
        )
    )
    assert code == "InvalidParameterException"
    assert "should belong to the exact set of AZs" in message


def test_an_endpoint_closed_on_both_sides_is_refused(account, eks):
    code, message = account.refusal(
        lambda: eks.update_cluster_config(name="prod", resourcesVpcConfig={"endpointPublicAccess": False})
    )
    assert (code, message) == ("InvalidParameterException", "Private and public endpoint access cannot be false")


def test_kubernetes_goes_up_one_minor_at_a_time_and_never_down(account, eks):
    made = eks.update_cluster_version(name="prod", version="1.36")["update"]
    assert made["type"] == "VersionUpdate"
    account.settle()
    assert eks.describe_cluster(name="prod")["cluster"]["version"] == "1.36"
    code, message = account.refusal(lambda: eks.update_cluster_version(name="prod", version="1.35"))
    assert code == "InvalidParameterException"
    assert message == "Unsupported Kubernetes minor version update from 1.36 to 1.35"


def test_versions_are_listed_with_the_end_of_their_support(client):
    listed = {item["clusterVersion"]: item for item in client("eks").describe_cluster_versions()["clusterVersions"]}
    assert set(listed) == {"1.35", "1.36"}
    assert listed["1.35"]["defaultVersion"] is True
    assert listed["1.35"]["endOfStandardSupportDate"].date().isoformat() == "2027-03-27"
