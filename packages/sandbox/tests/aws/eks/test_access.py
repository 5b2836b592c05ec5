"""Access entries: who may use a cluster's Kubernetes API."""

from __future__ import annotations

import pytest

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@pytest.fixture
def eks(account, network):
    return account.cluster(
        network, accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    )


def test_an_access_entry_lives_from_create_to_delete(account, eks):
    role = account.role("deployer")
    made = eks.create_access_entry(clusterName="prod", principalArn=role, tags={"team": "agents"})["accessEntry"]
    assert made["type"] == "STANDARD"
    assert made["username"] == "arn:aws:sts::123456789012:assumed-role/deployer/{{SessionName}}"
    eks.update_access_entry(clusterName="prod", principalArn=role, kubernetesGroups=["deployers"])
    shown = eks.describe_access_entry(clusterName="prod", principalArn=role)["accessEntry"]
    assert shown["kubernetesGroups"] == ["deployers"]
    assert shown["tags"] == {"team": "agents"}
    assert eks.list_access_entries(clusterName="prod")["accessEntries"] == [role]
    eks.delete_access_entry(clusterName="prod", principalArn=role)
    code, _ = account.refusal(lambda: eks.describe_access_entry(clusterName="prod", principalArn=role))
    assert code == "ResourceNotFoundException"


def test_a_policy_is_associated_and_disassociated(account, eks):
    role = account.role("deployer")
    eks.create_access_entry(clusterName="prod", principalArn=role)
    made = eks.associate_access_policy(
        clusterName="prod", principalArn=role, policyArn=ADMIN, accessScope={"type": "cluster"}
    )
    assert made["associatedAccessPolicy"]["policyArn"] == ADMIN
    listed = eks.list_associated_access_policies(clusterName="prod", principalArn=role)["associatedAccessPolicies"]
    assert [policy["accessScope"] for policy in listed] == [{"type": "cluster", "namespaces": []}]
    eks.disassociate_access_policy(clusterName="prod", principalArn=role, policyArn=ADMIN)
    assert not eks.list_associated_access_policies(clusterName="prod", principalArn=role)["associatedAccessPolicies"]


def test_the_creator_is_administrator_only_when_asked(account, network, eks):
    operator = account.client("sts").get_caller_identity()["Arn"]
    assert eks.list_access_entries(clusterName="prod")["accessEntries"] == [], "bootstrap was off"
    account.cluster(network, "other", accessConfig={"authenticationMode": "API"})
    listed = eks.list_associated_access_policies(clusterName="other", principalArn=operator)
    assert [policy["policyArn"] for policy in listed["associatedAccessPolicies"]] == [ADMIN]


def test_nodes_are_let_in_and_out_with_their_group(account, network, eks):
    role = account.role("nodes")
    eks.create_nodegroup(clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=role)
    entry = eks.describe_access_entry(clusterName="prod", principalArn=role)["accessEntry"]
    assert (entry["type"], entry["kubernetesGroups"]) == ("EC2_LINUX", ["system:nodes"])
    eks.delete_nodegroup(clusterName="prod", nodegroupName="main")
    account.settle()
    assert eks.list_access_entries(clusterName="prod")["accessEntries"] == []


def test_a_second_entry_for_a_principal_is_refused(account, eks):
    role = account.role("deployer")
    eks.create_access_entry(clusterName="prod", principalArn=role)
    code, message = account.refusal(lambda: eks.create_access_entry(clusterName="prod", principalArn=role))
    assert code == "ResourceInUseException"
    assert message == "The specified access entry resource is already in use on this cluster."


@pytest.mark.parametrize(
    "principal",
    ["arn:aws:iam::123456789012:role/missing", "arn:aws:sts::123456789012:assumed-role/some/session", "nonsense"],
)
def test_a_principal_that_is_no_role_or_user_is_refused(account, eks, principal):
    code, _ = account.refusal(lambda: eks.create_access_entry(clusterName="prod", principalArn=principal))
    assert code == "InvalidParameterException"


def test_a_cluster_on_config_map_takes_no_entries(account, network):
    eks = account.cluster(network, accessConfig={"authenticationMode": "CONFIG_MAP"})
    code, _ = account.refusal(lambda: eks.create_access_entry(clusterName="prod", principalArn=account.role("a")))
    assert code == "InvalidRequestException"


def test_an_unknown_policy_is_refused(account, eks):
    role = account.role("deployer")
    eks.create_access_entry(clusterName="prod", principalArn=role)
    code, _ = account.refusal(
        lambda: eks.associate_access_policy(
            clusterName="prod", principalArn=role, policyArn=ADMIN + "X", accessScope={"type": "cluster"}
        )
    )
    assert code == "InvalidParameterException"
