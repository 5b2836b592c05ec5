"""What single values must be like: each judge says what is wrong with one, and the remedy, or nothing."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from typing import Any

# What is wrong, and the remedy.
Verdict = tuple[str, str]

# EKS allows this many CIDR blocks on a public endpoint.
_MOST_PUBLIC_CIDRS = 40
# A /8 is more than any company's way out to the internet; two halves of the internet are /1 each.
_WIDEST_PUBLIC_PREFIX = 8
# What EKS gives Services addresses from in a VPC of 10.0.0.0/8.
SERVICE_CIDR = ipaddress.IPv4Network("172.20.0.0/16")
_PRIVATE = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
# Everybody's, KEDA's and the entrance's.
_TAKEN_NAMESPACES = frozenset({"default", "keda", "langsmith-entrance"})
# Interface endpoints of AWS services are named like their host names, as in ecr.api.
_ENDPOINT_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


def shape(pattern: str, remedy: str) -> Callable[[str], Verdict | None]:
    """Text that matches all of ``pattern``, in ASCII."""
    expression = re.compile(pattern, re.ASCII)
    return lambda value: None if expression.fullmatch(value) else (f"{value!r} is not usable.", remedy)


def one_of(allowed: tuple[Any, ...]) -> Callable[[Any], Verdict | None]:
    """One of the values that are known to work."""
    listed = ", ".join(str(value) for value in allowed)
    return lambda value: None if value in allowed else (f"{value!r} is not supported.", f"Use one of: {listed}.")


def between(low: int, high: int) -> Callable[[int], Verdict | None]:
    """A whole number within bounds."""
    return lambda value: None if low <= value <= high else (f"{value} is out of range.", f"Use {low} to {high}.")


def aws_ids(kind: str) -> Callable[[tuple[str, ...]], Verdict | None]:
    """Distinct ids that AWS gave, such as ``subnet-0123456789abcdef0``."""

    def judge(ids: tuple[str, ...]) -> Verdict | None:
        for each in ids:
            if not re.fullmatch(rf"{kind}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", each):
                return f"{each!r} is not the id of a {kind}.", f"Write ids such as {kind}-0123456789abcdef0."
        if len(set(ids)) != len(ids):
            return "an id is given twice.", "Give each id once."
        return None

    return judge


def workspace_id(value: str) -> Verdict | None:
    """The UUID of a LangSmith workspace."""
    try:
        uuid.UUID(value)
    except ValueError:
        return f"{value!r} is not a UUID.", "Copy the workspace ID from LangSmith's settings page."
    return None


def vpc_cidr(value: str) -> Verdict | None:
    """A private address range that AWS allows and the cluster does not use itself."""
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        return f"{value!r} is not an IPv4 network.", "Write an address range such as 10.0.0.0/16."
    if not any(network.subnet_of(private) for private in _PRIVATE):
        return f"{value} is not a private range.", "Use a range of RFC 1918, such as 10.0.0.0/16."
    if not 16 <= network.prefixlen <= 20:
        return f"{value} is a /{network.prefixlen}.", "Use /16 to /20: AWS allows no larger VPC, Pods need no smaller."
    if network.overlaps(SERVICE_CIDR):
        return f"{value} overlaps {SERVICE_CIDR}, the cluster's Service addresses.", "Use another range."
    return None


def public_access(cidrs: tuple[str, ...]) -> Verdict | None:
    """Ranges on the internet from which operators may come."""
    if len(cidrs) > _MOST_PUBLIC_CIDRS:
        return f"{len(cidrs)} ranges are given.", f"EKS takes at most {_MOST_PUBLIC_CIDRS}; merge some."
    for cidr in cidrs:
        try:
            network = ipaddress.IPv4Network(cidr)
        except ValueError:
            return f"{cidr!r} is not an IPv4 network.", "Write address ranges such as 203.0.113.7/32."
        if network.prefixlen < _WIDEST_PUBLIC_PREFIX:
            return f"{cidr} opens the API endpoint to the world.", "List the ranges operators work from."
        if any(network.subnet_of(private) for private in _PRIVATE):
            return f"{cidr} is no range on the internet.", "Leave it out: private addresses use the private endpoint."
    return None


def principals(arns: tuple[str, ...]) -> Verdict | None:
    """IAM roles and users."""
    for arn in arns:
        if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn, re.ASCII):
            return f"{arn!r} is not the ARN of an IAM role or user.", "Write arn:aws:iam::<account>:role/<name>."
    return None


def certificate(arn: str) -> Verdict | None:
    """A certificate of ACM."""
    if not re.fullmatch(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}", arn, re.ASCII):
        return (
            f"{arn!r} is not the ARN of an ACM certificate.",
            "Write arn:aws:acm:<region>:<account>:certificate/<id>.",
        )
    return None


def labels(longest: int, what: str) -> Callable[[tuple[str, ...]], Verdict | None]:
    """Distinct names of Kubernetes' form."""

    def judge(names: tuple[str, ...]) -> Verdict | None:
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


