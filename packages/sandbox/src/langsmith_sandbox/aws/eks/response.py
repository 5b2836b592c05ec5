"""The EKS API: all its operation groups in one handler."""

from __future__ import annotations

from langsmith_sandbox.aws.eks.access import AccessOperations
from langsmith_sandbox.aws.eks.addons import AddonOperations
from langsmith_sandbox.aws.eks.clusters import ClusterOperations
from langsmith_sandbox.aws.eks.node_groups import NodeGroupOperations
from langsmith_sandbox.aws.eks.pod_identity import PodIdentityOperations
from langsmith_sandbox.aws.eks.tags import TagOperations
from langsmith_sandbox.aws.eks.updates import UpdateOperations
from langsmith_sandbox.aws.eks.versions import VersionOperations


class EksResponse(
    ClusterOperations,
    UpdateOperations,
    NodeGroupOperations,
    AccessOperations,
    AddonOperations,
    PodIdentityOperations,
    VersionOperations,
    TagOperations,
):
    """Handles one EKS request; which one, the API model says. Replaces moto's EKS, which has no more than clusters."""
