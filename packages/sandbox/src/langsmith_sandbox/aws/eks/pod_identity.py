"""Pod Identity: which IAM role a Kubernetes service account gets."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from langsmith_sandbox.aws.eks.handler import EksHandler, new_hex
from langsmith_sandbox.aws.eks.state import Association, Cluster, in_use, invalid_parameter, not_found

_SUMMARY = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")


class PodIdentityOperations(EksHandler):
    """Create, Describe, Update, Delete and List PodIdentityAssociation."""

    def create_pod_identity_association(self) -> ActionResult:
        cluster = self.cluster()
        subject = (self.param("namespace"), self.param("serviceAccount"))
        if any(_subject(other) == subject for other in cluster.associations.values()):
            raise in_use(f"Association already exists: {self._existing(cluster, subject)}", clusterName=cluster.name)
        self._check_role(cluster)
        identity, now = f"a-{new_hex(17)}", self.context.clock.utc()
        arn = self.arn("podidentityassociation", cluster.name, identity)
        association = Association(
            id=identity,
            arn=arn,
            described={
                "clusterName": cluster.name,
                "namespace": subject[0],
                "serviceAccount": subject[1],
                "roleArn": self.param("roleArn"),
                "associationArn": arn,
                "associationId": identity,
                "createdAt": now,
                "modifiedAt": now,
                "disableSessionTags": bool(self.param("disableSessionTags", False)),
                "targetRoleArn": self.param("targetRoleArn"),
            },
            tags=dict(self.param("tags", {})),
        )
        cluster.associations[identity] = association
        return ActionResult({"association": _describe(association)})

    def describe_pod_identity_association(self) -> ActionResult:
        return ActionResult({"association": _describe(self._association(self.cluster()))})

    def update_pod_identity_association(self) -> ActionResult:
        cluster = self.cluster()
        association = self._association(cluster)
        if self.param("roleArn") is not None:
            self._check_role(cluster)
        for member in ("roleArn", "disableSessionTags", "targetRoleArn"):
            if self.param(member) is not None:
                association.described[member] = self.param(member)
        association.described["modifiedAt"] = self.context.clock.utc()
        return ActionResult({"association": _describe(association)})

    def delete_pod_identity_association(self) -> ActionResult:
        cluster = self.cluster()
        association = self._association(cluster)
        del cluster.associations[association.id]
        return ActionResult({"association": _describe(association)})

    def list_pod_identity_associations(self) -> ActionResult:
        namespace, account = self.param("namespace"), self.param("serviceAccount")
        chosen = [
            {member: association.described.get(member) for member in _SUMMARY}
            for association in self.cluster().associations.values()
            if namespace in {None, association.described["namespace"]}
            and account in {None, association.described["serviceAccount"]}
        ]
        return ActionResult({"associations": chosen})

    def _association(self, cluster: Cluster) -> Association:
        found = cluster.associations.get(self.param("associationId"))
        if found is None:
            raise not_found(
                f"No pod identity association found for ID: {self.param('associationId')}", clusterName=cluster.name
            )
        return found

    def _check_role(self, cluster: Cluster) -> None:
        if not self.role_exists(self.param("roleArn")):
            raise invalid_parameter("Role provided in the request does not exist.", clusterName=cluster.name)

    def _existing(self, cluster: Cluster, subject: tuple[str, str]) -> str:
        return next(a.id for a in cluster.associations.values() if _subject(a) == subject)


def _subject(association: Association) -> tuple[str, str]:
    return association.described["namespace"], association.described["serviceAccount"]


def _describe(association: Association) -> dict[str, Any]:
    return {**association.described, "tags": association.tags}
