"""The load balancer controller: makes AWS load balancers of Gateways and Ingresses."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid.component import Component
from langsmith_hybrid.load_balancer_policy import controller_policy
from langsmith_hybrid.platform import RELEASE_TIMEOUT
from langsmith_hybrid.pod_identity import allowed_to

_RELEASE = "aws-load-balancer-controller"
_NAMESPACE = "kube-system"


@dataclasses.dataclass(frozen=True)
class LoadBalancerControllerArgs:
    """What the controller is made from.

    Attributes:
        cluster_name: The cluster it is for.
        vpc_id: The VPC its load balancers are in, ``region`` the AWS region of that.
        partition: AWS partition, such as ``aws``; ``account_id`` is the account.
        tags: Put on everything it makes, which no provider's default tags reach.
        definitions: What must exist before it starts; without those of Gateway API it would ignore Gateways.
        chart_repository: Helm repository of the chart; ``chart_version`` pins it.
    """

    cluster_name: pulumi.Output[str]
    vpc_id: pulumi.Input[str]
    region: str
    partition: str
    account_id: str
    tags: Mapping[str, str]
    definitions: Sequence[pulumi.Resource]
    chart_repository: str
    chart_version: str


class LoadBalancerController(Component):
    """The controller's role, bound to its service account by Pod Identity, and its release.

    Attributes:
        release: Load balancers are made, and taken away, only as long as it stands.
    """

    release: kubernetes.helm.v3.Release

    def __init__(self, name: str, args: LoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        identity = allowed_to(
            name,
            policy=args.cluster_name.apply(
                lambda cluster: controller_policy(
                    cluster, partition=args.partition, region=args.region, account_id=args.account_id
                )
            ),
            cluster_name=args.cluster_name,
            namespace=_NAMESPACE,
            service_account=_RELEASE,
            opts=self.child(),
        )
        self.release = kubernetes.helm.v3.Release(
            name,
            name=_RELEASE,
            namespace=_NAMESPACE,
            chart=_RELEASE,
            version=args.chart_version,
            repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=args.chart_repository),
            values=chart_values(args),
            atomic=True,
            timeout=RELEASE_TIMEOUT,
            opts=self.child(depends_on=[identity, *args.definitions]),
        )
        self.register_outputs({})


def chart_values(args: LoadBalancerControllerArgs) -> dict[str, Any]:
    """The chart's values."""
    return {
        "clusterName": args.cluster_name,
        # Instances answer metadata requests over one hop only, so that a Pod learns neither from its node.
        "region": args.region,
        "vpcId": args.vpc_id,
        "serviceAccount": {"name": _RELEASE},
        # Load balancers send to Pods: an agent's Service has no port on nodes.
        "defaultTargetType": "ip",
        "defaultTags": dict(args.tags),
        # It looks for definitions when it starts, and only then: a stack that changes its routing starts it again.
        "podAnnotations": {"langsmith-hybrid/definitions": str(len(args.definitions))},
        # Who may reach a load balancer, and whom it may reach, is said by groups of ours.
        "enableBackendSecurityGroup": False,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        # It would claim every Service of type LoadBalancer, and refuse them all while it restarts.
        "enableServiceMutatorWebhook": False,
        # A new certificate with each upgrade would leave the API server with the old one for a moment.
        "keepTLSSecret": True,
    }
