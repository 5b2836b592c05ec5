"""AWS WAF: addresses in an IP set, which rules of web ACLs refer to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, normal
from langsmith_firewall.limits import WAF_IP_SET
from langsmith_firewall.service import Service
from langsmith_firewall.services.aws_client import REGION, aws_client, aws_errors
from langsmith_firewall.services.web_acl import UUID, WEB_ACL_ARN
from langsmith_firewall.target import TargetField


class WafIpSet:
    """An IP set. Writes replace it whole, guarded by its lock token."""

    def __init__(self, client: Any, target: Mapping[str, str]) -> None:
        self._client = client
        self._named = {"Name": target["ipSetName"], "Id": target["ipSetId"], "Scope": target["scope"]}
        self._what = f"IP set {target['ipSetName']}"

    def read(self) -> Snapshot:
        with aws_errors(self._what):
            answer = self._client.get_ip_set(**self._named)
        found = answer["IPSet"]
        return Snapshot(
            tuple(Entry(normal(address)) for address in found["Addresses"]),
            version=answer["LockToken"],
            family=6 if found["IPAddressVersion"] == "IPV6" else 4,
            raw={"Description": found["Description"]} if found.get("Description") else {},
        )

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del comment  # an IP set keeps none
        self._replace(seen.with_added(cidrs), seen)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        self._replace(seen.without(cidrs), seen)

    def _replace(self, addresses: list[str], seen: Snapshot) -> None:
        with aws_errors(self._what):
            self._client.update_ip_set(**self._named, **seen.raw, Addresses=addresses, LockToken=seen.version)


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    region = {"region": "us-east-1"} if target["scope"] == "CLOUDFRONT" else target
    with aws_client("wafv2", region) as client:
        yield WafIpSet(client, target)


SERVICE = Service(
    kind="aws-waf-ip-set",
    limits=WAF_IP_SET,
    target={
        "ipSetName": TargetField(r"[\w-]{1,128}", "agents"),
        "ipSetId": TargetField(UUID, "0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"),
        "scope": TargetField(r"REGIONAL|CLOUDFRONT", "REGIONAL", "REGIONAL"),
        "region": REGION,
    },
    open=_open,
    options={
        "webAclArn": TargetField(WEB_ACL_ARN, "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/<uuid>", ""),
        "rulePriority": TargetField(r"\d{1,9}", "100", ""),
    },
)
