"""How each kind of left-over is removed, and in which order: nothing before what it is in use by."""

from __future__ import annotations

from collections.abc import Mapping

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.orphans.findings import Left
from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.living import made_by_a_cluster

# In the order in which they can be removed. Filled in: the id, its first and second part, and the ARN.
_REMOVED_BY: Mapping[str, str] = {
    "langsmith:deployment": "",
    "langsmith:listener": "",
    "route53:record": "Route 53 console: delete the record",
    "elasticloadbalancing:listener-rule": "aws elbv2 delete-rule --rule-arn {arn}",
    "elasticloadbalancing:listener": "aws elbv2 delete-listener --listener-arn {arn}",
    "elasticloadbalancing:loadbalancer": "aws elbv2 delete-load-balancer --load-balancer-arn {arn}",
    "elasticloadbalancing:targetgroup": "aws elbv2 delete-target-group --target-group-arn {arn}",
    "acm:certificate": "aws acm delete-certificate --certificate-arn {arn}",
    "eks:podidentityassociation": (
        "aws eks delete-pod-identity-association --cluster-name {first} --association-id {second}"
    ),
    "eks:access-entry": "EKS console, Clusters, {first}, Access: delete it",
    "eks:addon": "aws eks delete-addon --cluster-name {first} --addon-name {second}",
    "eks:nodegroup": "aws eks delete-nodegroup --cluster-name {first} --nodegroup-name {second}",
    "autoscaling:autoScalingGroup": "EC2 console, Auto Scaling groups: delete it, and its instances go with it",
    "ec2:instance": "aws ec2 terminate-instances --instance-ids {id}",
    "eks:cluster": "aws eks delete-cluster --name {id}",
    "ec2:launch-template": "aws ec2 delete-launch-template --launch-template-id {id}",
    "rds:db": "aws rds delete-db-instance --db-instance-identifier {id} --final-db-snapshot-identifier {id}-last",
    "elasticache:cluster": "aws elasticache delete-cache-cluster --cache-cluster-id {id}",
    "elasticache:replicationgroup": "aws elasticache delete-replication-group --replication-group-id {id}",
    "rds:subgrp": "aws rds delete-db-subnet-group --db-subnet-group-name {id}",
    "rds:pg": "aws rds delete-db-parameter-group --db-parameter-group-name {id}",
    "elasticache:subnetgroup": "aws elasticache delete-cache-subnet-group --cache-subnet-group-name {id}",
    "elasticache:parametergroup": "aws elasticache delete-cache-parameter-group --cache-parameter-group-name {id}",
    "rds:auto-backup": "Amazon RDS console, Automated backups, Retained",
    "rds:snapshot": "aws rds delete-db-snapshot --db-snapshot-identifier {id}",
    "elasticache:snapshot": "aws elasticache delete-snapshot --snapshot-name {id}",
    "secretsmanager:secret": "aws secretsmanager delete-secret --secret-id {arn}",
    "ecr:repository": "aws ecr delete-repository --force --repository-name {id}",
    "ec2:vpc-flow-log": "aws ec2 delete-flow-logs --flow-log-ids {id}",
    "s3:bucket": "Empty it in the S3 console, versions too, then: aws s3api delete-bucket --bucket {id}",
    "ec2:snapshot": "aws ec2 delete-snapshot --snapshot-id {id}",
    "ec2:volume": "aws ec2 delete-volume --volume-id {id}",
    "ec2:vpc-endpoint": "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {id}",
    "ec2:natgateway": "aws ec2 delete-nat-gateway --nat-gateway-id {id}",
    "ec2:network-interface": "aws ec2 delete-network-interface --network-interface-id {id}",
    "ec2:elastic-ip": "aws ec2 release-address --allocation-id {id}",
    "ec2:security-group-rule": "EC2 console, Security group rules: delete it; it goes with its group, too",
    "ec2:security-group": "aws ec2 delete-security-group --group-id {id}",
    "ec2:prefix-list": "aws ec2 delete-managed-prefix-list --prefix-list-id {id}",
    "ec2:subnet": "aws ec2 delete-subnet --subnet-id {id}",
    "ec2:route-table": "aws ec2 delete-route-table --route-table-id {id}",
    "ec2:internet-gateway": "VPC console, Internet gateways: detach it, then delete it",
    "ec2:vpc": "aws ec2 delete-vpc --vpc-id {id}",
    "logs:log-group": "aws logs delete-log-group --log-group-name {id}",
    "kms:alias": "aws kms delete-alias --alias-name {id}",
    "kms:key": "aws kms schedule-key-deletion --key-id {id} --pending-window-in-days 30",
    "iam:role": "IAM console, Roles: delete it, and its policies go with it",
    "iam:policy": "aws iam delete-policy --policy-arn {arn}",
}
_GLOBAL = ("iam:", "s3:", "langsmith:")
_ELSEWHERE = "Delete it in its service's console; no row of docs/leftovers.md knows this type."
_ORDER = {kind: place for place, kind in enumerate(_REMOVED_BY)}

_DIED = "It carries the stack's tag and no state holds it: a run died before it was recorded, or the state was lost."
_WHY: Mapping[str, str] = {
    "logs:log-group": "EKS writes once more after a cluster was deleted, and makes its log group again, without tags.",
    "kms:alias": "An alias outlives the stack that made it. This program makes none.",
    "route53:record": "No record carries tags; no state holds it, and one of agents' name is in the way of the next.",
    "rds:snapshot": "A database's data, kept when it was deleted under deletionProtection, or taken by hand.",
    "elasticache:snapshot": "A cache's data, kept when it was deleted under deletionProtection, or taken by hand.",
}
_CLUSTER_GONE = (
    "AWS or the cluster made it for a cluster that no state holds: the cluster went first, or its state did."
)


def left_over(found: Found, *, stack: str, region: str) -> Left:
    """Something found, with why it stays and how it is removed; ``stack`` is whose it is if no tag says so."""
    of = found.tags.get(STACK_TAG, stack)
    return Left(found.type, found.id, found.arn, of, _why(found), _removed_by(found, region))


def in_order(left: Left) -> tuple[str, int, str]:
    """Sorts left-overs by stack, then as they can be removed; unknown types first, since they may be in the way."""
    return left.stack, _ORDER.get(left.type, -1), left.id


def _why(found: Found) -> str:
    tagged_log = found.type == "logs:log-group" and STACK_TAG in found.tags
    if made_by_a_cluster(found):
        return _CLUSTER_GONE
    return _DIED if tagged_log else _WHY.get(found.type, _DIED)


def _removed_by(found: Found, region: str) -> str:
    template = _REMOVED_BY.get(found.type, _ELSEWHERE)
    first, second = [*found.id.split("/"), ""][:2]
    command = template.format(id=found.id, arn=found.arn, first=first, second=second)
    regional = "aws " in template and not found.type.startswith(_GLOBAL)
    return f"{command} --region {region}" if regional else command
