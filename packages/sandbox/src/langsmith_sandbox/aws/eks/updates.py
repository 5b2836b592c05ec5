"""Changing clusters, and following the changes: UpdateClusterConfig, UpdateClusterVersion, DescribeUpdate."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.eks import lifecycle
from langsmith_sandbox.aws.eks.clusters import check_network, logging_config
from langsmith_sandbox.aws.eks.handler import EksHandler, new_uuid
from langsmith_sandbox.aws.eks.state import Cluster, Update, in_use, invalid_parameter, invalid_request, not_found
from langsmith_sandbox.aws.eks.versions import OFFERED

_PLACEMENT_MEMBERS = frozenset({"subnetIds", "securityGroupIds"})
_ENDPOINT_MEMBERS = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


class UpdateOperations(EksHandler):
    """Operations on the cluster as a whole that answer with an ``update``."""

    def update_cluster_config(self) -> ActionResult:
        cluster = self.cluster("name")
        require_idle(cluster)
        kind, changed = self._change(cluster)
        params = [{"type": name[:1].upper() + name[1:], "value": _text(value)} for name, value in changed.items()]
        return ActionResult({"update": describe(start(self, cluster, kind, params))})

    def update_cluster_version(self) -> ActionResult:
        cluster = self.cluster("name")
        require_idle(cluster)
        wanted = self.param("version")
        minors = sorted((offered.minor for offered in OFFERED), key=_number)
        if wanted not in minors or _number(wanted) != _number(cluster.version) + 1:
            raise invalid_parameter(
                f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}",
                clusterName=cluster.name,
            )
        cluster.described["version"] = wanted
        params = [{"type": "Version", "value": wanted}, {"type": "PlatformVersion", "value": "eks.5"}]
        return ActionResult({"update": describe(start(self, cluster, "VersionUpdate", params))})

    def describe_update(self) -> ActionResult:
        cluster = self.cluster("name")
        found = cluster.updates.get(self.param("updateId"))
        if found is None:
            raise not_found(f"No update found for ID: {self.param('updateId')}", clusterName=cluster.name)
        return ActionResult({"update": describe(found)})

    def list_updates(self) -> ActionResult:
        cluster = self.cluster("name")
        node_group, addon = self.param("nodegroupName"), self.param("addonName")
        chosen = [u.id for u in cluster.updates.values() if (u.node_group, u.addon) == (node_group, addon)]
        return ActionResult(self.page(chosen, "updateIds"))

    def _change(self, cluster: Cluster) -> tuple[str, dict[str, Any]]:
        """Applies the one change the request asks for; returns the update's type and what changed."""
        described = cluster.described
        network = self.param("resourcesVpcConfig")
        if network:
            return self._change_network(cluster, network)
        if self.param("logging"):
            wanted = logging_config(self.param("logging"))
            if wanted == described["logging"]:
                raise invalid_parameter("No changes needed for the logging config provided", clusterName=cluster.name)
            described["logging"] = wanted
            return "LoggingUpdate", {"clusterLogging": wanted["clusterLogging"]}
        if self.param("accessConfig"):
            mode = self.param("accessConfig")["authenticationMode"]
            self._check_mode(cluster, mode)
            described["accessConfig"]["authenticationMode"] = mode
            return "AccessConfigUpdate", {"authenticationMode": mode}
        for member, kind in (("upgradePolicy", "UpgradePolicyUpdate"), ("zonalShiftConfig", "ZonalShiftConfigUpdate")):
            if self.param(member):
                described[member] = {**described[member], **self.param(member)}
                return kind, {member: described[member]}
        if self.param("deletionProtection") is not None:
            described["deletionProtection"] = bool(self.param("deletionProtection"))
            return "DeletionProtectionUpdate", {"deletionProtection": described["deletionProtection"]}
        raise invalid_parameter("No changes needed for the cluster's configuration", clusterName=cluster.name)

    def _change_network(self, cluster: Cluster, wanted: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        present = cluster.described["resourcesVpcConfig"]
        changed = {name: value for name, value in wanted.items() if value is not None and present.get(name) != value}
        if not changed:
            raise invalid_parameter(
                "Cluster is already at the desired configuration with "
                + " , ".join(f"{name}: {_text(present.get(name))}" for name in _ENDPOINT_MEMBERS),
                clusterName=cluster.name,
            )
        if not (changed.get("endpointPublicAccess", present["endpointPublicAccess"])
                or changed.get("endpointPrivateAccess", present["endpointPrivateAccess"])):  # fmt: skip
            raise invalid_parameter("Private and public endpoint access cannot be false", clusterName=cluster.name)
        if changed.keys() & _PLACEMENT_MEMBERS:
            if changed.keys() & set(_ENDPOINT_MEMBERS):
                raise invalid_parameter("Only one type of update can be allowed", clusterName=cluster.name)
            self._move(cluster, {**present, **changed})
        present.update(changed)
        endpoint = any(name in changed for name in _ENDPOINT_MEMBERS)
        return ("EndpointAccessUpdate" if endpoint else "VpcConfigUpdate"), changed

    def _move(self, cluster: Cluster, wanted: dict[str, Any]) -> None:
        """Puts the control plane's interfaces into other subnets, which must be in the zones it was created in."""
        check_network(self, cluster.name, wanted)
        ec2 = ec2_backends[self.current_account][self.region]
        zones = [
            {ec2.get_subnet(subnet).availability_zone for subnet in subnets}
            for subnets in (wanted["subnetIds"], cluster.described["resourcesVpcConfig"]["subnetIds"])
        ]
        if zones[0] != zones[1]:
            asked, had = (",".join(sorted(each)) for each in zones)
            raise invalid_parameter(
                f"Provided subnets belong to the AZs '{asked}'. But they should belong to the exact set of AZs '{had}' "
                "in which subnets were provided during cluster creation.",
                clusterName=cluster.name,
            )
        owner = f"eks/{cluster.name}"
        interfaces.release(self.current_account, self.region, owner)
        groups = [wanted["clusterSecurityGroupId"], *wanted["securityGroupIds"]]
        interfaces.register(
            self.current_account, self.region, owner, wanted["subnetIds"], groups, f"Amazon EKS {cluster.name}"
        )

    def _check_mode(self, cluster: Cluster, mode: str) -> None:
        order = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
        present = cluster.described["accessConfig"]["authenticationMode"]
        if order.index(mode) <= order.index(present):
            raise invalid_parameter(
                f"Unsupported authentication mode update from {present} to {mode}", clusterName=cluster.name
            )


def require_idle(cluster: Cluster) -> None:
    """Refuses a change while the cluster is not ACTIVE or another change is under way."""
    status = lifecycle.cluster_status(cluster)
    if status == "UPDATING":
        raise in_use(
            f"Cannot update because cluster {cluster.name} currently has an update in progress",
            clusterName=cluster.name,
        )
    if status != "ACTIVE":
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)


def start(
    handler: EksHandler,
    cluster: Cluster,
    kind: str,
    params: list[dict[str, str]],
    *,
    node_group: str | None = None,
    addon: str | None = None,
) -> Update:
    """Opens an update, which ends by itself after the clock's delay."""
    clock, delays = handler.context.clock, handler.context.delays
    update = Update(
        new_uuid(), kind, params, clock.utc(), clock.now() + delays.cluster_update, node_group=node_group, addon=addon
    )
    cluster.updates[update.id] = update
    return update


def describe(update: Update) -> dict[str, Any]:
    """The update as DescribeUpdate shows it."""
    done = current().clock.now() >= update.ends_at
    return {
        "id": update.id,
        "status": "Successful" if done else "InProgress",
        "type": update.type,
        "params": update.params,
        "createdAt": update.created_at,
        "errors": [],
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(minor: str) -> int:
    return int(minor.partition(".")[2] or 0)