def namespaces(names: tuple[str, ...]) -> Verdict | None:
    """Namespaces that are the agents' own."""
    if not names:
        return "no namespace is given.", "Name the namespace agents are deployed to."
    if reserved := [name for name in names if name.startswith("kube-") or name in _TAKEN_NAMESPACES]:
        return (
            f"{reserved[0]!r} is shared.",
            "Use a namespace of its own: the listener has full control of its Secrets.",
        )
    return labels(63, "namespace")(names)


def dns_name(value: str) -> Verdict | None:
    """A DNS name, maybe with a port."""
    host, _, port = value.partition(":")
    parts = host.split(".")
    if "/" in value or len(host) > 253 or not all(_LABEL.fullmatch(part) for part in parts) or parts[-1].isdigit():
        return f"{value!r} is not a DNS name.", "Write a name such as agents.example.com, without a scheme or path."
    if port and not port.isdigit():
        return f"{value!r} has no numeric port.", "Write host or host:port."
    return None


def url(value: str) -> Verdict | None:
    """An https URL of host and path; http only on this machine."""
    parts = urllib.parse.urlsplit(value)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        return f"{value!r} is not a URL.", "Write https://<host>."
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost"}:
        return f"{value} is not encrypted.", "Use https."
    if parts.username or parts.query or parts.fragment:
        return "the URL carries more than host and path.", "Write https://<host>/<path>."
    return None


def langsmith_url(value: str) -> Verdict | None:
    """The URL of an API of LangSmith's, and not of its web pages."""
    host = urllib.parse.urlsplit(value).hostname or ""
    if host.endswith("smith.langchain.com") and "api." not in f"{host}.":
        return (
            f"{value} is a dashboard, not an API.",
            "Use the region's API host, such as https://eu.api.host.langchain.com.",
        )
    return url(value)


def aws_services(services: tuple[str, ...]) -> Verdict | None:
    """AWS services by the names of their interface endpoints."""
    for service in services:
        if service == "s3":
            return "'s3' always has a gateway endpoint.", "Leave it out."
        if not _ENDPOINT_SERVICE.fullmatch(service):
            return f"{service!r} is not the name of an AWS service.", "Write names such as ecr.api, without a prefix."
    if len(set(services)) != len(services):
        return "a service is given twice.", "Give each service once."
    return None


def tags(tags: Mapping[str, str]) -> Verdict | None:
    """Tags that are the user's to give."""
    for key, value in tags.items():
        if key.startswith(("aws:", "langsmith-hybrid:")):
            return f"the key {key!r} is reserved.", "Use another tag key."
        if not re.fullmatch(r"[\w .:/=+@-]{1,128}", key) or not re.fullmatch(r"[\w .:/=+@-]{0,256}", value):
            return f"the tag {key!r} holds characters AWS does not allow.", "Use letters, digits, spaces and _.:/=+@-."
    return None
