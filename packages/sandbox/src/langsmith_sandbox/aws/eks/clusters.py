"""Creating, describing and deleting clusters."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.eks import lifecycle
from langsmith_sandbox.aws.eks.access import grant_creator
from langsmith_sandbox.aws.eks.handler import EksHandler, new_hex
from langsmith_sandbox.aws.eks.state import Cluster, clusters_of, in_use, invalid_parameter, invalid_request
from langsmith_sandbox.aws.eks.versions import OFFERED

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9\-_]{0,99}")


class ClusterOperations(EksHandler):
    """CreateCluster, DescribeCluster, ListClusters, DeleteCluster."""

    def create_cluster(self) -> ActionResult:
        name = self.param("name")
        clusters = clusters_of(self.backend)
        if name in clusters:
            raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
        self._check_cluster(name)
        cluster = Cluster(
            name=name,
            arn=self.arn("cluster", name),
            described=self._describe_new(name),
            tags=dict(self.param("tags", {})),
            ready_at=self.now() + self.context.delays.cluster,
        )
        self.context.runtime.start(name, cluster.version)
        self._connect(cluster)
        access = self.param("accessConfig", {})
        if access.get("bootstrapClusterCreatorAdminPermissions", True) and _has_api(cluster):
            grant_creator(self, cluster)
        clusters[name] = cluster
        return ActionResult({"cluster": describe(cluster)})

    def describe_cluster(self) -> ActionResult:
        return ActionResult({"cluster": describe(self.cluster("name"))})

    def list_clusters(self) -> ActionResult:
        return ActionResult(self.page(clusters_of(self.backend), "clusters"))

    def delete_cluster(self) -> ActionResult:
        cluster = self.cluster("name")
        if cluster.node_groups:
            raise in_use(
                "Cluster has nodegroups attached",
                clusterName=cluster.name,
                nodegroupName=",".join(cluster.node_groups),
            )
        if cluster.described["deletionProtection"]:
            raise invalid_request(
                "Cannot delete the cluster because deletion protection is enabled. Disable deletion protection first.",
                clusterName=cluster.name,
            )
        if cluster.deleted_at is None:
            self.context.runtime.stop(cluster.name)
            cluster.deleted_at = self.now() + self.context.delays.cluster
        return ActionResult({"cluster": describe(cluster)})

    def _check_cluster(self, name: str) -> None:
        """Refuses what AWS refuses before it builds anything."""
        if not _NAME.fullmatch(name):
            raise invalid_parameter(
                "The cluster name can contain only alphanumeric characters, hyphens and underscores, "
                "and must start with an alphanumeric character.",
                clusterName=name,
            )
        version = self.param("version")
        if version is not None and version not in {offered.minor for offered in OFFERED}:
            raise invalid_parameter("unsupported Kubernetes version", clusterName=name)
        role = self.param("roleArn")
        if not self.role_exists(role):
            raise invalid_parameter(
                f"Role with arn: {role}, could not be assumed because it does not exist or the trusted entity is "
                "not correct",
                clusterName=name,
            )
        check_network(self, name, self.param("resourcesVpcConfig", {}))

    def _describe_new(self, name: str) -> dict[str, Any]:
        access = self.param("accessConfig", {})
        network = self.param("kubernetesNetworkConfig", {})
        return {
            "name": name,
            "arn": self.arn("cluster", name),
            "createdAt": self.context.clock.utc(),
            "version": self.param("version") or next(offered.minor for offered in OFFERED if offered.default),
            "roleArn": self.param("roleArn"),
            "kubernetesNetworkConfig": {
                "serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False},
                **network,
            },
            "logging": logging_config(self.param("logging")),
            "identity": {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/{new_hex(32).upper()}"}},
            "clientRequestToken": self.param("clientRequestToken"),
            "platformVersion": "eks.5",
            "encryptionConfig": self.param("encryptionConfig") or [],
            "accessConfig": {
                "authenticationMode": access.get("authenticationMode", "CONFIG_MAP"),
                "bootstrapClusterCreatorAdminPermissions": access.get("bootstrapClusterCreatorAdminPermissions", True),
            },
            "upgradePolicy": {"supportType": "EXTENDED", **self.param("upgradePolicy", {})},
            "zonalShiftConfig": {"enabled": False, **self.param("zonalShiftConfig", {})},
            "deletionProtection": bool(self.param("deletionProtection", False)),
            "health": {"issues": []},
        }  # fmt: skip

    def _connect(self, cluster: Cluster) -> None:
        """Makes the cluster security group and the control plane's interfaces in the cluster's subnets."""
        asked = self.param("resourcesVpcConfig", {})
        ec2 = ec2_backends[self.current_account][self.region]
        vpc_id = ec2.get_subnet(asked["subnetIds"][0]).vpc_id
        group = ec2.create_security_group(
            f"eks-cluster-sg-{cluster.name}-{new_hex(10)}",
            "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
            "as well as any managed workloads.",
            vpc_id=vpc_id,
            tags={"Name": f"eks-cluster-sg-{cluster.name}", f"kubernetes.io/cluster/{cluster.name}": "owned",
                  "aws:eks:cluster-name": cluster.name},
        )  # fmt: skip
        cluster.described["resourcesVpcConfig"] = {
            "subnetIds": list(asked["subnetIds"]),
            "securityGroupIds": list(asked.get("securityGroupIds", [])),
            "clusterSecurityGroupId": group.id,
            "vpcId": vpc_id,
            "endpointPublicAccess": asked.get("endpointPublicAccess", True),
            "endpointPrivateAccess": asked.get("endpointPrivateAccess", False),
            "publicAccessCidrs": asked.get("publicAccessCidrs") or ["0.0.0.0/0"],
        }
        interfaces.register(
            self.current_account, self.region, f"eks/{cluster.name}", asked["subnetIds"],
            [group.id, *asked.get("securityGroupIds", [])], f"Amazon EKS {cluster.name}",
        )  # fmt: skip


def check_network(handler: EksHandler, name: str, asked: dict[str, Any]) -> None:
    """Refuses subnets and groups that are not there, or where a control plane cannot be."""
    ec2 = ec2_backends[handler.current_account][handler.region]
    known = {subnet.id: subnet for zone in ec2.subnets.values() for subnet in zone.values()}
    for subnet in asked.get("subnetIds", []):
        if subnet not in known:
            raise invalid_parameter(f"The subnet ID '{subnet}' does not exist", clusterName=name)
    for group in asked.get("securityGroupIds", []):
        if ec2.get_security_group_from_id(group) is None:
            raise invalid_parameter(f"The security group '{group}' does not exist", clusterName=name)
    subnets = [known[subnet] for subnet in asked.get("subnetIds", [])]
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise invalid_parameter("Subnets specified must be in at least two different AZs", clusterName=name)
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid_parameter("Subnets specified must belong to the same VPC", clusterName=name)


def describe(cluster: Cluster) -> dict[str, Any]:
    """The cluster as DescribeCluster shows it; endpoint and certificate appear once they are known."""
    status = lifecycle.cluster_status(cluster)
    reported = lifecycle.refresh(cluster) if status != "DELETING" else cluster.report
    shown = {**cluster.described, "status": status, "tags": cluster.tags}
    shown["certificateAuthority"] = {}
    if reported is not None and status != "CREATING":
        shown["endpoint"] = reported.endpoint
        shown["certificateAuthority"] = {"data": reported.certificate_authority}
    if reported is not None and status == "FAILED":
        shown["health"] = {"issues": [{"code": "InternalFailure", "message": reported.message, "resourceIds": []}]}
    return shown


def logging_config(asked: dict[str, Any] | None) -> dict[str, Any]:
    """All five log types, sorted into enabled and disabled, as AWS answers whatever subset was sent."""
    enabled = {
        kind
        for setup in (asked or {}).get("clusterLogging", [])
        if setup.get("enabled")
        for kind in setup.get("types", [])
    }
    setups = (
        {"types": [kind for kind in LOG_TYPES if kind in enabled], "enabled": True},
        {"types": [kind for kind in LOG_TYPES if kind not in enabled], "enabled": False},
    )
    return {"clusterLogging": [setup for setup in setups if setup["types"]]}


def _has_api(cluster: Cluster) -> bool:
    return "API" in cluster.described["accessConfig"]["authenticationMode"].split("_AND_")
