"""The key everything is encrypted with: who may use it, and what is refused without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError
from langsmith_hybrid.stack import deploy

if TYPE_CHECKING:
    from conftest import RecordingEngine

KEY = "aws:kms/key:Key"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


def statements(engine: RecordingEngine, token: str, name: str) -> list[Mapping[str, Any]]:
    return json.loads(engine.named(token, name).inputs["policy"])["Statement"]


def by_sid(engine: RecordingEngine) -> dict[str, Mapping[str, Any]]:
    return {each["Sid"]: each for each in statements(engine, KEY, "key")}


def test_dev_has_no_key_and_names_none(declare: Callable[..., Any]) -> None:
    engine = declare()
    assert engine.of_type(KEY) == []
    database = engine.named("aws:rds/instance:Instance", "postgres").inputs
    assert not {name for name in database if "kms" in name.lower()}, "RDS then takes AWS's own key"


def test_services_that_act_for_nobody_are_let_in_for_one_purpose_each(declare: Callable[..., Any]) -> None:
    said = by_sid(declare(profile="production"))
    logs = said["ControlPlaneLogs"]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    (context,) = logs["Condition"]["ArnLike"].values()
    assert context == "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/agents-dev-*", "no other log group"
    assert said["FlowLogs"]["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert said["NodeDisksInUse"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert "FlowLogs" not in by_sid(declare(profile="production", flowLogs="false")), "who delivers nothing needs none"


@pytest.mark.parametrize(("protected", "days"), [("true", 30), ("false", 7)])
def test_a_protected_stacks_key_can_be_brought_back_longest(
    declare: Callable[..., Any], protected: str, days: int
) -> None:
    (key,) = declare(customerManagedKey="true", deletionProtection=protected).of_type(KEY)
    assert key.inputs["deletionWindowInDays"] == days


def test_roles_use_the_key_only_through_the_service_they_call(declare: Callable[..., Any]) -> None:
    engine = declare(profile="production")
    through_s3 = statements(engine, ROLE_POLICY, "agents")[-1]
    assert (through_s3["Resource"], through_s3["Condition"]) == (
        "arn:aws:mock:::key",
        {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    )
    *_, grant = statements(engine, ROLE_POLICY, "cluster-aws-ebs-csi-driver-key")
    assert grant["Action"] == "kms:CreateGrant"
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    without = json.dumps([each.inputs for each in declare().of_type(ROLE_POLICY)])
    assert "kms:" not in without, "AWS's own keys need no permission"


def test_objects_are_sealed_with_one_call_for_many(declare: Callable[..., Any]) -> None:
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    for bucket in declare(profile="production").of_type(kind):
        (rule,) = bucket.inputs["rules"]
        assert rule["bucketKeyEnabled"] is True
        assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"


def test_an_account_that_never_used_auto_scaling_is_told_what_it_lacks(
    engine: RecordingEngine, stack_config: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_config({"customerManagedKey": "true"})
    asked = engine.call

    def without_the_role(args: Any) -> Any:
        if args.token == "aws:iam/getRole:getRole":
            raise KeyError(args.token)
        return asked(args)

    monkeypatch.setattr(engine, "call", without_the_role)
    with pytest.raises(ConfigError, match="create-service-linked-role --aws-service-name autoscaling"):
        deploy(LangSmithConfig.load())
    assert not [each.token for each in engine.registered if each.token.startswith("aws:")]
