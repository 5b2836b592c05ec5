"""Everything that exists in an account and region: one walk, for the tagging API and for proving emptiness."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.eks.models import eks_backends
from moto.elasticache.models import elasticache_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.rds.models import rds_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends
from moto.wafv2.models import GLOBAL_REGION, wafv2_backends

from langsmith_sandbox.aws.eks.tags import tagged as tagged_in_eks
from langsmith_sandbox.aws.elasticache.state import state_of

_PARTITION = "aws"


@dataclasses.dataclass(frozen=True)
class Resource:
    """One resource.

    Attributes:
        type: As the Resource Groups Tagging API names it, like ``ec2:subnet``.
        id: The id or name people know it by.
        arn: Empty for what the tagging API does not list: IAM roles and users, network interfaces of services.
        tags: Its tags now.
    """

    type: str
    id: str
    arn: str
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


def walk(account: str, region: str) -> Iterator[Resource]:
    """Every resource a customer can see in the region, and the global ones, AWS's own things left out.

    Left out too is what is already on its way out and cannot be hurried: keys and secrets scheduled for deletion,
    NAT gateways and endpoints that are deleted but still described, prefix lists that are being deleted.
    """
    yield from _ec2(account, region)
    yield from _stores(account, region)
    yield from _cluster_side(account, region)
    yield from _global(account, region)


def _ec2(account: str, region: str) -> Iterator[Resource]:
    ec2 = ec2_backends[account][region]
    groups = (group for vpc in ec2.groups.values() for group in vpc.values())
    subnets = (subnet for zone in ec2.subnets.values() for subnet in zone.values())
    collections: dict[str, Iterable[Any]] = {
        "vpc": ec2.vpcs.values(),
        "subnet": subnets,
        "internet-gateway": ec2.internet_gateways.values(),
        "natgateway": (nat for nat in ec2.nat_gateways.values() if nat.state != "deleted"),
        "elastic-ip": ec2.addresses,
        "route-table": (table for table in ec2.route_tables.values() if not table.main_association_id),
        "security-group": (group for group in groups if group.name != "default"),
        "vpc-endpoint": (endpoint for endpoint in ec2.vpc_end_points.values() if endpoint.state != "deleted"),
        "launch-template": ec2.launch_templates.values(),
        "vpc-flow-log": ec2.flow_logs.values(),
        "prefix-list": (each for each in ec2.managed_prefix_lists.values() if _stays(each)),
        "volume": ec2.volumes.values(),
        "instance": (i for r in ec2.reservations.values() for i in r.instances if i.state != "terminated"),
    }
    for kind, found in collections.items():
        for item in found:
            arn = f"arn:aws:ec2:{region}:{account}:{kind}/{item.id}"
            yield Resource(f"ec2:{kind}", item.id, arn, dict(ec2.tags.get(item.id, {})))
    for interface in ec2.enis.values():
        yield Resource("ec2:network-interface", interface.id, "", dict(ec2.tags.get(interface.id, {})))


def _stays(prefix_list: Any) -> bool:
    return prefix_list.owner_id != "AWS" and prefix_list.state != "delete-in-progress"


def _stores(account: str, region: str) -> Iterator[Resource]:
    rds = rds_backends[account][region]
    parameter_groups = [group for group in rds.db_parameter_groups.values() if not group.name.startswith("default.")]
    for kind, found in {
        "db": rds.databases.values(),
        "snapshot": (s for s in rds.database_snapshots.values() if s.snapshot_type == "manual"),
        "subgrp": rds.subnet_groups.values(),
        "pg": parameter_groups,
    }.items():
        for item in found:
            yield Resource(f"rds:{kind}", item.resource_id, item.arn, _pairs(item.get_tags()))
    cache = state_of(elasticache_backends[account][region])
    own_groups = (group for group in cache.parameter_groups.values() if not group.is_default)
    for kind, arns in {
        "replicationgroup": {group.arn: group.id for group in cache.replication_groups.values()},
        "subnetgroup": {group.arn: group.name for group in cache.subnet_groups.values()},
        "parametergroup": {group.arn: group.name for group in own_groups},
        "snapshot": {snapshot.arn: snapshot.name for snapshot in cache.snapshots.values()},
    }.items():
        for arn, name in arns.items():
            yield Resource(f"elasticache:{kind}", name, arn, cache.tags.get(arn, {}))
    s3 = s3_backends[account][_PARTITION]
    for bucket in s3.buckets.values():
        yield Resource("s3:bucket", bucket.name, bucket.arn, s3.tagger.get_tag_dict_for_resource(bucket.arn))


def _cluster_side(account: str, region: str) -> Iterator[Resource]:
    for kind, arn, tags in tagged_in_eks(eks_backends[account][region]):
        yield Resource(kind, arn.partition("/")[2], arn, tags)
    ecr = ecr_backends[account][region]
    for repository in ecr.repositories.values():
        tags = ecr.tagger.get_tag_dict_for_resource(repository.arn)
        yield Resource("ecr:repository", repository.name, repository.arn, tags)
    elb = elbv2_backends[account][region]
    for kind, found in {"loadbalancer": elb.load_balancers.values(), "targetgroup": elb.target_groups.values()}.items():
        for item in found:
            tags = elb.tagging_service.get_tag_dict_for_resource(item.arn)
            yield Resource(f"elasticloadbalancing:{kind}", item.name, item.arn, tags)
    for certificate in acm_backends[account][region]._certificates.values():  # noqa: SLF001 - moto lists by statuses
        tags = {key: value or "" for key, value in certificate.tags.items()}
        yield Resource("acm:certificate", certificate.arn.rpartition("/")[2], certificate.arn, tags)
    yield from _waf(account, region)


def _waf(account: str, region: str) -> Iterator[Resource]:
    waf = wafv2_backends[account][region]
    for kind, found in {"ipset": waf.ip_sets.values(), "webacl": waf.wacls.values()}.items():
        for item in found:
            tags = waf.tagging_service.get_tag_dict_for_resource(item.arn)
            yield Resource(f"wafv2:{kind}", item.name, item.arn, tags)


def _global(account: str, region: str) -> Iterator[Resource]:
    kms = kms_backends[account][region]
    for key in kms.keys.values():
        if key.key_manager == "CUSTOMER" and key.key_state != "PendingDeletion":
            yield Resource("kms:key", key.id, key.arn, kms.tagger.get_tag_dict_for_resource(key.id))
    logs = logs_backends[account][region]
    for group in logs.groups.values():
        yield Resource("logs:log-group", group.name, group.arn, logs.tagger.get_tag_dict_for_resource(group.arn))
    for secret in secretsmanager_backends[account][region].secrets.values():
        if not secret.is_deleted():
            yield Resource("secretsmanager:secret", secret.name, secret.arn, _pairs(secret.tags or []))
    ssm = ssm_backends[account][region]
    for name in list(ssm._parameters):  # noqa: SLF001 - moto has no public list of them
        if not name.startswith("/aws/"):
            tags = ssm.list_tags_for_resource("Parameter", name) or {}
            yield Resource("ssm:parameter", name, f"arn:aws:ssm:{region}:{account}:parameter/{name.strip('/')}", tags)
    for zone in route53_backends[account][_PARTITION].zones.values():
        yield Resource("route53:hostedzone", zone.name, f"arn:aws:route53:::hostedzone/{zone.resource_id}")
        for record in zone.rrsets:
            if record.type not in {"NS", "SOA"}:
                yield Resource("route53:record", f"{record.name} {record.type}", "")
    yield from _waf(account, GLOBAL_REGION)
    yield from _iam(account)


def _iam(account: str) -> Iterator[Resource]:
    """Roles, users and groups have no ARN here: the tagging API does not list them either."""
    iam = iam_backends[account][_PARTITION]
    for arn, policy in iam.managed_policies.items():
        if not arn.startswith("arn:aws:iam::aws:"):
            yield Resource("iam:policy", policy.name, arn, iam.tagger.get_tag_dict_for_resource(arn))
    for kind, named in {"role": iam.roles.values(), "user": iam.users.values(), "group": iam.groups.values()}.items():
        for item in named:
            yield Resource(f"iam:{kind}", item.name, "")
    for profile in iam.instance_profiles.values():
        yield Resource("iam:instance-profile", profile.name, "")
    for provider in iam.open_id_providers.values():
        yield Resource("iam:oidc-provider", provider.arn, provider.arn)


def _pairs(tags: Iterable[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
