"""Cloudflare's lists and access rules behind a small API with pages, cursors and operations that take a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import CredentialsError, RefusedError, ServiceError
from langsmith_firewall.limits import CLOUDFLARE_ACCESS_RULES, CLOUDFLARE_LIST
from langsmith_firewall.rest import Rest
from langsmith_firewall.services.cloudflare_access_rules import AccessRules
from langsmith_firewall.services.cloudflare_list import IpList
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import Asked, Vendor

ID = "2c0fc9fa937b11eaa1b71c4d701ab86e"
LISTS = f"/accounts/{ID}/rules/lists"
RULES = f"/zones/{ID}/firewall/access_rules/rules"


class Lists:
    """One list, one item a page; an operation is done at the second look."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, str]] = {"i0": {"id": "i0", "ip": "54.1.2.0/24", "comment": "theirs"}}
        self.looks = 0
        self.outcome = "completed"
        self.history: list[list[str]] = []

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == f"{LISTS}/bulk_operations/op":
            self.looks += 1
            status = self.outcome if self.looks % 2 == 0 else "running"
            return 200, {"success": True, "result": {"id": "op", "status": status, "error": "list is full"}}
        if asked.path != f"{LISTS}/{ID}/items":
            return 404, {"success": False, "errors": [{"code": 10001, "message": "could not find list"}]}
        if asked.method == "GET":
            return 200, self._page(int(asked.query.partition("=")[2] or 0))
        if asked.method == "POST":
            for item in asked.body:
                key = f"i{len(self.history)}-{item['ip']}"
                self.items[key] = {"id": key, **item}
        else:
            for item in asked.body["items"]:
                del self.items[item["id"]]
        self.history.append([item["ip"] for item in self.items.values()])
        return 200, {"success": True, "result": {"operation_id": "op"}}

    def _page(self, start: int) -> dict[str, Any]:
        items = list(self.items.values())
        after = {"after": str(start + 1)} if start + 1 < len(items) else {}
        return {"success": True, "result": items[start : start + 1], "result_info": {"cursors": after}}


class Rules:
    """The rules of a zone, two a page."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, Any]] = {
            "r0": _rule("r0", "whitelist", "ip", "54.1.2.3"),
            "r1": _rule("r1", "block", "ip", "54.1.2.4"),
            "r2": _rule("r2", "whitelist", "country", "CH"),
        }
        self.history: list[list[str]] = []

    def allowed(self) -> list[str]:
        return [rule["configuration"]["value"] for rule in self.rules.values() if rule["mode"] == "whitelist"]

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.method == "GET":
            page, rules = int(asked.query.partition("page=")[2] or 1), list(self.rules.values())
            info = {"page": page, "total_pages": -(-len(rules) // 2)}
            return 200, {"success": True, "result": rules[2 * page - 2 : 2 * page], "result_info": info}
        if asked.method == "POST":
            key = f"n{len(self.history)}"
            self.rules[key] = {"id": key, **asked.body}
        else:
            del self.rules[asked.path.rpartition("/")[2]]
        self.history.append(self.allowed())
        return 200, {"success": True, "result": {}}


def _rule(key: str, mode: str, target: str, value: str) -> dict[str, Any]:
    return {"id": key, "mode": mode, "notes": "theirs", "configuration": {"target": target, "value": value}}


@pytest.fixture
def ip_list(vendor: Vendor, rest: Rest) -> tuple[Lists, IpList]:
    lists = Lists()
    vendor.answer = lists.answer
    return lists, IpList(rest, ID, ID, sleep=lambda _: None)


def test_items_come_before_others_leave_and_only_ours_are_ever_sent(
    vendor: Vendor, ip_list: tuple[Lists, IpList], over: Any
) -> None:
    lists, items = ip_list
    lifecycle = over(items, CLOUDFLARE_LIST)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32",), "agents"))
    assert vendor.writes()[0].body == [{"ip": "52.10.20.30", "comment": "langsmith-firewall: agents"}], "marked as ours"
    ours = lifecycle.bring(AllowedSources(("52.10.20.64/28",), "agents"), ours)
    assert lists.history == [
        ["54.1.2.0/24", "52.10.20.30"],
        ["54.1.2.0/24", "52.10.20.30", "52.10.20.64/28"],
        ["54.1.2.0/24", "52.10.20.64/28"],
    ], "first in, then out"
    lifecycle.remove(ours)
    assert [item["comment"] for item in lists.items.values()] == ["theirs"], "as it was found"


def test_an_operation_that_fails_is_told_with_its_reason(ip_list: tuple[Lists, IpList]) -> None:
    lists, items = ip_list
    lists.outcome = "failed"
    with pytest.raises(ServiceError, match="list is full"):
        items.add(["52.10.20.30/32"], "", items.read())


def test_access_rules_come_before_others_leave(vendor: Vendor, rest: Rest, over: Any) -> None:
    rules = Rules()
    vendor.answer = rules.answer
    lifecycle = over(AccessRules(rest, "zones", ID), CLOUDFLARE_ACCESS_RULES)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32", "52.10.21.0/24"), "agents"))
    assert [asked.body["configuration"] for asked in vendor.writes()] == [
        {"target": "ip", "value": "52.10.20.30"},
        {"target": "ip_range", "value": "52.10.21.0/24"},
    ], "addresses and ranges are different targets"
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32", "2a05:d014:1:2::3/128"), "agents"), ours)
    assert "52.10.21.0/24" in rules.history[2], "the old range is there while the new address is added"
    assert rules.allowed() == ["54.1.2.3", "CH", "52.10.20.30", "2a05:d014:1:2::3"], "then gone"
    lifecycle.remove(ours)
    assert set(rules.rules) == {"r0", "r1", "r2"}, "as it was found"


def test_an_address_somebody_blocked_is_not_overruled(vendor: Vendor, rest: Rest, over: Any) -> None:
    vendor.answer = Rules().answer
    with pytest.raises(RefusedError, match=r"'block' for 54\.1\.2\.4/32, made on purpose"):
        over(AccessRules(rest, "zones", ID), CLOUDFLARE_ACCESS_RULES).bring(AllowedSources(("54.1.2.4/32",)))
    assert not vendor.writes(), "nothing was changed"


@pytest.mark.parametrize("kind", ["cloudflare-ip-list", "cloudflare-access-rules"])
def test_the_token_comes_from_the_environment(vendor: Vendor, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    target = {"accountId": ID, "listId": ID, "scope": "zones", "scopeId": ID, "endpoint": vendor.url}
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    with pytest.raises(CredentialsError, match="CLOUDFLARE_API_TOKEN is not set"), SERVICES[kind].open(target):
        pass
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "canary-token-0123456789")
    vendor.answer = lambda _: (200, {"result": []})
    with SERVICES[kind].open(target) as allow_list:
        assert allow_list.read().entries == (), "it was let in"
    assert vendor.asked[0].headers["authorization"] == "Bearer canary-token-0123456789", "as Cloudflare wants it"
