"""The way to the cluster's API, which everything in the cluster is made by."""

from __future__ import annotations

from collections.abc import Iterator

from langsmith_hybrid.operations.doctor.findings import Finding, ok, warn
from langsmith_hybrid.operations.doctor.subject import Subject

_CHECK = "cluster-endpoint"


def findings(subject: Subject) -> Iterator[Finding]:
    """Whether a first update can be expected to reach the cluster it makes."""
    cidrs = subject.values["eks_public_access_cidrs"]
    if cidrs:
        yield ok(_CHECK, f"The cluster's API endpoint is open to {', '.join(cidrs)}.")
    elif not subject.has_cluster:
        yield warn(
            _CHECK,
            "The cluster's API endpoint will be private.",
            "Run `pulumi up` from inside the VPC, or list your address in eksPublicAccessCidrs.",
        )
