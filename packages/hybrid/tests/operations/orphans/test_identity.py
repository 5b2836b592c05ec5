"""Roles and policies are found by their tags, which are asked for only where the name and the trust are a program's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from operations.fakes import refusal
from operations.orphans.account import OF_OTHERS, OF_US, EmptyAws, aws_tags

from langsmith_hybrid.operations.errors import AwsError
from langsmith_hybrid.operations.orphans import identity


def role(name: str, service: str = "pods.eks.amazonaws.com") -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    return {"RoleName": name, "Arn": f"arn:aws:iam::1:role/{name}", "AssumeRolePolicyDocument": trust}


def aws_with(tags: Mapping[str, Mapping[str, str]]) -> EmptyAws:
    aws = EmptyAws()
    aws.answers["iam", "list_role_tags"] = lambda asked: {"Tags": aws_tags(tags[asked["RoleName"]])}
    return aws


def test_roles_of_stacks_are_found_by_their_tags() -> None:
    aws = aws_with({"agents-1a2b3c4": OF_US, "cluster-1a2b3c4": OF_OTHERS, "app-1a2b3c4": {"team": "shop"}})
    aws.lists("iam", "list_roles", *(role(name) for name in ("agents-1a2b3c4", "cluster-1a2b3c4", "app-1a2b3c4")))
    found = list(identity.roles(aws))
    assert [(each.id, each.tags) for each in found] == [("agents-1a2b3c4", OF_US), ("cluster-1a2b3c4", OF_OTHERS)]
    assert found[0].arn == "arn:aws:iam::1:role/agents-1a2b3c4", "a state holds it by this"


def test_no_tags_are_asked_for_of_roles_that_cannot_be_ours() -> None:
    aws = aws_with({})
    aws.lists("iam", "list_roles", role("admin"), role("api-1a2b3c4", "lambda.amazonaws.com"), role("x-1A2B3C4"))
    assert list(identity.roles(aws)) == []
    assert len(aws.asked) == 1, "accounts have hundreds of roles, and IAM answers for one at a time"


def test_a_role_that_went_meanwhile_is_not_there() -> None:
    aws = aws_with({})
    aws.lists("iam", "list_roles", role("agents-1a2b3c4"))
    aws.answers["iam", "list_role_tags"] = refusal("NoSuchEntity")
    assert list(identity.roles(aws)) == []


def test_tags_that_are_refused_are_no_absence_of_tags() -> None:
    aws = aws_with({})
    aws.lists("iam", "list_roles", role("agents-1a2b3c4"))
    aws.answers["iam", "list_role_tags"] = refusal("AccessDenied")
    with pytest.raises(AwsError):
        list(identity.roles(aws))


def test_policies_are_found_by_their_tags() -> None:
    aws = EmptyAws()
    aws.lists("iam", "list_policies", *({"PolicyName": name, "Arn": name} for name in ("p-1a2b3c4", "other")))
    aws.answers["iam", "list_policy_tags"] = {"Tags": aws_tags(OF_US)}
    assert [each.id for each in identity.policies(aws)] == ["p-1a2b3c4"]
    assert aws.asked[0][2] == {"Scope": "Local"}, "AWS's own are thousands"


def test_every_role_of_the_program_is_one_whose_tags_are_asked_for(declare: Callable[..., Any]) -> None:
    engine = declare(profile="production")
    roles = engine.of_type("aws:iam/role:Role")
    assert len(roles) > 5
    for each in roles:
        trust = json.loads(each.inputs["assumeRolePolicy"])
        aws = aws_with({f"{each.name}-1a2b3c4": OF_US})
        aws.lists("iam", "list_roles", {**role(f"{each.name}-1a2b3c4"), "AssumeRolePolicyDocument": trust})
        assert list(identity.roles(aws)), f"{each.name} would be left for ever"
        assert "name" not in each.inputs, "Pulumi names it"
