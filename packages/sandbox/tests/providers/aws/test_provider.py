"""What the engine relies on beyond the plain life of a resource: checks, drift, replacement, half-made resources."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pulumi.runtime import proto
from pulumi.runtime.proto import status_pb2

from langsmith_sandbox.providers.properties import UNKNOWN, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

VPC = "aws:ec2/vpc:Vpc"
BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": ["eks.amazonaws.com"]}, "Action": "sts:AssumeRole"}],
    }
)


def message(call: Callable[[], object]) -> str:
    """The one message the engine gets for a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error: Any = caught.value
    return error.details()


def test_a_mistyped_property_is_refused_with_the_right_one(engine: Any) -> None:
    failures = engine.failures(VPC, cidrBlok="10.0.0.0/16")
    assert "did you mean 'cidrBlock'" in failures["cidrBlok"]


def test_a_mistake_inside_an_object_is_found_at_its_place(engine: Any) -> None:
    failures = engine.failures("aws:eks/cluster:Cluster", roleArn="arn:aws:iam::1:role/r", vpcConfig={"subnets": []})
    assert failures.keys() == {"vpcConfig.subnets", "vpcConfig.subnetIds"}


def test_a_real_property_that_is_not_imitated_is_refused_and_not_ignored(engine: Any) -> None:
    assert "does not handle 'ipv6CidrBlock'" in engine.failures(VPC, ipv6CidrBlock="::/56")["ipv6CidrBlock"]


def test_all_mistakes_are_named_at_once(engine: Any) -> None:
    failures = engine.failures("aws:ec2/subnet:Subnet", cidr="10.0.0.0/24", mapPublicIpOnLaunch="perhaps", tags=["a"])
    assert failures.keys() == {"cidr", "vpcId", "mapPublicIpOnLaunch", "tags"}


def test_a_policy_that_is_no_json_is_found_before_aws_sees_it(engine: Any) -> None:
    assert "invalid JSON" in engine.failures(ROLE, assumeRolePolicy="{")["assumeRolePolicy"]


def test_a_name_is_made_up_once_and_kept(engine: Any) -> None:
    made = engine.create(BUCKET, "My-Bucket")
    assert made.resource_id.startswith("my-bucket-")
    assert len(made.resource_id) == len("my-bucket-") + 7, "seven hex digits, as the real plugin"
    assert made.checked(tags={"a": "1"})["bucket"] == made.resource_id


def test_a_prefix_makes_a_name_that_no_other_bucket_has(engine: Any) -> None:
    one, other = (engine.create(BUCKET, name, bucketPrefix="team-") for name in ("one", "other"))
    assert one.resource_id != other.resource_id
    assert one.resource_id.startswith("team-")


def test_a_name_and_a_prefix_exclude_each_other(engine: Any) -> None:
    assert "conflicts" in engine.failures(BUCKET, bucket="a", bucketPrefix="b")["bucketPrefix"]


def test_default_tags_are_on_everything_and_the_resources_own_win(engine: Any) -> None:
    made = engine.create(VPC, cidrBlock="10.0.0.0/16", tags={"stack": "mine", "a": "1"})
    assert made["tags"] == made["tagsAll"] == {"stack": "mine", "a": "1"}
    assert engine.create(BUCKET)["tagsAll"] == {"stack": "dev"}


def test_what_was_changed_behind_the_back_is_seen_and_put_right(engine: Any, aws: Any) -> None:
    made = engine.create(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True, tags={"owner": "us"})
    aws("ec2").modify_vpc_attribute(VpcId=made.resource_id, EnableDnsHostnames={"Value": False})
    aws("ec2").create_tags(Resources=[made.resource_id], Tags=[{"Key": "owner", "Value": "them"}])
    drifted = made.refreshed()
    assert drifted.diff(made.inputs).detailedDiff.keys() == {"enableDnsHostnames", "tags.owner"}
    mended = dataclasses.replace(drifted, inputs=made.inputs).updated()
    assert (mended["enableDnsHostnames"], mended["tags"]["owner"]) == (True, "us")


def test_what_was_deleted_behind_the_back_is_read_as_gone(engine: Any, aws: Any) -> None:
    made = engine.create(BUCKET)
    aws("s3").delete_bucket(Bucket=made.resource_id)
    assert made.refreshed() is None


def test_a_property_that_cannot_change_in_place_replaces(engine: Any) -> None:
    made = engine.create(VPC, cidrBlock="10.0.0.0/16")
    difference = made.diff(made.checked(cidrBlock="10.1.0.0/16"))
    assert list(difference.replaces) == ["cidrBlock"]
    assert not difference.deleteBeforeReplace


