"""Managed add-ons."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult

from langsmith_sandbox.aws.eks import lifecycle, updates
from langsmith_sandbox.aws.eks.handler import EksHandler, new_uuid
from langsmith_sandbox.aws.eks.state import Addon, Cluster, in_use, invalid_parameter, invalid_request, not_found
from langsmith_sandbox.aws.eks.versions import ADDONS

_CHANGEABLE = ("addonVersion", "configurationValues", "serviceAccountRoleArn")


class AddonOperations(EksHandler):
    """CreateAddon, DescribeAddon, ListAddons, UpdateAddon, DeleteAddon."""

    def create_addon(self) -> ActionResult:
        cluster, name = self.cluster(), self.param("addonName")
        if lifecycle.cluster_status(cluster) not in {"ACTIVE", "UPDATING"}:
            raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)
        if name in cluster.addons:
            raise in_use("Addon already exists.", clusterName=cluster.name, addonName=name)
        if name not in ADDONS:
            raise invalid_parameter(f"Addon {name} specified is not supported", clusterName=cluster.name)
        version = self.param("addonVersion") or ADDONS[name].default(cluster.version)
        self._check_addon(cluster, name, version)
        now = self.context.clock.utc()
        addon = Addon(
            name=name,
            arn=self.arn("addon", cluster.name, name, new_uuid()),
            described={
                "addonName": name,
                "clusterName": cluster.name,
                "addonVersion": version,
                "health": {"issues": []},
                "createdAt": now,
                "modifiedAt": now,
                "serviceAccountRoleArn": self.param("serviceAccountRoleArn"),
                "configurationValues": self.param("configurationValues"),
                "publisher": "eks",
                "owner": "aws",
                "podIdentityAssociations": [],
            },
            tags=dict(self.param("tags", {})),
            ready_at=self.now() + self.context.delays.addon,
        )
        cluster.addons[name] = addon
        return ActionResult({"addon": _describe(cluster, addon)})

    def describe_addon(self) -> ActionResult:
        cluster = self.cluster()
        return ActionResult({"addon": _describe(cluster, self._addon(cluster))})

    def list_addons(self) -> ActionResult:
        return ActionResult(self.page(self.cluster().addons, "addons"))

    def update_addon(self) -> ActionResult:
        cluster = self.cluster()
        addon = self._addon(cluster)
        if lifecycle.part_status(addon, cluster.updates) != "ACTIVE":
            raise in_use("Addon has an update in progress.", clusterName=cluster.name, addonName=addon.name)
        changed = {member: self.param(member) for member in _CHANGEABLE if self.param(member) is not None}
        self._check_addon(cluster, addon.name, changed.get("addonVersion", addon.described["addonVersion"]))
        addon.described.update(changed, modifiedAt=self.context.clock.utc())
        params = [{"type": name[:1].upper() + name[1:], "value": value} for name, value in changed.items()]
        update = updates.start(self, cluster, "AddonUpdate", params, addon=addon.name)
        return ActionResult({"update": updates.describe(update)})

    def delete_addon(self) -> ActionResult:
        cluster = self.cluster()
        addon = self._addon(cluster)
        if addon.deleted_at is None:
            addon.deleted_at = self.now() + self.context.delays.addon
        return ActionResult({"addon": _describe(cluster, addon)})

    def _addon(self, cluster: Cluster) -> Addon:
        name = self.param("addonName")
        found = cluster.addons.get(name)
        if found is None:
            raise not_found(
                f"No addon: {name} found in cluster: {cluster.name}", clusterName=cluster.name, addonName=name
            )
        return found

    def _check_addon(self, cluster: Cluster, name: str, version: str) -> None:
        if version not in ADDONS[name].builds[cluster.version]:
            raise invalid_parameter(
                f"Addon version specified is not supported: {version} on Kubernetes {cluster.version}",
                clusterName=cluster.name, addonName=name,
            )  # fmt: skip
        values = self.param("configurationValues")
        if not values:
            return
        try:
            json.loads(values)
        except ValueError as problem:
            raise invalid_parameter(
                "ConfigurationValue provided in request is not supported: it is not valid JSON",
                clusterName=cluster.name, addonName=name,
            ) from problem  # fmt: skip


def _describe(cluster: Cluster, addon: Addon) -> dict[str, Any]:
    status = lifecycle.part_status(addon, cluster.updates)
    return {**addon.described, "addonArn": addon.arn, "status": status, "tags": addon.tags}
