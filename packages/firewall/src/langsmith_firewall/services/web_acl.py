"""AWS WAF: the rules of a web ACL, where one of ours lets the addresses of an IP set through."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from langsmith_firewall.services.aws_client import aws_client, aws_errors

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WEB_ACL_ARN = rf"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{{12}}:(regional|global)/webacl/[\w-]{{1,128}}/{UUID}"

Rule = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class WebAclName:
    """A web ACL's ARN, taken apart. What it refers to has the same account, region and scope."""

    arn: str

    @property
    def region(self) -> str:
        """Where its API answers; us-east-1 for those of CloudFront."""
        return self.arn.split(":")[3]

    @property
    def scope(self) -> str:
        """REGIONAL or CLOUDFRONT."""
        return "REGIONAL" if self.arn.split(":")[5].startswith("regional/") else "CLOUDFRONT"

    @property
    def request(self) -> dict[str, str]:
        """The members that name it in a request."""
        _, _, name, identity = self.arn.split(":")[5].split("/")
        return {"Name": name, "Id": identity, "Scope": self.scope}

    def ip_set(self, name: str, identity: str) -> str:
        """ARN of an IP set beside it."""
        return f"{self.arn.partition('/')[0]}/ipset/{name}/{identity}"


@dataclasses.dataclass(frozen=True)
class WebAclSnapshot:
    """A web ACL as it was read.

    Attributes:
        rules: Everybody's rules.
        blocks: Whether it refuses what no rule allows.
        version: Its lock token.
        settings: What an update must repeat, because it replaces all there is.
    """

    rules: tuple[Rule, ...]
    blocks: bool
    version: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Rules(Protocol):
    """The rules of a web ACL, replaced together."""

    def read(self) -> WebAclSnapshot:
        """As they are now.

        Raises:
            TargetGoneError: There is no such web ACL.
        """
        ...

    def replace(self, rules: Sequence[Rule], seen: WebAclSnapshot, *, block: bool) -> None:
        """Write these rules; with ``block`` refuse, from the same write on, what none of them allows.

        Raises:
            ChangedMeanwhileError: The web ACL is not as seen any more.
        """
        ...


class WebAcl:
    """A web ACL of an account."""

    def __init__(self, client: Any, name: WebAclName) -> None:
        self._client = client
        self._name = name
        self._what = f"web ACL {name.request['Name']}"

    def read(self) -> WebAclSnapshot:
        with aws_errors(self._what):
            answer = self._client.get_web_acl(**self._name.request)
        found = answer["WebACL"]
        # By boto3's own model of the update, so that a setting AWS adds is repeated as soon as boto3 knows it.
        repeated = self._client.meta.service_model.operation_model("UpdateWebACL").input_shape.members
        settings = {name: found[name] for name in repeated if found.get(name) and name not in self._name.request}
        blocks = "Block" in found["DefaultAction"]
        return WebAclSnapshot(tuple(settings.pop("Rules", ())), blocks, answer["LockToken"], settings)

    def replace(self, rules: Sequence[Rule], seen: WebAclSnapshot, *, block: bool) -> None:
        settings = dict(seen.settings)
        if block and not seen.blocks:
            settings["DefaultAction"] = {"Block": {}}
        request = {**settings, **self._name.request, "Rules": list(rules), "LockToken": seen.version}
        with aws_errors(self._what):
            self._client.update_web_acl(**request)


@contextlib.contextmanager
def open_web_acl(arn: str) -> Iterator[Rules]:
    """A web ACL for one operation; credentials are found now."""
    name = WebAclName(arn)
    with aws_client("wafv2", {"region": name.region}) as client:
        yield WebAcl(client, name)
