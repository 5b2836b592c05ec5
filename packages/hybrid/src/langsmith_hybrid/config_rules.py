"""What makes a configuration unusable: one small rule per field or pair of fields, each naming its key and remedy."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langsmith_hybrid.config_values import stack_key
from langsmith_hybrid.errors import Problem

# EKS versions in standard support for this program, with the end of that support (AWS's EKS release calendar).
EKS_VERSIONS: Mapping[str, str] = {"1.35": "2027-03-27", "1.36": "2027-08-02"}
POSTGRES_VERSIONS = ("16", "17")
REDIS_VERSIONS = ("8.0", "8.1")
# CloudWatch Logs accepts these retentions and no other (PutRetentionPolicy).
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3653)
# EKS allows this many CIDR blocks on a public endpoint.
_MOST_PUBLIC_CIDRS = 40
# KEDA's HPA for `<agent>-<32 hex>` is named `keda-hpa-<that>`, and a Kubernetes name ends at 63 characters.
LONGEST_AGENT_NAME = 21

# S3 cuts nothing off: the prefix, "-logs-" and the 26 characters Pulumi appends must fit 63.
_LONGEST_BUCKET_PREFIX = 31
# Interface endpoints of AWS services are named like their host names, as in ecr.api.
_ENDPOINT_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
# The node group, roles and log group append up to 30 characters to the cluster's name; an IAM role ends at 64.
_LONGEST_CLUSTER_NAME = 34
_SERVICE_CIDR = ipaddress.IPv4Network("172.20.0.0/16")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

Values = Mapping[str, Any]
Rule = Callable[[Values], Iterator[Problem]]


def broken_rules(values: Values) -> list[Problem]:
    """Every rule the values break, in the order of the fields; fields absent from ``values`` are not judged."""
    return [problem for rule in _RULES for problem in rule(values)]


def _field(name: str, judge: Callable[[Any], tuple[str, str] | None]) -> Rule:
    """A rule on one field: ``judge`` returns what is wrong and the remedy, or None."""

    def rule(values: Values) -> Iterator[Problem]:
        if name in values and (verdict := judge(values[name])):
            yield Problem(stack_key(name), *verdict)

    return rule


def _shape(pattern: str, remedy: str) -> Callable[[str], tuple[str, str] | None]:
    expression = re.compile(pattern, re.ASCII)
    return lambda value: None if expression.fullmatch(value) else (f"{value!r} is not usable.", remedy)


def _one_of(allowed: tuple[Any, ...]) -> Callable[[Any], tuple[str, str] | None]:
    listed = ", ".join(str(value) for value in allowed)
    return lambda value: None if value in allowed else (f"{value!r} is not supported.", f"Use one of: {listed}.")


def _between(low: int, high: int) -> Callable[[int], tuple[str, str] | None]:
    return lambda value: None if low <= value <= high else (f"{value} is out of range.", f"Use {low} to {high}.")


def _uuid(value: str) -> tuple[str, str] | None:
    try:
        uuid.UUID(value)
    except ValueError:
        return f"{value!r} is not a UUID.", "Copy the workspace ID from LangSmith's settings page."
    return None


def _vpc_cidr(value: str) -> tuple[str, str] | None:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        return f"{value!r} is not an IPv4 network.", "Write an address range such as 10.0.0.0/16."
    if not network.is_private:
        return f"{value} is not a private range.", "Use a range of RFC 1918, such as 10.0.0.0/16."
    if not 16 <= network.prefixlen <= 20:
        return f"{value} is a /{network.prefixlen}.", "Use /16 to /20: AWS allows no larger VPC, Pods need no smaller."
    if network.overlaps(_SERVICE_CIDR):
        return f"{value} overlaps {_SERVICE_CIDR}, the cluster's Service addresses.", "Use another range."
    return None


def _public_access(cidrs: tuple[str, ...]) -> tuple[str, str] | None:
    if len(cidrs) > _MOST_PUBLIC_CIDRS:
        return f"{len(cidrs)} ranges are given.", f"EKS takes at most {_MOST_PUBLIC_CIDRS}; merge some."
    for cidr in cidrs:
        try:
            network = ipaddress.IPv4Network(cidr)
        except ValueError:
            return f"{cidr!r} is not an IPv4 network.", "Write address ranges such as 203.0.113.7/32."
        if network.prefixlen == 0:
            return "0.0.0.0/0 opens the API endpoint to the world.", "List the ranges operators work from."
    return None


def _principals(arns: tuple[str, ...]) -> tuple[str, str] | None:
    for arn in arns:
        if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn, re.ASCII):
            return f"{arn!r} is not the ARN of an IAM role or user.", "Write arn:aws:iam::<account>:role/<name>."
    return None


def _names(longest: int, what: str) -> Callable[[tuple[str, ...]], tuple[str, str] | None]:
    def judge(names: tuple[str, ...]) -> tuple[str, str] | None:
        for name in names:
            if len(name) > longest or not _LABEL.fullmatch(name):
                return (
                    f"{name!r} is not a usable {what}.",
                    f"Use lowercase letters, digits and dashes, at most {longest} characters.",
                )
        if len(set(names)) != len(names):
            return "a name is given twice.", "Give each name once."
        return None

    return judge


def _namespaces(names: tuple[str, ...]) -> tuple[str, str] | None:
    if not names:
        return "no namespace is given.", "Name the namespace agents are deployed to."
    if reserved := [name for name in names if name.startswith("kube-") or name in {"default", "keda"}]:
        return (
            f"{reserved[0]!r} is shared.",
            "Use a namespace of its own: the listener has full control of its Secrets.",
        )
    if len(names) > 1:
        return (
            f"{len(names)} namespaces are given.",
            "Use one: an Ingress routes only to Services of its own namespace.",
        )
    return _names(63, "namespace")(names)


def _hostname(value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    host, _, port = value.partition(":")
    labels = host.split(".")
    if "/" in value or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return f"{value!r} is not a DNS name.", "Write a name such as agents.example.com, without a scheme or path."
    if port and not port.isdigit():
        return f"{value!r} has no numeric port.", "Write host or host:port."
    return None


def _url(value: str) -> tuple[str, str] | None:
    parts = urllib.parse.urlsplit(value)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        return f"{value!r} is not a URL.", "Write https://<host>."
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost"}:
        return f"{value} is not encrypted.", "Use https."
    if parts.username or parts.query or parts.fragment:
        return "the URL carries more than host and path.", "Write https://<host>/<path>."
    return None


def _langsmith_url(value: str) -> tuple[str, str] | None:
    host = urllib.parse.urlsplit(value).hostname or ""
    if host.endswith("smith.langchain.com") and "api." not in f"{host}.":
        return (
            f"{value} is a dashboard, not an API.",
            "Use the region's API host, such as https://eu.api.host.langchain.com.",
        )
    return _url(value)


def _node_sizes(values: Values) -> Iterator[Problem]:
    names = ("eks_node_min_size", "eks_node_desired_size", "eks_node_max_size")
    if not all(name in values for name in names):
        return
    low, desired, high = (values[name] for name in names)
    if not 1 <= low <= desired <= high:
        yield Problem(
            "eksNodeDesiredSize",
            f"minimum {low}, desired {desired} and maximum {high} are not in order.",
            "Use 1 <= eksNodeMinSize <= eksNodeDesiredSize <= eksNodeMaxSize.",
        )


def _endpoints(services: tuple[str, ...]) -> tuple[str, str] | None:
    for service in services:
        if service == "s3":
            return "'s3' always has a gateway endpoint.", "Leave it out."
        if not _ENDPOINT_SERVICE.fullmatch(service):
            return f"{service!r} is not the name of an AWS service.", "Write names such as ecr.api, without a prefix."
    if len(set(services)) != len(services):
        return "a service is given twice.", "Give each service once."
    return None


def _tags(tags: Mapping[str, str]) -> tuple[str, str] | None:
    for key, value in tags.items():
        if key.startswith(("aws:", "langsmith-hybrid:")):
            return f"the key {key!r} is reserved.", "Use another tag key."
        if not re.fullmatch(r"[\w .:/=+@-]{1,128}", key) or not re.fullmatch(r"[\w .:/=+@-]{0,256}", value):
            return f"the tag {key!r} holds characters AWS does not allow.", "Use letters, digits, spaces and _.:/=+@-."
    return None


_INSTANCE = "It names family and size, as in {}."
_VERSION = "Write a released chart version, as in 0.2.22."

_RULES: tuple[Rule, ...] = (
    _field(
        "environment",
        _shape(
            r"[a-z][a-z0-9-]{0,19}", "Use lowercase letters, digits and dashes, at most 20, starting with a letter."
        ),
    ),
    _field(
        "eks_cluster_name",
        _shape(
            rf"[a-zA-Z][a-zA-Z0-9-]{{0,{_LONGEST_CLUSTER_NAME - 1}}}",
            f"Use letters, digits and dashes, at most {_LONGEST_CLUSTER_NAME}, starting with a letter.",
        ),
    ),
    _field(
        "s3_bucket_prefix",
        _shape(
            rf"[a-z0-9][a-z0-9-]{{1,{_LONGEST_BUCKET_PREFIX - 1}}}",
            f"Use lowercase letters, digits and dashes, 2 to {_LONGEST_BUCKET_PREFIX} characters.",
        ),
    ),
    _field("langsmith_workspace_id", _uuid),
    _field("region", _shape(r"[a-z]{2}(-[a-z]+)+-\d", "Write an AWS region, as in us-east-1.")),
    _field("vpc_cidr", _vpc_cidr),
    _field("availability_zones", _between(2, 3)),
    _field("interface_endpoints", _endpoints),
    _field("eks_cluster_version", _one_of(tuple(EKS_VERSIONS))),
    _field("eks_node_instance_type", _shape(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", _INSTANCE.format("m6i.xlarge"))),
    _node_sizes,
    _field("eks_node_disk_gib", _between(20, 16384)),
    _field("eks_public_access_cidrs", _public_access),
    _field("cluster_admin_arns", _principals),
    _field("log_retention_days", _one_of(LOG_RETENTION_DAYS)),
    _field("postgres_instance_class", _shape(r"db\.[a-z0-9]+\.[a-z0-9-]+", _INSTANCE.format("db.t4g.medium"))),
    _field("postgres_version", _one_of(POSTGRES_VERSIONS)),
    _field("postgres_storage_gib", _between(20, 65536)),
    _field("postgres_backup_days", _between(1, 35)),
    _field("redis_node_type", _shape(r"cache\.[a-z0-9]+\.[a-z0-9-]+", _INSTANCE.format("cache.t4g.small"))),
    _field("redis_version", _one_of(REDIS_VERSIONS)),
    _field("redis_nodes", _between(1, 6)),
    _field("agent_repositories", _names(LONGEST_AGENT_NAME, "agent name")),
    _field("agent_namespaces", _namespaces),
    _field("agents_hostname", _hostname),
    _field("langsmith_host_url", _langsmith_url),
    _field("langsmith_endpoint", _langsmith_url),
    _field("dataplane_chart_repository", _url),
    _field("dataplane_chart_version", _shape(r"\d+\.\d+\.\d+", _VERSION)),
    _field("keda_chart_repository", _url),
    _field("keda_chart_version", _shape(r"\d+\.\d+\.\d+", _VERSION)),
    _field("tags", _tags),
)
