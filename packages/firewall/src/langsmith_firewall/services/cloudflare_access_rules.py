"""Cloudflare: IP access rules that let addresses through to a zone, or to all zones of an account."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, bare, normal
from langsmith_firewall.errors import RefusedError, TargetGoneError
from langsmith_firewall.limits import CLOUDFLARE_ACCESS_RULES
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.services.cloudflare_api import ENDPOINT, EXAMPLE_ID, HEX_ID, cloudflare, pages
from langsmith_firewall.target import TargetField, endpoint

_ALLOW = "whitelist"  # the API's word
_ADDRESSES = frozenset({"ip", "ip6", "ip_range"})


class AccessRules:
    """The access rules of a zone or account, each a resource of its own."""

    def __init__(self, api: Rest, scope: str, scope_id: str) -> None:
        self._api = api
        self._rules = f"/{scope}/{scope_id}/firewall/access_rules/rules"

    def read(self) -> Snapshot:
        allowed: list[Entry] = []
        blocked: dict[str, str] = {}
        for rule in pages(self._api, self._rules):
            configuration = rule.get("configuration") or {}
            if configuration.get("target") not in _ADDRESSES:
                continue
            address = normal(str(configuration.get("value")))
            if rule.get("mode") == _ALLOW:
                allowed.append(Entry(address, rule.get("notes"), rule["id"]))
            else:
                blocked[address] = str(rule.get("mode"))
        return Snapshot(tuple(allowed), raw=blocked)

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        if overruled := [cidr for cidr in cidrs if cidr in seen.raw]:
            raise RefusedError(
                f"Cloudflare has a rule of mode {seen.raw[overruled[0]]!r} for {overruled[0]}, made on purpose. "
                "Remove that rule first if the address is yours."
            )
        for cidr in cidrs:
            body = {"mode": _ALLOW, "configuration": _configuration(cidr), "notes": comment}
            self._api.call("POST", self._rules, body=body)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        for entry in seen.entries:
            if entry.cidr in cidrs:
                with contextlib.suppress(TargetGoneError):
                    self._api.call("DELETE", f"{self._rules}/{entry.key}")


def _configuration(cidr: str) -> dict[str, str]:
    value = bare(cidr)
    kind = "ip_range" if "/" in value else "ip6" if ":" in value else "ip"
    return {"target": kind, "value": value}


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    with cloudflare(target["endpoint"]) as api:
        yield AccessRules(api, target["scope"], target["scopeId"])


SERVICE = Service(
    kind="cloudflare-access-rules",
    limits=CLOUDFLARE_ACCESS_RULES,
    target={
        "scope": TargetField(r"zones|accounts", "zones", "zones"),
        "scopeId": TargetField(HEX_ID, EXAMPLE_ID),
        "endpoint": endpoint(ENDPOINT),
    },
    open=_open,
)
