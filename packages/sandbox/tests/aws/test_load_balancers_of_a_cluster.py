"""The controller's AWS side, with the credentials and the policy the hosting stack gives it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from langsmith_hybrid.load_balancer_policy import controller_policy
from langsmith_sandbox.aws.credentials import OperatorKey
from langsmith_sandbox.load_balancers.aws_side import AwsRefusedError, LoadBalancers
from langsmith_sandbox.load_balancers.wanted import Listener, WantedLoadBalancer

if TYPE_CHECKING:
    from conftest import Account, Network

CLUSTER = "agents-1a2b3c4"


@pytest.fixture
def network(account: Account) -> Network:
    """A network whose subnets are for internal load balancers."""
    made = account.network()
    tag = {"Key": "kubernetes.io/role/internal-elb", "Value": "1"}
    account.client("ec2").create_tags(Resources=made.subnets, Tags=[tag])
    return made


@pytest.fixture
def wanted(network: Network) -> WantedLoadBalancer:
    attributes = {"idle_timeout.timeout_seconds": "3600"}
    listeners = (Listener(80, "HTTP"),)
    return WantedLoadBalancer(
        "entrance/agents", "gateway.k8s.aws.alb", "internal", (network.group,), attributes, listeners
    )


def balancers(account: Account, network: Network, policy: str) -> LoadBalancers:
    """Load balancers as a session of a role with the policy sees them."""
    role = account.role("controller")
    account.client("iam").put_role_policy(RoleName="controller", PolicyName="controller", PolicyDocument=policy)
    session = account.client("sts").assume_role(RoleArn=role, RoleSessionName="pod")["Credentials"]
    key = OperatorKey(session["AccessKeyId"], session["SecretAccessKey"])
    return LoadBalancers(
        lambda service: account.client(service, key, session["SessionToken"]),
        cluster=CLUSTER,
        vpc_id=network.vpc,
        tags={"owner": "platform"},
    )


def granted() -> str:
    return controller_policy(CLUSTER, partition="aws", region="us-east-1", account_id="123456789012")


def test_the_stacks_policy_is_enough_from_the_first_look_to_the_last(
    account: Account, network: Network, wanted: WantedLoadBalancer
) -> None:
    ours = balancers(account, network, granted())
    assert not ours.ensure(wanted).active
    account.settle()
    standing = ours.ensure(wanted)
    assert standing.active
    elb = account.client("elbv2")
    (tagged,) = elb.describe_tags(ResourceArns=[standing.arn])["TagDescriptions"]
    tags = {each["Key"]: each["Value"] for each in tagged["Tags"]}
    assert (tags["owner"], tags["elbv2.k8s.aws/cluster"]) == ("platform", CLUSTER)
    more = dataclasses.replace(wanted, listeners=(Listener(8080, "HTTP"),))
    ours.ensure(more)
    listening = elb.describe_listeners(LoadBalancerArn=standing.arn)["Listeners"]
    assert [each["Port"] for each in listening] == [8080], "what nobody wants any more is taken away"
    ours.remove(more)
    assert not elb.describe_load_balancers()["LoadBalancers"]
    ours.remove(more)


def test_without_the_policy_the_controller_is_told_so(
    account: Account, network: Network, wanted: WantedLoadBalancer
) -> None:
    elsewhere = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    with pytest.raises(AwsRefusedError, match="not authorized to perform: elasticloadbalancing:DescribeLoadBalancers"):
        balancers(account, network, elsewhere).ensure(wanted)


def test_subnets_nobody_tagged_are_not_found(account: Account, network: Network, wanted: WantedLoadBalancer) -> None:
    public = dataclasses.replace(wanted, scheme="internet-facing")
    with pytest.raises(AwsRefusedError, match=r"auto-discover subnets.*has none tagged kubernetes.io/role/elb"):
        balancers(account, network, granted()).ensure(public)


def test_another_scheme_is_another_load_balancer(
    account: Account, network: Network, wanted: WantedLoadBalancer
) -> None:
    ours, ec2 = balancers(account, network, granted()), account.client("ec2")
    before = ours.ensure(wanted)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    ec2.create_tags(Resources=network.subnets, Tags=[{"Key": "kubernetes.io/role/elb", "Value": "1"}])
    after = ours.ensure(dataclasses.replace(wanted, scheme="internet-facing"))
    assert after.arn != before.arn
    assert len(account.client("elbv2").describe_load_balancers()["LoadBalancers"]) == 1
