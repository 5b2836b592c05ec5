"""Kubernetes versions and add-on versions on offer.

Support dates: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html. Add-on builds have the shape
of AWS's; which builds exist changes weekly, so a program must ask instead of pinning.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from moto.core.responses import ActionResult

from langsmith_sandbox.aws.eks.handler import EksHandler


@dataclasses.dataclass(frozen=True)
class KubernetesVersion:
    """A minor version with the ISO dates of its support."""

    minor: str
    released: str
    standard_ends: str
    extended_ends: str
    default: bool = False


OFFERED = (
    KubernetesVersion("1.36", "2026-06-02", "2027-08-02", "2028-08-02"),
    KubernetesVersion("1.35", "2026-01-28", "2027-03-27", "2028-03-27", default=True),
)


@dataclasses.dataclass(frozen=True)
class AddonOffer:
    """An add-on; ``builds`` newest first, the second one being AWS's default, per Kubernetes minor."""

    name: str
    type: str
    builds: dict[str, tuple[str, ...]]

    def default(self, minor: str) -> str:
        offered = self.builds[minor]
        return offered[min(1, len(offered) - 1)]


def _same(*builds: str) -> dict[str, tuple[str, ...]]:
    return {version.minor: builds for version in OFFERED}


ADDONS = {
    offer.name: offer
    for offer in (
        AddonOffer("vpc-cni", "networking", _same("v1.21.1-eksbuild.3", "v1.20.4-eksbuild.2")),
        AddonOffer(
            "coredns",
            "networking",
            {
                "1.36": ("v1.14.2-eksbuild.1", "v1.13.2-eksbuild.3"),
                "1.35": ("v1.13.2-eksbuild.3", "v1.13.1-eksbuild.1"),
            },
        ),
        AddonOffer(
            "kube-proxy",
            "networking",
            {
                "1.36": ("v1.36.1-eksbuild.2", "v1.36.0-eksbuild.3"),
                "1.35": ("v1.35.3-eksbuild.2", "v1.35.0-eksbuild.4"),
            },
        ),
        AddonOffer("aws-ebs-csi-driver", "storage", _same("v1.57.1-eksbuild.1", "v1.56.0-eksbuild.1")),
        AddonOffer("eks-pod-identity-agent", "security", _same("v1.3.10-eksbuild.3", "v1.3.10-eksbuild.2")),
        AddonOffer("metrics-server", "observability", _same("v0.8.1-eksbuild.2", "v0.8.0-eksbuild.6")),
        AddonOffer("amazon-cloudwatch-observability", "observability", _same("v5.1.0-eksbuild.1", "v5.0.0-eksbuild.1")),
    )
}


class VersionOperations(EksHandler):
    """DescribeClusterVersions and DescribeAddonVersions."""

    def describe_cluster_versions(self) -> ActionResult:
        asked = self.param("clusterVersions") or [version.minor for version in OFFERED]
        only_default = bool(self.param("defaultOnly"))
        listed = [
            {
                "clusterVersion": version.minor,
                "clusterType": "eks",
                "defaultPlatformVersion": "eks.5",
                "defaultVersion": version.default,
                "releaseDate": version.released,
                "endOfStandardSupportDate": version.standard_ends,
                "endOfExtendedSupportDate": version.extended_ends,
                "status": "standard-support",
                "versionStatus": "STANDARD_SUPPORT",
                "kubernetesPatchVersion": f"{version.minor}.0",
            }
            for version in OFFERED
            if version.minor in asked and (version.default or not only_default)
        ]
        return ActionResult({"clusterVersions": listed})

    def describe_addon_versions(self) -> ActionResult:
        name, minor = self.param("addonName"), self.param("kubernetesVersion")
        offers = [offer for offer in ADDONS.values() if name in {None, offer.name}]
        described = [{"addonName": offer.name, "type": offer.type, "publisher": "eks", "owner": "aws",
                      "addonVersions": _addon_versions(offer, minor)} for offer in offers]  # fmt: skip
        return ActionResult({"addons": [addon for addon in described if addon["addonVersions"]]})


def _addon_versions(offer: AddonOffer, minor: str | None) -> list[dict[str, Any]]:
    """The builds of an add-on, newest first, each with the clusters it runs on."""
    compatible: dict[str, list[dict[str, Any]]] = {}
    for version in OFFERED:
        if minor not in {None, version.minor}:
            continue
        for build in offer.builds[version.minor]:
            compatible.setdefault(build, []).append({
                "clusterVersion": version.minor,
                "platformVersions": ["*"],
                "defaultVersion": build == offer.default(version.minor),
            })  # fmt: skip
    return [
        {
            "addonVersion": build,
            "architecture": ["amd64", "arm64"],
            "computeTypes": ["ec2", "auto", "hybrid"],
            "compatibilities": compatible[build],
            "requiresConfiguration": False,
            "requiresIamPermissions": offer.name in {"aws-ebs-csi-driver", "vpc-cni"},
        }
        for build in sorted(compatible, reverse=True)
    ]