def test_a_name_given_by_hand_must_be_free_before_the_replacement(engine: Any) -> None:
    made = engine.create(ROLE, assumeRolePolicy=TRUST)
    assert not made.diff(made.checked(path="/team/")).deleteBeforeReplace, "a made-up name changes with it"
    named = dataclasses.replace(
        made, inputs={**made.inputs, "name": "fixed"}, outputs={**made.outputs, "name": "fixed"}
    )
    assert named.diff({**named.inputs, "path": "/team/"}).deleteBeforeReplace


def test_order_does_not_count_in_sets_nor_spelling_in_policies(engine: Any) -> None:
    role = engine.create(ROLE, "trusted", assumeRolePolicy=TRUST)
    respelled = json.dumps(json.loads(TRUST.replace('["eks.amazonaws.com"]', '"eks.amazonaws.com"')), indent=2)
    assert not role.diff({**role.inputs, "assumeRolePolicy": respelled}).detailedDiff


def test_an_unknown_value_for_a_fixed_property_announces_a_replacement(engine: Any) -> None:
    made = engine.create("aws:cloudwatch/logGroup:LogGroup")
    assert list(made.diff({**made.inputs, "logGroupClass": UNKNOWN}).replaces) == ["logGroupClass"]


def test_a_preview_knows_the_inputs_and_nothing_that_aws_decides(engine: Any) -> None:
    foretold = engine.preview("aws:eks/cluster:Cluster", roleArn=UNKNOWN, vpcConfig={"subnetIds": [UNKNOWN]})
    assert foretold["endpoint"] is UNKNOWN
    assert foretold["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN, "a null here would be passed on as missing"
    assert foretold["region"] == "us-east-1"


def test_an_update_preview_keeps_what_aws_decided_before(engine: Any) -> None:
    made = engine.create("aws:ec2/launchTemplate:LaunchTemplate", instanceType="m5.large", updateDefaultVersion=True)
    foretold = made.updated(preview=True, instanceType="m5.xlarge")
    assert foretold["arn"] == made["arn"]
    assert foretold["latestVersion"] is UNKNOWN, "the update makes a new version"


def test_the_message_says_what_was_being_done_to_which_resource(engine: Any) -> None:
    token = "aws:ec2/subnet:Subnet"
    text = message(lambda: engine.create(token, "private", vpcId="vpc-0123456789abcdef0", cidrBlock="10.0.0.0/24"))
    assert text.startswith(f"creating {token} (private): InvalidVpcID.NotFound: ")
    assert "\n" not in text


def test_a_resource_that_was_refused_is_not_kept_in_the_state(engine: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create("aws:eks/addon:Addon", clusterName="none", addonName="vpc-cni")
    error: Any = caught.value
    assert "ResourceNotFoundException" in error.details()
    assert not dict(error.trailing_metadata()), "there is nothing to keep"


def test_a_resource_that_was_made_but_not_completed_is_kept_in_the_state(engine: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create("aws:ec2/internetGateway:InternetGateway", vpcId="vpc-0123456789abcdef0")
    error: Any = caught.value
    status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    kept = proto.ErrorResourceInitFailed()
    assert status.details[0].Unpack(kept), "AWS has the gateway, which could not be attached"
    assert kept.id.startswith("igw-")
    assert decode(kept.properties)["arn"].endswith(kept.id)


def test_a_bucket_with_objects_goes_only_when_told_to(engine: Any, aws: Any) -> None:
    made = engine.create(BUCKET, "full")
    aws("s3").put_object(Bucket=made.resource_id, Key="kept", Body=b"x")
    assert "BucketNotEmpty" in message(made.delete)
    forced = made.updated(forceDestroy=True)
    forced.delete()
    assert forced.refreshed() is None


def test_a_resource_can_be_imported_by_its_id(engine: Any) -> None:
    made = engine.create(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
    imported = made.imported()
    assert imported.outputs == made.outputs
    assert not imported.diff(imported.inputs).detailedDiff


@pytest.mark.parametrize("name", ["regoin", "assumeRoles"])
def test_provider_configuration_without_effect_is_refused(engine: Any, name: str) -> None:
    request = proto.CheckRequest(urn="urn:pulumi:dev::p::pulumi:providers:aws::aws", news=encode({name: '[{"a": 1}]'}))
    (failure,) = engine.stub.CheckConfig(request).failures
    assert failure.property == name


def test_another_region_is_another_provider(engine: Any) -> None:
    request = proto.DiffRequest(
        id="p", urn="urn:pulumi:dev::p::pulumi:providers:aws::aws", olds=encode({"region": "us-east-1"}),
        news=encode({"region": "eu-west-1", "defaultTags": '{"tags": {}}'}),
    )  # fmt: skip
    assert list(engine.stub.DiffConfig(request).replaces) == ["region"]


def test_inputs_that_were_not_secret_stay_readable(engine: Any) -> None:
    answer = engine.check("urn:pulumi:dev::p::aws:s3/bucket:Bucket::b", {"tags": {"a": "1"}})
    assert decode(answer.inputs)["tags"] == {"stack": "dev", "a": "1"}
