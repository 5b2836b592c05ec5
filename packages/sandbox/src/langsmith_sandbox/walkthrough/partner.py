"""A partner who admits callers by address: what the firewall stack needs to exist, as somebody else would have made it.

It lives in the sandbox's one account, and has an entry of its own on each list, which must survive whatever the stack
does.
"""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.walkthrough import account

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "langsmith-sandbox-partner"
OWN_ADDRESS = "198.51.100.7/32"  # of the block for documentation: nobody's
_SCOPE = {"Scope": "REGIONAL"}
_ROOM = 20
_LOOKS, _PAUSE = 150, 0.2  # seconds; half a minute in all, of which EC2 needs a few
_VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": NAME}


@dataclasses.dataclass(frozen=True)
class Partner:
    """The partner's lists, reached with the sandbox's environment."""

    environ: Mapping[str, str] = dataclasses.field(repr=False)

    def arrive(self) -> list[dict[str, str]]:
        """Have an IP set, a web ACL and a prefix list; returns the firewall stack's ``services`` for them."""
        ip_set, web_acl, prefix_list = self._ip_set(), self._web_acl(), self._prefix_list()
        waf = self._client("wafv2")
        if ip_set is None:
            ip_set = waf.create_ip_set(
                Name=NAME, IPAddressVersion="IPV4", Addresses=[OWN_ADDRESS], Description="A partner's", **_SCOPE
            )["Summary"]
        if web_acl is None:
            web_acl = waf.create_web_acl(
                Name=NAME, DefaultAction={"Block": {}}, Rules=[], VisibilityConfig=_VISIBILITY, **_SCOPE
            )["Summary"]
        if prefix_list is None:
            prefix_list = self._client("ec2").create_managed_prefix_list(
                PrefixListName=NAME,
                MaxEntries=_ROOM,
                AddressFamily="IPv4",
                Entries=[{"Cidr": OWN_ADDRESS, "Description": "A partner's"}],
            )["PrefixList"]
        edge = {"ipSetName": NAME, "ipSetId": str(ip_set["Id"]), "webAclArn": str(web_acl["ARN"])}
        return [
            {"kind": "aws-waf-ip-set", "name": "partner-edge", **edge},
            {"kind": "aws-prefix-list", "name": "partner-network", "prefixListId": str(prefix_list["PrefixListId"])},
        ]

    def admits(self) -> dict[str, list[str]]:
        """Whom each list lets in, by list; the web ACL's are names of rules."""
        lists: dict[str, list[str]] = {}
        waf, ec2 = self._client("wafv2"), self._client("ec2")
        if ip_set := self._ip_set():
            found = waf.get_ip_set(Name=NAME, Id=ip_set["Id"], **_SCOPE)["IPSet"]
            lists["IP set"] = sorted(found["Addresses"])
        if web_acl := self._web_acl():
            found = waf.get_web_acl(Name=NAME, Id=web_acl["Id"], **_SCOPE)["WebACL"]
            lists["web ACL"] = [rule["Name"] for rule in found["Rules"]]
        if prefix_list := self._prefix_list():
            found = ec2.get_managed_prefix_list_entries(PrefixListId=prefix_list["PrefixListId"])
            lists["prefix list"] = sorted(entry["Cidr"] for entry in found["Entries"])
        return lists

    def changed(self) -> list[str]:
        """What is not as the partner made it, a line each; nothing where there is no partner."""
        own = {"IP set": [OWN_ADDRESS], "web ACL": [], "prefix list": [OWN_ADDRESS]}
        return [
            f"the partner's {kind} holds {', '.join(entries) or 'nothing'}"
            for kind, entries in self.admits().items()
            if entries != own[kind]
        ]

    def leave(self) -> None:
        """Take all of it away."""
        self._settle()
        waf, ec2 = self._client("wafv2"), self._client("ec2")
        if web_acl := self._web_acl():
            waf.delete_web_acl(Name=NAME, Id=web_acl["Id"], LockToken=web_acl["LockToken"], **_SCOPE)
        if ip_set := self._ip_set():
            waf.delete_ip_set(Name=NAME, Id=ip_set["Id"], LockToken=ip_set["LockToken"], **_SCOPE)
        if prefix_list := self._prefix_list():
            ec2.delete_managed_prefix_list(PrefixListId=prefix_list["PrefixListId"])

    def _settle(self) -> None:
        """Wait until the prefix list has been made or changed: EC2 deletes none before."""
        for _ in range(_LOOKS):
            prefix_list = self._prefix_list()
            if prefix_list is None or not prefix_list["State"].endswith("-in-progress"):
                return
            time.sleep(_PAUSE)

    def _ip_set(self) -> dict[str, Any] | None:
        return _named(self._client("wafv2").list_ip_sets(**_SCOPE)["IPSets"])

    def _web_acl(self) -> dict[str, Any] | None:
        return _named(self._client("wafv2").list_web_acls(**_SCOPE)["WebACLs"])

    def _prefix_list(self) -> dict[str, Any] | None:
        filters = [{"Name": "prefix-list-name", "Values": [NAME]}]
        found = self._client("ec2").describe_managed_prefix_lists(Filters=filters)["PrefixLists"]
        return next((each for each in found if not each["State"].startswith("delete-")), None)

    def _client(self, service: str) -> Any:
        return account.client(self.environ, service)


def _named(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((each for each in found if each["Name"] == NAME), None)
