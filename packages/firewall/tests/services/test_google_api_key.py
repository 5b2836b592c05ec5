"""A Google API key behind a small API Keys service with entity tags and operations that take a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.errors import ChangedMeanwhileError, RefusedError
from langsmith_firewall.limits import GOOGLE_API_KEY
from langsmith_firewall.rest import Rest
from langsmith_firewall.services.google_api_key import GoogleApiKey
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import Asked, Vendor

KEY = "projects/my-project/locations/global/keys/gemini"
TARGETS = [{"service": "generativelanguage.googleapis.com"}]


class ApiKeys:
    """One key; a write is an operation, done at the second look."""

    def __init__(self, *addresses: str) -> None:
        self.restrictions: dict[str, Any] = {"apiTargets": TARGETS}
        if addresses:
            self.restrictions["serverKeyRestrictions"] = {"allowedIps": list(addresses)}
        self.version = 1
        self.history: list[list[str]] = []

    def addresses(self) -> list[str]:
        return self.restrictions.get("serverKeyRestrictions", {}).get("allowedIps", [])

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/v2/operations/akmf.1":
            return 200, {"name": "operations/akmf.1", "done": True, "response": {}}
        if asked.path != f"/v2/{KEY}":
            return 404, {"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}
        if asked.method == "GET":
            return 200, {"name": KEY, "etag": f'W/"{self.version}"', "restrictions": self.restrictions}
        if asked.body.get("etag") != f'W/"{self.version}"':
            return 200, {"name": "operations/akmf.2", "done": True, "error": {"code": 10, "message": "etag mismatch"}}
        assert asked.query == "updateMask=restrictions", "without the mask other fields would be cleared"
        self.restrictions = asked.body["restrictions"]
        self.version += 1
        self.history.append(self.addresses())
        return 200, {"name": "operations/akmf.1"}


def _key(vendor: Vendor, rest: Rest, api: ApiKeys) -> GoogleApiKey:
    vendor.answer = api.answer
    return GoogleApiKey(rest, KEY, sleep=lambda _: None)


def test_addresses_come_before_others_leave_and_the_rest_of_the_key_stays(
    vendor: Vendor, rest: Rest, over: Any
) -> None:
    api = ApiKeys("54.1.2.0/24")
    lifecycle = over(_key(vendor, rest, api), GOOGLE_API_KEY)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32",)))
    ours = lifecycle.bring(AllowedSources(("52.10.20.40/32", "2a05:d014:1:2::3/128")), ours)
    assert api.history == [
        ["54.1.2.0/24", "52.10.20.30"],
        ["54.1.2.0/24", "52.10.20.30", "52.10.20.40", "2a05:d014:1:2::3"],
        ["54.1.2.0/24", "52.10.20.40", "2a05:d014:1:2::3"],
    ], "first in, then out"
    assert api.restrictions["apiTargets"] == TARGETS, "what the key may call is none of our business"
    lifecycle.remove(ours)
    assert api.addresses() == ["54.1.2.0/24"], "as it was found"


def test_an_unrestricted_key_is_refused_unless_it_may_be_closed(vendor: Vendor, rest: Rest, over: Any) -> None:
    api = ApiKeys()
    lifecycle = over(_key(vendor, rest, api), GOOGLE_API_KEY)
    with pytest.raises(RefusedError, match="shut out"):
        lifecycle.bring(AllowedSources(("52.10.20.30/32",)))
    assert not vendor.writes(), "the first address locks out every other user of the key"
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32",)), close_open=True)
    with pytest.raises(RefusedError, match="could be open to all"):
        lifecycle.remove(ours)
    assert api.addresses() == ["52.10.20.30"], "without an address the key would work from everywhere"


def test_a_key_for_browsers_is_refused(vendor: Vendor, rest: Rest, over: Any) -> None:
    api = ApiKeys()
    api.restrictions["browserKeyRestrictions"] = {"allowedReferrers": ["https://example.com/*"]}
    with pytest.raises(RefusedError, match="browserKeyRestrictions, which addresses would replace"):
        over(_key(vendor, rest, api), GOOGLE_API_KEY).bring(AllowedSources(("52.10.20.30/32",)), close_open=True)
    assert not vendor.writes(), "its referrers would be gone"


def test_a_write_on_an_old_entity_tag_is_recognised(vendor: Vendor, rest: Rest) -> None:
    api = ApiKeys("54.1.2.0/24")
    key = _key(vendor, rest, api)
    seen = key.read()
    api.version += 1
    with pytest.raises(ChangedMeanwhileError, match="etag mismatch"):
        key.add(["52.10.20.30/32"], "", seen)
