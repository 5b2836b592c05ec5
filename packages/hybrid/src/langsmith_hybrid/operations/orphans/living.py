"""What AWS and a cluster make for what stands: nobody manages it, and it goes by itself with what it is for."""

from __future__ import annotations

from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.held import Held

# Tags whose value is the name of the cluster a thing was made for.
_NAMES_CLUSTER = ("aws:eks:cluster-name", "eks:cluster-name", "elbv2.k8s.aws/cluster", "cluster.k8s.amazonaws.com/name")
_OWNED_BY = "kubernetes.io/cluster/"
# Made for clusters alone; not everything of these types says for which.
_MADE_FOR_CLUSTERS = frozenset({"ec2:instance", "ec2:network-interface", "ec2:snapshot", "ec2:volume"})
_LOAD_BALANCING = "elasticloadbalancing:"


def clusters_of(found: Found) -> frozenset[str]:
    """The clusters its tags name."""
    said = {found.tags[key] for key in _NAMES_CLUSTER if key in found.tags}
    return frozenset(said | {key.removeprefix(_OWNED_BY) for key in found.tags if key.startswith(_OWNED_BY)})


def made_by_a_cluster(found: Found) -> bool:
    """Whether no program made it, but EKS, or what runs in a cluster."""
    of_clusters = found.type in _MADE_FOR_CLUSTERS or found.type.startswith(_LOAD_BALANCING)
    return of_clusters or bool(clusters_of(found))


def of_the_living(found: Found, held: Held) -> bool:
    """Whether it is there for something a state holds.

    What names no cluster is taken for one that stands: a volume that is wrongly called a left-over is data lost.
    """
    if made_by_a_cluster(found):
        named = clusters_of(found)
        return bool(named & held.clusters if named else held.clusters)
    if found.type == "elasticache:cluster":
        return found.id.rpartition("-")[0] in held.caches
    if found.type in {"rds:snapshot", "elasticache:snapshot", "rds:auto-backup"}:
        return _of_a_store(found, held)
    # RDS keeps the master password in a secret of its own.
    return found.type == "secretsmanager:secret" and found.id.startswith("rds!") and bool(held.databases)


def _of_a_store(found: Found, held: Held) -> bool:
    """Whether a backup is one the store makes by itself, and forgets after some days or with the store."""
    if found.type == "rds:auto-backup":
        return bool(held.databases)
    name = found.id
    for prefix, owners in (("rds:", held.databases), ("automatic.", held.caches)):
        if name.startswith(prefix):
            return any(name.removeprefix(prefix).startswith(f"{owner}-") for owner in owners)
    return False
