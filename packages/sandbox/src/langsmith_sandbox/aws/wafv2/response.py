"""The WAFv2 API: moto's, with the replacement semantics and the referential integrity of AWS."""

from __future__ import annotations

from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.wafv2.models import GLOBAL_REGION, WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from langsmith_sandbox.aws.wafv2.addresses import check_addresses
from langsmith_sandbox.aws.wafv2.errors import associated, duplicate, invalid, nonexistent, over_limit
from langsmith_sandbox.aws.wafv2.rules import check_rules, references

_MOST_OF_A_KIND = (
    100  # IP sets, and web ACLs, of a region: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
)
# Moto keeps none of these, so that a web ACL with one would lose it without a word.
_UNKNOWN_TO_MOTO = ("ApplicationConfig", "DataProtectionConfig", "MonetizationConfig", "OnSourceDDoSProtectionConfig")
_OPTIONAL = ("association_config", "captcha_config", "challenge_config", "custom_response_bodies", "token_domains")


class Wafv2Response(WAFV2Response):
    """Handles one WAFv2 request."""

    def create_ip_set(self) -> TYPE_RESPONSE:
        check_addresses(self._get_param("Addresses") or [], self._get_param("IPAddressVersion"))
        named = [ip_set.name for ip_set in self._here().ip_sets.values()]
        self._check_room(named)
        return super().create_ip_set()

    def update_ip_set(self) -> TYPE_RESPONSE:
        """Replaces all of it: a description that is not repeated is gone."""
        ip_set = self._here().get_ip_set(self._get_param("Name"), self._get_param("Scope"), self._get_param("Id"))
        check_addresses(self._get_param("Addresses") or [], ip_set.ip_address_version)
        answer = super().update_ip_set()
        ip_set.description = self._get_param("Description") or ""
        return answer

    def delete_ip_set(self) -> TYPE_RESPONSE:
        ip_set = self._here().get_ip_set(self._get_param("Name"), self._get_param("Scope"), self._get_param("Id"))
        if any(ip_set.arn in references(_rules(web_acl)) for web_acl in self._here().wacls.values()):
            raise associated()
        return super().delete_ip_set()

    def create_web_acl(self) -> TYPE_RESPONSE:
        capacity = self._check_web_acl()
        self._check_room([web_acl.name for web_acl in self._here().wacls.values()])
        answer = super().create_web_acl()
        next(each for each in self._here().wacls.values() if each.name == self._get_param("Name")).capacity = capacity
        return answer

    def update_web_acl(self) -> TYPE_RESPONSE:
        """Replaces all of it: what is not repeated is gone, which moto holds on to."""
        web_acl = self._here().get_web_acl(None, self._get_param("Name"), self._get_param("Id"))
        capacity = self._check_web_acl()
        answer = super().update_web_acl()
        web_acl.capacity = capacity
        web_acl.rules = web_acl.rules if self._get_param("Rules") else []
        web_acl.description = self._get_param("Description") or ""
        for name in _OPTIONAL:
            member = "".join(word.capitalize() for word in name.split("_"))
            setattr(web_acl, name, self._get_param(member))
        return answer

    def delete_web_acl(self) -> TYPE_RESPONSE:
        if self._here().get_web_acl(None, self._get_param("Name"), self._get_param("Id")).associated_resources:
            raise associated()
        return super().delete_web_acl()

    def associate_web_acl(self) -> TYPE_RESPONSE:
        """A resource has one web ACL: the new one takes the place of the old."""
        if self._get_param("WebACLArn") not in self.wafv2_backend.wacls:
            raise nonexistent()
        self.wafv2_backend.disassociate_web_acl(self._get_param("ResourceArn"))
        return super().associate_web_acl()

    def _here(self) -> WAFV2Backend:
        """What the request's scope holds."""
        if self._get_param("Scope") == "CLOUDFRONT":
            self.region = GLOBAL_REGION
        return self.wafv2_backend

    def _check_room(self, named: list[str]) -> None:
        if self._get_param("Name") in named:
            raise duplicate()
        if len(named) >= _MOST_OF_A_KIND:
            raise over_limit()

    def _check_web_acl(self) -> int:
        """The capacity units of the requested web ACL."""
        if dropped := [name for name in _UNKNOWN_TO_MOTO if self._get_param(name)]:
            raise NotImplementedError(f"it knows no {dropped[0]} of a web ACL.")
        if len(self._get_param("DefaultAction") or {}) != 1:
            reason = "You have used none or multiple values for a field that requires exactly one value."
            raise invalid(reason, "DEFAULT_ACTION", "DefaultAction")
        here = self._here()
        held = {*here.ip_sets, *here.rule_groups, *here.regex_pattern_sets}
        return check_rules(self._get_param("Rules") or [], held.__contains__)


def _rules(web_acl: Any) -> list[dict[str, Any]]:
    return [rule.to_dict() for rule in web_acl.rules]
