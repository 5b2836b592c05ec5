"""Every kind of thing the program makes is removed by a command that is right for it, in an order that works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from operations.orphans.account import OF_US, TAG, arn

from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.presence import _QUESTIONS
from langsmith_hybrid.operations.orphans.removal import _ELSEWHERE, _ORDER, _REMOVED_BY, in_order, left_over

# What the program makes, and what the tagging API calls it. What is not here carries no tags, or goes with its owner.
_CALLED = {
    "aws:acm/certificate:Certificate": "acm:certificate",
    "aws:cloudwatch/logGroup:LogGroup": "logs:log-group",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "ec2:security-group",
    "aws:ec2/eip:Eip": "ec2:elastic-ip",
    "aws:ec2/flowLog:FlowLog": "ec2:vpc-flow-log",
    "aws:ec2/internetGateway:InternetGateway": "ec2:internet-gateway",
    "aws:ec2/launchTemplate:LaunchTemplate": "ec2:launch-template",
    "aws:ec2/natGateway:NatGateway": "ec2:natgateway",
    "aws:ec2/routeTable:RouteTable": "ec2:route-table",
    "aws:ec2/securityGroup:SecurityGroup": "ec2:security-group",
    "aws:ec2/subnet:Subnet": "ec2:subnet",
    "aws:ec2/vpc:Vpc": "ec2:vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2:vpc-endpoint",
    "aws:ecr/repository:Repository": "ecr:repository",
    "aws:eks/accessEntry:AccessEntry": "eks:access-entry",
    "aws:eks/addon:Addon": "eks:addon",
    "aws:eks/cluster:Cluster": "eks:cluster",
    "aws:eks/nodeGroup:NodeGroup": "eks:nodegroup",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "eks:podidentityassociation",
    "aws:elasticache/parameterGroup:ParameterGroup": "elasticache:parametergroup",
    "aws:elasticache/replicationGroup:ReplicationGroup": "elasticache:replicationgroup",
    "aws:elasticache/subnetGroup:SubnetGroup": "elasticache:subnetgroup",
    "aws:iam/role:Role": "iam:role",
    "aws:kms/key:Key": "kms:key",
    "aws:rds/instance:Instance": "rds:db",
    "aws:rds/parameterGroup:ParameterGroup": "rds:pg",
    "aws:rds/subnetGroup:SubnetGroup": "rds:subgrp",
    "aws:route53/record:Record": "route53:record",
    "aws:s3/bucket:Bucket": "s3:bucket",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "ec2:security-group-rule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2:security-group-rule",
}
# Settings of the above, and bindings between them: there is nothing of its own to be left.
_OF_OTHERS = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
}


def test_everything_the_program_makes_has_a_row(declare: Callable[..., Any]) -> None:
    named = {"agentsHostname": "agents.example.com", "hostedZoneId": "Z0123456789ABCDEFGHIJ"}
    engine = declare(profile="production", **named)
    made = {each.token for each in engine.registered if each.token.startswith("aws:")}
    unknown = {token for token in made - _CALLED.keys() - _OF_OTHERS if not token.startswith("aws:s3/bucket")}
    assert unknown == set(), "say how it is removed, or that it is a part of something"
    assert {_CALLED[token] for token in made & _CALLED.keys()} <= _REMOVED_BY.keys()


def test_whatever_can_be_asked_about_can_be_removed() -> None:
    assert _QUESTIONS.keys() <= _REMOVED_BY.keys()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("langsmith:deployment", "langsmith:listener"),
        ("elasticloadbalancing:loadbalancer", "elasticloadbalancing:targetgroup"),
        ("elasticloadbalancing:loadbalancer", "acm:certificate"),
        ("eks:nodegroup", "eks:cluster"),
        ("eks:nodegroup", "ec2:launch-template"),
        ("eks:cluster", "ec2:security-group"),
        ("eks:cluster", "logs:log-group"),
        ("rds:db", "rds:subgrp"),
        ("rds:db", "rds:pg"),
        ("elasticache:replicationgroup", "elasticache:subnetgroup"),
        ("ec2:vpc-flow-log", "s3:bucket"),
        ("ec2:instance", "ec2:volume"),
        ("ec2:natgateway", "ec2:elastic-ip"),
        ("ec2:natgateway", "ec2:internet-gateway"),
        ("ec2:network-interface", "ec2:security-group"),
        ("ec2:network-interface", "ec2:subnet"),
        ("ec2:subnet", "ec2:route-table"),
        ("ec2:security-group", "ec2:vpc"),
        ("ec2:subnet", "ec2:vpc"),
        ("ec2:internet-gateway", "ec2:vpc"),
        ("rds:snapshot", "kms:key"),
        ("eks:cluster", "iam:role"),
    ],
)
def test_nothing_is_removed_before_what_uses_it(first: str, then: str) -> None:
    assert _ORDER[first] < _ORDER[then]


@pytest.mark.parametrize(
    ("kind", "resource", "command"),
    [
        (
            "eks:nodegroup",
            "c/n/1",
            "aws eks delete-nodegroup --cluster-name c --nodegroup-name n --region eu-west-1",
        ),
        (
            "rds:db",
            "postgres-1",
            "--db-instance-identifier postgres-1 --final-db-snapshot-identifier postgres-1-last --region eu-west-1",
        ),
        ("elasticloadbalancing:loadbalancer", "app/a/1", "--load-balancer-arn {arn} --region eu-west-1"),
        ("iam:policy", "p", "aws iam delete-policy --policy-arn {arn}"),
        ("ec2:internet-gateway", "igw-1", "VPC console, Internet gateways: detach it, then delete it"),
        ("new:thing", "1", _ELSEWHERE),
    ],
)
def test_a_command_is_ready_to_run(kind: str, resource: str, command: str) -> None:
    found = Found(kind, resource, arn("x", resource))
    left = left_over(found, stack=TAG, region="eu-west-1")
    assert left.remove.endswith(command.format(arn=found.arn))
    assert "{" not in left.remove


def test_a_databases_last_data_is_said_to_be_data() -> None:
    left = left_over(Found("rds:snapshot", "postgres-1-final", "a", OF_US), stack="", region="eu-west-1")
    assert "deletionProtection" in left.why
    assert left.stack == TAG


def test_a_log_group_with_our_tag_is_ours_and_not_ekss() -> None:
    ours = left_over(Found("logs:log-group", "g", "a", OF_US), stack="", region="eu-west-1")
    theirs = left_over(Found("logs:log-group", "g", "a"), stack="", region="eu-west-1")
    assert "state was lost" in ours.why
    assert "writes once more" in theirs.why


def test_one_stacks_findings_stay_together() -> None:
    ours = left_over(Found("ec2:vpc", "vpc-1", "a", OF_US), stack="", region="eu-west-1")
    nameless = left_over(Found("kms:alias", "alias/eks/x", "a"), stack="", region="eu-west-1")
    assert sorted([ours, nameless], key=in_order) == [nameless, ours]
