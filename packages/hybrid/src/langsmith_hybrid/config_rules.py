"""What makes a configuration unusable: one small rule per field or pair of fields, each naming its key and remedy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langsmith_hybrid import exposure_rules, subnets
from langsmith_hybrid import judgements as must
from langsmith_hybrid.config_values import stack_key
from langsmith_hybrid.eks_versions import END_OF_STANDARD_SUPPORT
from langsmith_hybrid.errors import Problem
from langsmith_hybrid.langsmith_regions import REGIONS, is_langsmiths

POSTGRES_VERSIONS = ("16", "17")
REDIS_VERSIONS = ("8.0", "8.1")
# Numbered databases of the Valkey group: ElastiCache's 16 would be used up by fifteen agents, and an unused one costs
# next to nothing. Nodes must be restarted to have more.
REDIS_DATABASES = 128
# CloudWatch Logs accepts these retentions and no other (PutRetentionPolicy).
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3653)
# KEDA's HPA for `<agent>-<32 hex>` is named `keda-hpa-<that>`, and a Kubernetes name ends at 63 characters.
LONGEST_AGENT_NAME = 21

# Agents get the URIs of their stores by reference (langchain-ai/helm#820).
_OLDEST_OPERATOR = (0, 1, 55)
# S3 cuts nothing off: the prefix, "-logs-" and the 26 characters Pulumi appends must fit 63.
_LONGEST_BUCKET_PREFIX = 31
# The node group, roles and log group append up to 30 characters to the cluster's name; an IAM role ends at 64.
_LONGEST_CLUSTER_NAME = 34
# Prefix delegation hands addresses out in blocks of 16: four of them hold a node's 58 Pods.
_ADDRESSES_PER_NODE = 64
_FEWEST_ZONES = 2

Values = Mapping[str, Any]
Rule = Callable[[Values], Iterator[Problem]]


def broken_rules(values: Values) -> list[Problem]:
    """Every rule the values break, in the order of the fields; fields absent from ``values`` are not judged."""
    problems = [problem for rule in _RULES for problem in rule(values)]
    # What is wrong by itself is not held against other fields as well.
    wrong = {problem.key for problem in problems}
    sound = {name: value for name, value in values.items() if stack_key(name) not in wrong}
    return problems + [problem for rule in _RULES_ACROSS for problem in rule(sound)]


def _field(name: str, judge: Callable[[Any], must.Verdict | None]) -> Rule:
    """A rule on one field; None is for fields that may be left empty, and is always right."""

    def rule(values: Values) -> Iterator[Problem]:
        if values.get(name) is not None and (verdict := judge(values[name])):
            yield Problem(stack_key(name), *verdict)

    return rule


def _across(*names: str) -> Callable[[Callable[..., Iterator[Problem]]], Rule]:
    """A rule on several fields, asked only when all of them are there."""

    def decorate(judge: Callable[..., Iterator[Problem]]) -> Rule:
        def rule(values: Values) -> Iterator[Problem]:
            if all(name in values for name in names):
                yield from judge(*(values[name] for name in names))

        return rule

    return decorate


@_across("eks_node_min_size", "eks_node_desired_size", "eks_node_max_size")
def _node_sizes(low: int, desired: int, high: int) -> Iterator[Problem]:
    if not 1 <= low <= desired <= high:
        yield Problem(
            "eksNodeDesiredSize",
            f"minimum {low}, desired {desired} and maximum {high} are not in order.",
            "Use 1 <= eksNodeMinSize <= eksNodeDesiredSize <= eksNodeMaxSize.",
        )


@_across("vpc_id", "private_subnet_ids", "public_subnet_ids")
def _whose_network(vpc_id: str | None, private: tuple[str, ...], public: tuple[str, ...]) -> Iterator[Problem]:
    if vpc_id is not None and len(private) < _FEWEST_ZONES:
        yield Problem("privateSubnetIds", f"{len(private)} subnets of {vpc_id} are named.", "Name one a zone, in two.")
    for key, subnet_ids in (("privateSubnetIds", private), ("publicSubnetIds", public)):
        if vpc_id is None and subnet_ids:
            yield Problem(key, "is about a VPC that is not named.", "Set vpcId, or leave it out.")


@_across("vpc_id", "vpc_cidr", "availability_zones", "eks_node_max_size")
def _room_for_nodes(vpc_id: str | None, cidr: str, zones: int, most: int) -> Iterator[Problem]:
    if vpc_id is not None:
        return
    private = subnets.plan(cidr, zones).private
    room = sum(ipaddress.IPv4Network(block).num_addresses for block in private) // _ADDRESSES_PER_NODE
    if most > room:
        yield Problem(
            "eksNodeMaxSize",
            f"{most} nodes and their Pods do not fit the private subnets of {cidr}.",
            f"Use at most {room}, or a larger vpcCidr in a new stack.",
        )


@_across("agents", "redis_enabled")
def _redis_for_all(agents: tuple[str, ...], redis_enabled: bool) -> Iterator[Problem]:
    if redis_enabled and len(agents) >= REDIS_DATABASES:
        yield Problem(
            "agents",
            f"{len(agents)} agents cannot share one Redis, which has {REDIS_DATABASES} databases, one the listener's.",
            f"Name at most {REDIS_DATABASES - 1}, or give some of them a stack of their own.",
        )


@_across("langsmith_region", "langsmith_host_url", "langsmith_endpoint")
def _one_langsmith(region: str, host_url: str | None, endpoint: str | None) -> Iterator[Problem]:
    known = REGIONS.get(region)
    for key, given, right in (
        ("langsmithHostUrl", host_url, known and known.control_plane),
        ("langsmithEndpoint", endpoint, known and known.api),
    ):
        if right is None and given is None:
            yield Problem(key, "is required for a self-hosted LangSmith.", "Set it to https://<host>/<path>.")
        elif right is None and is_langsmiths(given or ""):
            yield Problem(key, f"{given} is not self-hosted.", "Set langsmithRegion to one of LangSmith's own.")
        elif given is not None and is_langsmiths(given) and given.rstrip("/") != right:
            yield Problem(key, f"{given} is not in the region {region}.", "Leave it out, or change langsmithRegion.")


@_across("cluster_admin_arns", "cluster_access")
def _one_grant_each(admins: tuple[str, ...], grants: tuple[Any, ...]) -> Iterator[Problem]:
    seen = set(admins)
    for grant in grants:
        if grant.principal in seen:
            yield Problem("clusterAccess", f"{grant.principal} is given access twice.", "Name each principal once.")
        seen.add(grant.principal)


@_across("tags", "owner", "cost_centre")
def _one_value_each(tags: Mapping[str, str], owner: str | None, cost_centre: str | None) -> Iterator[Problem]:
    for tag, key, value in (("owner", "owner", owner), ("cost-centre", "costCentre", cost_centre)):
        if value is not None and tag in tags:
            yield Problem("tags", f"the tag {tag!r} is also the key {key}.", "Set one of them.")


def _access(grants: tuple[Any, ...]) -> must.Verdict | None:
    for grant in grants:
        if verdict := must.principals((grant.principal,)):
            return verdict
        if grant.policy == "cluster-admin" and grant.namespaces:
            return "cluster-admin has no namespaces.", "Use admin, which means all of a namespace."
        if verdict := must.labels(63, "namespace")(grant.namespaces):
            return verdict
    return None


def _operator_version(value: str) -> must.Verdict | None:
    if verdict := must.shape(r"\d+\.\d+\.\d+", "Write a released version, as in 0.1.60.")(value):
        return verdict
    if tuple(map(int, value.split("."))) < _OLDEST_OPERATOR:
        return f"operator {value} hands no `secret_references` to agents.", "Use 0.1.55 or newer."
    return None


_INSTANCE = "It names family and size, as in {}."
_VERSION = "Write a released chart version, as in 0.2.22."
_CHARTS = ("dataplane", "keda", "autoscaler", "load_balancer_controller")
_IMAGE = "Write an image with its tag, as in docker.io/langchain/langgraph-api:0.16.7-py3.11."

_RULES: tuple[Rule, ...] = (
    _field(
        "environment",
        must.shape(
            r"[a-z][a-z0-9-]{0,19}", "Use lowercase letters, digits and dashes, at most 20, starting with a letter."
        ),
    ),
    _field(
        "eks_cluster_name",
        must.shape(
            rf"[a-zA-Z][a-zA-Z0-9-]{{0,{_LONGEST_CLUSTER_NAME - 1}}}",
            f"Use letters, digits and dashes, at most {_LONGEST_CLUSTER_NAME}, starting with a letter.",
        ),
    ),
    _field(
        "s3_bucket_prefix",
        must.shape(
            rf"[a-z0-9][a-z0-9-]{{1,{_LONGEST_BUCKET_PREFIX - 1}}}",
            f"Use lowercase letters, digits and dashes, 2 to {_LONGEST_BUCKET_PREFIX} characters.",
        ),
    ),
    _field("langsmith_workspace_id", must.workspace_id),
    _field("region", must.shape(r"[a-z]{2}(-[a-z]+)+-\d", "Write an AWS region, as in us-east-1.")),
    _field("vpc_cidr", must.vpc_cidr),
    _field("vpc_id", lambda value: must.aws_ids("vpc")((value,))),
    _field("private_subnet_ids", must.aws_ids("subnet")),
    _field("public_subnet_ids", must.aws_ids("subnet")),
    _field("availability_zones", must.between(2, 3)),
    _field("interface_endpoints", must.aws_services),
    _field("eks_cluster_version", must.one_of(tuple(END_OF_STANDARD_SUPPORT))),
    _field("eks_node_instance_type", must.shape(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", _INSTANCE.format("m6i.xlarge"))),
    _field("eks_node_disk_gib", must.between(20, 16384)),
    _field("eks_public_access_cidrs", must.public_access),
    _field("cluster_admin_arns", must.principals),
    _field("cluster_access", _access),
    _field("log_retention_days", must.one_of(LOG_RETENTION_DAYS)),
    _field("postgres_instance_class", must.shape(r"db\.[a-z0-9]+\.[a-z0-9-]+", _INSTANCE.format("db.t4g.medium"))),
    _field("postgres_version", must.one_of(POSTGRES_VERSIONS)),
    _field("postgres_storage_gib", must.between(20, 65536)),
    _field("postgres_backup_days", must.between(1, 35)),
    _field("redis_node_type", must.shape(r"cache\.[a-z0-9]+\.[a-z0-9-]+", _INSTANCE.format("cache.t4g.small"))),
    _field("redis_version", must.one_of(REDIS_VERSIONS)),
    _field("redis_nodes", must.between(1, 6)),
    _field("redis_token_generation", must.between(1, 2**31)),
    _field("agents", must.labels(LONGEST_AGENT_NAME, "agent name")),
    _field("agent_stores_image", must.shape(r"[a-z0-9./:-]+:[\w.-]+(@sha256:[0-9a-f]{64})?", _IMAGE)),
    _field("agent_namespaces", must.namespaces),
    _field("agents_hostname", must.dns_name),
    _field("certificate_arn", must.certificate),
    _field("hosted_zone_id", must.shape(r"Z[0-9A-Z]{5,31}", "Copy the zone's ID, as in Z0123456789ABCDEFGHIJ.")),
    _field("gateway_api_manifest", must.url),
    _field("langsmith_host_url", must.langsmith_url),
    _field("langsmith_endpoint", must.langsmith_url),
    _field("dataplane_operator_version", _operator_version),
    *(_field(f"{chart}_chart_repository", must.url) for chart in _CHARTS),
    *(_field(f"{chart}_chart_version", must.shape(r"\d+\.\d+\.\d+", _VERSION)) for chart in _CHARTS),
    _field("owner", lambda value: must.tags({"owner": value})),
    _field("cost_centre", lambda value: must.tags({"cost-centre": value})),
    _field("tags", must.tags),
)

_RULES_ACROSS: tuple[Rule, ...] = (
    _node_sizes,
    _whose_network,
    _room_for_nodes,
    _redis_for_all,
    _one_langsmith,
    _one_grant_each,
    _one_value_each,
    _across("agents_hostname", "agents_tls", "certificate_arn", "hosted_zone_id")(
        exposure_rules.names_and_certificates
    ),
    _across("certificate_arn", "region")(exposure_rules.certificates_region),
    _across("exposure", "agents_hostname", "agents_tls")(exposure_rules.public_exposure),
    _across("exposure", "vpc_id", "public_subnet_ids")(exposure_rules.public_subnets),
    _across("agents_routing", "agent_namespaces")(exposure_rules.namespaces),
)
