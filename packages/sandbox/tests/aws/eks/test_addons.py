"""Managed add-ons, Pod Identity associations, and tags of all that EKS owns."""

from __future__ import annotations

import pytest


@pytest.fixture
def eks(account, network):
    return account.cluster(network)


def test_an_addon_takes_the_default_version_and_ends_when_deleted(account, eks):
    made = eks.create_addon(clusterName="prod", addonName="coredns", tags={"team": "agents"})["addon"]
    assert made["status"] == "CREATING"
    account.settle()
    shown = eks.describe_addon(clusterName="prod", addonName="coredns")["addon"]
    offered = eks.describe_addon_versions(addonName="coredns", kubernetesVersion="1.35")["addons"][0]["addonVersions"]
    default = [item["addonVersion"] for item in offered if item["compatibilities"][0]["defaultVersion"]]
    assert shown["status"] == "ACTIVE"
    assert [shown["addonVersion"]] == default
    assert eks.delete_addon(clusterName="prod", addonName="coredns")["addon"]["status"] == "DELETING"
    account.settle()
    assert eks.list_addons(clusterName="prod")["addons"] == []


def test_an_addon_is_updated_through_an_update(account, eks):
    eks.create_addon(clusterName="prod", addonName="vpc-cni")
    account.settle()
    newest = eks.describe_addon_versions(addonName="vpc-cni")["addons"][0]["addonVersions"][0]["addonVersion"]
    made = eks.update_addon(clusterName="prod", addonName="vpc-cni", addonVersion=newest, configurationValues='{"a":1}')
    assert made["update"]["type"] == "AddonUpdate"
    assert eks.describe_addon(clusterName="prod", addonName="vpc-cni")["addon"]["status"] == "UPDATING"
    account.settle()
    shown = eks.describe_addon(clusterName="prod", addonName="vpc-cni")["addon"]
    assert (shown["status"], shown["addonVersion"]) == ("ACTIVE", newest)
    assert shown["configurationValues"] == '{"a":1}'


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"addonName": "no-such-addon"}, "InvalidParameterException"),
        ({"addonName": "coredns", "addonVersion": "v0.0.1"}, "InvalidParameterException"),
        ({"addonName": "coredns", "configurationValues": "{"}, "InvalidParameterException"),
        ({"addonName": "kube-proxy"}, "ResourceInUseException"),
    ],
)
def test_an_addon_eks_would_not_install_is_refused(account, eks, wanted, code):
    eks.create_addon(clusterName="prod", addonName="kube-proxy")
    refused, _ = account.refusal(lambda: eks.create_addon(clusterName="prod", **wanted))
    assert refused == code


def test_a_pod_identity_association_lives_from_create_to_delete(account, eks):
    first, second = account.role("first"), account.role("second")
    subject = {"clusterName": "prod", "namespace": "agents", "serviceAccount": "listener"}
    made = eks.create_pod_identity_association(**subject, roleArn=first)["association"]
    which = {"clusterName": "prod", "associationId": made["associationId"]}
    eks.update_pod_identity_association(**which, roleArn=second)
    assert eks.describe_pod_identity_association(**which)["association"]["roleArn"] == second
    listed = eks.list_pod_identity_associations(clusterName="prod", namespace="agents")["associations"]
    assert [item["associationId"] for item in listed] == [made["associationId"]]
    code, _ = account.refusal(lambda: eks.create_pod_identity_association(**subject, roleArn=first))
    assert code == "ResourceInUseException", "a service account has one role at a time"
    eks.delete_pod_identity_association(**which)
    code, _ = account.refusal(lambda: eks.describe_pod_identity_association(**which))
    assert code == "ResourceNotFoundException"


def test_an_association_needs_a_role_that_exists(account, eks):
    code, _ = account.refusal(
        lambda: eks.create_pod_identity_association(
            clusterName="prod", namespace="a", serviceAccount="b", roleArn="arn:aws:iam::123456789012:role/missing"
        )
    )
    assert code == "InvalidParameterException"


def test_everything_eks_owns_can_be_tagged_by_its_arn(account, network, eks):
    role = account.role("nodes")
    arns = [
        eks.describe_cluster(name="prod")["cluster"]["arn"],
        eks.create_addon(clusterName="prod", addonName="coredns")["addon"]["addonArn"],
        eks.create_nodegroup(clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=role)[
            "nodegroup"
        ]["nodegroupArn"],
        eks.describe_access_entry(clusterName="prod", principalArn=role)["accessEntry"]["accessEntryArn"],
        eks.create_pod_identity_association(clusterName="prod", namespace="a", serviceAccount="b", roleArn=role)[
            "association"
        ]["associationArn"],
    ]
    for arn in arns:
        eks.tag_resource(resourceArn=arn, tags={"keep": "1", "drop": "2"})
        eks.untag_resource(resourceArn=arn, tagKeys=["drop"])
        assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"keep": "1"}, arn
    code, _ = account.refusal(lambda: eks.list_tags_for_resource(resourceArn=arns[0] + "x"))
    assert code == "ResourceNotFoundException"
