"""What is left is what is the stack's, is there, and is in no state."""

from __future__ import annotations

import pytest
from operations.fakes import refusal
from operations.orphans.account import ACCOUNT, CLUSTER, GONE, OF_OTHERS, OF_US, TAG, World, arn, aws_tags

from langsmith_control_plane.models import Listener
from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError, AwsError, LangSmithError, LeftoversError

SUBNET = arn("ec2", "subnet/subnet-1")


@pytest.fixture(autouse=True)
def subnets_are_there(world: World) -> None:
    world.aws.answers["ec2", "describe_subnets"] = {"Subnets": [{"State": "available"}]}


def test_nothing_is_left_of_a_stack_that_left_nothing(world: World) -> None:
    found = world.search()
    assert (found.left, found.notes, found.unseen, found.error) == ((), (), (), None)


def test_what_carries_the_stacks_tag_and_is_in_no_state_is_left(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    (left,) = world.search().left
    assert (left.type, left.id, left.arn, left.stack) == ("ec2:subnet", "subnet-1", SUBNET, TAG)
    assert left.remove == "aws ec2 delete-subnet --subnet-id subnet-1 --region eu-west-1"
    assert "state was lost" in left.why


def test_what_the_state_holds_is_not_left(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    world.pulumi.hold("aws:ec2/subnet:Subnet", "network-private", "subnet-1", arn=SUBNET)
    assert world.left() == []


def test_what_carries_another_stacks_tag_is_not_this_ones(world: World) -> None:
    world.aws.tags((SUBNET, OF_OTHERS))
    assert world.left() == []


def test_what_the_tagging_api_still_lists_after_its_deletion_is_not_left(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    world.aws.answers["ec2", "describe_subnets"] = refusal("InvalidSubnetID.NotFound")
    assert world.left() == [], "a sweep after a destroy would cry wolf"


def test_a_key_that_waits_for_its_deletion_is_a_note(world: World) -> None:
    world.aws.tags((arn("kms", "key/1"), OF_US))
    world.aws.answers["kms", "describe_key"] = {"KeyMetadata": {"KeyState": "PendingDeletion"}}
    found = world.search()
    assert found.error is None
    assert found.notes == ("The kms:key 1 waits for its deletion, and needs nothing more.",)


def test_a_secret_in_its_recovery_window_is_a_note(world: World) -> None:
    ours = {"Name": "ours", "ARN": "a:1", "Tags": aws_tags(OF_US), "DeletedDate": "2026-11-23"}
    others = {"Name": "others", "ARN": "a:2", "Tags": aws_tags(OF_OTHERS), "DeletedDate": "2026-11-23"}
    living = {"Name": "living", "ARN": "a:3", "Tags": aws_tags(OF_US)}
    world.aws.lists("secretsmanager", "list_secrets", ours, others, living)
    found = world.search()
    assert found.left == ()
    assert [note.split()[2] for note in found.notes] == ["ours"], "the living one is the tagging API's to list"
    (asked,) = [arguments for _, operation, arguments in world.aws.asked if operation == "list_secrets"]
    assert asked["IncludePlannedDeletion"] is True, "AWS leaves them out unasked"


def test_what_the_cluster_makes_is_expected_as_long_as_the_state_holds_the_cluster(world: World) -> None:
    world.aws.tags((arn("ec2", "volume/vol-1"), OF_US))
    world.aws.answers["ec2", "describe_volumes"] = {"Volumes": [{"State": "available"}]}
    assert world.left() == ["vol-1"]
    world.hold_cluster()
    assert world.left() == []


def test_one_thing_is_named_once_however_it_was_found(world: World) -> None:
    group = f"/aws/eks/{GONE}/cluster"
    world.aws.tags((arn("logs", f"log-group:{group}"), OF_US))
    world.aws.lists("logs", "describe_log_groups", {"logGroupName": group, "arn": arn("logs", f"log-group:{group}:*")})
    assert world.left() == [group]


def test_what_is_known_to_be_anothers_is_not_taken_by_its_name(world: World) -> None:
    group = f"/aws/eks/{GONE}/cluster"
    world.aws.tags((arn("logs", f"log-group:{group}"), OF_OTHERS))
    world.aws.lists("logs", "describe_log_groups", {"logGroupName": group, "arn": arn("logs", f"log-group:{group}:*")})
    assert world.left() == [], (
        "a stack may share its eksClusterName with another, and must not take what is the other's"
    )


def test_what_is_found_by_its_name_is_the_one_stacks_that_was_asked_for(world: World) -> None:
    world.aws.lists("kms", "list_aliases", {"AliasName": "alias/eks/agents-dev", "AliasArn": "a:1"})
    (left,) = world.search().left
    assert left.stack == TAG


def test_a_clusters_parts_are_not_named_beside_it(world: World) -> None:
    world.aws.tags(
        (arn("eks", f"addon/{CLUSTER}/coredns/1"), OF_US),
        (arn("eks", f"cluster/{CLUSTER}"), OF_US),
        (arn("eks", f"nodegroup/{CLUSTER}/cluster-nodes-1a2b3c4/1"), OF_US),
    )
    world.aws.answers["eks", "describe_cluster"] = {"cluster": {"status": "ACTIVE"}}
    left = [each.type for each in world.search().left]
    assert left == ["eks:nodegroup", "eks:cluster"], "a group must go before its cluster; add-ons go with it"


def test_a_part_that_no_state_holds_is_left_if_its_whole_is_managed(world: World) -> None:
    world.hold_cluster()
    world.aws.tags((arn("eks", f"addon/{CLUSTER}/coredns/1"), OF_US))
    world.aws.answers["eks", "describe_cluster"] = {"cluster": {"status": "ACTIVE"}}
    (left,) = world.search().left
    assert left.remove == f"aws eks delete-addon --cluster-name {CLUSTER} --addon-name coredns --region eu-west-1"


def test_findings_come_in_the_order_in_which_they_can_be_removed(world: World) -> None:
    world.aws.tags((arn("ec2", "vpc/vpc-1"), OF_US), (SUBNET, OF_US), (arn("new", "thing/1"), OF_US))
    world.aws.answers["ec2", "describe_vpcs"] = {"Vpcs": [{"State": "available"}]}
    world.workspace.listeners.append(Listener("l-1", "agents-dev", ()))
    left = [each.type for each in world.search().left]
    assert left == ["new:thing", "langsmith:listener", "ec2:subnet", "ec2:vpc"], "what is unknown may be in the way"


def test_what_is_left_ends_in_the_exit_code_for_left_overs(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    error = world.search().error
    assert isinstance(error, LeftoversError)
    assert error.exit_code == 60
    assert error.left == ("ec2:subnet subnet-1",)


def test_a_service_that_refuses_keeps_nothing_else_from_being_found(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    world.aws.answers["iam", "list_roles"] = refusal("AccessDenied", "not authorized to perform: iam:ListRoles")
    found = world.search()
    assert [each.id for each in found.left] == ["subnet-1"]
    assert [each.what for each in found.unseen] == ["IAM roles"]
    assert isinstance(found.error, AwsError), "what could not be looked at comes before what was found"


def test_nobody_says_that_nothing_is_left_after_a_refusal(world: World) -> None:
    world.aws.answers["resourcegroupstaggingapi", "get_resources"] = refusal("AccessDeniedException")
    assert world.search().error is not None


def test_credentials_that_are_none_are_said_once(world: World) -> None:
    world.aws.answers["sts", "get_caller_identity"] = refusal("InvalidClientTokenId")
    found = world.search()
    assert [each.what for each in found.unseen] == ["AWS"]
    assert isinstance(found.error, AccessError)
    assert len(world.aws.asked) == 1, "every service would say the same"


def test_a_session_that_ends_in_the_midst_says_so_with_its_own_code(world: World) -> None:
    world.aws.answers["kms", "list_aliases"] = refusal("ExpiredToken")
    error = world.search().error
    assert isinstance(error, AccessExpiredError)
    assert error.exit_code == 41


def test_langsmith_that_cannot_be_asked_hides_nothing_of_aws(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> tuple[Listener, ...]:
        raise LangSmithError("LangSmith is down.")

    monkeypatch.setattr(world.workspace, "list_listeners", fails)
    world.aws.tags((SUBNET, OF_US))
    found = world.search()
    assert [each.id for each in found.left] == ["subnet-1"]
    assert isinstance(found.error, LangSmithError)


def test_a_search_only_ever_reads(world: World) -> None:
    world.aws.tags((SUBNET, OF_US))
    world.aws.lists("iam", "list_roles", {"RoleName": "agents-1a2b3c4", "Arn": f"arn:aws:iam::{ACCOUNT}:role/agents"})
    world.search()
    verbs = {operation.partition("_")[0] for _, operation, _ in world.aws.asked}
    assert verbs <= {"get", "describe", "list", "head"}
    assert world.pulumi.performed == []
