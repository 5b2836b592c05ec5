"""What the load balancer controller may do in AWS: the load balancers of its own cluster, and nothing else.

Source of the actions: the policy in the controller's installation guide, v3.5. Left out is what our values switch off:
security groups (ours are made here), web application firewalls, Shield, Cognito and network load balancers.
"""

from __future__ import annotations

from langsmith_hybrid import iam

# The controller's own tag on everything it makes.
_OWNER_TAG = "elbv2.k8s.aws/cluster"
_LOOK = [
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
    "acm:DescribeCertificate",
    "acm:ListCertificates",
]
_MAKE = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
_CHANGE = [
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:ModifyTargetGroup",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:SetIpAddressType",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
]
_LISTEN = [
    "elasticloadbalancing:AddListenerCertificates",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyListenerAttributes",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RemoveListenerCertificates",
    "elasticloadbalancing:SetRulePriorities",
]
_TARGETS = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
_TAG = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]


def controller_policy(cluster_name: str, *, partition: str, region: str, account_id: str) -> str:
    """The policy of the controller of one cluster.

    Load balancers and target groups are told apart by the tag they are made with; listeners and rules belong to a load
    balancer and cannot be told apart by it, so those of application load balancers in this region are allowed.
    """
    here = f"arn:{partition}:elasticloadbalancing:{region}:{account_id}"
    tagged = [f"{here}:loadbalancer/app/*", f"{here}:targetgroup/*"]
    listening = [f"{here}:{kind}/app/*" for kind in ("loadbalancer", "listener", "listener-rule")]
    asked = {"StringEquals": {f"aws:RequestTag/{_OWNER_TAG}": cluster_name}}
    owned = {"StringEquals": {f"aws:ResourceTag/{_OWNER_TAG}": cluster_name}}
    role = f"arn:{partition}:iam::{account_id}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*"
    service = {"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}}
    return iam.policy(
        [
            # None of these can be limited to resources.
            {"Effect": "Allow", "Action": _LOOK, "Resource": "*"},
            {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": role, "Condition": service},
            {
                "Effect": "Allow",
                "Action": [*_MAKE, "elasticloadbalancing:AddTags"],
                "Resource": tagged,
                "Condition": asked,
            },
            {"Effect": "Allow", "Action": [*_CHANGE, *_TAG], "Resource": tagged, "Condition": owned},
            {"Effect": "Allow", "Action": [*_LISTEN, *_TAG], "Resource": listening},
            {"Effect": "Allow", "Action": _TARGETS, "Resource": f"{here}:targetgroup/*", "Condition": owned},
        ]
    )
